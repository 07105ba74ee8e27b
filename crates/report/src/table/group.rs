//! Findings by package, in the order to fix them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use boltseal_evidence::{Finding, FixState, PackageType, Report, Severity, Status, Why};

use crate::RenderOptions;
use crate::order::resolving_versions;
use crate::page::{self, ALARM, BOLD, DIM, GOOD, PLAIN, Page, Span, WARN, span};
use crate::text::{columns, counted, cut_start, grouped};

/// The widest column of ids; `GHSA-xxxx-xxxx-xxxx` and `CVE-2021-1234567` fit.
const WIDEST_ID: usize = 20;
/// Reasons shown for a package unless all are asked for.
const REASONS: usize = 2;

/// Packages that are fixed together: those of one source package and version, or one language package wherever it is.
#[derive(Debug)]
pub(super) struct Group<'a> {
    kind: PackageType,
    version: &'a str,
    /// Distinct names.
    names: BTreeSet<&'a str>,
    source: Option<&'a str>,
    findings: Vec<&'a Finding>,
    /// Rows: the findings of one id (and status).
    rows: Vec<Vec<&'a Finding>>,
    fixes: Vec<&'a str>,
}

impl<'a> Group<'a> {
    /// The groups, what to fix first in front: exploited, then severity, then fixable, then likely to be exploited.
    pub(super) fn all(findings: &'a [Finding], options: &RenderOptions) -> Vec<Self> {
        let mut groups: BTreeMap<(PackageType, &str, &str), Vec<&Finding>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| options.all || finding.status.counts()) {
            let package = &finding.package;
            groups.entry((package.kind, source_name(finding), &package.version)).or_default().push(finding);
        }
        let mut groups: Vec<Self> = groups
            .into_iter()
            .map(|((kind, name, version), list)| Self::new(kind, name, version, list, options))
            .collect();
        groups.sort_by_key(|group| Reverse(group.urgency()));
        groups
    }

    fn new(
        kind: PackageType,
        name: &'a str,
        version: &'a str,
        findings: Vec<&'a Finding>,
        options: &RenderOptions,
    ) -> Self {
        let names: BTreeSet<&str> = findings.iter().map(|finding| finding.package.name.as_str()).collect();
        let counting = findings.iter().copied().filter(|finding| finding.status.counts());
        let fixes = resolving_versions(counting, kind, options.compare);
        let mut rows: BTreeMap<(bool, &str), Vec<&Finding>> = BTreeMap::new();
        for finding in &findings {
            rows.entry((!finding.status.counts(), &finding.id)).or_default().push(finding);
        }
        let mut rows: Vec<_> = rows.into_values().collect();
        rows.sort_by_key(|row| Reverse(urgency(row)));
        let source = Some(name).filter(|name| !(names.len() == 1 && names.contains(name)));
        Self { kind, version, names, source, findings, rows, fixes }
    }

    fn urgency(&self) -> (bool, bool, Severity, bool, u32) {
        urgency(&self.findings)
    }

    fn counting(&self) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().copied().filter(|finding| finding.status.counts())
    }

    /// Findings that count and have a fix.
    pub(super) fn fixable(&self) -> usize {
        self.counting().filter(|finding| finding.fix.is_fixed()).count()
    }

    /// The first layer that brought one of its packages, with its instruction.
    fn layer(&self, instructions: &HashMap<usize, &str>) -> Option<String> {
        let layers = self.findings.iter().filter_map(|finding| {
            finding.package.layer.or_else(|| finding.package.location.as_ref().and_then(|location| location.layer))
        });
        let layer = layers.min()?;
        let by = instructions.get(&layer).map(|by| format!(": {by}")).unwrap_or_default();
        Some(format!("layer {layer}{by}"))
    }

    fn title(&self) -> String {
        const SHOWN: usize = 3;
        let mut title = self.names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
        if self.names.len() > SHOWN {
            title.push_str(&format!(" and {} more", self.names.len() - SHOWN));
        }
        title
    }
}

