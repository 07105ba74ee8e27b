//! The stanzas of a control file, without copying.

use super::super::field::{Lines, lines};

/// The fields of one stanza that matter here, with their values as they stand.
#[derive(Debug, Default)]
pub(super) struct Stanza<'a> {
    /// The line, from 1, that it begins on.
    pub(super) line: usize,
    pub(super) package: Option<&'a [u8]>,
    pub(super) status: Option<&'a [u8]>,
    pub(super) version: Option<&'a [u8]>,
    pub(super) architecture: Option<&'a [u8]>,
    pub(super) source: Option<&'a [u8]>,
}

impl<'a> Stanza<'a> {
    /// Takes one line. Lines that continue a field begin with white space: the fields here have one line each.
    fn take(&mut self, line: &'a [u8]) -> bool {
        let Some(colon) = memchr::memchr(b':', line) else { return false };
        let Some((name, [b':', value @ ..])) = line.split_at_checked(colon) else { return false };
        // Names are compared without regard to case (deb-control(5)); the length alone rules out most.
        let field = match name.len() {
            7 if name.eq_ignore_ascii_case(b"package") => &mut self.package,
            7 if name.eq_ignore_ascii_case(b"version") => &mut self.version,
            6 if name.eq_ignore_ascii_case(b"status") => &mut self.status,
            6 if name.eq_ignore_ascii_case(b"source") => &mut self.source,
            12 if name.eq_ignore_ascii_case(b"architecture") => &mut self.architecture,
            _ => return true,
        };
        field.get_or_insert(value);
        true
    }
}

/// The stanzas of a file; runs of lines in which no line is a field are skipped.
pub(super) struct Stanzas<'a> {
    lines: Lines<'a>,
    number: usize,
}

impl<'a> Stanzas<'a> {
    pub(super) fn new(content: &'a [u8]) -> Self {
        Self { lines: lines(content), number: 0 }
    }
}

impl<'a> Iterator for Stanzas<'a> {
    type Item = Stanza<'a>;

    fn next(&mut self) -> Option<Stanza<'a>> {
        let mut stanza = Stanza::default();
        let mut fields = false;
        for line in self.lines.by_ref() {
            self.number += 1;
            match line.first() {
                _ if line.trim_ascii().is_empty() => {
                    if fields {
                        return Some(stanza);
                    }
                    stanza = Stanza::default();
                }
                Some(b' ' | b'\t' | b'#') => {}
                _ => {
                    if stanza.line == 0 {
                        stanza.line = self.number;
                    }
                    fields |= stanza.take(line);
                }
            }
        }
        fields.then_some(stanza)
    }
}
