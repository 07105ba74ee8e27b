//! Mistakes in an ignore file, shown where they are.

use std::fmt;
use std::ops::Range;

use crate::text::{clean, columns, cut};

/// A mistake in an ignore file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}\n{excerpt}")]
pub struct IgnoreError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and the way out.
    pub message: String,
    /// The line, and the place underlined.
    pub excerpt: Excerpt,
}

/// A line of a file with a part of it underlined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    line: usize,
    text: String,
    before: usize,
    marked: usize,
}

/// The longest line shown, in columns.
const WIDEST: usize = 160;

impl IgnoreError {
    pub(super) fn new(path: &str, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let start = floor(text, span.start);
        let end = floor(text, span.end.max(start));
        let head = text.get(..start).unwrap_or_default();
        let line = head.matches('\n').count() + 1;
        let line_start = head.rfind('\n').map_or(0, |at| at + 1);
        let whole = text.get(line_start..).unwrap_or_default();
        let whole = clean(whole.split('\n').next().unwrap_or_default().trim_end_matches('\r'));
        let lead = clean(text.get(line_start..start).unwrap_or_default());
        let marked = text.get(start..end).unwrap_or_default().split('\n').next().unwrap_or_default();
        let before = columns(&lead).min(WIDEST);
        Self {
            path: path.to_owned(),
            line,
            column: lead.chars().count() + 1,
            message: message.into(),
            excerpt: Excerpt {
                line,
                text: cut(&whole, WIDEST),
                before,
                marked: columns(&clean(marked)).clamp(1, WIDEST.saturating_sub(before).max(1)),
            },
        }
    }
}

/// The nearest character boundary at or before `index`.
fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index = index.saturating_sub(1);
    }
    index
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.text)?;
        write!(f, "{margin} | {}{}", " ".repeat(self.before), "^".repeat(self.marked))
    }
}
