//! Who wants which path, answered by a few hash look-ups.

use std::collections::HashMap;
use std::fmt;

use crate::cataloger::{Cataloger, File, FileMeta, Pattern, Records};

/// All catalogers, indexed by the paths that they want.
pub struct Catalogers {
    all: Vec<Box<dyn Cataloger>>,
    by_path: HashMap<&'static str, Vec<usize>>,
    by_name: HashMap<&'static str, Vec<usize>>,
    /// Suffixes by their last byte, which most paths do not share.
    by_suffix: Vec<(&'static str, usize)>,
    by_directory: HashMap<&'static str, Vec<(&'static str, usize)>>,
    by_parent: HashMap<&'static str, Vec<(&'static str, usize)>>,
    executable: Vec<usize>,
}

impl fmt::Debug for Catalogers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all.iter().map(|cataloger| cataloger.name())).finish()
    }
}

impl Catalogers {
    /// The catalogers for images and root file systems: what is *installed*. Lock files are left out, since an
    /// image's lock files say what was wanted, not what is there.
    pub fn for_images() -> Self {
        let mut all = crate::os::catalogers();
        all.extend(crate::installed::catalogers());
        Self::new(all)
    }

    /// The catalogers for source trees: lock files, and what is installed in the tree.
    pub fn for_directories() -> Self {
        let mut all = crate::lockfile::catalogers();
        all.extend(crate::installed::catalogers());
        Self::new(all)
    }

    /// Every cataloger.
    pub fn everything() -> Self {
        let mut all = crate::os::catalogers();
        all.extend(crate::installed::catalogers());
        all.extend(crate::lockfile::catalogers());
        Self::new(all)
    }

    /// An index over the given catalogers.
    pub fn new(all: Vec<Box<dyn Cataloger>>) -> Self {
        let mut index = Self {
            all: Vec::new(),
            by_path: HashMap::new(),
            by_name: HashMap::new(),
            by_suffix: Vec::new(),
            by_directory: HashMap::new(),
            by_parent: HashMap::new(),
            executable: Vec::new(),
        };
        for (number, cataloger) in all.iter().enumerate() {
            for pattern in cataloger.patterns() {
                match *pattern {
                    Pattern::Path(path) => index.by_path.entry(path).or_default().push(number),
                    Pattern::Name(name) => index.by_name.entry(name).or_default().push(number),
                    Pattern::Suffix(suffix) => index.by_suffix.push((suffix, number)),
                    Pattern::Under(directory, suffix) => {
                        index.by_directory.entry(directory).or_default().push((suffix, number));
                    }
                    Pattern::Within(parent, name) => index.by_parent.entry(name).or_default().push((parent, number)),
                    Pattern::Executable => index.executable.push(number),
                }
            }
        }
        index.all = all;
        index
    }

    /// The numbers of the catalogers that want a file, in order, each once. Executables are wanted by mode here; the
    /// caller drops them again if [`is_executable_image`](Self::is_executable_image) says so of the first bytes.
    pub fn wanting(&self, file: &FileMeta<'_>) -> Vec<usize> {
        let mut numbers = self.named(file.path);
        if file.executable {
            numbers.extend(&self.executable);
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|&number| self.all.get(number).is_some_and(|cataloger| cataloger.wants(file)));
        numbers
    }

    /// A cataloger wants this file only for being executable: worth reading if its first bytes are right.
    pub fn only_as_executable(&self, path: &str) -> bool {
        self.named(path).is_empty()
    }

    /// A path that an OS package owns may belong to some other package: it is wanted by name, or may be an executable
    /// (no extension).
    pub fn may_be_owned(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        !name.contains('.') || !self.named(path).is_empty()
    }

    /// The first bytes are those of an ELF, PE or Mach-O file.
    pub fn is_executable_image(head: &[u8]) -> bool {
        matches!(
            head,
            [0x7f, b'E', b'L', b'F', ..]
                | [b'M', b'Z', ..]
                | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
                | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
                | [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0..=0x20, ..]
        )
    }

