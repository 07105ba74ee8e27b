//! `packages.lock.json` (NuGet).

use boltseal_evidence::PackageType;
use serde::Deserialize;

use super::json::{self, Members};
use super::listing::{Listing, excerpt, package};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const NUGET: LockFile =
    LockFile { name: "nuget-lock", patterns: &[Pattern::Name("packages.lock.json")], max_size: STREAMED, read };

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type", default)]
    kind: String,
    resolved: Option<String>,
}

/// Reads the packages of every target framework; the same in several is one package.
fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = json::object(source)?;
    let dependencies = root.get("dependencies").ok_or("not a lock file of NuGet: it has no `dependencies`")?;
    let at = |(line, message): (u32, String)| format!("line {line}: `dependencies`: {message}");
    let frameworks: Members<'_> = json::parse(dependencies, source).map_err(at)?;
    for (_, framework) in &frameworks.0 {
        let entries: Members<'_> = json::parse(framework, source).map_err(at)?;
        for (name, value) in &entries.0 {
            if listing.is_full() {
                return Ok(());
            }
            let line = source.line_of(value.get());
            match json::entry::<Entry>(value, source) {
                // Another project of the solution.
                Ok(entry) if entry.kind == "Project" => {}
                Ok(Entry { resolved: Some(version), .. }) => {
                    listing.add(package(PackageType::NuGet, name, Some(&version)), line);
                }
                Ok(_) => listing.unread(line, format!("`{}` has no `resolved` version", excerpt(name))),
                Err((line, message)) => listing.unread(Some(line), format!("`{}`: {message}", excerpt(name))),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn packages_of_all_frameworks_are_listed_once_and_projects_are_not() {
        assert_snapshot!(check(NUGET, r#"{
  "version": 1,
  "dependencies": {
    "net6.0": {
      "Newtonsoft.Json": { "type": "Direct", "requested": "[12.0.1, )", "resolved": "12.0.1" },
      "own.library": { "type": "Project", "dependencies": {} },
      "broken": { "type": "Transitive" },
      "wrong": 1
    },
    "net48": {
      "Newtonsoft.Json": { "type": "Direct", "resolved": "12.0.1" }
    }
  }
}"#), @"
        5,11 pkg:nuget/Newtonsoft.Json@12.0.1
        problem: line 7: `broken` has no `resolved` version
        problem: line 8: `wrong`: expected an object
        omitted: Unreadable 2
        ");
        assert_snapshot!(check(NUGET, "{}"), @"unreadable: not a lock file of NuGet: it has no `dependencies`");
    }
}
