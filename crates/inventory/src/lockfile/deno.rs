//! `deno.lock`, versions 3 and later: its npm packages.
//!
//! Packages of JSR and modules fetched by address have no purl type that advisories use: they are counted and told.

use boltseal_evidence::{NotAssessedReason, PackageType};

use super::json::{self, Members};
use super::listing::{Listing, excerpt, package_in_namespace};
use super::{LockFile, STREAMED, Source, yarn};
use crate::cataloger::Pattern;

pub(super) const DENO: LockFile =
    LockFile { name: "deno-lock", patterns: &[Pattern::Name("deno.lock")], max_size: STREAMED, read };

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = json::object(source)?;
    if root.get("version").is_none() {
        return Err("not a lock file of Deno: it has no `version`".to_owned());
    }
    // Version 3 keeps both registries below `packages`.
    let below = section(&root, "packages", source)?;
    let registries = below.as_ref().unwrap_or(&root);
    for (key, value) in section(registries, "npm", source)?.map(|npm| npm.0).unwrap_or_default() {
        if listing.is_full() {
            break;
        }
        let line = source.line_of(value.get());
        // `name@1.0.0_peer@2.0.0`
        match yarn::split(&key) {
            Some((name, version)) => {
                let version = version.split_once('_').map_or(version, |(version, _)| version);
                listing.add(package_in_namespace(PackageType::Npm, name, Some(version)), line);
            }
            None => listing.unread(line, format!("`{}` is not a name and a version", excerpt(&key))),
        }
    }
    let jsr = section(registries, "jsr", source)?.map_or(0, |jsr| jsr.0.len());
    let remote = section(&root, "remote", source)?.map_or(0, |remote| remote.0.len());
    if jsr + remote > 0 {
        listing.omit(
            NotAssessedReason::NoFeed,
            jsr + remote,
            None,
            &format!("{jsr} packages of JSR and {remote} modules fetched by address were not assessed: no advisories cover them"),
        );
    }
    Ok(())
}

/// The members of a section, where there is one.
fn section<'a>(parent: &Members<'a>, key: &str, source: &Source<'_>) -> Result<Option<Members<'a>>, String> {
    let Some(value) = parent.get(key) else { return Ok(None) };
    json::parse(value, source).map_err(|(line, message)| format!("line {line}: `{key}`: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn npm_packages_are_listed_and_the_rest_is_counted() {
        assert_snapshot!(check(DENO, r#"{
  "version": "4",
  "specifiers": { "npm:lodash@4": "4.17.15" },
  "jsr": { "@std/path@1.0.0": {} },
  "npm": {
    "@angular/core@8.2.0_rxjs@6.5.0": { "integrity": "x" },
    "lodash@4.17.15": { "integrity": "x" },
    "broken": {}
  },
  "remote": { "https://deno.land/std@0.1.0/a.ts": "00", "https://deno.land/std@0.1.0/b.ts": "00" }
}"#), @"
        6 pkg:npm/%40angular/core@8.2.0
        7 pkg:npm/lodash@4.17.15
        problem: line 8: `broken` is not a name and a version
        problem: 1 packages of JSR and 2 modules fetched by address were not assessed: no advisories cover them
        omitted: Unreadable 1
        omitted: NoFeed 3
        ");
        assert_snapshot!(check(DENO, r#"{ "version": "3", "packages": { "npm": { "lodash@4.17.15": {} } } }"#), @"1 pkg:npm/lodash@4.17.15");
        assert_snapshot!(check(DENO, "{}"), @"unreadable: not a lock file of Deno: it has no `version`");
    }
}
