//! Installed npm packages: the `package.json` at the root of each package in a `node_modules`.
//!
//! A package's root is the directory right below `node_modules`, or below `node_modules/@scope`, or below one of the
//! two directories that Debian's Node.js searches (Debian's JavaScript policy). Other `package.json` files belong to
//! applications, to parts of a package (`dist/esm/package.json`) or to its test fixtures, and say nothing of what is
//! installed.

use std::collections::BTreeMap;

use boltseal_evidence::{Package, PackageType};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cataloger::{Cataloger, File, FileMeta, Pattern, Records};
use crate::installed::field;

/// Licences of one package.
const MAX_LICENSES: usize = 50;
/// Directories whose contents are tried out, not run.
const FIXTURE_DIRECTORIES: [&str; 9] =
    ["test", "tests", "__tests__", "fixture", "fixtures", "__fixtures__", "example", "examples", "spec"];

/// Where Debian's packages put what they bring for Node.js.
const SYSTEM_DIRECTORIES: [&str; 2] = ["usr/share/nodejs/", "usr/lib/nodejs/"];

/// The cataloger of installed npm packages.
pub(crate) struct Npm;

impl Cataloger for Npm {
    fn name(&self) -> &'static str {
        "npm-installed"
    }

    fn revision(&self) -> u32 {
        2
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Name("package.json")]
    }

    fn wants(&self, file: &FileMeta<'_>) -> bool {
        is_package_root(file.path)
    }

    fn max_size(&self) -> u64 {
        8 * 1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let content = file.content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.content);
        // Values stay unparsed, so that only those that matter can be of a wrong shape. Of doubled keys the last wins,
        // as it does for Node.js.
        match serde_json::from_slice::<BTreeMap<String, &RawValue>>(content) {
            Ok(members) => read(&members),
            Err(error) => Records::unreadable(format!("`package.json` is not a JSON object: {error}")),
        }
    }
}

fn read(members: &BTreeMap<String, &RawValue>) -> Records {
    let mut records = Records::default();
    let member = |key: &str| members.get(key).and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
    let name = member("name");
    let name = name.as_ref().and_then(Value::as_str);
    let Some(name) = name.and_then(|name| field::bounded("name", name, &mut records.problems)) else {
        // Not a package for npm either: a marker such as `{"type": "module"}`.
        return Records::default();
    };
    let mut package = match name.split_once('/') {
        Some((scope, name)) if scope.len() > 1 && scope.starts_with('@') && !name.is_empty() => {
            let mut package = Package::new(PackageType::Npm, name);
            package.namespace = Some(scope.to_owned());
            package
        }
        _ => Package::new(PackageType::Npm, name.as_str()),
    };
    match member("version") {
        Some(Value::String(version)) => {
            package.version = field::bounded("version", &version, &mut records.problems);
        }
        None | Some(Value::Null) => {}
        Some(_) => {
            let message = format!("the version of {} is not a text", field::quoted(&name));
            field::report(&mut records, message);
        }
    }
    for key in ["license", "licenses"] {
        if let Some(value) = member(key).filter(|_| package.licenses.is_empty()) {
            collect_licenses(&value, &mut package.licenses);
        }
    }
    records.packages.push(package);
    records
}

/// The three shapes that npm has had: a text, an object with `type` (or `name`), and an array of either.
fn collect_licenses(value: &Value, licenses: &mut Vec<String>) {
    let one = |value: &Value| match value {
        Value::String(text) => field::license(text),
        Value::Object(members) => {
            members.get("type").or_else(|| members.get("name")).and_then(Value::as_str).and_then(field::license)
        }
        _ => None,
    };
    match value {
        Value::Array(values) => licenses.extend(values.iter().take(MAX_LICENSES).filter_map(one)),
        value => licenses.extend(one(value)),
    }
}

/// The path of a `package.json` is that of the root of an installed package.
fn is_package_root(path: &str) -> bool {
    let Some(directory) = path.strip_suffix("/package.json") else { return false };
    let system = SYSTEM_DIRECTORIES.iter().find_map(|system| directory.strip_prefix(system));
    let names: Vec<&str> = system.unwrap_or(directory).split('/').collect();
    // What stands between one `node_modules` and the next; outside Debian's directories the part before the first says
    // nothing.
    let mut parts = names.split(|name| *name == "node_modules");
    if system.is_none() {
        parts.next();
    }
    let is_root = match parts.next_back() {
        Some([name]) => !name.is_empty() && !name.starts_with(['.', '@']),
        Some([scope, name]) => scope.starts_with('@') && !name.is_empty(),
        _ => false,
    };
    is_root && !parts.any(holds_fixtures)
}

