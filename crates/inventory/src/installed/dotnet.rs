//! NuGet packages of .NET applications and shared frameworks: `NAME.deps.json`.
//!
//! The build writes the file beside the application's assemblies, and the host loads what it lists (.NET documentation,
//! "Runtime configuration files"). Its `libraries` are keyed `NAME/VERSION`.

use std::collections::BTreeMap;

use boltseal_evidence::{Package, PackageType};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::cataloger::{Cataloger, File, Pattern, Records};
use crate::installed::field;
use crate::limits::Limits;

/// The cataloger of .NET dependency files.
pub(crate) struct DotNet;

#[derive(Deserialize)]
struct Dependencies<'a> {
    #[serde(borrow)]
    libraries: BTreeMap<String, &'a RawValue>,
}

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "type")]
    kind: String,
}

impl Cataloger for DotNet {
    fn name(&self) -> &'static str {
        "dotnet-deps"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Suffix(".deps.json")]
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let content = file.content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.content);
        let dependencies: Dependencies<'_> = match serde_json::from_slice(content) {
            Ok(dependencies) => dependencies,
            Err(error) => return Records::unreadable(format!("the file lists no .NET libraries: {error}")),
        };
        let mut records = Records::default();
        for (key, raw) in &dependencies.libraries {
            if records.packages.len() >= Limits::DEFAULT.packages {
                field::report(
                    &mut records,
                    format!("more than {} libraries; the rest was not read", Limits::DEFAULT.packages),
                );
                break;
            }
            match serde_json::from_str::<Library>(raw.get()) {
                Ok(library) => records.packages.extend(package(key, &library.kind, &mut records.problems)),
                Err(error) => {
                    let message = format!("the library {} cannot be read: {error}", field::quoted(key));
                    field::report(&mut records, message);
                }
            }
        }
        records
    }
}

/// Projects and references are the application's own; packages come from NuGet, and runtime packs are packages whose
/// name the build marks.
fn package(key: &str, kind: &str, problems: &mut Vec<boltseal_evidence::Problem>) -> Option<Package> {
    let (name, version) = key.split_once('/').unwrap_or((key, ""));
    let name = match kind {
        "package" => name,
        "runtimepack" => name.strip_prefix("runtimepack.").unwrap_or(name),
        _ => return None,
    };
    let mut package = Package::new(PackageType::NuGet, field::bounded("library name", name, problems)?);
    package.version = field::bounded("library version", version, problems);
    Some(package)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const APP: &str = r#"{"runtimeTarget":{"name":".NETCoreApp,Version=v6.0"},"libraries":{
        "App/1.0.0":{"type":"project","serviceable":false,"sha512":""},
        "Newtonsoft.Json/12.0.1":{"type":"package","serviceable":true,"sha512":"x"},
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.0":{"type":"runtimepack"},
        "Broken/1":7}}"#;

    fn read(content: &[u8]) -> Records {
        DotNet.catalog(&File { path: "app/App.deps.json", content })
    }

    #[test]
    fn packages_are_listed_and_projects_are_not() {
        let records = read(APP.as_bytes());
        let purls: Vec<String> = records.packages.iter().map(Package::purl).collect();
        assert_eq!(
            purls,
            ["pkg:nuget/Newtonsoft.Json@12.0.1", "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@6.0.0"]
        );
        assert_eq!(records.problems.len(), 1);
    }

    #[test]
    fn a_file_without_libraries_is_not_assessed() {
        for content in ["", "[]", "{}", "{\"libraries\":[]}", "{\"libraries\":{\"A/1\":{\"type\":\"package\"}}"] {
            assert!(read(content.as_bytes()).unreadable.is_some(), "{content}");
        }
    }

    proptest! {
        #[test]
        fn flipped_bits_give_an_answer(at in 0..APP.len(), bit in 0..8u8) {
            let mut content = APP.as_bytes().to_vec();
            content[at] ^= 1 << bit;
            prop_assert!(read(&content).packages.len() <= 3);
        }

        #[test]
        fn any_bytes_give_an_answer(content in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&content).packages.is_empty());
        }
    }
}
