//! Installed Composer packages: `vendor/composer/installed.json`.
//!
//! Composer 1 wrote an array of packages, Composer 2 an object with `packages` and the names of those that were
//! installed for development (Composer's `InstalledFilesystemRepository`).

use std::collections::HashSet;

use boltseal_evidence::{Package, PackageType, Scope};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::cataloger::{Cataloger, File, Pattern, Records};
use crate::installed::field;
use crate::limits::Limits;

/// The cataloger of installed Composer packages.
pub(crate) struct Composer;

#[derive(Deserialize)]
#[serde(untagged)]
enum Licenses {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Installed<'a> {
    #[serde(borrow)]
    packages: Vec<&'a RawValue>,
    #[serde(default, rename = "dev-package-names")]
    development: HashSet<String>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: Option<String>,
    license: Option<Licenses>,
}

impl Cataloger for Composer {
    fn name(&self) -> &'static str {
        "composer-installed"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Within("composer", "installed.json")]
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let of_composer_1 = file.content.trim_ascii_start().starts_with(b"[");
        let installed = if of_composer_1 {
            serde_json::from_slice(file.content).map(|packages| Installed { packages, development: HashSet::new() })
        } else {
            serde_json::from_slice(file.content)
        };
        let installed = match installed {
            Ok(installed) => installed,
            Err(error) => return Records::unreadable(format!("the file lists no installed packages: {error}")),
        };
        let mut records = Records::default();
        for raw in &installed.packages {
            if records.packages.len() >= Limits::DEFAULT.packages {
                field::report(
                    &mut records,
                    format!("more than {} packages; the rest was not read", Limits::DEFAULT.packages),
                );
                break;
            }
            match serde_json::from_str::<Entry>(raw.get()) {
                Ok(entry) => {
                    let development = installed.development.contains(&entry.name);
                    records.packages.extend(package(entry, development, &mut records.problems));
                }
                Err(error) => {
                    let message = format!("the package {} cannot be read: {error}", field::quoted(raw.get()));
                    field::report(&mut records, message);
                }
            }
        }
        records
    }
}

fn package(entry: Entry, development: bool, problems: &mut Vec<boltseal_evidence::Problem>) -> Option<Package> {
    let name = field::bounded("package name", &entry.name, problems)?;
    let mut package = match name.split_once('/') {
        Some((vendor, name)) if !vendor.is_empty() && !name.is_empty() => {
            let mut package = Package::new(PackageType::Composer, name);
            package.namespace = Some(vendor.to_owned());
            package
        }
        _ => Package::new(PackageType::Composer, name),
    };
    package.version = entry.version.and_then(|version| field::bounded("package version", &version, problems));
    package.scope = development.then_some(Scope::Development);
    package.licenses = match entry.license {
        None => Vec::new(),
        Some(Licenses::One(license)) => field::license(&license).into_iter().collect(),
        Some(Licenses::Many(licenses)) => licenses.iter().filter_map(|license| field::license(license)).collect(),
    };
    Some(package)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWO: &str = r#"{"packages":[
        {"name":"symfony/http-kernel","version":"v5.4.0","license":["MIT"]},
        {"name":"phpunit/phpunit","version":"9.5.0","license":"BSD-3-Clause"},
        {"version":"1"}],"dev":true,"dev-package-names":["phpunit/phpunit"]}"#;

    fn read(content: &[u8]) -> Records {
        Composer.catalog(&File { path: "app/vendor/composer/installed.json", content })
    }

    #[test]
    fn both_forms_are_read() {
        let records = read(TWO.as_bytes());
        let found: Vec<_> = records.packages.iter().map(|p| (p.purl(), p.licenses.join(","), p.scope)).collect();
        assert_eq!(
            found,
            [
                ("pkg:composer/symfony/http-kernel@v5.4.0".to_owned(), "MIT".to_owned(), None),
                ("pkg:composer/phpunit/phpunit@9.5.0".to_owned(), "BSD-3-Clause".to_owned(), Some(Scope::Development)),
            ]
        );
        assert_eq!(records.problems.len(), 1);
        let one = read(br#" [{"name":"a/b","version":"1.0"}]"#);
        assert_eq!(one.packages.first().map(Package::purl).as_deref(), Some("pkg:composer/a/b@1.0"));
    }

    #[test]
    fn broken_json_is_not_assessed() {
        for content in ["", "{}", "[", "7"] {
            assert!(read(content.as_bytes()).unreadable.is_some(), "{content}");
        }
    }

    proptest! {
        #[test]
        fn flipped_bits_give_an_answer(at in 0..TWO.len(), bit in 0..8u8) {
            let mut content = TWO.as_bytes().to_vec();
            content[at] ^= 1 << bit;
            prop_assert!(read(&content).packages.len() <= 3);
        }

        #[test]
        fn any_bytes_give_an_answer(content in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&content).packages.is_empty());
        }
    }
}