/// A part of a path between two `node_modules` leads into the fixtures of a package.
fn holds_fixtures(part: &[&str]) -> bool {
    let root = if part.first().is_some_and(|name| name.starts_with('@')) { 2 } else { 1 };
    part.iter().skip(root).any(|name| FIXTURE_DIRECTORIES.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(content: &[u8]) -> Records {
        Npm.catalog(&File { path: "node_modules/x/package.json", content })
    }

    fn check(content: &str, expect: &str) {
        let records = read(content.as_bytes());
        let found: Vec<String> =
            records.packages.iter().map(|p| format!("{} [{}]", p.purl(), p.licenses.join(", "))).collect();
        assert_eq!(found.join("; "), expect, "{content}");
    }

    #[test]
    fn only_the_roots_of_installed_packages_are_wanted() {
        for (path, expect) in [
            ("app/node_modules/lodash/package.json", true),
            ("node_modules/lodash/package.json", true),
            ("app/node_modules/@types/node/package.json", true),
            ("usr/lib/node_modules/npm/package.json", true),
            ("usr/lib/node_modules/npm/node_modules/@npmcli/arborist/package.json", true),
            ("app/node_modules/.pnpm/lodash@4.17.21/node_modules/lodash/package.json", true),
            ("app/node_modules/test/node_modules/a/package.json", true),
            ("app/test/node_modules/a/package.json", true),
            ("usr/share/nodejs/ms/package.json", true),
            ("usr/share/nodejs/@babel/core/package.json", true),
            ("usr/lib/nodejs/ms/package.json", true),
            ("usr/share/nodejs/terser/node_modules/commander/package.json", true),
            ("usr/share/nodejs/terser/bin/package.json", false),
            ("usr/share/nodejs/@babel/package.json", false),
            ("usr/share/nodejs/resolve/test/list/node_modules/a/package.json", false),
            ("usr/share/nodejs/package.json", false),
            ("opt/usr/share/nodejs/ms/package.json", false),
            ("app/package.json", false),
            ("package.json", false),
            ("app/node_modules/package.json", false),
            ("app/my_node_modules/lodash/package.json", false),
            ("app/node_modules/x/dist/package.json", false),
            ("app/node_modules/@scope/package.json", false),
            ("app/node_modules/@scope/x/esm/package.json", false),
            ("app/node_modules/.cache/package.json", false),
            ("app/node_modules/resolve/test/resolver/package.json", false),
            ("app/node_modules/resolve/test/list/node_modules/a/package.json", false),
        ] {
            assert_eq!(is_package_root(path), expect, "{path}");
            assert_eq!(Npm.wants(&FileMeta { path, size: 1, executable: false }), expect, "{path}");
        }
    }

    #[test]
    fn scopes_become_namespaces() {
        check(r#"{"name":"lodash","version":"4.17.15","license":"MIT"}"#, "pkg:npm/lodash@4.17.15 [MIT]");
        check(r#"{"name":"@angular/core","version":"12.0.0"}"#, "pkg:npm/%40angular/core@12.0.0 []");
    }

    #[test]
    fn licences_are_read_in_each_of_their_shapes() {
        check(r#"{"name":"a","version":"1.0.0","license":{"type":"ISC","url":"u"}}"#, "pkg:npm/a@1.0.0 [ISC]");
        check(
            r#"{"name":"a","version":"1.0.0","licenses":[{"type":"MIT"},"GPL-2.0",7]}"#,
            "pkg:npm/a@1.0.0 [MIT, GPL-2.0]",
        );
        check(r#"{"name":"a","version":"1.0.0","license":["MIT"],"licenses":"X"}"#, "pkg:npm/a@1.0.0 [MIT]");
    }

    #[test]
    fn a_part_of_wrong_shape_costs_that_part() {
        check("\u{feff}{\"name\":\"a\",\"version\":\"1.0.0\",\"bin\":3,\"license\":null}", "pkg:npm/a@1.0.0 []");
        check(r#"{"name":"a","name":"b","version":"2.0.0"}"#, "pkg:npm/b@2.0.0 []");
        let records = read(br#"{"name":"a","version":{"x":1}}"#);
        assert_eq!((records.packages.len(), records.problems.len()), (1, 1));
    }

    #[test]
    fn a_marker_file_is_no_package_and_no_problem() {
        assert!(read(br#"{"type":"module"}"#).is_empty());
    }

    #[test]
    fn broken_json_is_not_assessed() {
        for content in [&b"{\"name\":\"a\""[..], b"[]", b"", b"\xff\xfe"] {
            assert!(read(content).unreadable.is_some());
        }
        let deep = format!("{{\"name\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(deep.as_bytes()).packages.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(&content).packages.len() <= 1);
        }

        #[test]
        fn flipped_bits_give_an_answer(at in 0..62usize, bit in 0..8u8) {
            let mut content = br#"{"name":"@a/b","version":"1.0.0","license":{"type":"MIT"}}     "#.to_vec();
            content[at] ^= 1 << bit;
            prop_assert!(read(&content).packages.len() <= 1);
        }

        #[test]
        fn any_path_gives_an_answer(path in "(node_modules|/|@a|b|package.json|é){0,12}") {
            let wanted = is_package_root(&path);
            prop_assert!(!wanted || path.ends_with("/package.json"));
        }
    }
}
