//! `composer.lock` (PHP).

use boltseal_evidence::{PackageType, Scope};
use serde::Deserialize;

use super::json::{self, Elements};
use super::listing::{Listing, package_in_namespace, set_vcs_url};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const COMPOSER: LockFile =
    LockFile { name: "composer-lock", patterns: &[Pattern::Name("composer.lock")], max_size: STREAMED, read };

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    source: Option<Origin>,
    dist: Option<Origin>,
    license: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Origin {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    url: String,
    reference: Option<String>,
}

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let root = json::object(source)?;
    if root.get("packages").is_none() && root.get("packages-dev").is_none() {
        return Err("not a lock file of Composer: it has no `packages`".to_owned());
    }
    for (section, scope) in [("packages", Scope::Runtime), ("packages-dev", Scope::Development)] {
        let Some(value) = root.get(section) else { continue };
        match json::parse::<Option<Elements<'_>>>(value, source) {
            Ok(Some(entries)) => read_section(&entries, scope, source, listing),
            Ok(None) => {}
            Err((line, message)) => return Err(format!("line {line}: `{section}`: {message}")),
        }
    }
    Ok(())
}

fn read_section(entries: &Elements<'_>, scope: Scope, source: &Source<'_>, listing: &mut Listing<'_>) {
    for value in &entries.0 {
        if listing.is_full() {
            break;
        }
        let line = source.line_of(value.get());
        let entry: Entry = match json::entry(value, source) {
            Ok(entry) => entry,
            Err((line, message)) => {
                listing.unread(Some(line), format!("a package entry: {message}"));
                continue;
            }
        };
        if entry.dist.as_ref().is_some_and(|dist| dist.kind == "path") {
            continue;
        }
        let mut found = package_in_namespace(PackageType::Composer, &entry.name, Some(&entry.version));
        found.scope = Some(scope);
        found.licenses = entry.license.unwrap_or_default();
        // A branch has no release: only its commit says what it is.
        if let Some(origin) = entry.source.filter(|origin| origin.kind == "git")
            && (entry.version.starts_with("dev-") || entry.version.ends_with("-dev"))
        {
            set_vcs_url(&mut found, &origin.url, origin.reference.as_deref());
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
    fn both_sections_are_listed_with_scope_and_commit_of_a_branch() {
        assert_snapshot!(check(COMPOSER, r#"{
    "content-hash": "x",
    "packages": [
        {
            "name": "symfony/http-kernel",
            "version": "v4.4.1",
            "license": ["MIT"],
            "source": { "type": "git", "url": "https://github.com/symfony/http-kernel.git", "reference": "aa" }
        },
        {
            "name": "acme/branch",
            "version": "dev-main",
            "source": { "type": "git", "url": "https://github.com/acme/branch.git", "reference": "bb" }
        },
        { "name": "acme/local", "version": "1.0.0", "dist": { "type": "path", "url": "../local" } },
        { "name": "acme/broken" }
    ],
    "packages-dev": [
        { "name": "phpunit/phpunit", "version": "9.5.0" }
    ]
}"#), @"
        4 pkg:composer/symfony/http-kernel@v4.4.1 runtime
        10 pkg:composer/acme/branch@dev-main?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Facme%2Fbranch.git%40bb runtime
        19 pkg:composer/phpunit/phpunit@9.5.0 development
        problem: line 16: a package entry: missing field `version`
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn a_file_without_packages_is_unreadable() {
        assert_snapshot!(check(COMPOSER, "{}"), @"unreadable: not a lock file of Composer: it has no `packages`");
        assert_snapshot!(check(COMPOSER, r#"{"packages": {}}"#), @"unreadable: line 1: `packages`: invalid type: map, expected an array");
    }
}
