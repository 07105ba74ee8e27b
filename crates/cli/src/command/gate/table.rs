//! `boltseal gate test` and `boltseal gate diff`: a policy tried on subjects that are known.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use boltseal_evidence::Decision;
use boltseal_gate::examples::Examples;
use boltseal_gate::{Evidence, RuleSide, SubjectDiff};
use boltseal_report::clean;

use super::{judge, policy};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// Recorded subjects that are read of one folder.
const MOST: usize = 100_000;

/// Runs tables of examples: 0 where the policy says what each expects, 1 where it does not.
pub(super) fn test(
    named: &str,
    tables: &[PathBuf],
    _settings: &Settings,
    console: &Console,
) -> Result<Status, Failure> {
    let loaded = policy::load(Some(named), console)?;
    let mut text = String::new();
    let (mut run, mut wrong) = (0usize, 0usize);
    for table in tables {
        let bytes = policy::bounded(table)
            .map_err(|reason| Failure::usage(anyhow::anyhow!("cannot read `{}`: {reason}", table.display())))?;
        let base = table.parent().unwrap_or(Path::new("")).to_owned();
        let files = |file: &str| policy::bounded(&base.join(file));
        let examples = Examples::parse(&table.display().to_string(), &bytes, &files).map_err(|errors| {
            let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Failure::usage(anyhow::anyhow!("the examples cannot be used\n{}", all.join("\n")))
        })?;
        for result in examples.run(&loaded.policy, &judge::tool()) {
            run += 1;
            let fine = result.is_as_expected();
            wrong += usize::from(!fine);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} {} ({})", if fine { "✓" } else { "✗" }, result.name, result.source);
            for mismatch in &result.mismatches {
                let _ = writeln!(text, "    {mismatch}");
            }
        }
    }
    let _ = writeln!(text, "{run} examples, {wrong} not as expected");
    console.result(None, text.as_bytes())?;
    if run == 0 {
        return Err(Failure::usage(anyhow::anyhow!("there is no example in these files")));
    }
    Ok(if wrong == 0 { Status::Done } else { Status::Denied })
}

/// Shows what another policy would change: 0, whatever it is.
pub(super) fn diff(
    old: &str,
    new: &str,
    recorded: &[PathBuf],
    format: &str,
    _settings: &Settings,
    console: &Console,
) -> Result<Status, Failure> {
    let (old, new) = (policy::load(Some(old), console)?, policy::load(Some(new), console)?);
    let subjects = read(recorded)?;
    let diffs = boltseal_gate::diff(&old.policy, &new.policy, &subjects, &judge::tool());
    let text = match format {
        "json" => serde_json::to_string_pretty(&diffs)? + "\n",
        "text" => shown(&diffs),
        other => {
            return Err(Failure::usage(anyhow::anyhow!("`{other}` is not a format of a difference: use text or json")));
        }
    };
    console.result(None, text.as_bytes())?;
    Ok(Status::Done)
}

/// Recorded subjects of files, and of the `.json` files of folders, sorted by name.
fn read(places: &[PathBuf]) -> Result<Vec<Evidence>, Failure> {
    let mut files = Vec::new();
    for place in places {
        if !place.is_dir() {
            files.push(place.clone());
            continue;
        }
        let entries = std::fs::read_dir(place)
            .map_err(|error| Failure::usage(anyhow::anyhow!("cannot read `{}`: {error}", place.display())))?;
        let mut inside: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .take(MOST)
            .collect();
        inside.sort();
        files.extend(inside);
    }
    if files.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(
            "there is no recorded image: `boltseal gate IMAGE --record FILE` writes one"
        )));
    }
    files
        .iter()
        .map(|file| {
            let bytes = policy::bounded(file)
                .map_err(|reason| anyhow::anyhow!("cannot read `{}`: {reason}", file.display()))?;
            let evidence: Evidence = serde_json::from_slice(&bytes).map_err(|error| {
                anyhow::anyhow!("`{}` is not a recorded image, which `gate --record` writes: {error}", file.display())
            })?;
            Ok(evidence)
        })
        .collect()
}

fn shown(diffs: &[SubjectDiff]) -> String {
    let mut text = String::new();
    let changed = diffs.iter().filter(|diff| diff.is_changed()).count();
    for diff in diffs.iter().filter(|diff| diff.is_changed() || !diff.rules.is_empty()) {
        let name = clean(diff.subject.repository.as_deref().unwrap_or("an image"));
        let decision = if diff.is_changed() {
            format!("{} → {}", word(diff.before), word(diff.after))
        } else {
            format!("still {}", word(diff.after))
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{decision}  {name}@{}", diff.subject.digest);
        for rule in &diff.rules {
            let _ = writeln!(text, "  {}: {} → {}", rule.rule, side(rule.before.as_ref()), side(rule.after.as_ref()));
            for reason in rule.reasons.iter().take(5) {
                let _ = writeln!(text, "    {}", clean(&reason.message));
            }
            if rule.reasons.len() > 5 {
                let _ = writeln!(text, "    and {} more", rule.reasons.len() - 5);
            }
        }
    }
    let _ = writeln!(text, "{} images: {changed} would be decided otherwise", diffs.len());
    text
}

fn side(side: Option<&RuleSide>) -> String {
    match side {
        None => "no such rule".to_owned(),
        Some(side) => {
            let outcome = format!("{:?}", side.outcome).to_lowercase();
            match side.mode {
                boltseal_evidence::Mode::Enforce => outcome,
                boltseal_evidence::Mode::Warn => format!("{outcome} (a warning)"),
            }
        }
    }
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Denied => "denied",
        Decision::Undecided => "undecided",
    }
}
