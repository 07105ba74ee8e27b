//! A text put together from pieces of a source, which still knows where each byte stands.

use crate::source::Span;

/// A logical line without its continuations, a word without its quotes: text, and the way back to the source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    text: String,
    /// Where a run of bytes begins: here, and in the source. Ordered by the first.
    pieces: Vec<(usize, usize)>,
}

impl Text {
    /// Adds a text that stands at an offset of the source.
    pub(crate) fn push(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        let here = self.text.len();
        if self.pieces.last().is_none_or(|(start, source)| at.checked_sub(*source) != Some(here - start)) {
            self.pieces.push((here, at));
        }
        self.text.push_str(text);
    }

    /// Adds a part of another text.
    pub(crate) fn push_part(&mut self, other: &Self, start: usize, end: usize) {
        let mut next = other.pieces.partition_point(|(from, _)| *from <= start);
        let mut start = start;
        while start < end {
            let stop = other.pieces.get(next).map_or(end, |(from, _)| end.min(*from));
            self.push(other.text.get(start..stop).unwrap_or_default(), other.source(start));
            start = stop;
            next += 1;
        }
    }

    /// A part of it.
    pub(crate) fn part(&self, start: usize, end: usize) -> Self {
        let mut part = Self::default();
        part.push_part(self, start, end);
        part
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Where a part stands in the source, with what was taken out in the middle of it but not at its ends.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        if start < end {
            Span::new(self.source(start), self.source(end - 1) + 1)
        } else if start > 0 {
            Span::empty(self.source(start - 1) + 1)
        } else {
            Span::empty(self.source(0))
        }
    }

    /// Where all of it stands.
    pub(crate) fn whole(&self) -> Span {
        self.span(0, self.text.len())
    }

    fn source(&self, offset: usize) -> usize {
        let at = self.pieces.partition_point(|(from, _)| *from <= offset).saturating_sub(1);
        self.pieces.get(at).map_or(0, |(from, source)| source + offset.saturating_sub(*from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_where_they_stand() {
        let mut text = Text::default();
        text.push("RUN a", 3);
        text.push("b", 8);
        text.push(" c", 20);
        assert_eq!((text.as_str(), text.pieces.len()), ("RUN ab c", 2));
        assert_eq!(text.span(4, 6), Span::new(7, 9));
        assert_eq!(text.span(4, 8), Span::new(7, 22));
        assert_eq!(text.span(6, 6), Span::empty(9));
        assert_eq!(text.span(8, 8), Span::empty(22));
        let part = text.part(5, 8);
        assert_eq!((part.as_str(), part.whole()), ("b c", Span::new(8, 22)));
    }
}
