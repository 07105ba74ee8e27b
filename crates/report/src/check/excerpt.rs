//! A few lines of a foreign file, made harmless and short, with the places in them that are to be marked.

use std::collections::BTreeMap;
use std::ops::Range;

use boltseal_evidence::Region;

/// Characters of a line that are shown whole.
const LONGEST_LINE: usize = 240;
/// Characters before the first place of a longer line.
const BEFORE: usize = 60;

/// A text and where its lines begin.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// The region as a range of the text, if it lies where it says; a file may have changed since it was judged.
    pub(super) fn range(&self, region: &Region) -> Option<Range<usize>> {
        let range = region.start..region.end;
        self.text.get(range.clone())?;
        (self.number_of(range.start) == region.line as usize).then_some(range)
    }

    /// The number of the line that `offset` is in, from 1.
    pub(super) fn number_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Line and column of an offset, from 1; a byte order mark is in no column.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.number_of(offset);
        let start = self.line(line).map_or(offset, |line| line.start);
        let before = self.text.get(start..offset).unwrap_or_default();
        let before = if start == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        (line, before.chars().count() + 1)
    }

    /// The number of the line that a range ends in; the line break itself belongs to the line that it ends.
    pub(super) fn last_of(&self, range: &Range<usize>) -> usize {
        self.number_of(if range.is_empty() { range.start } else { range.end - 1 })
    }

    /// The line without its break, and whether it is there.
    fn line(&self, number: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        Some(start..start + line.strip_suffix('\r').unwrap_or(line).len())
    }

    /// The end of a line without its break.
    pub(super) fn end_of(&self, number: usize) -> usize {
        self.line(number).map_or(self.text.len(), |line| line.end)
    }
}

/// Lines of a file as they are shown.
#[derive(Debug)]
pub(super) struct View {
    /// The text; nothing in it steers a terminal.
    pub(super) text: String,
    /// The number of its first line.
    pub(super) first: usize,
    /// A line was too long to be shown whole.
    pub(super) is_cut: bool,
    places: BTreeMap<usize, usize>,
}

impl View {
    /// The lines `first..=last`, in which the offsets `places` can be found again by [`View::at`].
    pub(super) fn new(lines: &Lines<'_>, first: usize, last: usize, places: impl IntoIterator<Item = usize>) -> Self {
        let mut view = Self {
            text: String::new(),
            first,
            is_cut: false,
            places: places.into_iter().map(|place| (place, 0)).collect(),
        };
        for number in first..=last {
            let Some(line) = lines.line(number) else { break };
            if number > first {
                view.text.push('\n');
            }
            let end = lines.starts.get(number).map_or(usize::MAX, |next| *next);
            view.push(lines.text, line, end);
        }
        let behind = lines.starts.get(last).copied().unwrap_or(usize::MAX);
        for (_, found) in view.places.range_mut(behind..) {
            *found = view.text.len();
        }
        view
    }

    /// Where in the view an offset of the file is.
    pub(super) fn at(&self, offset: usize) -> usize {
        self.places.get(&offset).copied().unwrap_or_default()
    }

    /// Where in the view a range of the file is.
    pub(super) fn range(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.at(range.start);
        start..self.at(range.end).max(start)
    }

    /// Adds a line; `next` is where the line after it begins.
    fn push(&mut self, text: &str, line: Range<usize>, next: usize) {
        let content = text.get(line.clone()).unwrap_or_default();
        let first_place = self.places.range(line.start..next).next().map(|(place, _)| *place);
        let shown = window(content, first_place.map_or(0, |place| place - line.start));
        self.is_cut |= shown.len() < content.len();
        if shown.start > 0 {
            self.text.push('…');
        }
        let mut here = self.places.range_mut(line.start..next).peekable();
        for (at, character) in content.get(shown.clone()).unwrap_or_default().char_indices() {
            let offset = line.start + shown.start + at;
            while let Some((_, found)) = here.next_if(|(place, _)| **place <= offset) {
                *found = self.text.len();
            }
            if offset > 0 || character != '\u{feff}' {
                push_harmless(&mut self.text, character);
            }
        }
        for (_, found) in here {
            *found = self.text.len();
        }
        if shown.end < content.len() {
            self.text.push('…');
        }
    }
}

/// The bytes of a line that are shown: all, or a window that begins a little before `place`.
fn window(content: &str, place: usize) -> Range<usize> {
    let longest = |text: &str| text.char_indices().nth(LONGEST_LINE).map_or(text.len(), |(at, _)| at);
    if longest(content) == content.len() {
        return 0..content.len();
    }
    let before = content.get(..place).unwrap_or(content);
    let start = before.char_indices().rev().take(BEFORE).last().map_or(before.len(), |(at, _)| at);
    let start = if before.chars().take(BEFORE * 2).count() < BEFORE * 2 { 0 } else { start };
    start..start + longest(content.get(start..).unwrap_or_default())
}

/// A character as it is shown: what steers a terminal or shows nothing is replaced by something that is seen.
fn push_harmless(text: &mut String, character: char) {
    match character {
        // The renderer makes columns of it, and counts it as the one character that it is.
        '\t' => text.push('\t'),
        '\0'..='\u{1f}' => text.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}')),
        '\u{7f}' => text.push('␡'),
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            text.push('\u{fffd}');
        }
        c if c.is_control() => text.push('\u{fffd}'),
        c => text.push(c),
    }
}

/// `text` over several lines as they are shown.
pub(super) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => shown.push('\n'),
            character => push_harmless(&mut shown, character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, range: Range<usize>) -> (String, String) {
        let lines = Lines::new(text);
        let (first, last) = (lines.number_of(range.start), lines.last_of(&range));
        let view = View::new(&lines, first, last, [range.start, range.end]);
        let marked = view.text.get(view.range(&range)).unwrap().to_owned();
        (view.text, marked)
    }

    #[test]
    fn places_are_found_again_behind_tabs_marks_and_escapes() {
        assert_eq!(shown("\u{feff}a\t\u{1b}b\r\nc", 6..7), ("a\t␛b".to_owned(), "b".to_owned()));
        assert_eq!(shown("a\r\nbc\r\nd", 3..7), ("bc".to_owned(), "bc".to_owned()));
        assert_eq!(shown("a\nb", 3..3), ("b".to_owned(), String::new()));
        assert_eq!(shown("", 0..0), (String::new(), String::new()));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}HERE{}", "é".repeat(500_000), "漢".repeat(500_000));
        let (line, marked) = shown(&text, 1_000_000..1_000_004);
        assert_eq!(marked, "HERE");
        assert_eq!(line.chars().count(), LONGEST_LINE + 2);
        assert!(line.starts_with("…é") && line.ends_with("漢…"));
        let (line, marked) = shown(&text, 0..text.len());
        assert!(line.starts_with('é') && line.ends_with('…') && marked.chars().count() == LONGEST_LINE);
    }
}
