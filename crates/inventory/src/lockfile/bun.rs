//! `bun.lock`, the text form (Bun 1.2 and later).
//!
//! JSON with commas after last members. `packages` is keyed by path in the tree; the first element of each value is what
//! was chosen: `lodash@4.17.15`.

use boltseal_evidence::PackageType;

use super::json::{self, Elements, Members};
use super::listing::{Listing, excerpt, package_in_namespace};
use super::npm::set_git;
use super::{LockFile, STREAMED, Source, yarn};
use crate::cataloger::Pattern;

pub(super) const BUN: LockFile =
    LockFile { name: "bun-lock", patterns: &[Pattern::Name("bun.lock")], max_size: STREAMED, read };

const LOCAL: [&str; 4] = ["workspace:", "file:", "link:", "root:"];

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let strict = without_last_commas(source.text);
    let source = &Source::new(&strict);
    let root = json::object(source)?;
    if root.get("lockfileVersion").is_none() {
        return Err("not a lock file of Bun: it has no `lockfileVersion`".to_owned());
    }
    let Some(packages) = root.get("packages") else { return Ok(()) };
    let packages: Members<'_> =
        json::parse(packages, source).map_err(|(line, message)| format!("line {line}: `packages`: {message}"))?;
    for (key, value) in &packages.0 {
        if listing.is_full() {
            break;
        }
        let line = source.line_of(value.get());
        let chosen = json::parse::<Elements<'_>>(value, source).and_then(|elements| {
            elements.0.first().map_or(Ok(None), |first| json::parse::<Option<String>>(first, source))
        });
        match chosen {
            Ok(Some(chosen)) => add(&chosen, line, listing),
            Ok(None) => listing.unread(line, format!("`{}` names no package", excerpt(key))),
            Err((line, message)) => listing.unread(Some(line), format!("`{}`: {message}", excerpt(key))),
        }
    }
    Ok(())
}

fn add(chosen: &str, line: Option<u32>, listing: &mut Listing<'_>) {
    let Some((name, reference)) = yarn::split(chosen) else {
        return listing.unread(line, format!("`{}` is not a name and a version", excerpt(chosen)));
    };
    if LOCAL.iter().any(|protocol| reference.starts_with(protocol)) {
        return;
    }
    let version = reference.starts_with(|first: char| first.is_ascii_digit()).then_some(reference);
    let mut found = package_in_namespace(PackageType::Npm, name, version);
    if version.is_none() && !set_git(&mut found, reference) {
        if !reference.contains("://") {
            return listing.unread(line, format!("`{}` has a version of an unknown kind", excerpt(chosen)));
        }
        found.qualifiers.insert("download_url".to_owned(), reference.to_owned());
    }
    listing.add(found, line);
}

/// The text with a space for each comma that only white space parts from `}` or `]`: every line stays where it is.
fn without_last_commas(text: &str) -> String {
    let mut strict = String::with_capacity(text.len());
    let mut in_string = false;
    let mut escaped = false;
    // A comma and the white space after it, held back until it is known what follows.
    let mut held = String::new();
    for character in text.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            strict.push(character);
            continue;
        }
        if !held.is_empty() && character.is_ascii_whitespace() {
            held.push(character);
            continue;
        }
        if matches!(character, '}' | ']') && !held.is_empty() {
            held.replace_range(..1, " ");
        }
        strict.push_str(&held);
        held.clear();
        in_string = character == '"';
        if character == ',' { held.push(',') } else { strict.push(character) }
    }
    strict.push_str(&held);
    strict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn a_version_of_an_unknown_kind_is_told_and_not_passed_over() {
        assert_snapshot!(
            check(BUN, "{\"lockfileVersion\": 1, \"packages\": {\n\"a\": [\"a@catalog:x\"],\n\"w\": [\"w@workspace:w\"]}}"),
            @"
        problem: line 2: `a@catalog:x` has a version of an unknown kind
        omitted: Unreadable 1
        "
        );
    }

    #[test]
    fn packages_are_listed_under_their_real_names_and_workspaces_are_not() {
        assert_snapshot!(check(BUN, r#"{
  "lockfileVersion": 1,
  "workspaces": { "": { "name": "app", }, },
  "packages": {
    "@s/a": ["@s/a@1.0.0", "", { "dependencies": { "b": "^1, }", }, }, "sha512-x"],

    "a/lodash": ["lodash@4.17.15", "", {}, "sha512-x"],
    "old": ["lodash@3.10.1", "", {}, "sha512-x"],
    "g": ["g@git+https://github.com/u/g.git#abc", {}, "u-g-abc"],
    "h": ["h@github:u/h#def", {}, "u-h-def"],
    "t": ["t@https://example.com/t.tgz", {}],
    "own": ["own@workspace:packages/own"],
    "empty": [],
    "broken": [1],
  },
}
"#), @"
        5 pkg:npm/%40s/a@1.0.0
        7 pkg:npm/lodash@4.17.15
        8 pkg:npm/lodash@3.10.1
        9 pkg:npm/g?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fg.git%40abc
        10 pkg:npm/h?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fh%40def
        11 pkg:npm/t?download_url=https:%2F%2Fexample.com%2Ft.tgz
        problem: line 13: `empty` names no package
        problem: line 14: `broken`: invalid type: integer `1`, expected a string
        omitted: Unreadable 2
        ");
    }

    #[test]
    fn commas_within_texts_stay() {
        assert_eq!(without_last_commas(r#"{"a,]": ["\",}", 1 , ] ,}"#), r#"{"a,]": ["\",}", 1   ]  }"#);
        assert_snapshot!(check(BUN, "{}"), @"unreadable: not a lock file of Bun: it has no `lockfileVersion`");
    }
}
