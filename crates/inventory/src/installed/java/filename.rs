//! Artifact and version from the name of a Java archive: `log4j-1.2-api-2.14.1.jar`.

/// The parts of `ARTIFACT[-VERSION[-CLASSIFIER]]`, as Maven's repository layout names files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileName<'a> {
    pub(super) artifact: &'a str,
    pub(super) version: Option<&'a str>,
}

/// Words that belong to a version although they follow a hyphen.
const QUALIFIERS: [&str; 17] = [
    "snapshot",
    "release",
    "final",
    "ga",
    "alpha",
    "beta",
    "rc",
    "cr",
    "m",
    "b",
    "sp",
    "pre",
    "jre",
    "android",
    "redhat",
    "incubating",
    "jdk",
];

/// Beginnings of words that name a variant of the same artifact and version.
const CLASSIFIERS: [&str; 18] = [
    "sources",
    "javadoc",
    "test",
    "shaded",
    "all",
    "jar",
    "uber",
    "fat",
    "standalone",
    "exec",
    "boot",
    "plain",
    "linux",
    "osx",
    "windows",
    "natives",
    "jakarta",
    "no_aop",
];

impl<'a> FileName<'a> {
    /// Takes a file's name without its extension apart. `version` is one that the archive itself states; where the name
    /// ends with it, it settles what is artifact and what is version.
    pub(super) fn read(stem: &'a str, version: Option<&str>) -> Self {
        if let Some(version) = version
            && let Some(artifact) = stem.strip_suffix(version).and_then(|rest| rest.strip_suffix('-'))
            && !artifact.is_empty()
        {
            return Self { artifact, version: stem.get(artifact.len() + 1..) };
        }
        let Some(start) = version_start(stem) else { return Self { artifact: stem, version: None } };
        let artifact = stem.get(..start.saturating_sub(1)).unwrap_or(stem);
        let version = stem.get(start..).map(without_classifier);
        Self { artifact, version: version.filter(|version| !version.is_empty()) }
    }
}

/// Where the version starts: at the last word that begins with a digit, and before it at those from which only
/// qualifiers and digits lead there (`1.0-beta-2`, but not `log4j-1.2-api-2.14.1`).
fn version_start(stem: &str) -> Option<usize> {
    let mut start = None;
    let mut open = false;
    let mut position = 0;
    for (index, word) in stem.split('-').enumerate() {
        if index > 0 && begins_version(word) {
            if !open {
                start = Some(position);
            }
            open = true;
        } else if !is_qualifier(word) {
            open = false;
        }
        position += word.len() + 1;
    }
    start
}

/// `2.14.1`, `v2`, `r09`; but not the `2d` of `java-2d-tools`.
fn begins_version(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'r']).unwrap_or(word);
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < digits.len() && (rest.is_empty() || rest.starts_with(['.', '_', '+']) || is_qualifier(rest))
}

/// `RC1`, `beta`, `M2`, `SNAPSHOT`, `jre8`.
fn is_qualifier(word: &str) -> bool {
    let letters = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (letters, rest) = word.split_at_checked(letters).unwrap_or((word, ""));
    let known = QUALIFIERS.iter().any(|qualifier| letters.eq_ignore_ascii_case(qualifier));
    known && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn without_classifier(version: &str) -> &str {
    let mut end = version.len();
    let mut position = 0;
    for (index, word) in version.split('-').enumerate() {
        if index > 0 && CLASSIFIERS.iter().any(|classifier| word.starts_with(classifier)) {
            end = position - 1;
            break;
        }
        position += word.len() + 1;
    }
    version.get(..end).unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_come_apart_at_the_version() {
        for (stem, artifact, version) in [
            ("log4j-core-2.14.1", "log4j-core", "2.14.1"),
            ("log4j-1.2-api-2.14.1", "log4j-1.2-api", "2.14.1"),
            ("guava-31.1-jre", "guava", "31.1-jre"),
            ("guava-r09", "guava", "r09"),
            ("hibernate-core-5.4.0.Final", "hibernate-core", "5.4.0.Final"),
            ("commons-lang3-3.12.0-sources", "commons-lang3", "3.12.0"),
            ("netty-transport-native-epoll-4.1.1.Final-linux-x86_64", "netty-transport-native-epoll", "4.1.1.Final"),
            ("spring-core-6.0.0-RC1", "spring-core", "6.0.0-RC1"),
            ("a-1.0-beta-2", "a", "1.0-beta-2"),
            ("a-1.0-20200101.123456-1", "a", "1.0-20200101.123456-1"),
            ("cats-core_2.13-2.0.0", "cats-core_2.13", "2.0.0"),
            ("bcprov-jdk15on-1.69", "bcprov-jdk15on", "1.69"),
            ("jul-to-slf4j-1.7.30", "jul-to-slf4j", "1.7.30"),
            ("commons-collections4-4.0", "commons-collections4", "4.0"),
            ("catalina", "catalina", ""),
            ("java-2d-tools", "java-2d-tools", ""),
            ("", "", ""),
        ] {
            let found = FileName::read(stem, None);
            assert_eq!((found.artifact, found.version.unwrap_or_default()), (artifact, version), "{stem}");
        }
    }

    #[test]
    fn a_version_that_the_archive_states_settles_it() {
        let found = FileName::read("odd-name-r7-x", Some("r7-x"));
        assert_eq!((found.artifact, found.version), ("odd-name", Some("r7-x")));
    }

    proptest! {
        #[test]
        fn any_name_comes_apart(stem in "\\PC{0,20}(-|1|\\.|rc|é){0,8}") {
            let found = FileName::read(&stem, None);
            prop_assert!(stem.starts_with(found.artifact));
        }
    }
}
