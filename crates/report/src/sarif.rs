//! SARIF 2.1.0 (OASIS), with what GitHub code scanning reads.

pub(crate) mod model;
pub(crate) mod results;
pub(crate) mod rules;

use boltseal_evidence::{Inventory, NotAssessed, Problem, Report};

use crate::{link, name};
use model::{
    ArtifactLocation, BaseLocation, Descriptor, Driver, Invocation, Location, Log, Message, Notification,
    PhysicalLocation, Run, RunProperties, Text, Tool,
};

/// The name of the base that paths are relative to.
pub(crate) const ROOT: &str = "ROOT";
const NOT_ASSESSED: &str = "not-assessed";
const PROBLEM: &str = "problem";

/// The document of a report.
pub(crate) fn document(report: &Report) -> Log {
    let rules = rules::all(&report.findings);
    let results = results::all(report, &rules);
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: vec![Run {
            tool: Tool { driver: driver(&report.tool.version, rules) },
            invocations: vec![Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications(&report.inventory.not_assessed, &report.inventory.problems),
            }],
            original_uri_base_ids: [(ROOT, BaseLocation { description: Text::new(root(&report.inventory)) })].into(),
            column_kind: "unicodeCodePoints",
            properties: Some(RunProperties {
                subject: name::subject(&report.inventory),
                database: report.database.digest.to_string(),
            }),
            results,
        }],
    }
}

fn root(inventory: &Inventory) -> String {
    format!("The root of the {} that was scanned.", name::kind(inventory))
}

/// Who says it, and what its rules and notifications mean.
pub(crate) fn driver(version: &str, rules: Vec<model::Rule>) -> Driver {
    Driver {
        name: "Boltseal",
        full_name: format!("Boltseal {version}"),
        version: version.to_owned(),
        semantic_version: version.to_owned(),
        information_uri: name::TOOL_URL,
        rules,
        notifications: vec![
            descriptor(
                NOT_ASSESSED,
                "PartNotAssessed",
                "Something could not be judged; this is not the same as clean.",
                "The message names what was not judged, why, and the way out.",
            ),
            descriptor(
                PROBLEM,
                "UnusableInput",
                "Something was met that could not be read or used.",
                "The message names what is wrong. What the file may hold is missing from the results.",
            ),
        ],
    }
}

fn descriptor(id: &'static str, name: &'static str, short: &str, help: &str) -> Descriptor {
    let help_text = Text { markdown: Some(help.to_owned()), ..Text::new(help) };
    Descriptor { id, name, short_description: Text::new(short), full_description: Text::new(short), help: help_text }
}

/// What was not judged and what went wrong; never left out.
pub(crate) fn notifications(gaps: &[NotAssessed], problems: &[Problem]) -> Vec<Notification> {
    let gaps = gaps.iter().map(|gap| Notification {
        descriptor: model::Reference { id: NOT_ASSESSED },
        level: "warning",
        message: Message::new(format!("{}: {}", gap.what, gap.detail)),
        locations: Vec::new(),
    });
    let problems = problems.iter().map(|problem| Notification {
        descriptor: model::Reference { id: PROBLEM },
        level: "warning",
        message: Message::new(problem.message.clone()),
        locations: problem.path.iter().map(|path| place(path, None)).collect(),
    });
    gaps.chain(problems).collect()
}

/// A place in the subject, without logical locations.
pub(crate) fn place(path: &str, line: Option<u32>) -> Location {
    let region = line.filter(|line| *line > 0).map(|start_line| model::Region { start_line, columns: None });
    Location {
        id: None,
        physical_location: PhysicalLocation { artifact_location: artifact(path), region },
        logical_locations: Vec::new(),
        message: None,
    }
}

/// A file of the subject.
pub(crate) fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation { uri: link::percent_encoded(path), uri_base_id: ROOT }
}
