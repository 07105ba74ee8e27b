//! `package-lock.json` and `npm-shrinkwrap.json`, lockfile versions 1 to 3.
//!
//! Version 3 (and 2, which repeats the same in the old form) has one object `packages`, keyed by path in the tree;
//! version 1 nests `dependencies` as the tree does.

use boltseal_evidence::{Package, PackageType, Scope};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{self, Members};
use super::listing::{Listing, excerpt, package_in_namespace, set_vcs_url};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const NPM: LockFile = LockFile {
    name: "npm-lock",
    patterns: &[Pattern::Name("package-lock.json"), Pattern::Name("npm-shrinkwrap.json")],
    max_size: STREAMED,
    read,
};

/// Dependencies within dependencies, version 1. Trees of real projects have fewer than ten.
const DEPTH: usize = 32;

/// How often the text of nested dependencies is gone over, in lengths of the file; a real tree stays below two.
const PASSES: usize = 4;

/// An entry of either form.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry<'a> {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<Resolved>,
    link: bool,
    dev: bool,
    optional: bool,
    dev_optional: bool,
    /// Version 1.
    #[serde(borrow)]
    dependencies: Option<&'a RawValue>,
}

/// `resolved` is an address, or `false` for some links and bundled packages.
#[derive(Deserialize)]
#[serde(untagged)]
enum Resolved {
    Address(String),
    Other(#[allow(dead_code, reason = "only its presence is of interest")] bool),
}

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = json::object(source)?;
    if let Some(packages) = root.get("packages") {
        let packages: Members<'_> =
            json::parse(packages, source).map_err(|(line, message)| format!("line {line}: `packages`: {message}"))?;
        read_packages(&packages, source, listing);
        return Ok(());
    }
    match root.get("dependencies") {
        Some(dependencies) => {
            let dependencies: Members<'_> = json::parse(dependencies, source)
                .map_err(|(line, message)| format!("line {line}: `dependencies`: {message}"))?;
            let mut budget = source.text.len().saturating_mul(PASSES);
            read_dependencies(&dependencies, 0, &mut budget, source, listing);
            Ok(())
        }
        None if root.get("lockfileVersion").is_some() => Ok(()),
        None => {
            Err("not a lock file of npm: it has neither `packages`, `dependencies` nor `lockfileVersion`".to_owned())
        }
    }
}

fn read_packages(packages: &Members<'_>, source: &Source<'_>, listing: &mut Listing<'_>) {
    for (path, value) in &packages.0 {
        if listing.is_full() {
            return;
        }
        // Not below `node_modules`: the project itself or a workspace member.
        let Some(installed_as) = name_in_path(path) else { continue };
        let line = source.line_of(value.get());
        let entry: Entry<'_> = match json::entry(value, source) {
            Ok(entry) => entry,
            Err((line, message)) => {
                listing.unread(Some(line), format!("`{}`: {message}", excerpt(path)));
                continue;
            }
        };
        if entry.link {
            continue;
        }
        let name = entry.name.as_deref().unwrap_or(installed_as);
        add(name, entry.version.as_deref(), &entry, line, listing);
    }
}

fn read_dependencies(
    dependencies: &Members<'_>,
    depth: usize,
    budget: &mut usize,
    source: &Source<'_>,
    listing: &mut Listing<'_>,
) {
    for (name, value) in &dependencies.0 {
        if listing.is_full() {
            return;
        }
        let line = source.line_of(value.get());
        let entry: Entry<'_> = match json::entry(value, source) {
            Ok(entry) => entry,
            Err((line, message)) => {
                listing.unread(Some(line), format!("`{}`: {message}", excerpt(name)));
                continue;
            }
        };
        let alias = entry.version.as_deref().and_then(|version| version.strip_prefix("npm:")?.rsplit_once('@'));
        match alias {
            Some((name, version)) => add(name, Some(version), &entry, line, listing),
            None => add(name, entry.version.as_deref(), &entry, line, listing),
        }
        let Some(nested) = entry.dependencies else { continue };
        let enough = budget.checked_sub(nested.get().len()).filter(|_| depth < DEPTH);
        let Some(rest) = enough else {
            listing.unread(line, "dependencies nested too deeply were not read");
            continue;
        };
        *budget = rest;
        match json::parse::<Members<'_>>(nested, source) {
            Ok(nested) => read_dependencies(&nested, depth + 1, budget, source, listing),
            Err((line, message)) => listing.unread(Some(line), format!("`dependencies`: {message}")),
        }
    }
}

fn add(name: &str, version: Option<&str>, entry: &Entry<'_>, line: Option<u32>, listing: &mut Listing<'_>) {
    let resolved = match &entry.resolved {
        Some(Resolved::Address(address)) => Some(address.as_str()),
        _ => None,
    };
    // Version 1 puts an address where other packages have their version.
    let address = version.filter(|version| version.contains(':')).or(resolved).unwrap_or_default();
    if address.starts_with("file:") || address.starts_with("link:") {
        return;
    }
    let version = version.filter(|version| !version.contains(':'));
    let mut found = package_in_namespace(PackageType::Npm, name, version);
    found.scope = Some(scope(entry));
    let from_git = set_git(&mut found, address);
    if version.is_none() && !from_git {
        if address.contains("://") {
            found.qualifiers.insert("download_url".to_owned(), address.to_owned());
        } else {
            listing.problem(line, format!("`{}` has no `version`", excerpt(name)));
        }
    }
    listing.add(found, line);
}

