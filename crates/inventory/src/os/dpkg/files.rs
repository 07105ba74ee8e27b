//! The lists of files that packages own, beside dpkg's database.

use boltseal_evidence::Problem;

use super::super::field::{excerpt, lines};
use super::super::owned::Ownership;
use super::{MD5SUMS, STATUS_D};
use crate::cataloger::{Cataloger, File, Owned, Pattern, Records};

/// Reads which files a package owns: `info/NAME[:ARCH].list`, and for distroless images `status.d/NAME.md5sums`.
///
/// `info/*.md5sums` are not read: each has a `.list` beside it that says more.
#[derive(Debug)]
pub(in super::super) struct DpkgFiles;

impl Cataloger for DpkgFiles {
    fn name(&self) -> &'static str {
        "dpkg-files"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Under("var/lib/dpkg/info", ".list"), Pattern::Under(STATUS_D, MD5SUMS)]
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let mut ownership = Ownership::new();
        let mut owned = owner(file.path);
        if file.path.ends_with(MD5SUMS) {
            // `d41d8cd98f00b204e9800998ecf8427e  usr/bin/tool`
            for line in lines(file.content) {
                if let Some((_, [b' ', path @ ..])) = line.split_at_checked(33) {
                    ownership.add_path(&mut owned, path);
                }
            }
        } else {
            // A directory comes before what is in it; one that turns out to be a directory is no file to own.
            let mut all = lines(file.content).peekable();
            while let Some(line) = all.next() {
                let next = all.peek().and_then(|next| next.strip_prefix(line));
                if !matches!(next, Some([b'/', ..])) {
                    ownership.add_path(&mut owned, line);
                }
            }
        }
        let mut records = Records::default();
        if ownership.is_exhausted() {
            let message = format!(
                "the files of package `{}` are too many; some were left out",
                excerpt(owned.package.as_bytes())
            );
            records.problems.push(Problem::at(file.path, message));
        }
        if !owned.paths.is_empty() {
            records.owned.push(owned);
        }
        records
    }
}

/// Package and architecture from the name of a list.
fn owner(path: &str) -> Owned {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.strip_suffix(".list").or_else(|| name.strip_suffix(MD5SUMS)).unwrap_or(name);
    let (package, architecture) = match name.split_once(':') {
        Some((package, architecture)) => (package, Some(architecture.to_owned())),
        None => (name, None),
    };
    Owned { package: package.to_owned(), architecture, paths: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_give_the_files_that_matter_and_no_directories() {
        let list = "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share\n/usr/share/doc\n/usr/share/doc/tool\n/usr/share/doc/tool/copyright\n\
                    /bin\n/bin/tool2\n/usr/lib/libtool.so.1\n";
        let records = DpkgFiles.catalog(&File { path: "var/lib/dpkg/info/tool:amd64.list", content: list.as_bytes() });
        assert_eq!(
            records.owned,
            [Owned {
                package: "tool".to_owned(),
                architecture: Some("amd64".to_owned()),
                paths: vec!["usr/bin/tool".to_owned(), "usr/bin/tool2".to_owned()],
            }]
        );
    }

    #[test]
    fn checksums_of_distroless_packages_say_what_they_own() {
        let sums = "d41d8cd98f00b204e9800998ecf8427e  usr/bin/tool\nshort\n";
        let records = DpkgFiles.catalog(&File { path: "var/lib/dpkg/status.d/tool.md5sums", content: sums.as_bytes() });
        assert_eq!(records.owned.len(), 1);
        assert_eq!(records.owned[0].paths, ["usr/bin/tool"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>) {
            for path in ["var/lib/dpkg/info/x.list", "var/lib/dpkg/status.d/x.md5sums"] {
                DpkgFiles.catalog(&File { path, content: &content });
            }
        }
    }
}
