//! Quick fixes: the safe fix of a finding, all safe fixes of a file, and a comment that ignores a finding.

use std::collections::HashMap;

use boltseal_check::Options;
use boltseal_evidence::Misconfiguration;
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Position, Range, TextEdit, WorkspaceEdit,
};

use crate::diagnostics::diagnostic;
use crate::document::Document;

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
        for finding in here {
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
            if let Some(edit) = ignore(document, finding) {
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
        let skipped: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        let fixed = boltseal_posture::fix(&document.path, document.text.as_bytes(), &options.posture, |finding| {
            skipped.contains(&finding.rule.as_str())
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

/// A comment line above the finding, indented as its line is. It ends in `because`, so that it counts for nothing until
/// someone writes why.
fn ignore(document: &Document, finding: &Misconfiguration) -> Option<TextEdit> {
    if document.path.ends_with(".json") {
        return None;
    }
    let line = finding.region?.line.checked_sub(1)?;
    let text = document.text.lines().nth(usize::try_from(line).ok()?)?;
    let indent: String = text.chars().take_while(|each| *each == ' ').collect();
    let at = Position { line, character: 0 };
    let new_text = format!("{indent}# boltseal:ignore {} because \n", finding.rule);
    Some(TextEdit { range: Range { start: at, end: at }, new_text })
}
