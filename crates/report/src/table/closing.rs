//! What was not assessed, what does not count, what went wrong, and what to do next.

use boltseal_evidence::{DatabaseKind, NotAssessed, NotAssessedReason, Problem, Report, Status};

use super::group::Group;
use super::heading;
use crate::RenderOptions;
use crate::page::{BOLD, DIM, GOOD, PLAIN, Page, WARN, span};
use crate::text::{counted, grouped};

/// Entries of a list that are shown unless all are asked for.
const SHOWN: usize = 10;

/// Writes everything after the findings.
pub(super) fn write(page: &mut Page, groups: &[Group<'_>], report: &Report, options: &RenderOptions) {
    not_assessed(page, &report.inventory.not_assessed, options.all);
    answered(page, report, options);
    problems(page, &report.inventory.problems, options.all);
    summary(page, groups, report, options);
}

/// What was not judged, never left out.
pub(crate) fn not_assessed(page: &mut Page, gaps: &[NotAssessed], all: bool) {
    if gaps.is_empty() {
        return;
    }
    page.gap();
    page.line(&[span(WARN, "NOT ASSESSED"), span(PLAIN, " (this is not the same as clean)")]);
    for gap in gaps.iter().take(if all { gaps.len() } else { SHOWN }) {
        let mut text = format!("{}: {}", gap.what, gap.detail);
        if gap.packages > 0 {
            text.push_str(&format!(" ({})", counted(gap.packages, "package")));
        }
        page.paragraph(&span(PLAIN, format!("  {}  ", reason(gap.reason))), PLAIN, &text);
    }
    more(page, gaps.len(), all);
}

fn reason(reason: NotAssessedReason) -> &'static str {
    match reason {
        NotAssessedReason::NoFeed => "no feed",
        NotAssessedReason::NoVersion => "no version",
        NotAssessedReason::InvalidVersion => "invalid version",
        NotAssessedReason::UnknownOs => "unknown OS",
        NotAssessedReason::Unreadable => "unreadable",
        NotAssessedReason::Unpinned => "not pinned",
        NotAssessedReason::Limit => "limit reached",
        NotAssessedReason::Database => "database",
        NotAssessedReason::Template => "template",
        NotAssessedReason::UnknownKind => "unknown kind",
    }
}

fn answered(page: &mut Page, report: &Report, options: &RenderOptions) {
    let count = |matches: fn(&Status) -> bool| report.findings.iter().filter(|f| matches(&f.status)).count();
    let vendor = count(|status| matches!(status, Status::VendorAnswers { .. }));
    let suppressed = count(|status| matches!(status, Status::Suppressed(_)));
    if vendor + suppressed == 0 {
        return;
    }
    page.gap();
    let shown = if options.all { "" } else { " (shown with `--all`)" };
    if vendor > 0 {
        let text = format!(
            "{} of language packages answered by the distribution that ships them{shown}",
            counted(vendor, "finding")
        );
        page.paragraph(&span(PLAIN, ""), DIM, &text);
    }
    if suppressed > 0 {
        let text = format!("{} suppressed by the ignore file{shown}", counted(suppressed, "finding"));
        page.paragraph(&span(PLAIN, ""), DIM, &text);
    }
}

/// What could not be used on the way, bounded.
pub(crate) fn problems(page: &mut Page, problems: &[Problem], all: bool) {
    if problems.is_empty() {
        return;
    }
    page.gap();
    page.line(&[span(WARN, "PROBLEMS")]);
    for problem in problems.iter().take(if all { problems.len() } else { SHOWN }) {
        let place = problem.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
        let layer = problem.layer.map(|layer| format!("layer {layer}: ")).unwrap_or_default();
        page.paragraph(&span(PLAIN, "  "), PLAIN, &format!("{layer}{place}{}", problem.message));
    }
    more(page, problems.len(), all);
}

fn more(page: &mut Page, total: usize, all: bool) {
    if !all && total > SHOWN {
        page.line(&[span(DIM, format!("  and {} more (shown with `--all`)", grouped(total - SHOWN)))]);
    }
}

fn summary(page: &mut Page, groups: &[Group<'_>], report: &Report, options: &RenderOptions) {
    page.gap();
    let counting = report.findings.iter().filter(|finding| finding.status.counts()).count();
    let upgrades = groups.iter().filter(|group| group.fixable() > 0).count();
    let fixable: usize = groups.iter().map(Group::fixable).sum();
    if fixable > 0 {
        let all = if fixable == counting { "all ".to_owned() } else { format!("{} of ", grouped(fixable)) };
        let text = format!("{} would fix {all}{}", counted(upgrades, "upgrade"), counted(counting, "finding"));
        page.paragraph(&span(PLAIN, ""), BOLD, &text);
    } else if counting > 0 {
        page.paragraph(&span(PLAIN, ""), BOLD, "no finding has a fix yet");
    }
    let (command, purpose) = next(fixable, counting, report, options);
    page.paragraph(&span(GOOD, "next  "), PLAIN, purpose);
    page.command(&command);
}

/// The command most worth running now, and what for.
fn next(fixable: usize, counting: usize, report: &Report, options: &RenderOptions) -> (String, &'static str) {
    let target = quoted(&options.target);
    if report.database.kind == DatabaseKind::Starter {
        ("boltseal db update".to_owned(), "fetch every published advisory, then scan again:")
    } else if heading::stale_days(&report.database, options).is_some() {
        ("boltseal db update".to_owned(), "fetch today's advisories, then scan again:")
    } else if fixable > 0 {
        (format!("boltseal scan --fail-on high --only-fixed {target}"), "once upgraded, hold the line in the pipeline:")
    } else if counting > 0 {
        (format!("boltseal scan --all {target}"), "see every reason behind these findings:")
    } else {
        (format!("boltseal sbom {target}"), "keep the bill of materials beside the image:")
    }
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@+=,%".contains(c);
    if text.is_empty() {
        "TARGET".to_owned()
    } else if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