fn scope(entry: &Entry<'_>) -> Scope {
    if entry.dev {
        Scope::Development
    } else if entry.optional || entry.dev_optional {
        Scope::Optional
    } else {
        Scope::Runtime
    }
}

/// Notes a git address (`git+ssh://…#commit`, `github:owner/name#commit`) as `vcs_url`; tells whether it is one.
pub(super) fn set_git(package: &mut Package, address: &str) -> bool {
    let (url, commit) = address.split_once('#').unwrap_or((address, ""));
    let commit = commit.strip_prefix("commit=").unwrap_or(commit);
    if let Some(path) = url.strip_prefix("github:") {
        set_vcs_url(package, &format!("https://github.com/{path}"), Some(commit));
        return true;
    }
    if url.starts_with("git+") || url.starts_with("git:") || url.starts_with("git@") || url.ends_with(".git") {
        set_vcs_url(package, url, Some(commit));
        return true;
    }
    // GitHub's archive of one commit, which package managers use in place of a clone.
    if let Some((repository, commit)) =
        url.strip_prefix("https://codeload.github.com/").and_then(|path| path.split_once("/tar.gz/"))
    {
        set_vcs_url(package, &format!("https://github.com/{repository}.git"), Some(commit));
        return true;
    }
    false
}

/// The name below the last `node_modules/`, with its scope.
fn name_in_path(path: &str) -> Option<&str> {
    let (before, name) = path.rsplit_once("node_modules/")?;
    (before.is_empty() || before.ends_with('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn the_third_format_gives_real_names_scopes_and_lines_and_leaves_local_packages_out() {
        assert_snapshot!(check(NPM, r#"{
  "name": "app", "lockfileVersion": 3, "requires": true,
  "packages": {
    "": { "name": "app", "version": "1.0.0" },
    "packages/own": { "name": "own", "version": "1.0.0" },
    "node_modules/own": { "resolved": "packages/own", "link": true },
    "node_modules/@babel/core": {
      "version": "7.0.0", "resolved": "https://registry.example.org/@babel/core/-/core-7.0.0.tgz", "dev": true
    },
    "node_modules/old-lodash": { "name": "lodash", "version": "3.10.1" },
    "node_modules/a/node_modules/lodash": { "version": "4.17.15", "optional": true, "inBundle": true },
    "node_modules/b/node_modules/lodash": { "version": "4.17.15" },
    "node_modules/g": { "version": "1.2.0", "resolved": "git+ssh://git@github.com/u/g.git#abc123" },
    "node_modules/packed": { "version": "1.0.0", "resolved": "file:packed-1.0.0.tgz" },
    "node_modules/broken": { "version": 7 },
    "node_modules/unversioned": { "devOptional": true }
  }
}"#), @"
        7 pkg:npm/%40babel/core@7.0.0 development
        10 pkg:npm/lodash@3.10.1 runtime
        11,12 pkg:npm/lodash@4.17.15 runtime
        13 pkg:npm/g@1.2.0?vcs_url=git%2Bssh:%2F%2Fgit%40github.com%2Fu%2Fg.git%40abc123 runtime
        16 pkg:npm/unversioned optional
        problem: line 15: `node_modules/broken`: invalid type: integer `7`, expected a string
        problem: line 16: `unversioned` has no `version`
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn the_first_format_is_read_at_every_depth() {
        assert_snapshot!(check(NPM, r#"{
  "lockfileVersion": 1,
  "dependencies": {
    "a": {
      "version": "1.0.0",
      "dependencies": {
        "@s/b": { "version": "2.0.0", "bundled": true, "dev": true }
      }
    },
    "alias": { "version": "npm:@s/real@3.0.0" },
    "g": { "version": "git+https://github.com/u/g.git#abc", "from": "git+https://github.com/u/g.git" },
    "local": { "version": "file:../local" },
    "tarball": { "version": "https://example.com/t.tgz" },
    "broken": []
  }
}"#), @"
        4 pkg:npm/a@1.0.0 runtime
        7 pkg:npm/%40s/b@2.0.0 development
        10 pkg:npm/%40s/real@3.0.0 runtime
        11 pkg:npm/g?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fg.git%40abc runtime
        13 pkg:npm/tarball?download_url=https:%2F%2Fexample.com%2Ft.tgz runtime
        problem: line 14: `broken`: expected an object
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn endless_nesting_is_cut_with_a_problem() {
        let text = format!(
            "{{\"dependencies\":{}{}}}",
            r#"{"a":{"version":"1.0.0","dependencies":"#.repeat(3000),
            "{}".to_owned() + &"}}".repeat(3000)
        );
        assert!(check(NPM, &text).contains("nested too deeply"), "{}", check(NPM, &text));
    }

    #[test]
    fn files_that_are_no_lock_file_say_so() {
        assert_snapshot!(check(NPM, "{\n  \"name\": }"), @"unreadable: line 2, column 11: not JSON as expected: expected value");
        assert_snapshot!(check(NPM, "{}"), @"unreadable: not a lock file of npm: it has neither `packages`, `dependencies` nor `lockfileVersion`");
        assert_snapshot!(check(NPM, r#"{"packages": 3}"#), @"unreadable: line 1: `packages`: invalid type: integer `3`, expected an object");
    }
}
