//! `pylock.toml` (PEP 751) and `pdm.lock`, which share most of their shape.

use boltseal_evidence::{PackageType, Scope};
use toml::de::{DeTable, DeValue};

use super::listing::{Listing, excerpt, package, set_vcs_url};
use super::{LockFile, Source, TREE, tables};
use crate::cataloger::Pattern;

pub(super) const PYLOCK: LockFile = LockFile {
    name: "pylock",
    patterns: &[Pattern::Name("pylock.toml"), Pattern::Name("pylock.dev.toml"), Pattern::Name("pylock.prod.toml")],
    max_size: TREE,
    read: |source, listing| read(source, "packages", listing),
};

pub(super) const PDM: LockFile = LockFile {
    name: "pdm-lock",
    patterns: &[Pattern::Name("pdm.lock")],
    max_size: TREE,
    read: |source, listing| read(source, "package", listing),
};

fn read(source: &Source<'_>, key: &str, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = tables::parse(source)?;
    for (line, entry) in tables::entries(&root, key, "metadata", source)? {
        if listing.is_full() {
            break;
        }
        let line = Some(line);
        match entry.and_then(|entry| Some((entry, tables::text(entry, "name")?))) {
            Some((entry, name)) => add(entry, name, line, listing),
            None => listing.unread(line, format!("a `[[{key}]]` has no `name`")),
        }
    }
    Ok(())
}

fn add(entry: &DeTable<'_>, name: &str, line: Option<u32>, listing: &mut Listing<'_>) {
    let version = tables::text(entry, "version");
    let mut found = package(PackageType::PyPi, name, version);
    found.scope = scope(entry);
    // PEP 751 keeps sources in tables, PDM in keys of the package itself.
    let vcs = tables::table(entry, "vcs");
    let git = vcs.and_then(|vcs| tables::text(vcs, "url")).or_else(|| tables::text(entry, "git"));
    let commit = vcs.and_then(|vcs| tables::text(vcs, "commit-id")).or_else(|| tables::text(entry, "revision"));
    let archive = tables::table(entry, "archive").and_then(|archive| tables::text(archive, "url"));
    let address = archive.or_else(|| tables::text(entry, "url"));
    let local_archive = tables::table(entry, "archive").is_some() && archive.is_none();
    if tables::value(entry, "directory").is_some() || tables::text(entry, "path").is_some() || local_archive {
        return;
    }
    if let Some(git) = git {
        set_vcs_url(&mut found, git, commit);
    } else if let Some(address) = address {
        found.qualifiers.insert("download_url".to_owned(), address.to_owned());
    } else if version.is_none() {
        listing.problem(line, format!("`{}` has no `version`", excerpt(name)));
    }
    listing.add(found, line);
}

/// PDM's `groups`: `default` is what the project itself needs.
fn scope(entry: &DeTable<'_>) -> Option<Scope> {
    let groups = tables::value(entry, "groups").and_then(DeValue::as_array)?;
    let named = |name| groups.iter().any(|group| group.get_ref().as_str() == Some(name));
    if named("default") {
        return Some(Scope::Runtime);
    }
    // Other groups are extras or for development; their names alone do not tell.
    named("dev").then_some(Scope::Development)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn standard_lock_files_are_read() {
        assert_snapshot!(check(PYLOCK, r#"lock-version = "1.0"
[[packages]]
name = "django"
version = "4.2.1"
index = "https://index.example.org/simple"

[[packages]]
name = "forked"
vcs = { type = "git", url = "https://github.com/u/forked", commit-id = "abc" }

[[packages]]
name = "local"
directory = { path = "." }

[[packages]]
name = "unversioned"

[[packages]]
version = "1"
"#), @"
        2 pkg:pypi/django@4.2.1
        7 pkg:pypi/forked?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fforked%40abc
        15 pkg:pypi/unversioned
        problem: line 15: `unversioned` has no `version`
        problem: line 18: a `[[packages]]` has no `name`
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn lock_files_of_pdm_are_read() {
        assert_snapshot!(check(PDM, r#"[metadata]
groups = ["default", "dev"]

[[package]]
name = "django"
version = "4.2.1"
groups = ["default", "dev"]

[[package]]
name = "pytest"
version = "8.0"
groups = ["dev"]

[[package]]
name = "forked"
version = "1.0"
git = "https://github.com/u/forked.git"
revision = "abc"

[[package]]
name = "local"
version = "1.0"
path = "./local"
"#), @"
        4 pkg:pypi/django@4.2.1 runtime
        9 pkg:pypi/pytest@8.0 development
        14 pkg:pypi/forked@1.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fforked.git%40abc
        ");
    }
}
