//! The report for people: each finding as a compiler shows it, then what was and was not looked at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Message, Origin, Patch, Renderer, Snippet};
use boltseal_evidence::{CheckReport, Fix, Misconfiguration, Note, RuleInfo, Severity};

use super::excerpt::{Lines, View, harmless};
use super::{CheckOptions, summary, weight};
use crate::link;
use crate::page::{DIM, PLAIN, Page, span};
use crate::text::{clean, grouped, wrap};

/// Findings of one rule in one file that are shown with an excerpt unless all are asked for.
const REPEATED: usize = 5;
/// Lines of a finding that are marked; of a longer one, the first.
const TALLEST: usize = 6;
/// Lines between a finding and a note within which both are shown in one excerpt.
const NEAR: usize = 20;
/// Notes that are shown.
const NOTES: usize = 5;
/// Line numbers that are listed of findings without an excerpt.
const LISTED: usize = 12;
/// Edits of a fix that is shown.
const EDITS: usize = 20;
/// Bytes of a replacement that is shown.
const LONGEST_FIX: usize = 2_000;

/// The whole report.
pub(super) fn render(report: &CheckReport, options: &CheckOptions<'_>) -> String {
    let mut page = Page::new(options.width, options.color);
    let rules: HashMap<&str, &RuleInfo> = report.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    // Lines are cut by us already; the renderer cuts what the terminal has no room for.
    let renderer = renderer.term_width(options.width.map_or(100_000, |width| width.max(40)));
    let mut explained = BTreeSet::new();
    let mut files: BTreeMap<&str, Vec<&Misconfiguration>> = BTreeMap::new();
    let mut unshown = Vec::new();
    for finding in report.findings.iter().filter(|finding| options.all || finding.counts()) {
        if options.all || weight(finding) >= options.from {
            files.entry(&finding.path).or_default().push(finding);
        } else {
            unshown.push(finding);
        }
    }
    for (path, findings) in files {
        let source = (options.source)(path);
        let lines = source.as_deref().map(Lines::new);
        let mut repeated: BTreeMap<&str, Vec<&Misconfiguration>> = BTreeMap::new();
        for finding in findings {
            let same = repeated.entry(&finding.rule).or_default();
            same.push(finding);
            if same.len() > REPEATED && !options.all {
                continue;
            }
            let rule = rules.get(finding.rule.as_str()).copied();
            let entry = Entry { finding, rule, lines: lines.as_ref(), options };
            let text = renderer.render(&entry.groups(explained.insert(finding.rule.as_str())));
            page.verbatim(&text);
            page.gap();
        }
        if !options.all {
            repeated.retain(|_, findings| findings.len() > REPEATED);
            more(&mut page, path, &repeated);
        }
    }
    summary::write(&mut page, report, &unshown, options);
    page.finish()
}

/// Names the findings that no excerpt was shown of.
fn more(page: &mut Page, path: &str, repeated: &BTreeMap<&str, Vec<&Misconfiguration>>) {
    for (rule, findings) in repeated {
        let rest = findings.get(REPEATED..).unwrap_or_default();
        let lines = rest.iter().filter_map(|finding| finding.region);
        let mut places: Vec<String> = lines.take(LISTED).map(|region| region.line.to_string()).collect();
        if places.len() == LISTED && rest.len() > LISTED {
            places.push("…".to_owned());
        }
        let at = if places.is_empty() { String::new() } else { format!(" at lines {}", places.join(", ")) };
        let text = format!("{} more of {rule} in {path}{at} (shown with `--all`)", grouped(rest.len()));
        page.paragraph(&span(PLAIN, ""), DIM, &text);
        page.gap();
    }
}

/// One finding with all that it takes to show it.
struct Entry<'a> {
    finding: &'a Misconfiguration,
    rule: Option<&'a RuleInfo>,
    lines: Option<&'a Lines<'a>>,
    options: &'a CheckOptions<'a>,
}

