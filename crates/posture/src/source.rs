//! A text with its path, and the way from byte spans to the regions that people read.

use std::ops::Range;

use boltseal_evidence::Region;

/// A range of bytes of a [`Source`]'s text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset after the last byte.
    pub end: usize,
}

impl Span {
    /// From `start` to `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span at `offset`, where text may be inserted.
    pub const fn empty(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// It holds nothing.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// `other` lies within it.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// As a range for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A file's text.
///
/// A byte order mark is left out of the text but counted in regions, so that an edit of a region hits the right bytes
/// of the file.
#[derive(Debug)]
pub struct Source<'a> {
    /// The path as it is reported.
    pub path: &'a str,
    /// The text without byte order mark.
    pub text: &'a str,
    mark: usize,
    lines: Vec<usize>,
    /// How many characters begin before each [`STEP`] bytes: a file may be one long line with many findings. Empty for
    /// ASCII, where bytes are characters.
    characters: Vec<usize>,
    /// It has carriage returns that no line feed follows: to YAML they end lines, to most else they do not.
    lone_returns: bool,
}

const STEP: usize = 1024;

const MARK: &str = "\u{feff}";

impl<'a> Source<'a> {
    /// Reads bytes as UTF-8.
    ///
    /// # Errors
    /// A sentence that says what the bytes are instead, and the way out.
    pub fn new(path: &'a str, bytes: &'a [u8]) -> Result<Self, String> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err("the file is UTF-16: save it as UTF-8".to_owned());
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            format!("line {line}: the bytes there are not UTF-8: save the file as UTF-8")
        })?;
        if let Some(at) = text.find('\0') {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            return Err(format!("line {line}: a NUL byte: this is a binary file"));
        }
        Ok(Self::from_text(path, text))
    }

    /// A text that is known to be one.
    pub fn from_text(path: &'a str, text: &'a str) -> Self {
        let (mark, text) = text.strip_prefix(MARK).map_or((0, text), |rest| (MARK.len(), rest));
        let mut lines = Vec::with_capacity(text.len() / 24 + 1);
        lines.push(0);
        lines.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let mut characters = Vec::new();
        if !text.is_ascii() {
            let steps = text.as_bytes().chunks(STEP).scan(0, |before, step| {
                *before += beginnings(step);
                Some(*before)
            });
            characters.push(0);
            characters.extend(steps);
        }
        let mut returns = memchr::memchr_iter(b'\r', text.as_bytes());
        let lone_returns = returns.any(|at| text.as_bytes().get(at + 1) != Some(&b'\n'));
        Self { path, text, mark, lines, characters, lone_returns }
    }

    /// The text of a span; empty where it is no range of characters.
    pub fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The number of lines; at least 1.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// The line (from 1) that holds an offset.
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).max(1)
    }

    /// The span of a line (from 1) without its line break.
    pub fn line(&self, number: usize) -> Span {
        let start = self.lines.get(number.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let next = self.lines.get(number).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..next).unwrap_or_default();
        Span::new(start, start + line.trim_end_matches(['\n', '\r']).len())
    }

    /// The line break that the file uses.
    pub fn line_break(&self) -> &'static str {
        let first = self.line(1);
        if self.text.get(first.end..).is_some_and(|rest| rest.starts_with("\r\n")) { "\r\n" } else { "\n" }
    }

    /// Every line ends where all who read the file see it end, so that whole lines may be edited.
    pub(crate) fn has_plain_lines(&self) -> bool {
        !self.lone_returns
    }

    /// A span as lines and columns.
    pub fn region(&self, span: Span) -> Region {
        // A rule that points at one byte may mean a character of several.
        let span = Span::new(self.text.floor_char_boundary(span.start), self.text.ceil_char_boundary(span.end));
        let (line, column) = self.position(span.start);
        let (end_line, end_column) = self.position(span.end);
        Region { line, column, end_line, end_column, start: span.start + self.mark, end: span.end + self.mark }
    }

    /// The span of a region of this source.
    pub fn span(&self, region: &Region) -> Span {
        Span::new(region.start.saturating_sub(self.mark), region.end.saturating_sub(self.mark))
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.line_of(offset);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start)) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        if self.characters.is_empty() {
            return offset;
        }
        let step = offset / STEP;
        let rest = self.text.as_bytes().get(step * STEP..offset).unwrap_or_default();
        self.characters.get(step).copied().unwrap_or_default() + beginnings(rest)
    }
}

/// How many characters begin in a piece of UTF-8.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_offsets_count_the_byte_order_mark() {
        let source = Source::from_text("a", "\u{feff}é: x\r\nb: y\r\n");
        let region = source.region(Span::new(4, 5));
        assert_eq!((region.line, region.column, region.start), (1, 4, 7));
        assert_eq!(source.span(&region), Span::new(4, 5));
        let cut = source.region(Span::new(0, 1));
        assert_eq!((cut.start, cut.end, cut.end_column), (3, 5, 2));
        assert_eq!(source.slice(source.line(2)), "b: y");
        assert_eq!(source.line_break(), "\r\n");
        assert_eq!(source.line_count(), 3);
    }

    #[test]
    fn columns_of_long_lines_count_characters_too() {
        let text = format!("a\n{}x{}\n", "é".repeat(3000), "y".repeat(2000));
        let source = Source::from_text("a", &text);
        let at = 2 + 6000;
        for (offset, column) in [(2, 1), (4, 2), (at, 3001), (at + 1, 3002), (at + 2001, 5002)] {
            let region = source.region(Span::new(offset, offset));
            assert_eq!((region.line, region.column), (2, column), "{offset}");
        }
    }

    #[test]
    fn what_is_no_text_is_named_by_its_line() {
        assert_eq!(
            Source::new("a", b"x\n\xff").unwrap_err(),
            "line 2: the bytes there are not UTF-8: save the file as UTF-8"
        );
        assert_eq!(Source::new("a", b"x\0").unwrap_err(), "line 1: a NUL byte: this is a binary file");
        assert!(Source::new("a", b"\xff\xfea\0").unwrap_err().contains("UTF-16"));
    }
}
