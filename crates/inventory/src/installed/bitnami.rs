//! Bitnami's components: the SPDX documents that its images keep, `opt/bitnami/NAME/.spdx-NAME.spdx`.
//!
//! Bitnami compiles its applications itself, so no package manager lists them. Each document is SPDX 2.3 JSON; a
//! package whose external reference is a purl of type `bitnami` is one component.

use boltseal_evidence::{Package, PackageType, Problem};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::cataloger::{Cataloger, File, FileMeta, Pattern, Records};
use crate::installed::field;
use crate::limits::Limits;

/// The cataloger of Bitnami's components.
pub(crate) struct Bitnami;

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    packages: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    license_declared: Option<String>,
    #[serde(default)]
    external_refs: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    reference_locator: String,
}

impl Cataloger for Bitnami {
    fn name(&self) -> &'static str {
        "bitnami"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Suffix(".spdx")]
    }

    fn wants(&self, file: &FileMeta<'_>) -> bool {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        file.path.starts_with("opt/bitnami/") && name.starts_with(".spdx-")
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let document: Document<'_> = match serde_json::from_slice(file.content) {
            Ok(document) => document,
            Err(error) => return Records::unreadable(format!("the SPDX document cannot be read: {error}")),
        };
        let mut records = Records::default();
        for raw in document.packages.iter().take(Limits::DEFAULT.packages) {
            match serde_json::from_str::<Component>(raw.get()) {
                Ok(component) => records.packages.extend(package(&component, &mut records.problems)),
                Err(error) => {
                    let message = format!("the component {} cannot be read: {error}", field::quoted(raw.get()));
                    field::report(&mut records, message);
                }
            }
        }
        records
    }
}

fn package(component: &Component, problems: &mut Vec<Problem>) -> Option<Package> {
    let locators = component.external_refs.iter().map(|reference| reference.reference_locator.as_str());
    let purl = locators.filter_map(|locator| locator.strip_prefix("pkg:bitnami/")).next()?;
    let (purl, qualifiers) = purl.split_once('?').unwrap_or((purl, ""));
    let (name, version) = purl.split_once('@').unwrap_or((purl, ""));
    let mut package = Package::new(PackageType::Bitnami, field::bounded("component name", name, problems)?);
    package.version = field::bounded("component version", without_revision(version), problems);
    let architecture = qualifiers.split('&').find_map(|qualifier| qualifier.strip_prefix("arch="));
    package.architecture = architecture.and_then(|text| field::bounded("architecture", text, problems));
    let license = component.license_declared.as_deref().filter(|license| *license != "NOASSERTION");
    package.licenses = license.and_then(field::license).into_iter().collect();
    Some(package)
}

/// `7.0.5-0` is Bitnami's first build of 7.0.5. Advisories count versions alone, and as semantic versions: there, `7.0.5-0`
/// would come before 7.0.5.
fn without_revision(version: &str) -> &str {
    match version.rsplit_once('-') {
        Some((version, revision)) if !revision.is_empty() && revision.bytes().all(|b| b.is_ascii_digit()) => version,
        _ => version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REDIS: &str = r#"{"spdxVersion":"SPDX-2.3","packages":[
        {"name":"redis","versionInfo":"7.0.5","licenseDeclared":"BSD-3-Clause","externalRefs":[
          {"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:*:redis:redis:7.0.5"},
          {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
           "referenceLocator":"pkg:bitnami/redis@7.0.5-0?arch=amd64&distro=debian-11"}]},
        {"name":"other","versionInfo":"1"}]}"#;

    fn read(content: &[u8]) -> Records {
        Bitnami.catalog(&File { path: "opt/bitnami/redis/.spdx-redis.spdx", content })
    }

    #[test]
    fn components_are_read_without_their_revision() {
        let records = read(REDIS.as_bytes());
        let purls: Vec<String> = records.packages.iter().map(Package::purl).collect();
        assert_eq!(purls, ["pkg:bitnami/redis@7.0.5?arch=amd64"]);
        assert!(records.problems.is_empty());
        assert!(read(b"SPDXVersion: SPDX-2.3").unreadable.is_some());
    }

    #[test]
    fn only_bitnamis_own_documents_are_wanted() {
        for (path, expect) in [
            ("opt/bitnami/redis/.spdx-redis.spdx", true),
            ("opt/bitnami/common/.spdx-yq.spdx", true),
            ("opt/bitnami/redis/sbom.spdx", false),
            ("srv/.spdx-redis.spdx", false),
        ] {
            assert_eq!(Bitnami.wants(&FileMeta { path, size: 1, executable: false }), expect, "{path}");
        }
    }

    proptest! {
        #[test]
        fn flipped_bits_give_an_answer(at in 0..REDIS.len(), bit in 0..8u8) {
            let mut content = REDIS.as_bytes().to_vec();
            content[at] ^= 1 << bit;
            prop_assert!(read(&content).packages.len() <= 1);
        }
    }
}
