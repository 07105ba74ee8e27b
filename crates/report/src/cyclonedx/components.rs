//! The subject, its operating system and its packages as CycloneDX components.

use boltseal_evidence::{Inventory, Location, Scope, SubjectKind};

use super::model::{Evidence, LicenseChoice, LicenseName, Occurrence, Part, Property};
use crate::component::Component;
use crate::license::License;
use crate::name;

const DECLARED: &str = "declared";

/// The program itself.
pub(super) fn tool(version: &str) -> Part {
    Part {
        kind: "application",
        bom_ref: format!("tool:{}", name::TOOL),
        name: name::TOOL.to_owned(),
        version: Some(version.to_owned()),
        ..Part::default()
    }
}

/// What the bill is of.
pub(super) fn root(inventory: &Inventory) -> Part {
    let subject = &inventory.subject;
    let mut properties = Vec::new();
    if let Some(id) = &subject.id {
        properties.push(Property::new("boltseal:image-id", id));
    }
    if let Some(platform) = &subject.platform {
        properties.push(Property::new("boltseal:platform", format_args!("{}/{}", platform.os, platform.architecture)));
    }
    for layer in &inventory.layers {
        properties.push(Property::new("boltseal:layer-diff-id", &layer.diff_id));
    }
    Part {
        kind: match subject.kind {
            SubjectKind::Image => "container",
            SubjectKind::RootFs => "platform",
            SubjectKind::Directory | SubjectKind::Sbom => "application",
        },
        bom_ref: "subject".to_owned(),
        name: name::subject(inventory),
        version: subject.id.as_ref().map(ToString::to_string),
        properties,
        ..Part::default()
    }
}

/// The operating system, where there is one.
pub(super) fn operating_system(inventory: &Inventory) -> Option<Part> {
    let os = inventory.os.as_ref()?;
    let mut properties = Vec::new();
    if let Some(codename) = &os.codename {
        properties.push(Property::new("boltseal:os-codename", codename));
    }
    if let Some(day) = &os.end_of_life {
        properties.push(Property::new("boltseal:os-end-of-life", day));
    }
    Some(Part {
        kind: "operating-system",
        bom_ref: "operating-system".to_owned(),
        name: os.id.clone(),
        version: os.version.clone(),
        description: os.pretty_name.clone(),
        properties,
        ..Part::default()
    })
}

/// One package, however often it was found.
pub(super) fn package(component: &Component<'_>) -> Part {
    let package = component.package;
    Part {
        kind: "library",
        bom_ref: component.purl.clone(),
        group: package.namespace.clone().filter(|_| !package.kind.is_os()),
        name: package.name.clone(),
        version: package.version.clone(),
        scope: package.scope.map(|scope| match scope {
            Scope::Runtime => "required",
            Scope::Development => "excluded",
            Scope::Optional => "optional",
        }),
        licenses: licenses(component.licenses()),
        purl: Some(component.purl.clone()),
        evidence: evidence(&component.locations()),
        properties: properties(component),
        ..Part::default()
    }
}

/// The schema allows a list of licences or a single expression, never both: a package with an expression and more is
/// told by name.
fn licenses(licenses: Vec<License>) -> Vec<LicenseChoice> {
    if let [License::Expression(expression)] = licenses.as_slice() {
        return vec![LicenseChoice::Expression { expression: expression.clone(), acknowledgement: DECLARED }];
    }
    let choice = |license| match license {
        License::Id(id) => LicenseName { id: Some(id), name: None, acknowledgement: DECLARED },
        License::Expression(name) | License::Text(name) => {
            LicenseName { id: None, name: Some(name), acknowledgement: DECLARED }
        }
    };
    licenses.into_iter().map(|license| LicenseChoice::License { license: choice(license) }).collect()
}

fn evidence(locations: &[&Location]) -> Option<Evidence> {
    let occurrence = |location: &&Location| Occurrence {
        location: location.path.clone(),
        line: location.line,
        additional_context: location.layer.map(|layer| format!("layer {layer}")),
    };
    (!locations.is_empty()).then(|| Evidence { occurrences: locations.iter().map(occurrence).collect() })
}

fn properties(component: &Component<'_>) -> Vec<Property> {
    let package = component.package;
    let mut properties = vec![Property::new("boltseal:type", package.kind)];
    let mut seen = std::collections::BTreeSet::new();
    for package in component.packages() {
        if !package.found_by.is_empty() && seen.insert(("found-by", package.found_by.clone())) {
            properties.push(Property::new("boltseal:found-by", &package.found_by));
        }
        if let Some(layer) = package.layer.filter(|layer| seen.insert(("layer", layer.to_string()))) {
            properties.push(Property::new("boltseal:layer", layer));
        }
        let place = package.locations.first().map(|location| location.path.clone());
        if let Some(path) = place.filter(|path| seen.insert(("location", path.clone()))) {
            properties.push(Property::new("boltseal:location", path));
        }
        if let Some(owner) = package.owner.clone().filter(|owner| seen.insert(("owner", owner.clone()))) {
            properties.push(Property::new("boltseal:owner", owner));
        }
    }
    if let Some(source) = &package.source {
        properties.push(Property::new("boltseal:source-name", &source.name));
        if let Some(version) = &source.version {
            properties.push(Property::new("boltseal:source-version", version));
        }
    }
    if let Some(module) = &package.module {
        properties.push(Property::new("boltseal:module", module));
    }
    properties
}
