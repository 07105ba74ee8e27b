//! Quick fixes: the safe fix of a finding, all safe fixes of a file, and a comment that ignores a finding.

use std::collections::{BTreeSet, HashMap};

use boltseal_check::Options;
use boltseal_evidence::{CheckReport, Misconfiguration};
use boltseal_posture::{Source, Span, dockerfile};
use lsp_types::{CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Range, TextEdit, WorkspaceEdit};

use crate::diagnostics::diagnostic;
use crate::document::Document;

/// So many findings at one place are offered a comment; each comment is tried out first.
const IGNORES: usize = 32;

/// What can be done about the findings in the range that the editor asks about.
pub(crate) fn of(document: &Document, params: &CodeActionParams, options: &Options) -> Vec<CodeActionOrCommand> {
    let Some(report) = &document.report else { return Vec::new() };
    let wanted = |kind: &CodeActionKind| {
        params.context.only.as_ref().is_none_or(|only| {
            only.iter().any(|asked| {
                kind.as_str() == asked.as_str() || kind.as_str().starts_with(&format!("{}.", asked.as_str()))
            })
        })
    };
    let mut actions = Vec::new();
    if wanted(&CodeActionKind::QUICKFIX) {
        let here = report.findings.iter().filter(|finding| finding.counts());
        let here = here.filter(|finding| {
            finding.region.as_ref().is_some_and(|region| touch(&document.range(region), &params.range))
        });
        for (number, finding) in here.enumerate() {
            let rule = report.rules.iter().find(|rule| rule.id == finding.rule);
            let about = Some(vec![diagnostic(document, finding, rule)]);
            if let Some(fix) = &finding.fix {
                let edits = fix
                    .edits
                    .iter()
                    .map(|edit| TextEdit { range: document.range(&edit.region), new_text: edit.text.clone() });
                actions.push(CodeAction {
                    title: format!("{} ({})", fix.title, finding.rule),
                    kind: Some(CodeActionKind::QUICKFIX),
                    diagnostics: about.clone(),
                    edit: Some(change(document, edits.collect())),
                    is_preferred: Some(true),
                    ..CodeAction::default()
                });
            }
            if number < IGNORES
                && let Some(edit) = ignore(document, finding, options)
            {
                actions.push(CodeAction {
                    title: format!("ignore {} here; counts once a reason is written", finding.rule),
                    kind: Some(CodeActionKind::QUICKFIX),
                    diagnostics: about,
                    edit: Some(change(document, vec![edit])),
                    ..CodeAction::default()
                });
            }
        }
    }
    if wanted(&CodeActionKind::SOURCE_FIX_ALL) && report.findings.iter().any(|finding| finding.fix.is_some()) {
        // Rules that are left out are not in the report.
        let selected: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        let fixed = boltseal_posture::fix(&document.path, document.text.as_bytes(), &options.posture, |finding| {
            selected.contains(finding.rule.as_str())
        });
        if let Ok(text) = String::from_utf8(fixed.bytes)
            && text != document.text
        {
            actions.push(CodeAction {
                title: format!("apply all {} safe fixes", fixed.applied.len()),
                kind: Some(CodeActionKind::SOURCE_FIX_ALL),
                edit: Some(change(document, vec![TextEdit { range: document.whole(), new_text: text }])),
                ..CodeAction::default()
            });
        }
    }
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

fn change(document: &Document, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit { changes: Some(HashMap::from([(document.uri.clone(), edits)])), ..WorkspaceEdit::default() }
}

fn touch(one: &Range, other: &Range) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// A comment line above the finding, or above the instruction that it is part of, indented as its line is. It ends in
/// `because`, so that it counts for nothing until someone writes why. Not offered where a comment would not be read as
/// one, as within the text of a script.
fn ignore(document: &Document, finding: &Misconfiguration, options: &Options) -> Option<TextEdit> {
    let at = finding.region?.start;
    let ending = if document.text.contains("\r\n") { "\r\n" } else { "\n" };
    let before = counting(document.report.as_ref()?, &finding.rule);
    [Some(at), instruction(document, at)].into_iter().flatten().find_map(|offset| {
        let start = document.line_start(document.line_of(offset))?;
        let (above, below) = document.text.split_at_checked(start)?;
        let indent: String = below.chars().take_while(|each| *each == ' ').collect();
        let comment = format!("{indent}# boltseal:ignore {} because ", finding.rule);
        let tried = format!("{above}{comment}of this trial{ending}{below}");
        let after = boltseal_check::check_text(&document.path, tried.as_bytes(), options).ok()?.report;
        let position = document.position(start);
        (counting(&after, &finding.rule) < before)
            .then(|| TextEdit { range: Range { start: position, end: position }, new_text: comment + ending })
    })
}

fn counting(report: &CheckReport, rule: &str) -> usize {
    report.findings.iter().filter(|finding| finding.rule == rule && finding.counts()).count()
}

/// Where the instruction of a Dockerfile begins that holds an offset.
fn instruction(document: &Document, offset: usize) -> Option<usize> {
    document.report.as_ref()?.files.iter().find(|file| file.kind == "dockerfile")?;
    let source = Source::from_text(&document.path, &document.text);
    let file = dockerfile::parse(&source);
    let holds = |span: Span| span.start <= offset && offset < span.end;
    file.instructions.iter().map(|instruction| instruction.span).find(|span| holds(*span)).map(|span| span.start)
}
