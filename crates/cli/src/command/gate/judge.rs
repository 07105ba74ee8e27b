//! `boltseal gate IMAGE…`: gathers what the policy asks for, judges, and shows the verdict.

use boltseal_chain::{Gathered, Wants, gather};
use boltseal_evidence::{Decision, Tool, Verdict};
use boltseal_gate::Policy;
use boltseal_report::verdict::{VerdictFormat, VerdictOptions, render};

use super::{known, policy};
use crate::args::GateJudgeArguments;
use crate::command::db;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::progress;
use crate::settings::Settings;

pub(super) fn run(arguments: &GateJudgeArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let format: VerdictFormat = arguments.format.parse().map_err(Failure::usage)?;
    let targets = &arguments.target.targets;
    if targets.len() > 1 && (format == VerdictFormat::Json || arguments.record.is_some()) {
        return Err(Failure::usage(anyhow::anyhow!(
            "{} images: name one at a time with `--format json` or `--record`",
            targets.len()
        )));
    }
    let loaded = policy::load(arguments.policy.as_deref(), console)?;
    let index = db::open(settings)?;
    let wants = if arguments.record.is_some() { Wants::ALL } else { wants(&loaded.policy) };
    let mut options = known::options(&arguments.target, &arguments.known, Some(&loaded.policy), settings, console)?;
    options.wants = wants;

    let mut text = String::new();
    let mut status = Status::Done;
    for target in targets {
        let parsed = boltseal_image::Target::parse(target).map_err(Failure::usage)?;
        let shown = progress::Shown::new(console, target);
        let scan = shown.attach(&options.scan);
        let Gathered { evidence, .. } = gather(&parsed, &index, &boltseal_chain::Options { scan, ..options.clone() })?;
        shown.finish();
        if let Some(path) = &arguments.record {
            let bytes = serde_json::to_vec_pretty(&evidence)?;
            console.result(Some(path), &bytes)?;
        }
        let verdict = boltseal_gate::judge(&loaded.policy, &evidence, &tool());
        status = status.max(of(&verdict));
        let color = arguments.output.output.is_none() && console.colors_results();
        let render_options = VerdictOptions { width: Some(console.width()), color, all: arguments.all, target };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&render(&verdict, format, &render_options)?);
    }
    console.result(arguments.output.output.as_deref(), text.as_bytes())?;
    Ok(status)
}

/// Who judges.
pub(crate) fn tool() -> Tool {
    Tool { name: "boltseal".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// The status of a verdict.
pub(crate) fn of(verdict: &Verdict) -> Status {
    match verdict.decision {
        Decision::Allowed => Status::Done,
        Decision::Undecided => Status::NotAssessed,
        Decision::Denied => Status::Denied,
    }
}

/// What the rules of a policy need. An ask that is not known here may need anything.
fn wants(policy: &Policy) -> Wants {
    let mut wants = Wants { report: false, check: false, signatures: false };
    for rule in &policy.rules {
        match rule.ask.kind() {
            "vulnerabilities" | "licenses" | "malware" | "database" => wants.report = true,
            "posture" | "secrets" => wants.check = true,
            "signature" | "provenance" | "scorecard" => wants.signatures = true,
            "source" => {}
            // Base images are told by the layers, ages by what is signed, attestations by what was scanned.
            "base-image" | "image-age" | "attestation" => {
                wants.report = true;
                wants.signatures = true;
            }
            _ => return Wants::ALL,
        }
    }
    wants
}
