//! What `boltseal verify` tells.

use boltseal_evidence::{StepStatus, Verification};
use boltseal_report::clean;
use boltseal_report::signature::{SignatureOptions, render};
use serde::Serialize;

use super::{Answer, Judged, Weighed, whose};
use crate::args::VerifyArguments;
use crate::exit::Failure;
use crate::output::Console;

/// What `--format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Shown<'a> {
    schema: u32,
    target: &'a str,
    digest: &'a boltseal_evidence::Digest,
    verdict: &'static str,
    signatures: Vec<ShownSignature<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [boltseal_evidence::Problem],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ShownSignature<'a> {
    /// It holds and is what was asked for.
    counts: bool,
    /// Why it is not what was asked for, where it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatch: Option<&'a str>,
    #[serde(flatten)]
    verification: &'a Verification,
}

pub(super) fn json(judged: &Judged) -> Result<String, Failure> {
    let signatures = judged.signatures.iter().map(|weighed| ShownSignature {
        counts: counts(weighed),
        mismatch: weighed.mismatch.as_deref(),
        verification: &weighed.verification,
    });
    let shown = Shown {
        schema: 1,
        target: &judged.target,
        digest: &judged.digest,
        verdict: match judged.answer {
            Answer::Verified => "verified",
            Answer::Unsigned => "unsigned",
            Answer::Refused => "rejected",
            Answer::Untold => "unknown",
        },
        signatures: signatures.collect(),
        problems: &judged.problems,
    };
    Ok(serde_json::to_string_pretty(&shown)? + "\n")
}

fn counts(weighed: &Weighed) -> bool {
    weighed.verification.is_verified() && weighed.mismatch.is_none()
}

pub(super) fn text(judged: &Judged, arguments: &VerifyArguments, console: &Console) -> String {
    // Names and messages come from whoever signed and from registries: none of them speaks to a terminal.
    let mut text = clean(&headline(judged)) + "\n";
    let options = SignatureOptions {
        width: Some(console.width()),
        color: arguments.output.output.is_none() && console.colors_results(),
        steps: arguments.explain,
    };
    let mut shown: Vec<&Weighed> = judged.signatures.iter().collect();
    shown.sort_by_key(|weighed| (!counts(weighed), weighed.verification.standing));
    for weighed in shown {
        // What counts is told by the headline; the rest only where it is asked for or stands in the way.
        if !arguments.explain && judged.answer == Answer::Verified && !counts(weighed) {
            continue;
        }
        text.push_str(&render(std::slice::from_ref(&weighed.verification), options));
        if let Some(why) = &weighed.mismatch {
            text.push_str(&format!("  not wanted: {}\n", clean(why)));
        }
    }
    for problem in &judged.problems {
        text.push_str(&format!("? {}\n", clean(&problem.message)));
    }
    text
}

/// The verdict in one line.
fn headline(judged: &Judged) -> String {
    let Judged { target, digest, asked, .. } = judged;
    let subject = if target.contains(digest.hex()) { target.clone() } else { format!("{target} ({digest})") };
    let counting: Vec<&Weighed> = judged.signatures.iter().filter(|weighed| counts(weighed)).collect();
    match (judged.answer, counting.as_slice()) {
        (Answer::Verified, [first, others @ ..]) => {
            let by =
                first.verification.signer.as_ref().map(|signer| format!(" by {}", whose(signer))).unwrap_or_default();
            let at = first.verification.signed_at.as_deref().map(|at| format!(" at {at}")).unwrap_or_default();
            let entry = entry(&first.verification).map(|entry| format!(", {entry}")).unwrap_or_default();
            let more = match others.len() {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!("verified: {subject} has {asked}{by}{at}{entry}{more}")
        }
        (Answer::Unsigned, _) => {
            format!("not verified: {subject} has no signature; sign it with `boltseal sign {target}`")
        }
        (Answer::Untold, _) => format!("cannot be told: whether {subject} has {asked} that is wanted"),
        _ => {
            let of = judged.signatures.len();
            let held = judged.signatures.iter().filter(|weighed| weighed.verification.is_verified()).count();
            format!("not verified: {subject} does not have {asked} that is wanted; {of} found, {held} of them hold")
        }
    }
}

/// The log's entry, as the step tells it.
fn entry(verification: &Verification) -> Option<&str> {
    let step = verification.steps.iter().find(|step| step.name == "transparency log")?;
    let told = step.detail.split_once(" (").map_or(step.detail.as_str(), |(entry, _)| entry);
    (step.status == StepStatus::Passed).then_some(told)
}
