//! An open file and what is wrong in it.

use boltseal_check::{Options, check_text};
use boltseal_evidence::{CheckReport, Region};
use lsp_types::{Position, Range, Uri};

/// An open file.
pub(crate) struct Document {
    /// The path as the editor names it, without scheme.
    pub(crate) path: String,
    pub(crate) uri: Uri,
    pub(crate) text: String,
    /// The answer; `None` where the text is larger than the files that are read, or the options are not valid, which
    /// the start of the server has told.
    pub(crate) report: Option<CheckReport>,
    utf8: bool,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Document {
    pub(crate) fn judge(uri: &Uri, text: String, utf8: bool, options: &Options) -> Self {
        let path = path_of(uri);
        let report = if text.len() as u64 > options.max_size {
            None
        } else {
            check_text(&path, text.as_bytes(), options).ok().map(|check| check.report)
        };
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path, uri: uri.clone(), text, report, utf8, lines }
    }

    /// The offset at which a line begins; lines count from 0.
    pub(crate) fn line_start(&self, line: usize) -> Option<usize> {
        self.lines.get(line).copied()
    }

    /// The line, from 0, of a byte offset.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// A region as the protocol counts: lines from 0, columns in the units that were agreed on.
    pub(crate) fn range(&self, region: &Region) -> Range {
        Range { start: self.position(region.start), end: self.position(region.end) }
    }

    /// Where a byte offset is.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let column = self.text.get(self.line_start(line).unwrap_or_default()..offset).unwrap_or_default();
        let column = if self.utf8 { column.len() } else { column.encode_utf16().count() };
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), character: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// All of it.
    pub(crate) fn whole(&self) -> Range {
        Range { start: Position::default(), end: self.position(self.text.len()) }
    }
}

/// `file:///a%20b/Dockerfile` is `/a b/Dockerfile`; of other schemes the path counts for its name alone.
fn path_of(uri: &Uri) -> String {
    let raw = uri.path().as_str();
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match (first, code.and_then(|code| u8::from_str_radix(code, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_as_agreed_and_paths_are_decoded() {
        let uri: Uri = "file:///a%20b/Dockerfile".parse().unwrap();
        let text = "FROM a\nLABEL x=\"é😀\" y".to_owned();
        for (utf8, column) in [(true, 16), (false, 13)] {
            let document = Document::judge(&uri, text.clone(), utf8, &Options::default());
            assert_eq!(document.path, "/a b/Dockerfile");
            assert_eq!(document.position(text.len() - 1), Position { line: 1, character: column + 1 });
        }
    }
}
