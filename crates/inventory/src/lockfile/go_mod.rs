//! `go.mod` (Go modules reference, *go.mod files*).
//!
//! From Go 1.17 on it requires every module of the build, so it serves as a lock file; `go.sum` also names modules that
//! are not built and is not read.

use std::collections::HashMap;

use boltseal_evidence::{NotAssessedReason, Package, PackageType};

use super::listing::{Listing, excerpt, package_in_namespace};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const GO_MOD: LockFile =
    LockFile { name: "go-mod", patterns: &[Pattern::Name("go.mod")], max_size: STREAMED, read };

/// The right side of a `replace`, and its line.
struct Replacement<'a> {
    path: &'a str,
    /// Absent for a folder.
    version: Option<&'a str>,
    line: u32,
}

#[derive(Default)]
struct Module<'a> {
    has_name: bool,
    go: Option<&'a str>,
    required: Vec<(&'a str, &'a str, u32)>,
    /// By path and, where the left side has one, version.
    replaced: HashMap<(&'a str, Option<&'a str>), Replacement<'a>>,
}

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let mut module = Module::default();
    let mut block: Option<&str> = None;
    for (number, line) in source.lines() {
        let words = words(line);
        match (block, words.as_slice()) {
            (_, []) => {}
            (Some(_), [")"]) => block = None,
            (Some(verb), words) => directive(verb, words, number, &mut module, listing),
            (None, [verb, "("]) => block = Some(verb),
            (None, [verb, words @ ..]) => directive(verb, words, number, &mut module, listing),
        }
        if listing.is_full() || module.required.len() > crate::Limits::DEFAULT.packages {
            break;
        }
    }
    if !module.has_name && module.required.is_empty() {
        return Err("not a go.mod file: it has no `module`".to_owned());
    }
    if !lists_indirect(module.go) {
        listing.omit(
            NotAssessedReason::Unpinned,
            0,
            None,
            "written for Go before 1.17, so indirect modules are not listed and were not assessed: run `go mod tidy -go=1.17`",
        );
    }
    for &(path, version, line) in &module.required {
        add(path, version, line, &module.replaced, listing);
    }
    Ok(())
}

/// The words of a line without its comment and quotes.
fn words(line: &str) -> Vec<&str> {
    let code = line.split_once("//").map_or(line, |(code, _)| code);
    // A quoted path may hold `//`, but no module path does.
    code.split_whitespace().take(8).map(|word| word.trim_matches(['"', '`'])).collect()
}

fn directive<'a>(verb: &str, words: &[&'a str], line: u32, module: &mut Module<'a>, listing: &mut Listing<'_>) {
    match (verb, words) {
        ("module", [_, ..]) => module.has_name = true,
        ("go", [version]) => module.go = Some(version),
        ("toolchain", [version]) => {
            // The standard library is part of the toolchain; advisories know it as `stdlib`.
            if let Some(version) =
                version.strip_prefix("go").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            {
                let version = version.split_once('-').map_or(version, |(version, _)| version);
                listing.add(package_in_namespace(PackageType::Golang, "stdlib", Some(version)), Some(line));
            }
        }
        ("require", [path, version]) => module.required.push((path, version, line)),
        ("replace", words) => match replacement(words, line) {
            Some((path, version, new)) if module.replaced.len() < crate::Limits::DEFAULT.packages => {
                module.replaced.insert((path, version), new);
            }
            Some(_) => {}
            None => listing.unread(Some(line), format!("`replace {}` is not understood", excerpt(&words.join(" ")))),
        },
        ("require", _) => {
            listing.unread(Some(line), format!("`{}` is not a module and its version", excerpt(&words.join(" "))))
        }
        _ => {}
    }
}

/// `old [version] => new [version]`.
fn replacement<'a>(words: &[&'a str], line: u32) -> Option<(&'a str, Option<&'a str>, Replacement<'a>)> {
    let arrow = words.iter().position(|word| *word == "=>")?;
    let (old, new) = (words.get(..arrow)?, words.get(arrow + 1..)?);
    let (path, version) = (*old.first()?, old.get(1).copied());
    Some((path, version, Replacement { path: new.first()?, version: new.get(1).copied(), line }))
}

fn add(
    path: &str,
    version: &str,
    line: u32,
    replaced: &HashMap<(&str, Option<&str>), Replacement<'_>>,
    listing: &mut Listing<'_>,
) {
    let new = replaced.get(&(path, Some(version))).or_else(|| replaced.get(&(path, None)));
    let module =
        |path: &str, version: Option<&str>| -> Package { package_in_namespace(PackageType::Golang, path, version) };
    match new {
        None => listing.add(module(path, Some(version)), Some(line)),
        // A folder has no version that an advisory could speak of: listed, and not assessed.
        Some(new) if new.version.is_none() => {
            listing.add(module(path, None), Some(line));
            listing.add(module(path, None), Some(new.line));
        }
        Some(new) => {
            listing.add(module(new.path, new.version), Some(line));
            listing.add(module(new.path, new.version), Some(new.line));
        }
    }
}

/// Go 1.17 or later wrote the file.
fn lists_indirect(go: Option<&str>) -> bool {
    let mut parts = go.unwrap_or("1.16").split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (1, 17)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn requirements_are_listed_after_replacement() {
        assert_snapshot!(check(GO_MOD, r#"module example.com/app // comment

go 1.21
toolchain go1.22.3

require golang.org/x/net v0.1.0
require (
	github.com/gin-gonic/gin v1.7.0
	github.com/old/one v1.0.0 // indirect
	"github.com/local/two" v1.0.0
	github.com/kept/three v1.2.0
	github.com/docker/docker v20.10.7+incompatible
	gopkg.in/yaml.v2 v2.2.2
	broken
)

exclude github.com/gin-gonic/gin v1.6.0

replace (
	github.com/old/one => github.com/new/one/v2 v2.1.0
	github.com/local/two v1.0.0 => ../two
	github.com/kept/three v1.0.0 => ../three
	nothing
)

retract v0.9.0
"#), @"
        4 pkg:golang/stdlib@1.22.3
        6 pkg:golang/golang.org/x/net@v0.1.0
        8 pkg:golang/github.com/gin-gonic/gin@v1.7.0
        9,20 pkg:golang/github.com/new/one/v2@v2.1.0
        10,21 pkg:golang/github.com/local/two
        11 pkg:golang/github.com/kept/three@v1.2.0
        12 pkg:golang/github.com/docker/docker@v20.10.7%2Bincompatible
        13 pkg:golang/gopkg.in/yaml.v2@v2.2.2
        problem: line 14: `broken` is not a module and its version
        problem: line 23: `replace nothing` is not understood
        omitted: Unreadable 2
        ");
    }

    #[test]
    fn an_old_file_says_that_it_is_not_complete() {
        assert_snapshot!(check(GO_MOD, "module m\ngo 1.16\nrequire a.b/c v1.0.0\n"), @"
        3 pkg:golang/a.b/c@v1.0.0
        problem: written for Go before 1.17, so indirect modules are not listed and were not assessed: run `go mod tidy -go=1.17`
        omitted: Unpinned 0
        ");
        assert_snapshot!(check(GO_MOD, "hello\n"), @"unreadable: not a go.mod file: it has no `module`");
    }
}
