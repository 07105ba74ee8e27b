//! The subject, its operating system and its packages as SPDX packages, and the licences that SPDX does not list.

use std::collections::BTreeMap;

use boltseal_evidence::{Digest, Finding, Inventory, SubjectKind};

use super::model::{ExternalRef, ExtractedLicense, NOASSERTION, Package};
use crate::component::Component;
use crate::license::License;
use crate::link;

/// The subject.
pub(super) const ROOT: &str = "SPDXRef-Subject";
/// Its operating system.
pub(super) const OS: &str = "SPDXRef-OperatingSystem";

/// The identifier of a component: type and name in the characters that SPDX allows (section 7.2: letters, digits, `.`
/// and `-`), and a part of the purl's digest that makes it unique.
pub(super) fn id(component: &Component<'_>) -> String {
    let name: String = component
        .package
        .name
        .chars()
        .take(60)
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '-' })
        .collect();
    let digest = Digest::sha256_of(component.purl.as_bytes());
    format!("SPDXRef-Package-{}-{name}-{}", component.package.kind, digest.hex().get(..16).unwrap_or_default())
}

fn plain(spdx_id: String, name: String) -> Package {
    Package {
        spdx_id,
        name,
        version_info: None,
        download_location: NOASSERTION,
        files_analyzed: false,
        license_concluded: NOASSERTION,
        license_declared: NOASSERTION.to_owned(),
        copyright_text: NOASSERTION,
        source_info: None,
        primary_package_purpose: None,
        external_refs: Vec::new(),
    }
}

/// What the document describes.
pub(super) fn root(inventory: &Inventory, name: &str) -> Package {
    Package {
        version_info: inventory.subject.id.as_ref().map(ToString::to_string),
        primary_package_purpose: Some(match inventory.subject.kind {
            SubjectKind::Image => "CONTAINER",
            SubjectKind::RootFs => "OPERATING-SYSTEM",
            SubjectKind::Directory => "SOURCE",
            SubjectKind::Sbom => "OTHER",
        }),
        ..plain(ROOT.to_owned(), name.to_owned())
    }
}

/// The operating system, where there is one.
pub(super) fn operating_system(inventory: &Inventory) -> Option<Package> {
    let os = inventory.os.as_ref()?;
    Some(Package {
        version_info: os.version.clone(),
        primary_package_purpose: Some("OPERATING-SYSTEM"),
        ..plain(OS.to_owned(), os.id.clone())
    })
}

/// One package, however often it was found.
pub(super) fn package(component: &Component<'_>, findings: &[&Finding], extracted: &mut Extracted) -> Package {
    let mut external_refs = vec![ExternalRef {
        reference_category: "PACKAGE-MANAGER",
        reference_type: "purl",
        reference_locator: component.purl.clone(),
        comment: None,
    }];
    let mut seen = std::collections::BTreeSet::new();
    external_refs.extend(findings.iter().filter(|finding| seen.insert(&finding.id)).map(|finding| ExternalRef {
        reference_category: "SECURITY",
        reference_type: "advisory",
        reference_locator: link::of_id(&finding.id),
        comment: Some(format!("{} ({})", finding.id, finding.severity)),
    }));
    Package {
        version_info: component.package.version.clone(),
        license_declared: extracted.expression(component.licenses()),
        source_info: source(component),
        external_refs,
        ..plain(id(component), component.package.full_name())
    }
}

fn source(component: &Component<'_>) -> Option<String> {
    let place = component.package.locations.first()?;
    let layer = place.layer.map(|layer| format!(" of layer {layer}")).unwrap_or_default();
    let more = component.locations().len().saturating_sub(1);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let by = match component.package.found_by.as_str() {
        "" => String::new(),
        cataloger => format!(" by {cataloger}"),
    };
    Some(format!("found{by} in {}{layer}{more}", place.path))
}

/// The licences that SPDX does not list, each under a reference of its own.
#[derive(Debug, Default)]
pub(super) struct Extracted(BTreeMap<String, String>);

impl Extracted {
    /// The declared licences as one SPDX expression. Several declarations all hold: they are joined by `AND`.
    fn expression(&mut self, licenses: Vec<License>) -> String {
        let alone = licenses.len() == 1;
        let terms: Vec<String> = licenses
            .into_iter()
            .map(|license| match license {
                License::Id(id) => id,
                License::Expression(expression) if alone => expression,
                License::Expression(expression) => format!("({expression})"),
                License::Text(text) => self.reference(text),
            })
            .collect();
        if terms.is_empty() { NOASSERTION.to_owned() } else { terms.join(" AND ") }
    }

    fn reference(&mut self, text: String) -> String {
        let digest = Digest::sha256_of(text.as_bytes());
        let id = format!("LicenseRef-{}", digest.hex().get(..16).unwrap_or_default());
        self.0.insert(id.clone(), text);
        id
    }

    /// The texts, by reference.
    pub(super) fn infos(self) -> Vec<ExtractedLicense> {
        self.0
            .into_iter()
            .map(|(license_id, text)| ExtractedLicense {
                license_id,
                name: crate::text::cut(&crate::text::clean(&text), 80),
                extracted_text: text,
            })
            .collect()
    }
}
