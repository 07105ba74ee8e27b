//! `Pipfile.lock` (Python's pipenv).

use boltseal_evidence::{PackageType, Scope};
use serde::Deserialize;

use super::json::{self, Members};
use super::listing::{Listing, excerpt, package, set_vcs_url};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const PIPFILE: LockFile =
    LockFile { name: "pipfile-lock", patterns: &[Pattern::Name("Pipfile.lock")], max_size: STREAMED, read };

#[derive(Deserialize)]
struct Entry {
    version: Option<String>,
    git: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    path: Option<String>,
    file: Option<String>,
}

/// Reads `default`, `develop` and any category of the project's own.
fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = json::object(source)?;
    if root.get("_meta").is_none() && root.get("default").is_none() {
        return Err("not a lock file of pipenv: it has no `_meta` and no `default`".to_owned());
    }
    for (category, value) in root.0.iter().filter(|(category, _)| category != "_meta") {
        let entries: Members<'_> = json::parse(value, source)
            .map_err(|(line, message)| format!("line {line}: `{}`: {message}", excerpt(category)))?;
        let scope = match category.as_ref() {
            "default" => Some(Scope::Runtime),
            "develop" => Some(Scope::Development),
            _ => None,
        };
        read_category(&entries, scope, source, listing);
    }
    Ok(())
}

fn read_category(entries: &Members<'_>, scope: Option<Scope>, source: &Source<'_>, listing: &mut Listing<'_>) {
    for (name, value) in &entries.0 {
        if listing.is_full() {
            break;
        }
        let line = source.line_of(value.get());
        let entry: Entry = match json::entry(value, source) {
            Ok(entry) => entry,
            Err((line, message)) => {
                listing.unread(Some(line), format!("`{}`: {message}", excerpt(name)));
                continue;
            }
        };
        let remote = entry.file.as_deref().filter(|file| file.contains("://") && !file.starts_with("file:"));
        if entry.path.is_some() || (entry.file.is_some() && remote.is_none()) {
            continue;
        }
        let version = entry.version.as_deref().map(|version| version.trim_start_matches('='));
        let mut found = package(PackageType::PyPi, name, version);
        found.scope = scope;
        if let Some(git) = &entry.git {
            set_vcs_url(&mut found, git, entry.reference.as_deref());
        } else if let Some(address) = remote {
            found.qualifiers.insert("download_url".to_owned(), address.to_owned());
        } else if version.is_none() {
            listing.problem(line, format!("`{}` has no `version`", excerpt(name)));
        }
        listing.add(found, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn categories_give_the_scope_and_local_packages_are_left_out() {
        assert_snapshot!(check(PIPFILE, r#"{
    "_meta": { "pipfile-spec": 6 },
    "default": {
        "django": { "hashes": [], "version": "==3.2.1" },
        "forked": { "git": "https://github.com/u/forked.git", "ref": "abc" },
        "local": { "editable": true, "path": "." },
        "broken": "==1",
        "unversioned": {}
    },
    "develop": { "pytest": { "version": "==7.0" } },
    "docs": { "sphinx": { "version": "==5.0" } }
}"#), @"
        4 pkg:pypi/django@3.2.1 runtime
        5 pkg:pypi/forked?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fforked.git%40abc runtime
        8 pkg:pypi/unversioned runtime
        10 pkg:pypi/pytest@7.0 development
        11 pkg:pypi/sphinx@5.0
        problem: line 7: `broken`: expected an object
        problem: line 8: `unversioned` has no `version`
        omitted: Unreadable 1
        ");
        assert_snapshot!(check(PIPFILE, "{}"), @"unreadable: not a lock file of pipenv: it has no `_meta` and no `default`");
    }
}
