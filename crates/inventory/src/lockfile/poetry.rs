//! `poetry.lock` (Python).

use boltseal_evidence::{PackageType, Scope};
use toml::de::{DeTable, DeValue};

use super::listing::{Listing, package, set_vcs_url};
use super::{LockFile, Source, TREE, tables};
use crate::cataloger::Pattern;

pub(super) const POETRY: LockFile =
    LockFile { name: "poetry-lock", patterns: &[Pattern::Name("poetry.lock")], max_size: TREE, read };

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = tables::parse(source)?;
    for (line, entry) in tables::entries(&root, "package", "metadata", source)? {
        if listing.is_full() {
            break;
        }
        let Some((entry, name, version)) =
            entry.and_then(|entry| Some((entry, tables::text(entry, "name")?, tables::text(entry, "version")?)))
        else {
            listing.unread(Some(line), "a `[[package]]` has no `name` or no `version`");
            continue;
        };
        let mut found = package(PackageType::PyPi, name, Some(version));
        found.scope = scope(entry);
        if let Some(origin) = tables::table(entry, "source") {
            let url = tables::text(origin, "url").unwrap_or_default();
            match tables::text(origin, "type") {
                Some("directory" | "file") => continue,
                Some("git") => set_vcs_url(&mut found, url, tables::text(origin, "resolved_reference")),
                Some("url") => drop(found.qualifiers.insert("download_url".to_owned(), url.to_owned())),
                Some("legacy") => drop(found.qualifiers.insert("repository_url".to_owned(), url.to_owned())),
                _ => {}
            }
        }
        listing.add(found, Some(line));
    }
    Ok(())
}

/// `groups` (Poetry 2), `category` (up to 1.4), `optional`; nothing in between.
fn scope(entry: &DeTable<'_>) -> Option<Scope> {
    let groups = tables::value(entry, "groups").and_then(DeValue::as_array);
    let main = match groups {
        Some(groups) => Some(groups.iter().any(|group| group.get_ref().as_str() == Some("main"))),
        None => tables::text(entry, "category").map(|category| category == "main"),
    };
    match (main, tables::value(entry, "optional").and_then(DeValue::as_bool)) {
        (Some(false), _) => Some(Scope::Development),
        (_, Some(true)) => Some(Scope::Optional),
        (Some(true), _) => Some(Scope::Runtime),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn packages_of_all_generations_are_listed_with_their_scope() {
        assert_snapshot!(check(POETRY, r#"[[package]]
name = "Django"
version = "4.2.1"
optional = false
groups = ["main", "dev"]

[package.dependencies]
asgiref = ">=3"

[[package]]
name = "pytest"
version = "7.0"
optional = false
groups = ["dev"]

[[package]]
name = "old"
version = "1.0"
category = "dev"

[[package]]
name = "extra"
version = "1.0"
optional = true
groups = ["main"]

[[package]]
name = "forked"
version = "2.0"
[package.source]
type = "git"
url = "https://github.com/u/forked.git"
reference = "main"
resolved_reference = "abc"

[[package]]
name = "local"
version = "0.1"
[package.source]
type = "directory"
url = "../local"

[[package]]
name = "broken"

[metadata]
lock-version = "2.1"
"#), @"
        1 pkg:pypi/django@4.2.1 runtime
        10 pkg:pypi/pytest@7.0 development
        16 pkg:pypi/old@1.0 development
        21 pkg:pypi/extra@1.0 optional
        27 pkg:pypi/forked@2.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fforked.git%40abc
        problem: line 43: a `[[package]]` has no `name` or no `version`
        omitted: Unreadable 1
        ");
    }
}
