//! A template that nothing rendered: judged with its actions left out, where that says something.

use boltseal_evidence::{Misconfiguration, NotAssessed, NotAssessedReason};
use boltseal_posture::{Checked, Options, Source, Span, check};

use crate::file;

/// Judges what a template says outright. What it says by actions, or only under a condition, or leaves out, is not
/// known, so only findings that point at a value that is written there count.
pub(crate) fn judge(shown: &str, text: &str, options: &Options) -> Checked {
    let masked = Masked::new(text);
    let checked = check(shown, masked.text.as_bytes(), options);
    let source = Source::from_text(shown, &masked.text);
    let mut known = file::nothing(shown);
    known.kind = checked.kind;
    known.subjects = checked.subjects;
    if let Some(problem) = checked.problems.iter().find(|problem| problem.message.contains("not YAML")) {
        known.not_assessed.push(NotAssessed {
            reason: NotAssessedReason::Template,
            what: shown.to_owned(),
            detail: format!("cannot be read as it is, {}", problem.message),
            packages: 0,
        });
    }
    known.findings =
        checked.findings.into_iter().filter(|finding| masked.is_outright(&source, finding)).map(unmask).collect();
    known
}

/// The text is that of a template: it holds actions on lines of their own, or as values.
pub(crate) fn is_template(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("{{") || line.contains(": {{") || line.contains(": \"{{")
    })
}

/// A template with its actions replaced by text of the same length, so that every offset stays.
struct Masked {
    text: String,
    /// Where actions stand.
    actions: Vec<Span>,
    /// What stands there only under a condition, or several times, or is for another place.
    blocks: Vec<Span>,
}

impl Masked {
    /// The finding points at `key: value` or a value without any action in it, not at what lacks something.
    fn is_outright(&self, source: &Source<'_>, finding: &Misconfiguration) -> bool {
        let Some(region) = &finding.region else { return false };
        let span = source.span(region);
        let text = source.slice(span);
        let heading = ["name:", "kind:", "metadata:", "spec:", "apiVersion:"].iter().any(|key| text.starts_with(key));
        // An action in the same line may write the rest of the value.
        let line = source.line(source.line_of(span.start));
        let whole = Span::new(line.start, line.end.max(span.end));
        let touched = [&self.actions, &self.blocks].into_iter().any(|all| {
            // Both are in order and apart.
            let next = all.partition_point(|each| each.end <= whole.start);
            all.get(next).is_some_and(|each| each.start < whole.end)
        });
        let is_value = !text.trim().is_empty() && !text.trim_end().ends_with(':');
        let is_one_line = !text.trim_end().contains('\n');
        is_value && is_one_line && !heading && !touched
    }

    /// Lines of actions alone become blank, other actions a word.
    fn new(text: &str) -> Self {
        let mut masked = Self { text: String::with_capacity(text.len()), actions: Vec::new(), blocks: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        let mut at = 0;
        let mut is_blank = true;
        while let Some(start) = text.get(at..).and_then(|rest| rest.find("{{")).map(|found| at + found) {
            let end = text.get(start..).and_then(|rest| rest.find("}}")).map_or(text.len(), |found| start + found + 2);
            masked.text.push_str(text.get(at..start).unwrap_or_default());
            let action = text.get(start..end).unwrap_or_default();
            match action.trim_start_matches(['{', '-', ' ', '\t', '\n']).split_whitespace().next().unwrap_or_default() {
                "if" | "with" | "range" | "define" | "block" => open.push(start),
                word if word == "end" || word.starts_with("end}") || word.starts_with("end-") => {
                    if let Some(start) = open.pop()
                        && open.is_empty()
                    {
                        masked.blocks.push(Span::new(start, end));
                    }
                }
                _ => {}
            }
            // Only blanks before it in its line, and only blanks and actions after it.
            let between = text.get(at..start).unwrap_or_default();
            is_blank = match between.rsplit_once('\n') {
                Some((_, line)) => line.trim().is_empty(),
                None => is_blank && between.trim().is_empty(),
            };
            let after = text.get(end..).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
            is_blank &= after.is_empty() || after.starts_with('\n') || after.starts_with("{{");
            for byte in action.bytes() {
                masked.text.push(match byte {
                    b'\n' => '\n',
                    _ if is_blank => ' ',
                    _ => 'x',
                });
            }
            masked.actions.push(Span::new(start, end));
            at = end;
        }
        masked.text.push_str(text.get(at..).unwrap_or_default());
        if let Some(start) = open.first() {
            masked.blocks.push(Span::new(*start, text.len()));
        }
        masked
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_leave_every_offset_where_it_is() {
        let text = "{{- if .a }}\nimage: {{ .Values.image }}:1\n{{ end }}é: {{ x";
        let masked = Masked::new(text);
        assert_eq!(masked.text.len(), text.len());
        assert_eq!((masked.actions.len(), masked.blocks.len()), (4, 1));
        assert!(masked.text.contains("\nimage: xxxxxxxxxxxxxxxxxxx:1\n"), "{}", masked.text);
        assert_eq!(shorten("Deployment xxxxxxxx-web"), "Deployment …-web");
    }

    #[test]
    fn whatever_stands_in_a_template_only_its_actions_are_masked() {
        let parts = [
            "{{",
            "}}",
            "{",
            "}",
            "{{-",
            "-}}",
            " if ",
            "end",
            "range",
            "define",
            "\n",
            "\r\n",
            "a: ",
            "é",
            "\"",
            "{{ end }}",
            "{{ if .x }}",
            "/* c */",
            "\t",
            "xxxx",
            "😀",
            "- ",
        ];
        // Every run is the same: a sequence that visits all parts in ever other orders.
        let mut state = 1_u32;
        for length in 0..4000 {
            let mut text = String::new();
            for _ in 0..length % 40 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(parts[(state >> 8) as usize % parts.len()]);
            }
            let masked = Masked::new(&text);
            assert_eq!(masked.text.len(), text.len(), "{text:?}");
            assert!(
                masked.actions.iter().chain(&masked.blocks).all(|span| text.get(span.range()).is_some()),
                "{text:?}"
            );
            assert!(masked.actions.is_sorted() && masked.blocks.is_sorted(), "{text:?}");
            let is_masked = |at: usize| masked.actions.iter().any(|span| span.range().contains(&at));
            for (at, (new, old)) in masked.text.bytes().zip(text.bytes()).enumerate() {
                let expected = if !is_masked(at) || old == b'\n' { new == old } else { matches!(new, b' ' | b'x') };
                assert!(expected, "{text:?} at {at}");
            }
            let _ = judge("templates/a.yaml", &text, &Options::default());
        }
    }
}
