//! `yarn.lock`, classic (v1) and berry (v2 and later).
//!
//! Both forms are entries of two levels of indentation; read line by line, so that a broken entry costs only itself.

use boltseal_evidence::PackageType;

use super::listing::{Listing, excerpt, package_in_namespace};
use super::npm::set_git;
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const YARN: LockFile =
    LockFile { name: "yarn-lock", patterns: &[Pattern::Name("yarn.lock")], max_size: STREAMED, read };

/// Protocols of packages that no registry knows.
const LOCAL: [&str; 4] = ["file:", "link:", "portal:", "workspace:"];

/// An entry while its lines are read.
struct Entry<'a> {
    line: u32,
    /// The first of the requests that led to it: `lodash@^4.17.0`.
    descriptor: &'a str,
    version: Option<&'a str>,
    /// Classic: the address of the archive.
    resolved: Option<&'a str>,
    /// Berry: what was chosen, `lodash@npm:4.17.15`.
    resolution: Option<&'a str>,
}

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let mut entry: Option<Entry<'_>> = None;
    let mut entries = 0_usize;
    for (number, line) in source.lines() {
        let text = line.trim_end();
        if text.is_empty() || text.starts_with('#') || text == ":" {
            continue;
        }
        if !text.starts_with([' ', '\t']) {
            finish(entry.take(), listing);
            entry = header(text, number);
            match &entry {
                Some(_) => entries += 1,
                None if entries == 0 => return Err(format!("line {number}: not a yarn lock file")),
                None => listing.unread(Some(number), format!("`{}` does not begin an entry", excerpt(text))),
            }
        } else if let (Some(entry), Some(field)) = (&mut entry, text.strip_prefix("  ")) {
            read_field(entry, field);
        }
        if listing.is_full() {
            return Ok(());
        }
    }
    finish(entry, listing);
    Ok(())
}

/// The line that begins an entry: requests, then a colon. Berry writes very long ones as `? "…"`.
fn header(text: &str, line: u32) -> Option<Entry<'_>> {
    let requests = text.strip_prefix("? ").or_else(|| text.strip_suffix(':'))?;
    let descriptor = requests.split(", ").next().unwrap_or(requests).trim_matches('"');
    Some(Entry { line, descriptor, version: None, resolved: None, resolution: None })
}

/// `version "1.0.0"` (classic) or `version: 1.0.0` (berry).
fn read_field<'a>(entry: &mut Entry<'a>, field: &'a str) {
    // Deeper indentation: dependencies and the like.
    let Some((key, value)) = field.split_once(' ').filter(|(key, _)| !key.is_empty()) else { return };
    let value = value.trim();
    // A quotation mark that nothing closes: the file was cut, and half a version is the wrong one.
    if !value.matches('"').count().is_multiple_of(2) {
        return;
    }
    let value = value.trim_matches('"');
    match key.trim_end_matches(':') {
        "version" => entry.version = Some(value),
        "resolved" => entry.resolved = Some(value),
        "resolution" => entry.resolution = Some(value),
        _ => {}
    }
}

fn finish(entry: Option<Entry<'_>>, listing: &mut Listing<'_>) {
    let Some(entry) = entry.filter(|entry| entry.descriptor != "__metadata") else { return };
    let line = Some(entry.line);
    let Some((name, reference)) = split(entry.resolution.unwrap_or(entry.descriptor)) else {
        return listing.unread(line, format!("`{}` is not a name and a range", excerpt(entry.descriptor)));
    };
    if LOCAL.iter().any(|protocol| reference.starts_with(protocol)) {
        return;
    }
    // Classic aliases: the range names another package. (Berry's resolution is the real one already.)
    let name = match reference.strip_prefix("npm:").and_then(split) {
        Some((real, _)) if entry.resolution.is_none() => real,
        _ => name,
    };
    let Some(version) = entry.version else {
        return listing.unread(line, format!("`{}` has no `version`", excerpt(entry.descriptor)));
    };
    let mut found = package_in_namespace(PackageType::Npm, name, Some(version));
    set_git(&mut found, entry.resolved.unwrap_or(reference));
    listing.add(found, line);
}

