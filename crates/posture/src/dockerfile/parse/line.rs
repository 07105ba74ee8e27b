//! Logical lines: what stands on several lines joined, comments and blank lines between them dropped.

use crate::source::{Source, Span};

use super::super::syntax::{Directive, Heredoc, Word};
use super::super::text::Text;
use super::word::{Range, quoted_fields, unquote};

/// A logical line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) text: Text,
    /// Its lines from the first character that is no blank, without the last line break.
    pub(super) span: Span,
}

/// The lines of a file.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    source: &'a Source<'a>,
    /// The number of the next line, from 1.
    next: usize,
    pub(super) escape: char,
    pub(super) comments: Vec<Span>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Self {
        Self { source, next: 1, escape: '\\', comments: Vec::new() }
    }

    /// Directives: comments of a known form at the very top, behind `#!` if it is there. Any other line ends them.
    pub(super) fn directives(&mut self) -> Vec<Directive> {
        let mut directives: Vec<Directive> = Vec::new();
        if let Some(first) = self.peek().filter(|line| self.source.slice(*line).starts_with("#!")) {
            self.comments.push(first);
            self.next += 1;
        }
        while let Some(directive) = self.peek().and_then(|line| directive(self.source, line)) {
            if directives.iter().any(|known| known.name == directive.name) {
                break;
            }
            if directive.name == "escape" && matches!(directive.value.text.as_str(), "\\" | "`") {
                self.escape = directive.value.text.chars().next().unwrap_or('\\');
            }
            directives.push(directive);
            self.next += 1;
        }
        directives
    }

    fn peek(&self) -> Option<Span> {
        (self.next <= self.source.line_count()).then(|| self.source.line(self.next))
    }

    fn take(&mut self) -> Option<Span> {
        let line = self.peek()?;
        self.next += 1;
        Some(line)
    }

    /// The next logical line that says something.
    pub(super) fn logical(&mut self) -> Option<Line> {
        let mut line: Option<Line> = None;
        while let Some(span) = self.take() {
            let raw = self.source.slice(span);
            let trimmed = raw.trim_start_matches([' ', '\t', '\r', '\x0b', '\x0c']);
            if trimmed.is_empty() {
                continue;
            }
            let start = span.end - trimmed.len();
            if trimmed.starts_with('#') {
                self.comments.push(Span::new(start, span.end));
                continue;
            }
            // Blanks at the beginning count in a continuation: they may stand between two words.
            let (text, from) = if line.is_none() { (trimmed, start) } else { (raw, span.start) };
            let line = line.get_or_insert_with(|| Line { text: Text::default(), span: Span::empty(start) });
            line.span.end = span.end;
            let (text, continued) = without_continuation(text, self.escape);
            line.text.push(text, from);
            if !continued {
                break;
            }
        }
        line
    }

    /// The here-documents whose beginnings stand in a part of a line; their texts follow the line.
    pub(super) fn heredocs(&mut self, line: &mut Line, part: Range) -> Vec<Heredoc> {
        let (words, closed) = quoted_fields(&line.text, part, '\\');
        if !closed {
            return Vec::new();
        }
        let mut heredocs = Vec::new();
        for word in words {
            let Some(mut heredoc) = heredoc(&line.text, word) else { continue };
            let start = self.peek().map_or(self.source.text.len(), |next| next.start);
            heredoc.body = Span::new(start, self.source.text.len());
            line.span.end = self.source.text.trim_end_matches(['\n', '\r']).len().max(line.span.end);
            while let Some(span) = self.take() {
                let text = self.source.slice(span);
                let text = if heredoc.strip { text.trim_start_matches('\t') } else { text };
                if text == heredoc.name {
                    heredoc.body.end = span.start;
                    line.span.end = span.end;
                    break;
                }
            }
            heredocs.push(heredoc);
        }
        heredocs
    }
}

/// The beginning of a here-document: `<<EOF`, `<<-EOF`, `<<"EOF"`, `3<<EOF`.
fn heredoc(text: &Text, word: Range) -> Option<Heredoc> {
    let raw = text.as_str().get(word.clone())?;
    let rest = raw.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (strip, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let name = unquote(text, word.end - rest.len()..word.end, '\\').text;
    Some(Heredoc { expand: name == rest, name, strip, body: Span::default() })
}

/// The beginnings of here-documents are told from other words by this.
pub(super) fn is_heredoc(text: &Text, word: Range) -> bool {
    heredoc(text, word).is_some()
}

/// A line without the escape character at its end, and whether there was one. Two of them are none.
fn without_continuation(line: &str, escape: char) -> (&str, bool) {
    match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
        Some(rest) if !rest.ends_with(escape) => (rest, true),
        _ => (line, false),
    }
}

fn directive(source: &Source<'_>, line: Span) -> Option<Directive> {
    let raw = source.slice(line);
    let (name, value) = raw.trim_start().strip_prefix('#')?.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    if !matches!(name.as_str(), "syntax" | "escape" | "check") || value.trim().is_empty() {
        return None;
    }
    let start = line.end - value.trim_start().len();
    let value = value.trim();
    Some(Directive {
        name,
        value: Word { text: value.to_owned(), span: Span::new(start, start + value.len()) },
        span: line,
    })
}
