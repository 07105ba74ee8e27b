//! A template that nothing rendered: judged with its actions left out, where that says something.

use boltseal_evidence::{Misconfiguration, NotAssessed, NotAssessedReason};
use boltseal_posture::{Checked, Options, Source, Span, check};

use crate::file;

/// Judges what a template says outright. What it says by actions, or leaves out, is not known, so only findings that
/// point at a value that is written there count.
pub(super) fn judge(shown: &str, text: &str, options: &Options) -> Checked {
    let (masked, spans) = mask(text);
    let checked = check(shown, masked.as_bytes(), options);
    let source = Source::from_text(shown, &masked);
    let mut known = file::nothing(shown);
    known.kind = checked.kind;
    known.subjects = checked.subjects;
    if let Some(problem) = checked.problems.iter().find(|problem| problem.message.contains("not YAML")) {
        known.not_assessed.push(NotAssessed {
            reason: NotAssessedReason::Template,
            what: shown.to_owned(),
            detail: format!("cannot be read as it is: {}", problem.message),
            packages: 0,
        });
    }
    known.findings =
        checked.findings.into_iter().filter(|finding| is_outright(&source, &spans, finding)).map(unmask).collect();
    // One branch of several: a rule on all files would take it for the whole.
    known
}

/// The finding points at `key: value` or a value without any action in it, not at the name of what lacks something.
fn is_outright(source: &Source<'_>, masked: &[Span], finding: &Misconfiguration) -> bool {
    let Some(region) = &finding.region else { return false };
    let span = source.span(region);
    let text = source.slice(span);
    let heading = ["name:", "kind:", "metadata:", "spec:", "apiVersion:"].iter().any(|key| text.starts_with(key));
    let touched = masked.iter().any(|action| action.start < span.end && span.start < action.end);
    !heading && !touched && !text.trim().is_empty()
}

fn unmask(mut finding: Misconfiguration) -> Misconfiguration {
    finding.subject = shorten(&finding.subject);
    finding.message = shorten(&finding.message);
    finding.fix = None;
    finding
}

/// Runs of what stands for an action become an ellipsis.
fn shorten(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("xxxx") {
        let (before, run) = rest.split_at(at);
        short.push_str(before);
        short.push('…');
        rest = run.trim_start_matches('x');
    }
    short.push_str(rest);
    short
}

/// Replaces actions by text of the same length, so that every offset stays: lines of actions alone by blanks, others
/// by a word.
fn mask(text: &str) -> (String, Vec<Span>) {
    let mut masked = String::with_capacity(text.len());
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("{{")).map(|found| at + found) {
        let close = text.get(open..).and_then(|rest| rest.find("}}")).map_or(text.len(), |found| open + found + 2);
        masked.push_str(text.get(at..open).unwrap_or_default());
        let line_start = text.get(..open).and_then(|before| before.rfind('\n')).map_or(0, |found| found + 1);
        let line_end = text.get(close..).and_then(|after| after.find('\n')).map_or(text.len(), |found| close + found);
        let before = masked.get(line_start..).unwrap_or_default();
        let after = text.get(close..line_end).unwrap_or_default().trim();
        let alone = before.trim().is_empty() && (after.is_empty() || after.starts_with("{{"));
        for each in text.get(open..close).unwrap_or_default().bytes() {
            masked.push(match each {
                b'\n' => '\n',
                _ if alone => ' ',
                _ => 'x',
            });
        }
        spans.push(Span::new(open, close));
        at = close;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    (masked, spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_leave_every_offset_where_it_is() {
        let text = "{{- if .a }}\nimage: {{ .Values.image }}:1\n{{ end }}é: {{ x";
        let (masked, spans) = mask(text);
        assert_eq!(masked.len(), text.len());
        assert_eq!(spans.len(), 4);
        assert!(masked.contains("\nimage: xxxxxxxxxxxxxxxxxxx:1\n"), "{masked}");
        assert_eq!(shorten("Deployment xxxxxxxx-web"), "Deployment …-web");
    }
}
