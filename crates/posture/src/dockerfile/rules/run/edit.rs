//! Edits of a `RUN` that keep its form.

use super::Run;
use crate::dockerfile::{Body, Command, Dockerfile, Word};
use crate::source::Span;

/// Puts an option behind a word: ` -y`, or `, "-y"` in the exec form.
pub(in super::super) fn insert(run: &Run<'_>, after: &Word, option: &str) -> (Span, String) {
    let exec = match &run.instruction.body {
        Body::Run(Command::Exec(words)) => words.iter().any(|word| word.span == after.span),
        _ => false,
    };
    let text = if exec { format!(", \"{option}\"") } else { format!(" {option}") };
    (Span::empty(after.span.end), text)
}

/// Puts ` && command` at the end of a script, on a line of its own if the script has several. `None` where the end is
/// no place for it: the exec form, here-documents, a background job, a comment.
pub(in super::super) fn append(file: &Dockerfile<'_>, run: &Run<'_>, command: &str) -> Option<(Span, String)> {
    let script = run.script.filter(|script| script.broken.is_none())?;
    if !run.instruction.heredocs.is_empty() {
        return None;
    }
    let written = file.source.slice(script.span);
    let trimmed = written.trim_end();
    let last = trimmed.lines().next_back().unwrap_or_default();
    if trimmed.is_empty() || trimmed.ends_with(['&', ';', '|', '\\', '`']) || last.contains('#') {
        return None;
    }
    let end = script.span.start + trimmed.len();
    let first_line = file.source.line_of(run.instruction.span.start);
    let last_line = file.source.line_of(end);
    let glue = if first_line == last_line {
        " && ".to_owned()
    } else {
        let line = file.source.slice(file.source.line(last_line));
        let indent: String = line.chars().take_while(|each| matches!(each, ' ' | '\t')).collect();
        format!(" {}{}{indent}&& ", file.escape, file.source.line_break())
    };
    Some((Span::empty(end), format!("{glue}{command}")))
}