/// The name that a package is fixed under: for an OS package that of the source that its advisories name.
fn source_name(finding: &Finding) -> &str {
    let package = &finding.package;
    let matched = finding.why.first().map_or("", |why| why.matched_name.as_str());
    if package.kind.is_os() && !matched.is_empty() { matched } else { &package.name }
}

fn urgency(findings: &[&Finding]) -> (bool, bool, Severity, bool, u32) {
    let counting = || findings.iter().filter(|finding| finding.status.counts());
    let likely = counting().filter_map(|finding| finding.epss).map(|epss| per_mille(epss.probability)).max();
    (
        counting().next().is_some(),
        counting().any(|finding| finding.known_exploited.is_some()),
        findings.iter().map(|finding| finding.severity).max().unwrap_or_default(),
        counting().any(|finding| finding.fix.is_fixed()),
        likely.unwrap_or_default(),
    )
}

/// A probability in thousandths; a float converts by saturating, and what is no number is 0.
fn per_mille(probability: f64) -> u32 {
    (probability.clamp(0.0, 1.0) * 1000.0).round() as u32
}

/// Writes the groups.
pub(super) fn write(page: &mut Page, groups: &[Group<'_>], report: &Report, options: &RenderOptions) {
    let ids = groups.iter().flat_map(|group| &group.findings).map(|finding| columns(&finding.id));
    let id_width = ids.max().unwrap_or_default().min(WIDEST_ID);
    let instructions: HashMap<usize, &str> =
        report.inventory.layers.iter().filter_map(|layer| Some((layer.index, layer.created_by.as_deref()?))).collect();
    if options.brief && !options.all {
        return write_brief(page, groups, &instructions, id_width);
    }
    for group in groups {
        page.gap();
        title(page, group, None);
        place(page, group, &instructions);
        for row in &group.rows {
            write_row(page, group, row, id_width);
        }
        why(page, group, options);
    }
}

/// Of each group, on two lines, what fixes how much, what brought it, and its worst finding.
fn write_brief(page: &mut Page, groups: &[Group<'_>], instructions: &HashMap<usize, &str>, id_width: usize) {
    page.gap();
    for group in groups {
        let mut about = String::new();
        if group.fixable() > 0 && group.fixable() == group.counting().count() {
            about.push_str(&format!(" fixes {}", grouped(group.fixable())));
        }
        about.extend(group.layer(instructions).map(|layer| format!(" · {layer}")));
        title(page, group, Some(span(DIM, about)));
        if let Some(row) = group.rows.first() {
            write_row(page, group, row, id_width);
        }
    }
    if !groups.is_empty() {
        page.gap();
        let text = "of each package only the worst finding: `--all` shows all of them, and why they apply";
        page.paragraph(&span(PLAIN, ""), DIM, text);
    }
}

fn title(page: &mut Page, group: &Group<'_>, about: Option<Span>) {
    let name = span(BOLD, group.title());
    let installed = span(PLAIN, format!(" {}", group.version));
    let total = group.counting().count();
    let fixable = group.fixable();
    let mut fix = match group.fixes.as_slice() {
        [] if total == 0 => vec![span(DIM, " (does not count)")],
        [] => vec![span(WARN, " no fix yet")],
        versions => vec![span(PLAIN, " → "), span(GOOD, versions.join(", "))],
    };
    if fixable > 0 && fixable < total {
        fix.push(span(PLAIN, format!(" fixes {} of {}", grouped(fixable), grouped(total))));
    }
    let mut spans = vec![name, installed];
    let width: usize = spans.iter().chain(&fix).map(Span::width).sum();
    if width > page.width() {
        page.line(&spans);
        spans = vec![span(PLAIN, " ")];
    }
    spans.extend(fix);
    spans.extend(about);
    page.line(&spans);
}

/// Type, path, and the Dockerfile instruction that brought it.
fn place(page: &mut Page, group: &Group<'_>, instructions: &HashMap<usize, &str>) {
    let mut text = group.kind.name().to_owned();
    if let Some(source) = group.source {
        text.push_str(&format!(" · source {source}"));
    }
    let paths: BTreeSet<&str> =
        group.findings.iter().filter_map(|finding| Some(finding.package.location.as_ref()?.path.as_str())).collect();
    if let Some(path) = paths.first() {
        let room = page.width().saturating_sub(columns(&text) + 5).clamp(12, 400);
        text.push_str(&format!(" · {}", cut_start(&crate::text::clean(path), room)));
    }
    if paths.len() > 1 {
        text.push_str(&format!(" and {} more", counted(paths.len() - 1, "place")));
    }
    page.line(&[span(DIM, format!("  {text}"))]);
    if let Some(layer) = group.layer(instructions) {
        page.line(&[span(DIM, format!("  {layer}"))]);
    }
}

fn write_row(page: &mut Page, group: &Group<'_>, row: &[&Finding], id_width: usize) {
    let Some(finding) = row.iter().max_by_key(|finding| finding.severity) else { return };
    let mut spans = vec![
        span(PLAIN, "  "),
        span(page::of(finding.severity), finding.severity.name().to_uppercase()).padded(12),
        span(PLAIN, &finding.id).padded(id_width),
        span(PLAIN, "  "),
    ];
    if finding.known_exploited.is_some() {
        spans.push(span(ALARM, "KEV "));
    }
    if let Some(epss) = finding.epss.filter(|epss| epss.probability >= 0.1) {
        spans.push(span(WARN, format!("EPSS {}% ", per_mille(epss.probability) / 10)));
    }
    spans.extend(status(finding));
    match &finding.fix {
        FixState::Fixed { versions } if !versions.is_empty() => {}
        FixState::WontFix => spans.push(span(WARN, "[won't fix] ")),
        _ if group.fixes.is_empty() => {}
        _ => spans.push(span(WARN, "[no fix yet] ")),
    }
    let names: BTreeSet<&str> = row.iter().map(|finding| finding.package.name.as_str()).collect();
    if names.len() < group.names.len() {
        let only = names.first().copied().unwrap_or_default();
        let only = if names.len() == 1 { only.to_owned() } else { counted(names.len(), "package") };
        spans.push(span(DIM, format!("[{only}] ")));
    }
    spans.push(span(PLAIN, if finding.title.is_empty() { "(no title)" } else { &finding.title }));
    page.line(&spans);
}

fn status(finding: &Finding) -> Option<Span> {
    match &finding.status {
        Status::Affected => None,
        Status::VendorAnswers { owner, detail } => Some(span(DIM, format!("[answered by {owner}: {detail}] "))),
        Status::Suppressed(by) => {
            let until = by.until.as_deref().map(|until| format!(" until {until}")).unwrap_or_default();
            Some(span(DIM, format!("[ignored{until}: {}, {}] ", by.reason, by.source)))
        }
    }
}

/// An excerpt of the reasons: distinct records and ranges, those of the most urgent findings first.
fn why(page: &mut Page, group: &Group<'_>, options: &RenderOptions) {
    let mut reasons: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for why in group.rows.iter().flatten().flat_map(|finding| &finding.why) {
        if seen.insert(why) {
            reasons.push(reason(group, why));
        }
    }
    let shown = if options.all { reasons.len() } else { REASONS };
    for reason in reasons.iter().take(shown) {
        page.line(&[span(DIM, "  why  "), span(DIM, reason)]);
    }
    if reasons.len() > shown {
        let more = counted(reasons.len() - shown, "record");
        page.line(&[span(DIM, format!("       and {more} more"))]);
    }
}

/// The record and the range that holds the version; name and version only where the title does not tell them.
fn reason(group: &Group<'_>, why: &Why) -> String {
    let told = why.matched_name.is_empty()
        || Some(why.matched_name.as_str()) == group.source
        || group.names.contains(why.matched_name.as_str());
    let name = if told { "" } else { &why.matched_name };
    let version = if why.matched_version == group.version { "" } else { &why.matched_version };
    let matched: String =
        [name, version].iter().filter(|part| !part.is_empty()).map(|part| format!("{part} in ")).collect();
    format!("{}: {matched}{} ({})", why.advisory, why.range, why.feed)
}
