//! SPDX 2.3 in JSON, with references to the advisories of a report or without.

mod model;
mod packages;

use std::collections::BTreeMap;

use boltseal_evidence::{Finding, Inventory, Report};

use crate::component::Component;
use crate::{link, name};
use model::{Annotation, CreationInfo, Document, Relationship};

/// Stands in where the subject does not say when it was created: SPDX requires a time, and the clock would make the
/// same input give different bytes.
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// The document of a whole report.
pub(crate) fn with_findings(report: &Report) -> Document {
    let mut by_purl: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.status.counts()) {
        by_purl.entry(&finding.package.purl).or_default().push(finding);
    }
    let name = report.source.as_ref().map_or_else(|| name::subject(&report.inventory), |source| source.target.clone());
    document(&report.inventory, name, &report.tool.version, &by_purl)
}

/// The document of an inventory alone.
pub(crate) fn inventory_alone(inventory: &Inventory) -> Document {
    document(inventory, name::subject(inventory), name::TOOL_VERSION, &BTreeMap::new())
}

fn document(
    inventory: &Inventory,
    name: String,
    tool_version: &str,
    findings: &BTreeMap<&str, Vec<&Finding>>,
) -> Document {
    let components = Component::all(inventory);
    let mut licenses = packages::Extracted::default();
    let mut all = vec![packages::root(inventory, &name)];
    all.extend(packages::operating_system(inventory));
    all.extend(components.iter().map(|component| {
        let findings = findings.get(component.purl.as_str()).map(Vec::as_slice).unwrap_or_default();
        packages::package(component, findings, &mut licenses)
    }));
    let stated = inventory.subject.created.as_deref().and_then(link::seconds);
    let created = stated.clone().unwrap_or_else(|| EPOCH.to_owned());
    let mut document = Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        spdx_id: model::DOCUMENT.to_owned(),
        name,
        document_namespace: String::new(),
        creation_info: CreationInfo {
            creators: vec![format!("Tool: {}-{tool_version}", crate::name::TOOL)],
            comment: stated.is_none().then_some("the subject states no time of creation; 1970-01-01 stands in for it"),
            created: created.clone(),
        },
        relationships: relationships(inventory, &components),
        packages: all,
        has_extracted_licensing_infos: licenses.infos(),
        annotations: annotations(inventory, tool_version, &created),
    };
    let content = serde_json::to_vec(&document).unwrap_or_default();
    document.document_namespace = format!("{}/spdx/{}", crate::name::TOOL_URL, crate::name::uuid(&content));
    document
}

fn relationships(inventory: &Inventory, components: &[Component<'_>]) -> Vec<Relationship> {
    let relation = |from: String, kind, to: String| Relationship { from, kind, to };
    let ids: BTreeMap<&str, String> =
        components.iter().map(|component| (component.purl.as_str(), packages::id(component))).collect();
    let mut relations = vec![relation(model::DOCUMENT.to_owned(), "DESCRIBES", packages::ROOT.to_owned())];
    if inventory.os.is_some() {
        relations.push(relation(packages::ROOT.to_owned(), "CONTAINS", packages::OS.to_owned()));
    }
    for component in components {
        let id = packages::id(component);
        if let Some(owner) = component.package.owner.as_deref().and_then(|owner| ids.get(owner)) {
            relations.push(relation(owner.clone(), "CONTAINS", id.clone()));
        }
        relations.push(relation(packages::ROOT.to_owned(), "CONTAINS", id));
    }
    relations
}

/// What could not be looked at, as remarks on the document.
fn annotations(inventory: &Inventory, tool_version: &str, created: &str) -> Vec<Annotation> {
    let remark = |comment| Annotation {
        annotation_date: created.to_owned(),
        annotation_type: "OTHER",
        annotator: format!("Tool: {}-{tool_version}", name::TOOL),
        comment,
    };
    let gaps = inventory.not_assessed.iter().map(|gap| format!("not assessed: {}: {}", gap.what, gap.detail));
    let problems = inventory
        .problems
        .iter()
        .map(|problem| format!("problem: {}: {}", problem.path.as_deref().unwrap_or("subject"), problem.message));
    gaps.chain(problems).map(remark).collect()
}