impl<'a> Entry<'a> {
    /// `is_first` says why it matters and where to read more.
    fn groups(&self, is_first: bool) -> Vec<Group<'a>> {
        let finding = self.finding;
        let message = clean(&finding.message);
        let marked = self.marked();
        let title = match (self.rule, &marked) {
            (Some(rule), Some(_)) => clean(&rule.title),
            _ => message.clone(),
        };
        let mut title = self.level().primary_title(title).id(clean(&finding.rule));
        let page = self.rule.and_then(|rule| rule.references.first()).and_then(|reference| link::web(reference));
        if let Some(page) = page {
            title = title.id_url(page.to_owned());
        }
        let mut group = Group::with_title(title);
        let mut groups = Vec::new();
        match (self.lines, marked) {
            (Some(lines), Some(range)) => {
                let label = self.rule.map(|_| message);
                let (near, far): (Vec<&Note>, Vec<&Note>) = self.notes(lines, &range);
                group = group.elements(self.excerpt(lines, &range, label, &near));
                groups.extend(far.into_iter().filter_map(|note| self.far(lines, note)));
            }
            _ => {
                let origin = Origin::path(clean(&finding.path));
                let region = finding.region.as_ref();
                group = group.element(match region {
                    Some(region) => origin.line(region.line as usize).char_column(region.column as usize),
                    None => origin,
                });
                let notes = finding.notes.iter().take(NOTES);
                group = group.elements(notes.map(|note| self.line("note", &unmarked(note))));
            }
        }
        for (name, text) in self.about(is_first) {
            group = group.element(self.line(name, &text));
        }
        groups.insert(0, group);
        groups.extend(finding.fix.as_ref().filter(|_| !self.options.quiet).map(|fix| self.fix(fix)));
        groups
    }

    fn level(&self) -> Level<'a> {
        let severity = self.finding.severity;
        let level = match severity {
            Severity::Critical | Severity::High => Level::ERROR,
            Severity::Medium | Severity::Unknown => Level::WARNING,
            Severity::Low => Level::NOTE,
            Severity::Negligible => Level::INFO,
        };
        if self.finding.counts() {
            level.with_name(severity.name())
        } else {
            Level::INFO.with_name(format!("suppressed {severity}"))
        }
    }

    /// What is marked: the region, if the file is at hand and it lies in it.
    fn marked(&self) -> Option<Range<usize>> {
        self.lines?.range(self.finding.region.as_ref()?)
    }

    /// Notes that fit the excerpt of `range`, and others.
    fn notes(&self, lines: &Lines<'_>, range: &Range<usize>) -> (Vec<&'a Note>, Vec<&'a Note>) {
        let line = lines.number_of(range.start);
        let notes = self.finding.notes.iter().filter(|note| lines.range(&note.region).is_some());
        notes.take(NOTES).partition(|note| (note.region.line as usize).abs_diff(line) <= NEAR)
    }

    fn far(&self, lines: &Lines<'_>, note: &Note) -> Option<Group<'a>> {
        let title = Level::NOTE.secondary_title(clean(&note.message));
        Some(title.elements(self.excerpt(lines, &lines.range(&note.region)?, None, &[])))
    }

    /// The lines of a range and of the notes near it.
    fn excerpt(
        &self,
        lines: &Lines<'_>,
        range: &Range<usize>,
        label: Option<String>,
        notes: &[&Note],
    ) -> Vec<Element<'a>> {
        let range = shortened(lines, range);
        let notes =
            notes.iter().filter_map(|note| Some((shortened(lines, &lines.range(&note.region)?), &note.message)));
        let notes: Vec<(Range<usize>, &String)> = notes.collect();
        let all = || std::iter::once(&range).chain(notes.iter().map(|(note, _)| note));
        let first = all().map(|range| lines.number_of(range.start)).min().unwrap_or(1);
        let last = all().map(|range| lines.last_of(range)).max().unwrap_or(first);
        let view = View::new(lines, first, last, all().flat_map(|range| [range.start, range.end]));
        let primary = AnnotationKind::Primary.span(view.range(&range)).label(label);
        let context =
            notes.iter().map(|(note, text)| AnnotationKind::Context.span(view.range(note)).label(clean(text)));
        let path = clean(&self.finding.path);
        let snippet = Snippet::source(view.text.clone()).line_start(view.first).annotation(primary);
        let snippet = snippet.annotations(context.collect::<Vec<_>>());
        if !view.is_cut {
            return vec![snippet.path(path).into()];
        }
        // The renderer would count columns from where the line was cut.
        let (line, column) = lines.position(range.start);
        vec![Origin::path(path).line(line).char_column(column).into(), snippet.into()]
    }

    /// What is said below the excerpt, by name.
    fn about(&self, is_first: bool) -> Vec<(&'static str, String)> {
        let mut about = Vec::new();
        let finding = self.finding;
        if !finding.subject.is_empty() {
            about.push(("in", finding.subject.clone()));
        }
        if let Some(suppression) = &finding.suppression {
            about.push(("suppressed", format!("{} ({})", suppression.reason, suppression.source)));
        }
        let Some(rule) = self.rule.filter(|_| !self.options.quiet) else { return about };
        if is_first && !rule.why.is_empty() {
            about.push(("why", rule.why.clone()));
        }
        // Where a fix is shown, it says it all the second time.
        if (is_first || finding.fix.is_none()) && !rule.advice.is_empty() {
            about.push(("help", rule.advice.clone()));
        }
        if is_first {
            let also =
                if rule.aliases.is_empty() { String::new() } else { format!("also {}", rule.aliases.join(", ")) };
            let parts: Vec<String> = rule.references.first().cloned().into_iter().chain(Some(also)).collect();
            let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
            if !text.is_empty() {
                about.push(("see", text));
            }
        }
        about
    }

    /// A line `= name: text` below the excerpt, broken to the terminal's width.
    fn line(&self, name: &'static str, text: &str) -> Message<'a> {
        let level = if name == "help" { Level::HELP } else { Level::NOTE };
        let text = clean(text);
        let text = match self.options.width {
            Some(width) => wrap(&text, width.saturating_sub(name.len() + 10).max(30)).join("\n"),
            None => text,
        };
        level.with_name(name).message(text)
    }

    fn fix(&self, fix: &Fix) -> Group<'a> {
        let title = Level::HELP.secondary_title(format!("{} (`--fix` does this)", clean(&fix.title)));
        match self.lines.and_then(|lines| patched(lines, fix)) {
            Some(snippet) => title.element(snippet),
            None => Group::with_title(title),
        }
    }
}

