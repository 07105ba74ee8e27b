//! `pnpm-lock.yaml`, lockfile versions 5 to 9.
//!
//! The key of a package was `/name/1.0.0_peer@2` up to 5, `/name@1.0.0(peer@2)` in 6, and `name@1.0.0` in 9, where
//! peers and dependencies moved to `snapshots`.

use std::collections::HashMap;

use boltseal_evidence::{PackageType, Scope};

use super::listing::{Listing, excerpt, package_in_namespace, set_vcs_url};
use super::npm::set_git;
use super::reach::Graph;
use super::yaml::{self, Node};
use super::{LockFile, Source, TREE, yarn};
use crate::cataloger::Pattern;

pub(super) const PNPM: LockFile =
    LockFile { name: "pnpm-lock", patterns: &[Pattern::Name("pnpm-lock.yaml")], max_size: TREE, read };

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let documents = yaml::documents(source)?;
    let mut any = false;
    for root in &documents {
        let Some(version) = root.text("lockfileVersion") else { continue };
        any = true;
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok()).unwrap_or(0);
        if !(5..=9).contains(&major) {
            return Err(format!("lockfile version `{}` is not one of 5 to 9", excerpt(version)));
        }
        if let Some((_, line, packages)) = root.members().iter().find(|(key, ..)| key == "packages")
            && !matches!(packages, Node::Mapping(_) | Node::Null)
        {
            return Err(format!("line {line}: `packages` is not a mapping"));
        }
        let scopes = if major >= 9 { scopes(root) } else { HashMap::new() };
        for (key, line, entry) in root.get("packages").map(Node::members).unwrap_or_default() {
            if listing.is_full() {
                break;
            }
            let scope = scopes.get(key.as_str()).copied().or_else(|| stated_scope(entry));
            add(key, *line, entry, major, scope, listing);
        }
    }
    if any { Ok(()) } else { Err("not a lock file of pnpm: it has no `lockfileVersion`".to_owned()) }
}

fn add(key: &str, line: u32, entry: &Node, major: u32, scope: Option<Scope>, listing: &mut Listing<'_>) {
    if !matches!(entry, Node::Mapping(_)) {
        return listing.unread(Some(line), format!("`{}` is not a mapping", excerpt(key)));
    }
    let (name_in_key, reference) = if major < 6 { split_by_slash(key) } else { split_by_at(key) };
    let resolution = entry.get("resolution").unwrap_or(&Node::Null);
    let address = resolution.text("tarball").unwrap_or(reference);
    let local = |text: &str| text.starts_with("file:") || text.starts_with("link:");
    if resolution.text("type") == Some("directory") || local(key) || local(reference) || local(address) {
        return;
    }
    let versioned = reference.starts_with(|first: char| first.is_ascii_digit());
    let version = entry.text("version").or(versioned.then_some(reference));
    // The key of anything not from a registry is an address; then only the entry tells the name.
    let named_by_key = versioned || (major >= 6 && !reference.is_empty());
    let Some(name) = entry.text("name").or(named_by_key.then_some(name_in_key)) else {
        return listing.unread(Some(line), format!("`{}` names no package", excerpt(key)));
    };
    let mut found = package_in_namespace(PackageType::Npm, name, version);
    found.scope = scope;
    let from_git = match (resolution.text("repo"), resolution.text("commit")) {
        (Some(repository), commit) => {
            set_vcs_url(&mut found, repository, commit);
            true
        }
        _ => !versioned && set_git(&mut found, address),
    };
    if version.is_none() && !from_git {
        listing.problem(Some(line), format!("`{}` has no version", excerpt(key)));
    }
    listing.add(found, Some(line));
}

/// Name and version of `/@scope/name/1.0.0_peer@2`, or `registry.host/name/1.0.0`.
fn split_by_slash(key: &str) -> (&str, &str) {
    let path = match key.strip_prefix('/') {
        Some(path) => path,
        None => key.split_once('/').map_or(key, |(_, path)| path),
    };
    let scope = if path.starts_with('@') { path.find('/').map_or(0, |at| at + 1) } else { 0 };
    let rest = path.get(scope..).unwrap_or_default();
    let Some(at) = rest.find('/').map(|at| at + scope) else { return (path, "") };
    let version = path.get(at + 1..).unwrap_or_default();
    (path.get(..at).unwrap_or_default(), version.split(['_', '(', '/']).next().unwrap_or_default())
}

/// Name and version, or address, of `/@scope/name@1.0.0(peer@2)`.
fn split_by_at(key: &str) -> (&str, &str) {
    let key = without_peers(key.strip_prefix('/').unwrap_or(key));
    yarn::split(key).unwrap_or((key, ""))
}

fn without_peers(key: &str) -> &str {
    key.split_once('(').map_or(key, |(key, _)| key)
}

/// Up to version 6, each package says what it is for.
fn stated_scope(entry: &Node) -> Option<Scope> {
    match (entry.text("dev"), entry.text("optional")) {
        (Some("true"), _) => Some(Scope::Development),
        (_, Some("true")) => Some(Scope::Optional),
        (Some(_), _) => Some(Scope::Runtime),
        (None, _) => None,
    }
}

