//! Mistakes in a policy, shown where they are.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use boltseal_posture::{Source, Span};

/// A mistake in a policy file: what is wrong there, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}\n{excerpt}")]
pub struct PolicyError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and the way out.
    pub message: String,
    /// The line, and the place underlined. Without colour.
    pub excerpt: Excerpt,
}

/// A line of a file with a part of it underlined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt(String);

/// The longest line that is shown, in bytes.
const WIDEST: usize = 400;

impl PolicyError {
    pub(crate) fn new(source: &Source<'_>, span: Span, message: impl Into<String>) -> Self {
        let region = source.region(Span::new(span.start, span.end.max(span.start)));
        let line = source.line(region.line as usize);
        let text: String = source.slice(line).chars().map(harmless).collect();
        // Every character that is replaced keeps its length in bytes only if it was one: cut and mark by characters.
        let before: usize = text.chars().take(region.column.saturating_sub(1) as usize).map(char::len_utf8).sum();
        let marked = source.slice(Span::new(span.start, span.end.min(line.end))).chars().count().max(1);
        let length: usize =
            text.chars().skip(region.column.saturating_sub(1) as usize).take(marked).map(char::len_utf8).sum();
        let shown = text.get(..text.floor_char_boundary(WIDEST.max(before + length))).unwrap_or(&text);
        let range = before.min(shown.len())..(before + length).min(shown.len());
        let snippet =
            Snippet::source(shown).line_start(region.line as usize).annotation(AnnotationKind::Primary.span(range));
        let group = Level::ERROR.no_name().primary_title("").element(snippet);
        let drawn = Renderer::plain().term_width(WIDEST).render(&[group]);
        // The first two lines are the title and the path, which are told already.
        let drawn: Vec<&str> =
            drawn.lines().skip_while(|line| !line.trim_start().starts_with('|')).map(str::trim_end).collect();
        Self {
            path: source.path.to_owned(),
            line: region.line as usize,
            column: region.column as usize,
            message: message.into(),
            excerpt: Excerpt(drawn.join("\n")),
        }
    }

    /// A mistake of the whole file, which has no place.
    pub(crate) fn general(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: 1, column: 1, message: message.into(), excerpt: Excerpt(String::new()) }
    }
}

/// Nothing that steers a terminal.
fn harmless(character: char) -> char {
    match character {
        '\t' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        other if other.is_control() => '\u{fffd}',
        other => other,
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