fn unmarked(note: &Note) -> String {
    format!("line {}, column {}: {}", note.region.line, note.region.column, note.message)
}

/// A range without the line break at its end, and no taller than what is marked.
fn shortened(lines: &Lines<'_>, range: &Range<usize>) -> Range<usize> {
    let (first, last) = (lines.number_of(range.start), lines.last_of(range));
    let last = if last >= first + TALLEST { first } else { last };
    range.start..range.end.min(lines.end_of(last)).max(range.start)
}

/// The file's lines with the edits of a fix, where these are few enough to be shown.
fn patched<'a>(lines: &Lines<'_>, fix: &Fix) -> Option<Snippet<'a, Patch<'a>>> {
    let mut edits = Vec::new();
    for edit in &fix.edits {
        edits.push((lines.range(&edit.region)?, edit.text.as_str()));
    }
    let apart = edits.iter().zip(edits.iter().skip(1)).all(|((one, _), (next, _))| one.end <= next.start);
    let first = lines.number_of(edits.first()?.0.start);
    let last = lines.last_of(&edits.last()?.0);
    let long: usize = edits.iter().map(|(_, text)| text.len()).sum();
    if !apart || edits.len() > EDITS || last > first + 2 * NEAR || long > LONGEST_FIX {
        return None;
    }
    // An edit may take a line break with it: the next line must be there too.
    let last = lines.number_of(edits.last()?.0.end).max(last);
    let view = View::new(lines, first, last, edits.iter().flat_map(|(range, _)| [range.start, range.end]));
    if view.is_cut {
        return None;
    }
    let patches: Vec<Patch<'a>> =
        edits.iter().map(|(range, text)| Patch::new(view.range(range), harmless(text))).collect();
    Some(Snippet::source(view.text).line_start(view.first).patches(patches))
}
