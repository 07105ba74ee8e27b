//! CycloneDX 1.6 (ECMA-424) in JSON, with the vulnerabilities of a report or without.

mod components;
mod model;
mod vulnerabilities;

use boltseal_evidence::{Finding, Inventory, NotAssessedReason, Report, SubjectKind};

use crate::component::Component;
use crate::link;
use crate::name;
use model::{Bom, Composition, Metadata, Property, Tools};

/// The document of a whole report.
pub(crate) fn with_findings(report: &Report) -> Result<Bom, serde_json::Error> {
    let inventory = &report.inventory;
    let incomplete = !inventory.not_assessed.is_empty() || !inventory.problems.is_empty();
    let mut bom = document(inventory, &report.tool.version, incomplete);
    if let Some(source) = &report.source {
        bom.metadata.component.name = source.target.clone();
        if let Some(manifest) = &source.manifest {
            bom.metadata.component.properties.push(Property::new("boltseal:manifest", manifest));
        }
    }
    bom.metadata.properties.push(Property::new("boltseal:database", &report.database.digest));
    let known: std::collections::HashSet<String> = bom.components.iter().map(|c| c.bom_ref.clone()).collect();
    let findings: Vec<&Finding> = report.findings.iter().collect();
    bom.vulnerabilities = vulnerabilities::all(&findings, &known);
    numbered(bom)
}

/// The document of an inventory alone.
pub(crate) fn inventory_alone(inventory: &Inventory) -> Result<Bom, serde_json::Error> {
    let unseen = |reason| {
        use NotAssessedReason::{Limit, UnknownOs, Unpinned, Unreadable};
        matches!(reason, UnknownOs | Unreadable | Unpinned | Limit)
    };
    let incomplete = inventory.not_assessed.iter().any(|gap| unseen(gap.reason)) || !inventory.problems.is_empty();
    numbered(document(inventory, name::TOOL_VERSION, incomplete))
}

/// Gives the document a serial number computed from all the rest of it.
fn numbered(mut bom: Bom) -> Result<Bom, serde_json::Error> {
    bom.serial_number = format!("urn:uuid:{}", name::uuid(&serde_json::to_vec(&bom)?));
    Ok(bom)
}

fn document(inventory: &Inventory, tool_version: &str, incomplete: bool) -> Bom {
    let root = components::root(inventory);
    let aggregate = if incomplete { "incomplete" } else { "unknown" };
    let composition = Composition { aggregate, assemblies: vec![root.bom_ref.clone()] };
    let mut parts: Vec<_> = components::operating_system(inventory).into_iter().collect();
    parts.extend(Component::all(inventory).iter().map(components::package));
    Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: String::new(),
        version: 1,
        metadata: Metadata {
            timestamp: inventory.subject.created.as_deref().and_then(link::moment),
            lifecycles: lifecycle(inventory.subject.kind).into_iter().collect(),
            tools: Tools { components: vec![components::tool(tool_version)] },
            component: root,
            properties: not_assessed(inventory),
        },
        components: parts,
        compositions: vec![composition],
        vulnerabilities: Vec::new(),
    }
}

/// The phase of the life of the subject that the bill was drawn up from.
fn lifecycle(kind: SubjectKind) -> Option<model::Lifecycle> {
    let phase = match kind {
        SubjectKind::Image => "post-build",
        SubjectKind::RootFs => "operations",
        SubjectKind::Directory => "pre-build",
        SubjectKind::Sbom => return None,
    };
    Some(model::Lifecycle { phase })
}

/// What was not assessed, so that an empty list of vulnerabilities is not read as "clean".
fn not_assessed(inventory: &Inventory) -> Vec<Property> {
    let gaps = inventory
        .not_assessed
        .iter()
        .map(|gap| Property::new("boltseal:not-assessed", format_args!("{}: {}", gap.what, gap.detail)));
    let problems = inventory.problems.iter().map(|problem| {
        let place = problem.path.as_deref().unwrap_or("subject");
        Property::new("boltseal:problem", format_args!("{place}: {}", problem.message))
    });
    gaps.chain(problems).collect()
}