    /// The largest size that the given cataloger reads.
    pub fn max_size(&self, number: usize) -> u64 {
        self.all.get(number).map_or(0, |cataloger| cataloger.max_size())
    }

    /// The name of the given cataloger.
    pub fn name(&self, number: usize) -> &'static str {
        self.all.get(number).map_or("", |cataloger| cataloger.name())
    }

    /// Lets one cataloger read a file; fills in `found_by` and `locations`.
    pub fn catalog(&self, number: usize, file: &File<'_>) -> Records {
        let Some(cataloger) = self.all.get(number) else { return Records::default() };
        let mut records = cataloger.catalog(file);
        for package in &mut records.packages {
            if package.found_by.is_empty() {
                cataloger.name().clone_into(&mut package.found_by);
            }
            if package.locations.is_empty() {
                package.locations.push(boltseal_evidence::Location::at(file.path));
            }
        }
        for problem in &mut records.problems {
            problem.path.get_or_insert_with(|| file.path.to_owned());
        }
        records
    }

    /// Names and revisions of all catalogers, for cache keys: `dpkg/1 apk/1 …`.
    pub fn fingerprint(&self) -> String {
        let parts: Vec<String> =
            self.all.iter().map(|cataloger| format!("{}/{}", cataloger.name(), cataloger.revision())).collect();
        parts.join(" ")
    }

    fn named(&self, path: &str) -> Vec<usize> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut numbers = Vec::new();
        numbers.extend(self.by_path.get(path).into_iter().flatten());
        numbers.extend(self.by_name.get(name).into_iter().flatten());
        numbers.extend(self.by_suffix.iter().filter(|(suffix, _)| name.ends_with(suffix)).map(|(_, number)| number));
        if let Some(entries) = self.by_directory.get(directory) {
            numbers.extend(entries.iter().filter(|(suffix, _)| name.ends_with(suffix)).map(|(_, number)| number));
        }
        if let Some(entries) = self.by_parent.get(name) {
            let parent = directory.rsplit('/').next().unwrap_or(directory);
            numbers.extend(entries.iter().filter(|(suffix, _)| parent.ends_with(suffix)).map(|(_, number)| number));
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Probe(&'static str, &'static [Pattern]);

    impl Cataloger for Probe {
        fn name(&self) -> &'static str {
            self.0
        }
        fn patterns(&self) -> &'static [Pattern] {
            self.1
        }
        fn catalog(&self, _: &File<'_>) -> Records {
            Records::default()
        }
    }

    #[test]
    fn each_pattern_selects_what_it_says_and_no_more() {
        let catalogers = Catalogers::new(vec![
            Box::new(Probe("path", &[Pattern::Path("var/lib/dpkg/status")])),
            Box::new(Probe("name", &[Pattern::Name("package.json")])),
            Box::new(Probe("suffix", &[Pattern::Suffix(".jar")])),
            Box::new(Probe("under", &[Pattern::Under("var/lib/dpkg/info", ".list")])),
            Box::new(Probe("within", &[Pattern::Within(".dist-info", "METADATA")])),
            Box::new(Probe("executable", &[Pattern::Executable])),
        ]);
        let wanting = |path: &str, executable| -> Vec<&str> {
            catalogers
                .wanting(&FileMeta { path, size: 1, executable })
                .into_iter()
                .map(|number| catalogers.name(number))
                .collect()
        };
        assert_eq!(wanting("var/lib/dpkg/status", false), ["path"]);
        assert_eq!(wanting("x/var/lib/dpkg/status", false), [""; 0]);
        assert_eq!(wanting("a/b/package.json", false), ["name"]);
        assert_eq!(wanting("app.jar", true), ["suffix", "executable"]);
        assert_eq!(wanting("var/lib/dpkg/info/libc6:amd64.list", false), ["under"]);
        assert_eq!(wanting("var/lib/dpkg/info/deeper/x.list", false), [""; 0]);
        assert_eq!(wanting("usr/lib/python3/Django-3.2.dist-info/METADATA", false), ["within"]);
        assert_eq!(wanting("METADATA", false), [""; 0]);
        assert_eq!(wanting("usr/bin/app", true), ["executable"]);
    }
}
