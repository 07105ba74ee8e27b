//! Everything that is known of one image, on one page.

use std::collections::BTreeMap;

use boltseal_evidence::{DatabaseKind, Report, Severity, Verification};
use boltseal_gate::{Evidence, ImageFacts};

use crate::page::{BOLD, DIM, PLAIN, Page, WARN, span};
use crate::signature;
use crate::text::{counted, grouped};

/// Columns of the names at the left.
const NAMES: usize = 17;

/// How to render.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExplainOptions<'a> {
    /// Columns of the terminal; none for a pipe.
    pub width: Option<usize>,
    /// With colour.
    pub color: bool,
    /// What the user named, for the heading.
    pub target: &'a str,
}

/// Renders the page; the text ends with a line break.
pub fn render(evidence: &Evidence, options: &ExplainOptions<'_>) -> String {
    let mut page = Page::new(options.width, options.color);
    subject(&mut page, evidence, options.target);
    page.gap();
    match evidence.report.as_result() {
        Ok(report) => write_report(&mut page, report),
        Err(reason) => missing(&mut page, "vulnerabilities", reason),
    }
    match evidence.check.as_result() {
        Ok(check) => {
            let open: Vec<Severity> =
                check.findings.iter().filter(|finding| finding.counts()).map(|finding| finding.severity).collect();
            row(&mut page, "configuration", &severities(&open, "finding"));
            gaps(&mut page, check.not_assessed.iter().map(|gap| format!("{}: {}", gap.what, gap.detail)));
        }
        Err(reason) => missing(&mut page, "configuration", reason),
    }
    match evidence.bases.as_result() {
        Ok(bases) => row(&mut page, "known bases", &grouped(bases.len())),
        Err(reason) => missing(&mut page, "known bases", reason),
    }
    match evidence.scorecards.as_result() {
        Ok(cards) => row(&mut page, "scorecards", &grouped(cards.len())),
        Err(reason) => missing(&mut page, "scorecards", reason),
    }
    page.gap();
    match evidence.signatures.as_result() {
        Ok(found) => signatures(&mut page, found),
        Err(reason) => missing(&mut page, "signatures", reason),
    }
    for problem in &evidence.problems {
        let place = problem.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
        page.paragraph(&span(WARN, "! "), PLAIN, &format!("{place}{}", problem.message));
    }
    page.finish()
}

fn subject(page: &mut Page, evidence: &Evidence, target: &str) {
    page.line(&[span(BOLD, target)]);
    let subject = &evidence.subject;
    row(page, "digest", &subject.digest.to_string());
    if let Some(manifest) = &subject.manifest {
        row(page, "manifest", &format!("{manifest} (of this platform, in the index above)"));
    }
    if let Some(configuration) = &subject.configuration {
        row(page, "configuration", &configuration.to_string());
    }
    let Ok(ImageFacts { created, platform, annotations, labels, diff_ids }) = evidence.image.as_result() else {
        return;
    };
    row(page, "platform", platform);
    if let Some(created) = created {
        row(page, "created", &format!("{created} (as it says itself)"));
    }
    if !diff_ids.is_empty() {
        row(page, "layers", &grouped(diff_ids.len()));
    }
    for (what, name) in [
        ("base", "org.opencontainers.image.base.name"),
        ("source", "org.opencontainers.image.source"),
        ("revision", "org.opencontainers.image.revision"),
        ("version", "org.opencontainers.image.version"),
    ] {
        if let Some(value) = annotations.get(name).or_else(|| labels.get(name)) {
            row(page, what, &format!("{value} (as it says itself)"));
        }
    }
}

fn write_report(page: &mut Page, report: &Report) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &report.inventory.packages {
        *kinds.entry(package.kind.name()).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {}", grouped(*count))).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    row(page, "packages", &format!("{}{kinds}", grouped(report.inventory.packages.len())));
    let open: Vec<&boltseal_evidence::Finding> =
        report.findings.iter().filter(|finding| finding.status.counts()).collect();
    let levels: Vec<Severity> = open.iter().map(|finding| finding.severity).collect();
    let exploited = open.iter().filter(|finding| finding.known_exploited.is_some()).count();
    let fixed = open.iter().filter(|finding| finding.fix.is_fixed()).count();
    let mut text = severities(&levels, "vulnerability");
    if !open.is_empty() {
        text.push_str(&format!("; {} can be fixed, {} known to be exploited", grouped(fixed), grouped(exploited)));
    }
    row(page, "vulnerabilities", &text);
    let kind = match report.database.kind {
        DatabaseKind::Starter => "the starter set",
        DatabaseKind::Full => "the installed database",
    };
    let built = report.database.built.as_deref().map(|built| format!(" of {built}")).unwrap_or_default();
    row(page, "advisories", &format!("{kind}{built}, {}", report.database.digest));
    gaps(page, report.inventory.not_assessed.iter().map(|gap| format!("{}: {}", gap.what, gap.detail)));
}

fn severities(found: &[Severity], noun: &str) -> String {
    let mut counts: BTreeMap<std::cmp::Reverse<Severity>, usize> = BTreeMap::new();
    for severity in found {
        *counts.entry(std::cmp::Reverse(*severity)).or_default() += 1;
    }
    let parts: Vec<String> =
        counts.iter().map(|(severity, count)| format!("{} {}", grouped(*count), severity.0)).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!("{}{parts}", counted(found.len(), noun))
}

fn signatures(page: &mut Page, found: &[Verification]) {
    if found.is_empty() {
        row(page, "signatures", "none was found; `boltseal sign` makes one");
        return;
    }
    let attestations = found.iter().filter(|verification| is_attestation(verification)).count();
    let text =
        format!("{}, {}", counted(found.len() - attestations, "signature"), counted(attestations, "attestation"));
    row(page, "signatures", &text);
    let mut sorted: Vec<&Verification> = found.iter().collect();
    sorted.sort_by_key(|verification| verification.standing);
    for verification in sorted {
        page.gap();
        signature::write(page, verification, true);
    }
}

/// It states more than that the image is the signer's.
fn is_attestation(verification: &Verification) -> bool {
    let predicate = verification.statement.as_ref().map(|statement| statement.predicate_type.as_str());
    predicate.is_some_and(|predicate| predicate != signature::COSIGN_SIGNATURE)
}

fn gaps(page: &mut Page, gaps: impl Iterator<Item = String>) {
    for gap in gaps.take(5) {
        page.paragraph(&span(WARN, format!("  {:NAMES$}", "not assessed")), PLAIN, &gap);
    }
}

fn row(page: &mut Page, name: &str, value: &str) {
    page.paragraph(&span(DIM, format!("  {name:NAMES$}")), PLAIN, value);
}

fn missing(page: &mut Page, name: &str, reason: &str) {
    page.paragraph(&span(DIM, format!("  {name:NAMES$}")), WARN, &format!("unknown: {reason}"));
}
