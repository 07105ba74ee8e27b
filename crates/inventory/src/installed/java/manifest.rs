//! The two small text files that name a Java archive: its manifest and Maven's `pom.properties`.

use std::borrow::Cow;

use crate::limits::Limits;

/// The attributes of a manifest's main section that help to name an archive (JAR File Specification, "JAR Manifest").
#[derive(Debug, Default)]
pub(super) struct Manifest {
    attributes: Vec<(String, String)>,
}

/// Attributes of the main section; more are not kept.
const MAX_ATTRIBUTES: usize = 500;

impl Manifest {
    /// Reads the main section: up to the first empty line. A line that begins with a space continues the one before.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut attributes: Vec<(String, String)> = Vec::new();
        let text = String::from_utf8_lossy(bytes);
        for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
            if let Some(rest) = line.strip_prefix(' ') {
                if let Some((_, value)) = attributes.last_mut() {
                    value.push_str(rest);
                }
            } else if let Some((name, value)) = line.split_once(':') {
                attributes
                    .push((name.trim().to_ascii_lowercase(), value.strip_prefix(' ').unwrap_or(value).to_owned()));
            } else if line.is_empty() && !attributes.is_empty() || attributes.len() >= MAX_ATTRIBUTES {
                break;
            }
        }
        Self { attributes }
    }

    /// An attribute by its name in lower case; not one that a build left empty or unfilled (`${version}`).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(other, _)| other == name)?;
        let value = value.trim().trim_matches('"').trim();
        (!value.is_empty() && !value.contains("${") && !value.starts_with('%')).then_some(value)
    }

    /// The version of what is in the archive. Specification versions are left out: they name an interface.
    pub(super) fn version(&self) -> Option<&str> {
        ["implementation-version", "plugin-version", "bundle-version"].into_iter().find_map(|name| {
            let value = self.get(name)?.split_whitespace().next()?;
            value.contains(|c: char| c.is_ascii_digit()).then_some(value)
        })
    }

    /// The symbolic name of an OSGi bundle, without its directives.
    pub(super) fn symbolic_name(&self) -> Option<&str> {
        self.get("bundle-symbolicname")?.split(';').next().map(str::trim)
    }
}

/// What `META-INF/maven/GROUP/ARTIFACT/pom.properties` says of a Maven artifact.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Coordinates {
    pub(super) group: Option<String>,
    pub(super) artifact: Option<String>,
    pub(super) version: Option<String>,
}

impl Coordinates {
    /// Reads Java properties; the path stands in for a group or artifact that they leave out.
    pub(super) fn read(bytes: &[u8], group: &str, artifact: &str) -> Self {
        let mut coordinates = Self::default();
        let text = String::from_utf8_lossy(bytes);
        for line in text.lines().map(str::trim) {
            if line.starts_with(['#', '!']) {
                continue;
            }
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let slot = match key.trim() {
                "groupId" => &mut coordinates.group,
                "artifactId" => &mut coordinates.artifact,
                "version" => &mut coordinates.version,
                _ => continue,
            };
            let value = unescaped(value.trim());
            if !value.is_empty() && !value.contains("${") {
                *slot = Some(value.chars().take(Limits::DEFAULT.field + 1).collect());
            }
        }
        let from_path = |part: &str| (!part.is_empty()).then(|| part.to_owned());
        coordinates.group = coordinates.group.or_else(|| from_path(group));
        coordinates.artifact = coordinates.artifact.or_else(|| from_path(artifact));
        coordinates
    }
}

/// `\:` and `\=` stand for the bare character.
fn unescaped(value: &str) -> Cow<'_, str> {
    if value.contains('\\') { Cow::Owned(value.replace('\\', "")) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_lines_are_put_together_and_later_sections_left_out() {
        let manifest = Manifest::read(
            b"Manifest-Version: 1.0\r\nBundle-SymbolicName: org.example.a.rather.lo\r\n ng.name;singleton:=true\r\n\
              Implementation-Version: 1.2.3 (build 7)\r\n\r\nName: x/\r\nImplementation-Title: other\r\n",
        );
        assert_eq!(manifest.symbolic_name(), Some("org.example.a.rather.long.name"));
        assert_eq!(manifest.version(), Some("1.2.3"));
        assert_eq!(manifest.get("implementation-title"), None);
    }

    #[test]
    fn unfilled_values_are_none() {
        let manifest = Manifest::read(b"Implementation-Version: ${project.version}\nBundle-Version: \"2.0.0\"\n");
        assert_eq!(manifest.version(), Some("2.0.0"));
    }

    #[test]
    fn properties_go_before_the_path() {
        let coordinates = Coordinates::read(b"#Created\nversion=2.14.1\ngroupId : org.a\\:b\n", "g", "a");
        assert_eq!(
            (coordinates.group.as_deref(), coordinates.artifact.as_deref(), coordinates.version.as_deref()),
            (Some("org.a:b"), Some("a"), Some("2.14.1"))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let manifest = Manifest::read(&bytes);
            prop_assert!(manifest.version().is_none_or(|version| !version.is_empty()));
            prop_assert!(Coordinates::read(&bytes, "g", "a").artifact.is_some());
        }
    }
}