/// Name and range of `name@range` or `@scope/name@range`.
pub(super) fn split(descriptor: &str) -> Option<(&str, &str)> {
    let after = usize::from(descriptor.starts_with('@'));
    let at = descriptor.get(after..)?.find('@')? + after;
    let (name, range) = (descriptor.get(..at)?, descriptor.get(at + 1..)?);
    (!name.is_empty()).then_some((name, range))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn a_version_that_is_cut_off_is_told_and_not_guessed() {
        let told = check(YARN, "lodash@^4.17.0:\n  version \"4.17");
        assert!(!told.contains("4.17\n") && told.contains("has no `version`"), "{told}");
    }

    #[test]
    fn classic_entries_are_listed_under_their_real_names() {
        assert_snapshot!(check(YARN, r#"# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.
# yarn lockfile v1


"@babel/core@^7.0.0", "@babel/core@^7.1.0":
  version "7.1.2"
  resolved "https://registry.example.org/@babel/core/-/core-7.1.2.tgz#0123"
  dependencies:
    version "9"
    lodash "^4.0.0"

lodash@^4.0.0, lodash@^4.1:
  version "4.17.15"

"old@npm:lodash@3.10.1":
  version "3.10.1"

"g@git+https://github.com/u/g.git":
  version "1.0.0"
  resolved "git+https://github.com/u/g.git#abc"

short@u/short:
  version "0.1.0"
  resolved "https://codeload.github.com/u/short/tar.gz/def"

"local@file:../local":
  version "0.0.0"

broken@1:
  resolved "x"

nonsense
"#), @"
        5 pkg:npm/%40babel/core@7.1.2
        12 pkg:npm/lodash@4.17.15
        15 pkg:npm/lodash@3.10.1
        18 pkg:npm/g@1.0.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fg.git%40abc
        22 pkg:npm/short@0.1.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fshort.git%40def
        problem: line 29: `broken@1` has no `version`
        problem: line 32: `nonsense` does not begin an entry
        omitted: Unreadable 2
        ");
    }

    #[test]
    fn berry_resolutions_are_listed_and_workspaces_are_not() {
        assert_snapshot!(check(YARN, r#"# This file is generated by running "yarn install" inside your project.

__metadata:
  version: 8
  cacheKey: 10c0

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  languageName: unknown

"lodash@npm:4.17.15, lodash@npm:^4.17.0":
  version: 4.17.15
  resolution: "lodash@npm:4.17.15"
  dependencies:
    version: "npm:9"

"lodash@patch:lodash@npm%3A4.17.15#~/.yarn/patches/x.patch":
  version: 4.17.15
  resolution: "lodash@patch:lodash@npm%3A4.17.15#~/.yarn/patches/x.patch::version=4.17.15&hash=1"

"old@npm:@s/lodash@3.10.1":
  version: 3.10.1
  resolution: "@s/lodash@npm:3.10.1"

"g@https://github.com/u/g.git":
  version: 1.0.0
  resolution: "g@https://github.com/u/g.git#commit=abc"

? "long@npm:^1.0.0, long@npm:^1.0.1"
:
  version: 1.2.0
  resolution: "long@npm:1.2.0"
"#), @"
        12,18 pkg:npm/lodash@4.17.15
        22 pkg:npm/%40s/lodash@3.10.1
        26 pkg:npm/g@1.0.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fg.git%40abc
        30 pkg:npm/long@1.2.0
        ");
    }

    #[test]
    fn another_text_is_no_yarn_lock_file() {
        assert_snapshot!(check(YARN, "hello\n"), @"unreadable: line 1: not a yarn lock file");
    }
}
