//! What stands under the pointer: why a finding matters, what to do, and where to read more.

use std::fmt::Write;

use boltseal_evidence::{Misconfiguration, RuleInfo};
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use crate::document::Document;

/// The findings at a position; `None` where there is none.
pub(crate) fn at(document: &Document, position: Position, markdown: bool) -> Option<Hover> {
    let report = document.report.as_ref()?;
    let mut text = String::new();
    let mut range = None;
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        let Some(region) = &finding.region else { continue };
        let here = document.range(region);
        if position < here.start || here.end < position {
            continue;
        }
        if !text.is_empty() {
            text.push_str("\n\n---\n\n");
        }
        let rule = report.rules.iter().find(|rule| rule.id == finding.rule);
        describe(&mut text, finding, rule, markdown);
        range.get_or_insert(here);
    }
    let kind = if markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    (!text.is_empty()).then_some(Hover { contents: HoverContents::Markup(MarkupContent { kind, value: text }), range })
}

fn describe(text: &mut String, finding: &Misconfiguration, rule: Option<&RuleInfo>, markdown: bool) {
    let strong = if markdown { "**" } else { "" };
    let severity = finding.severity.name();
    let _ = write!(text, "{strong}{}{strong} · {severity} · {}", finding.rule, finding.message);
    let Some(rule) = rule else { return };
    let _ = write!(text, "\n\n{}\n\n{strong}What to do:{strong} {}", rule.why, rule.advice);
    let mut more: Vec<String> = Vec::new();
    more.extend(rule.references.first().map(|page| if markdown { format!("<{page}>") } else { page.clone() }));
    if !rule.aliases.is_empty() {
        more.push(format!("also known as {}", rule.aliases.join(", ")));
    }
    if !more.is_empty() {
        let _ = write!(text, "\n\n{}", more.join(" · "));
    }
}
