//! `Cargo.lock`, versions 1 to 4.

use boltseal_evidence::PackageType;

use super::listing::{Listing, excerpt, package, set_vcs_url};
use super::{LockFile, Source, TREE, tables};
use crate::cataloger::Pattern;

pub(super) const CARGO: LockFile =
    LockFile { name: "cargo-lock", patterns: &[Pattern::Name("Cargo.lock")], max_size: TREE, read };

/// The names that Cargo gives the public registry.
const CRATES_IO: [&str; 2] =
    ["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"];

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = tables::parse(source)?;
    for (line, entry) in tables::entries(&root, "package", "root", source)? {
        if listing.is_full() {
            break;
        }
        let Some(entry) = entry else {
            listing.unread(Some(line), "`package` is not a table");
            continue;
        };
        let (Some(name), Some(version)) = (tables::text(entry, "name"), tables::text(entry, "version")) else {
            listing.unread(Some(line), "a `[[package]]` has no `name` or no `version`");
            continue;
        };
        // No source: the project itself, a workspace member or a path dependency.
        let Some(origin) = tables::value(entry, "source") else { continue };
        let Some(origin) = origin.as_str() else {
            listing.unread(Some(line), format!("the `source` of `{}` is not text", excerpt(name)));
            continue;
        };
        let mut found = package(PackageType::Cargo, name, Some(version));
        if origin.starts_with("git+") {
            let (url, commit) = origin.split_once('#').unwrap_or((origin, ""));
            set_vcs_url(&mut found, url.split_once('?').map_or(url, |(url, _)| url), Some(commit));
        } else if !CRATES_IO.contains(&origin) {
            let Some((_, url)) = origin.split_once('+') else {
                listing.unread(Some(line), format!("`{}` has the unknown source `{}`", excerpt(name), excerpt(origin)));
                continue;
            };
            found.qualifiers.insert("repository_url".to_owned(), url.to_owned());
        }
        listing.add(found, Some(line));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn registry_git_and_foreign_packages_are_listed_and_local_ones_are_not() {
        assert_snapshot!(check(CARGO, "version = 4\r
\r
[[package]]\r
name = \"app\"\r
version = \"0.1.0\"\r
dependencies = [\"serde\"]\r
\r
[[package]]\r
name = \"serde\"\r
version = \"1.0.1\"\r
source = \"registry+https://github.com/rust-lang/crates.io-index\"\r
checksum = \"00\"\r
\r
[[package]]\r
name = \"mio\"\r
version = \"0.9.0\"\r
source = \"git+https://github.com/a/mio?branch=x#abc123\"\r
\r
[[package]]\r
name = \"own\"\r
version = \"2.0.0\"\r
source = \"sparse+https://crates.example/\"\r
\r
[[package]]\r
name = \"broken\"\r
version = 5\r
"), @"
        8 pkg:cargo/serde@1.0.1
        14 pkg:cargo/mio@0.9.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fa%2Fmio%40abc123
        19 pkg:cargo/own@2.0.0?repository_url=https:%2F%2Fcrates.example%2F
        problem: line 24: a `[[package]]` has no `name` or no `version`
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn the_first_format_with_its_root_and_metadata_is_read() {
        assert_snapshot!(check(CARGO, r#"[root]
name = "app"
version = "0.1.0"

[[package]]
name = "libc"
version = "0.2.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[metadata]
"checksum libc 0.2.1 (registry+https://github.com/rust-lang/crates.io-index)" = "00"
"#), @"5 pkg:cargo/libc@0.2.1");
    }

    #[test]
    fn a_file_that_is_not_toml_is_unreadable_at_a_line() {
        assert_snapshot!(check(CARGO, "version = 4\n"), @"unreadable: not such a lock file: it has no `[[package]]`");
        assert_snapshot!(check(CARGO, "version = 4\n\npackage = 7\n"), @"unreadable: line 3: `package` is not an array of tables");
        assert_snapshot!(check(CARGO, "version = 4\n[[package]\n"), @"unreadable: line 2: not TOML: unclosed array table, expected `]`");
    }
}