/// In version 9 it follows from the importers and the snapshots.
fn scopes(root: &Node) -> HashMap<&str, Scope> {
    const SECTIONS: [(&str, Scope); 3] = [
        ("dependencies", Scope::Runtime),
        ("optionalDependencies", Scope::Optional),
        ("devDependencies", Scope::Development),
    ];
    let packages: HashMap<&str, ()> = root
        .get("packages")
        .map(Node::members)
        .unwrap_or_default()
        .iter()
        .map(|(key, ..)| (key.as_str(), ()))
        .collect();
    // `name: 1.0.0(peer@2)` stands for `name@1.0.0`; an alias, `old: name@1.0.0`, names the key itself.
    let key_of = |name: &str, version: &str| -> Option<&str> {
        let version = without_peers(version);
        let joined = format!("{name}@{version}");
        packages.get_key_value(joined.as_str()).or_else(|| packages.get_key_value(version)).map(|(key, ())| *key)
    };
    let mut graph = Graph::default();
    for (_, _, importer) in root.get("importers").map(Node::members).unwrap_or_default() {
        for (section, scope) in SECTIONS {
            for (name, _, needed) in importer.get(section).map(Node::members).unwrap_or_default() {
                if let Some(key) = needed.text("version").and_then(|version| key_of(name, version)) {
                    graph.root(scope, key);
                }
            }
        }
    }
    for (from, _, snapshot) in root.get("snapshots").map(Node::members).unwrap_or_default() {
        for (section, _) in SECTIONS {
            for (name, _, version) in snapshot.get(section).map(Node::members).unwrap_or_default() {
                if let Some(to) = version.as_text().and_then(|version| key_of(name, version)) {
                    graph.edge(without_peers(from), to);
                }
            }
        }
    }
    graph.scopes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn the_fifth_format_separates_by_slashes() {
        assert_snapshot!(check(PNPM, "lockfileVersion: 5.4
specifiers: {}
packages:

  /@angular/core/8.2.0_rxjs@6.5.0+zone.js@0.9.1:
    resolution: {integrity: sha512-x}
    dev: false

  /lodash/4.17.15:
    resolution: {integrity: sha512-x}
    dev: true

  registry.example/own/1.0.0:
    resolution: {integrity: sha512-x}
    dev: false
    optional: true

  github.com/u/g/abc:
    resolution: {tarball: https://codeload.github.com/u/g/tar.gz/abc}
    name: g
    version: 1.2.0

  file:../local:
    resolution: {directory: ../local, type: directory}
    name: local
    version: 1.0.0

  /broken/1.0.0: nothing
"), @"
        5 pkg:npm/%40angular/core@8.2.0 runtime
        9 pkg:npm/lodash@4.17.15 development
        13 pkg:npm/own@1.0.0 optional
        18 pkg:npm/g@1.2.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fg.git%40abc
        problem: line 28: `/broken/1.0.0` is not a mapping
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn the_sixth_format_separates_by_at_signs_and_puts_peers_in_parentheses() {
        assert_snapshot!(check(PNPM, "lockfileVersion: '6.0'
packages:
  /@angular/core@8.2.0(rxjs@6.5.0)(zone.js@0.9.1):
    resolution: {integrity: sha512-x}
    dev: false
  /lodash@4.17.15:
    resolution: {integrity: sha512-x}
    dev: true
  '@github.com/u/g/abc':
    resolution: {type: git, repo: https://github.com/u/g.git, commit: abc}
    name: g
    version: 1.2.0
"), @"
        3 pkg:npm/%40angular/core@8.2.0 runtime
        6 pkg:npm/lodash@4.17.15 development
        9 pkg:npm/g@1.2.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fg.git%40abc
        ");
    }

    #[test]
    fn in_the_ninth_format_scopes_follow_from_importers_and_snapshots() {
        assert_snapshot!(check(PNPM, "lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      old:
        specifier: npm:lodash@3.10.1
        version: lodash@3.10.1
      core:
        specifier: 1.0.0
        version: 1.0.0(peer@2.0.0)
      own:
        specifier: workspace:*
        version: link:packages/own
    devDependencies:
      mocha:
        specifier: 6.2.0
        version: 6.2.0
packages:
  core@1.0.0:
    resolution: {integrity: sha512-x}
  g@https://codeload.github.com/u/g/tar.gz/abc:
    resolution: {tarball: https://codeload.github.com/u/g/tar.gz/abc}
    version: 1.2.0
  lodash@3.10.1:
    resolution: {integrity: sha512-x}
  mocha@6.2.0:
    resolution: {integrity: sha512-x}
  peer@2.0.0:
    resolution: {integrity: sha512-x}
  local@file:../local:
    resolution: {directory: ../local, type: directory}
snapshots:
  core@1.0.0(peer@2.0.0):
    dependencies:
      peer: 2.0.0
  mocha@6.2.0:
    dependencies:
      peer: 2.0.0
"), @"
        19 pkg:npm/core@1.0.0 runtime
        21 pkg:npm/g@1.2.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fg.git%40abc
        24 pkg:npm/lodash@3.10.1 runtime
        26 pkg:npm/mocha@6.2.0 development
        28 pkg:npm/peer@2.0.0 runtime
        ");
    }

    #[test]
    fn other_files_and_other_versions_are_unreadable() {
        assert_snapshot!(check(PNPM, "a: 1\n"), @"unreadable: not a lock file of pnpm: it has no `lockfileVersion`");
        assert_snapshot!(check(PNPM, "lockfileVersion: 6.0\npackages: 7\n"), @"unreadable: line 2: `packages` is not a mapping");
        assert_snapshot!(check(PNPM, "lockfileVersion: 99\n"), @"unreadable: lockfile version `99` is not one of 5 to 9");
        assert_snapshot!(check(PNPM, "a: [\n  b: c]\n}\n"), @"unreadable: line 3, column 1: not YAML as expected: misplaced bracket at line 3, column 1");
    }
}
