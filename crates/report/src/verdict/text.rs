//! A verdict for people: what was decided, which rules decided it, and what each rests on.

use boltseal_evidence::{Decision, Mode, Reason, RuleOutcome, RuleResult, Verdict};

use super::{VerdictOptions, by_weight, outcome, word};
use crate::page::{ALARM, BOLD, DIM, GOOD, PLAIN, Page, WARN, span};
use crate::text::counted;

/// Reasons of one rule that are shown unless all are asked for.
const SHOWN: usize = 5;

pub(super) fn render(verdict: &Verdict, options: &VerdictOptions<'_>) -> String {
    let mut page = Page::new(options.width, options.color);
    heading(&mut page, verdict, options);
    let (shown, kept): (Vec<&RuleResult>, Vec<&RuleResult>) =
        by_weight(verdict).into_iter().partition(|rule| options.all || !matters_little(rule));
    for rule in shown {
        page.gap();
        write_rule(&mut page, rule, options.all);
    }
    if !kept.is_empty() {
        page.gap();
        let passed = kept.iter().filter(|rule| rule.outcome == RuleOutcome::Passed).count();
        let names: Vec<&str> =
            kept.iter().filter(|rule| rule.outcome == RuleOutcome::Passed).map(|rule| rule.rule.as_str()).collect();
        if passed > 0 {
            page.paragraph(
                &span(GOOD, "✓ "),
                PLAIN,
                &format!("{} passed: {}", counted(passed, "rule"), names.join(", ")),
            );
        }
        if kept.len() > passed {
            page.paragraph(
                &span(DIM, "- "),
                DIM,
                &format!("{} not meant for this image", counted(kept.len() - passed, "rule")),
            );
        }
    }
    for problem in &verdict.problems {
        page.gap();
        let place = problem.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
        page.paragraph(&span(WARN, "! "), PLAIN, &format!("{place}{}", problem.message));
    }
    page.finish()
}

fn heading(page: &mut Page, verdict: &Verdict, options: &VerdictOptions<'_>) {
    let style = match verdict.decision {
        Decision::Allowed => GOOD,
        Decision::Undecided => WARN,
        Decision::Denied => ALARM,
    };
    page.line(&[span(style.bold(), word(verdict.decision)), span(PLAIN, "  "), span(BOLD, options.target)]);
    page.line(&[span(DIM, format!("digest  {}", verdict.subject.digest))]);
    if let Some(manifest) = &verdict.subject.manifest {
        // A verdict on an index rests on one of its platforms.
        page.line(&[span(DIM, format!("of it   {manifest} alone was looked into: one platform's manifest"))]);
    }
    page.line(&[span(
        DIM,
        format!("policy  {} ({}), judged on {}", verdict.policy.name, verdict.policy.digest, verdict.day),
    )]);
}

fn matters_little(rule: &RuleResult) -> bool {
    matches!(rule.outcome, RuleOutcome::Passed | RuleOutcome::NotApplicable)
}

fn write_rule(page: &mut Page, rule: &RuleResult, all: bool) {
    let (sign, style) = match (rule.outcome, rule.mode) {
        (RuleOutcome::Failed, Mode::Enforce) => ("✗", ALARM),
        (RuleOutcome::Unknown, Mode::Enforce) => ("?", WARN),
        (RuleOutcome::Failed | RuleOutcome::Unknown, Mode::Warn) => ("!", WARN),
        (RuleOutcome::Excepted, _) => ("~", WARN),
        (RuleOutcome::Passed, _) => ("✓", GOOD),
        (RuleOutcome::NotApplicable, _) => ("-", DIM),
    };
    let mode = if rule.mode == Mode::Warn { ", only a warning" } else { "" };
    page.line(&[
        span(style, sign),
        span(PLAIN, " "),
        span(BOLD, &rule.rule),
        span(style, format!("  {}{mode}", outcome(rule.outcome))),
        span(DIM, format!("  {}", rule.source)),
    ]);
    page.paragraph(&span(PLAIN, "  "), DIM, &rule.asks);
    let limit = if all { usize::MAX } else { SHOWN };
    for reason in rule.reasons.iter().take(limit) {
        write_reason(page, reason);
    }
    let left = rule.reasons.len().saturating_sub(limit) + rule.omitted;
    if left > 0 {
        let how = if rule.reasons.len() > limit { " (`--all` shows more)" } else { "" };
        page.paragraph(&span(PLAIN, "  "), DIM, &format!("and {}{how}", counted(left, "more reason")));
    }
    if let Some(advice) = &rule.advice
        && !matters_little(rule)
    {
        page.paragraph(&span(BOLD, "  → "), PLAIN, advice);
    }
}

fn write_reason(page: &mut Page, reason: &Reason) {
    let evidence = reason.evidence.as_deref().map(|evidence| format!(" – {evidence}")).unwrap_or_default();
    // A message says what it is about itself, where that helps a reader.
    let about = reason.about.as_deref().filter(|about| !reason.message.contains(*about));
    let about = about.map(|about| format!("{about}: ")).unwrap_or_default();
    page.paragraph(&span(PLAIN, "  • "), PLAIN, &format!("{about}{}{evidence}", reason.message));
    if let Some(exception) = &reason.exception {
        page.paragraph(
            &span(PLAIN, "    "),
            DIM,
            &format!(
                "excepted by {} until {}: {} ({})",
                exception.owner, exception.expires, exception.reason, exception.source
            ),
        );
    }
}
