//! `uv.lock` (Python).

use boltseal_evidence::{PackageType, Scope};
use toml::de::{DeTable, DeValue};

use super::listing::{Listing, excerpt, package, set_vcs_url};
use super::reach::Graph;
use super::{LockFile, Source, TREE, tables};
use crate::cataloger::Pattern;

pub(super) const UV: LockFile =
    LockFile { name: "uv-lock", patterns: &[Pattern::Name("uv.lock")], max_size: TREE, read };

/// Sources that are directories: the project, workspace members, path dependencies.
const LOCAL: [&str; 4] = ["editable", "virtual", "directory", "path"];

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = tables::parse(source)?;
    let entries = tables::entries(&root, "package", "requires-python", source)?;
    let scopes = graph(&entries).scopes();
    for (line, entry) in &entries {
        if listing.is_full() {
            break;
        }
        let line = Some(*line);
        let Some((entry, name)) = entry.and_then(|entry| Some((entry, tables::text(entry, "name")?))) else {
            listing.unread(line, "a `[[package]]` has no `name`");
            continue;
        };
        if is_local(entry) {
            continue;
        }
        let version = tables::text(entry, "version");
        let mut found = package(PackageType::PyPi, name, version);
        found.scope = scopes.get(name).copied();
        let origin = |key| tables::table(entry, "source").and_then(|origin| tables::text(origin, key));
        if let Some(git) = origin("git") {
            let (url, commit) = git.split_once('#').unwrap_or((git, ""));
            set_vcs_url(&mut found, url.split_once('?').map_or(url, |(url, _)| url), Some(commit));
        } else if let Some(url) = origin("url") {
            found.qualifiers.insert("download_url".to_owned(), url.to_owned());
        } else if let Some(registry) = origin("registry").filter(|url| *url != "https://pypi.org/simple") {
            found.qualifiers.insert("repository_url".to_owned(), registry.to_owned());
        }
        if version.is_none() && origin("git").is_none() {
            listing.problem(line, format!("`{}` has no `version`", excerpt(name)));
        }
        listing.add(found, line);
    }
    Ok(())
}

fn is_local(entry: &DeTable<'_>) -> bool {
    let origin = tables::table(entry, "source");
    origin.is_some_and(|origin| LOCAL.iter().any(|kind| tables::value(origin, kind).is_some()))
}

/// What the local packages need for what, and what each package needs.
fn graph<'t>(entries: &'t [tables::Entry<'t, '_>]) -> Graph<'t> {
    let mut graph = Graph::default();
    for entry in entries.iter().filter_map(|(_, entry)| *entry) {
        let Some(from) = tables::text(entry, "name") else { continue };
        let local = is_local(entry);
        let mut needs = |scope, array: Option<&'t DeValue<'_>>| {
            let array = array.and_then(DeValue::as_array);
            for needed in array.into_iter().flat_map(|array| array.iter()) {
                match needed.get_ref().as_table().and_then(|needed| tables::text(needed, "name")) {
                    Some(to) if local => graph.root(scope, to),
                    Some(to) => graph.edge(from, to),
                    None => {}
                }
            }
        };
        needs(Scope::Runtime, tables::value(entry, "dependencies"));
        for (key, scope) in [("optional-dependencies", Scope::Optional), ("dev-dependencies", Scope::Development)] {
            for (_, group) in tables::table(entry, key).into_iter().flat_map(|groups| groups.iter()) {
                needs(scope, Some(group.get_ref()));
            }
        }
    }
    graph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn scopes_follow_from_the_project_which_is_itself_left_out() {
        assert_snapshot!(check(UV, r#"version = 1
requires-python = ">=3.11"

[[package]]
name = "demo"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "django" }]

[package.optional-dependencies]
fast = [{ name = "uvloop" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "django"
version = "4.2.1"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "asgiref" }]

[[package]]
name = "asgiref"
version = "3.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "pytest"
version = "8.0"
source = { registry = "https://pypi.example/simple" }
dependencies = [{ name = "asgiref" }]

[[package]]
name = "uvloop"
source = { git = "https://github.com/u/uvloop?rev=v1#abc" }

[[package]]
name = "versionless"
source = { registry = "https://pypi.org/simple" }
"#), @"
        16 pkg:pypi/django@4.2.1 runtime
        22 pkg:pypi/asgiref@3.0 runtime
        27 pkg:pypi/pytest@8.0?repository_url=https:%2F%2Fpypi.example%2Fsimple development
        33 pkg:pypi/uvloop?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fuvloop%40abc optional
        37 pkg:pypi/versionless
        problem: line 37: `versionless` has no `version`
        ");
    }
}
