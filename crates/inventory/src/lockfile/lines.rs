//! The text of a lock file, and the line that an offset is on.

use memchr::{memchr_iter, memmem};

/// Bytes between two known line numbers: a look-up counts the line breaks of at most one such stretch.
const STRETCH: usize = 4096;

/// The decoded text of a file.
pub(super) struct Source<'a> {
    /// The text, without a byte order mark.
    pub(super) text: &'a str,
    /// The number of line breaks before each multiple of [`STRETCH`].
    breaks: Vec<u32>,
}

impl<'a> Source<'a> {
    /// Decodes UTF-8, with or without a byte order mark; refuses what a merge left unresolved.
    pub(super) fn decode(content: &'a [u8]) -> Result<Self, String> {
        if content.starts_with(&[0xff, 0xfe]) || content.starts_with(&[0xfe, 0xff]) {
            return Err("encoded as UTF-16: save it as UTF-8".to_owned());
        }
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let text = std::str::from_utf8(content).map_err(|error| {
            let before = content.get(..error.valid_up_to()).unwrap_or_default();
            format!("line {}: not UTF-8", memchr_iter(b'\n', before).count() + 1)
        })?;
        let source = Self::new(text);
        source.refuse_conflict()?;
        Ok(source)
    }

    pub(super) fn new(text: &'a str) -> Self {
        let mut before = 0;
        let breaks = text
            .as_bytes()
            .chunks(STRETCH)
            .map(|stretch| {
                let here = before;
                before += count(stretch);
                here
            })
            .collect();
        Self { text, breaks }
    }

    /// The line, from 1, of a byte offset into the text.
    pub(super) fn line(&self, offset: usize) -> u32 {
        let offset = offset.min(self.text.len());
        let stretch = offset / STRETCH;
        let Some(before) = self.breaks.get(stretch) else {
            return 1 + count(self.text.as_bytes());
        };
        let rest = self.text.as_bytes().get(stretch * STRETCH..offset).unwrap_or_default();
        before + count(rest) + 1
    }

    /// The line of a slice of this text; `None` for a slice of another.
    pub(super) fn line_of(&self, part: &str) -> Option<u32> {
        let offset = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        (offset <= self.text.len()).then(|| self.line(offset))
    }

    /// The lines with their numbers, from 1, without their ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u32, &'a str)> + use<'a> {
        (1..).zip(self.text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line)))
    }

    fn refuse_conflict(&self) -> Result<(), String> {
        let marker = |bytes: &str| {
            memmem::find_iter(self.text.as_bytes(), bytes.as_bytes())
                .find(|&at| at == 0 || self.text.as_bytes().get(at - 1) == Some(&b'\n'))
        };
        match (marker("<<<<<<< "), marker(">>>>>>> ")) {
            (Some(start), Some(end)) if start < end => Err(format!(
                "line {}: unresolved merge conflict (`<<<<<<<`): resolve it and lock again",
                self.line(start)
            )),
            _ => Ok(()),
        }
    }
}

fn count(bytes: &[u8]) -> u32 {
    u32::try_from(memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_on_the_line_that_counting_says() {
        let text = "ab\n".repeat(5000) + "end";
        let source = Source::new(&text);
        for offset in [0, 2, 3, 4095, 4096, 4097, 8191, 15000, text.len()] {
            let counted = text[..offset].matches('\n').count() as u32 + 1;
            assert_eq!(source.line(offset), counted, "offset {offset}");
        }
        assert_eq!(source.line_of(&text[15000..]), Some(5001));
        assert_eq!(source.line(usize::MAX), 5001);
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        let reason = |content: &[u8]| Source::decode(content).err().unwrap_or_default();
        assert_eq!(reason(b"a\n\xff"), "line 2: not UTF-8");
        assert_eq!(reason(b"\xff\xfea\0"), "encoded as UTF-16: save it as UTF-8");
        assert_eq!(
            reason(b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n"),
            "line 2: unresolved merge conflict (`<<<<<<<`): resolve it and lock again"
        );
        assert_eq!(reason(b"\xef\xbb\xbftext \"<<<<<<< \" and >>>>>>> in a line"), "");
    }
}
