//! A verdict as Markdown (CommonMark with tables): what hosts of repositories show under a merge request.

use std::fmt::Write as _;

use boltseal_evidence::{Decision, Mode, RuleOutcome, Verdict};

use super::{VerdictOptions, by_weight, outcome, word};
use crate::text::{clean, counted};

/// Reasons of one rule that are listed.
const SHOWN: usize = 10;

pub(super) fn render(verdict: &Verdict, options: &VerdictOptions<'_>) -> String {
    let mut text = String::new();
    let sign = match verdict.decision {
        Decision::Allowed => "✅",
        Decision::Undecided => "❔",
        Decision::Denied => "⛔",
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "### {sign} {}: {}\n", word(verdict.decision), code(options.target));
    let _ = writeln!(
        text,
        "{} by policy {} on {}\n",
        code(&verdict.subject.digest.to_string()),
        code(&verdict.policy.name),
        verdict.day
    );
    text.push_str("| rule | answer | what it asks |\n|---|---|---|\n");
    for rule in by_weight(verdict) {
        let mode = if rule.mode == Mode::Warn { " (warning)" } else { "" };
        let _ = writeln!(text, "| {} | {}{mode} | {} |", code(&rule.rule), outcome(rule.outcome), plain(&rule.asks));
    }
    for rule in by_weight(verdict) {
        if matches!(rule.outcome, RuleOutcome::Passed | RuleOutcome::NotApplicable) && !options.all {
            continue;
        }
        let _ = writeln!(text, "\n**{}** – {}\n", plain(&rule.rule), outcome(rule.outcome));
        for reason in rule.reasons.iter().take(SHOWN) {
            let about = reason.about.as_deref().filter(|about| !reason.message.contains(*about));
            let about = about.map(|about| format!("{}: ", plain(about))).unwrap_or_default();
            let evidence =
                reason.evidence.as_deref().map(|evidence| format!(" – {}", code(evidence))).unwrap_or_default();
            let _ = writeln!(text, "- {about}{}{evidence}", plain(&reason.message));
            if let Some(exception) = &reason.exception {
                let _ = writeln!(
                    text,
                    "  - excepted by {} until {}: {}",
                    plain(&exception.owner),
                    plain(&exception.expires),
                    plain(&exception.reason)
                );
            }
        }
        let left = rule.reasons.len().saturating_sub(SHOWN) + rule.omitted;
        if left > 0 {
            let _ = writeln!(text, "- and {}", counted(left, "more reason"));
        }
        if let Some(advice) = &rule.advice {
            let _ = writeln!(text, "\n→ {}", plain(advice));
        }
    }
    text
}

/// A code span that its content cannot leave.
fn code(text: &str) -> String {
    let text = clean(text).replace('`', "'").replace('|', "\\|");
    format!("`{text}`")
}

/// Text in which nothing is markup but the code spans that messages are written with: names come from images.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for character in clean(text).chars() {
        match character {
            '`' => in_code = !in_code,
            '|' => {
                out.push_str("\\|");
                continue;
            }
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '!' | '@' | '~' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(character);
    }
    if in_code {
        out.push('`');
    }
    out
}
