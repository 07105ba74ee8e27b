//! Text taken from untrusted bytes, bounded in length.

use crate::limits::Limits;

/// The bytes as text without surrounding white space; other than UTF-8 is shown as U+FFFD, and what is longer than
/// [`Limits::field`] is cut. `None` where nothing is left.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return None;
    }
    // A character is four bytes at most: nothing beyond can be kept.
    let bytes = bytes.get(..Limits::DEFAULT.field * 4).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    Some(match text.char_indices().nth(Limits::DEFAULT.field) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.into_owned(),
    })
}

/// The lines of a text file without their ends; a carriage return before the end goes too.
pub(super) fn lines(content: &[u8]) -> Lines<'_> {
    Lines { rest: content }
}

/// See [`lines`].
pub(super) struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.get(1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// A name for a message: printable, and short however long the original is.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let text = String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes));
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Why a database was not read to its end: what is beyond the limit is not assessed.
pub(super) fn too_many_packages() -> String {
    format!("holds more than {} packages; only those were read", Limits::DEFAULT.packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_bounded_and_never_empty() {
        assert_eq!(text(b" a b\t"), Some("a b".to_owned()));
        assert_eq!(text(b" \t"), None);
        assert_eq!(text(b"a\xffb"), Some("a\u{fffd}b".to_owned()));
        let long = "é".repeat(5000);
        assert_eq!(text(long.as_bytes()).map(|text| text.chars().count()), Some(Limits::DEFAULT.field));
    }

    #[test]
    fn lines_end_at_line_feeds_and_lose_carriage_returns() {
        let all: Vec<&[u8]> = lines(b"a\r\n\nb").collect();
        assert_eq!(all, [b"a".as_slice(), b"", b"b"]);
    }
}
