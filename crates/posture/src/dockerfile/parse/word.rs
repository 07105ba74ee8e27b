//! Words of an instruction: split at blanks, unquoted, or read from a JSON list.

use super::super::syntax::Word;
use super::super::text::Text;

/// A range of bytes of a [`Text`].
pub(super) type Range = std::ops::Range<usize>;

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\x0b' | b'\x0c')
}

/// The range without blanks around it.
pub(super) fn trim(text: &Text, range: Range) -> Range {
    let part = text.as_str().get(range.clone()).unwrap_or_default();
    let rest = part.trim_start_matches(|c: char| c.is_ascii() && is_blank(c as u8));
    let start = range.start + part.len() - rest.len();
    start..start + rest.trim_end_matches(|c: char| c.is_ascii() && is_blank(c as u8)).len()
}

/// Parts between blanks, whatever quotes there are.
pub(super) fn fields(text: &Text, range: Range) -> Vec<Range> {
    let bytes = text.as_str().as_bytes();
    let mut fields = Vec::new();
    let mut start = None;
    for at in range.clone() {
        let blank = bytes.get(at).copied().is_none_or(is_blank);
        match (blank, start) {
            (true, Some(from)) => {
                fields.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    fields.extend(start.map(|from| from..range.end));
    fields
}

/// Parts between blanks outside of quotes; `false` if a quote is open at the end.
pub(super) fn quoted_fields(text: &Text, range: Range, escape: char) -> (Vec<Range>, bool) {
    let bytes = text.as_str().as_bytes();
    let mut fields = Vec::new();
    let (mut start, mut quote, mut at) = (None, None, range.start);
    while at < range.end {
        let Some(byte) = bytes.get(at).copied() else { break };
        match quote {
            None if is_blank(byte) => fields.extend(start.take().map(|from| from..at)),
            None => {
                start.get_or_insert(at);
                if matches!(byte, b'"' | b'\'') {
                    quote = Some(byte);
                } else if char::from(byte) == escape {
                    at += 1;
                }
            }
            Some(open) if byte == open => quote = None,
            Some(open) if open != b'\'' && char::from(byte) == escape => at += 1,
            Some(_) => {}
        }
        at += 1;
    }
    fields.extend(start.map(|from| from..range.end));
    (fields, quote.is_none())
}

/// A part as a word: quotes and escapes removed, variables left. With an open quote it stays as it is.
pub(super) fn unquote(text: &Text, range: Range, escape: char) -> Word {
    let span = text.span(range.start, range.end);
    let raw = text.as_str().get(range).unwrap_or_default();
    if !raw.contains(['"', '\'', escape]) {
        return Word { text: raw.to_owned(), span };
    }
    let mut out = String::with_capacity(raw.len());
    let mut quote = None;
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match quote {
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == escape => out.extend(chars.next()),
            Some(open) if c == open => quote = None,
            Some('"') if c == escape => match chars.peek() {
                Some(next) if matches!(next, '"' | '$') || *next == escape => out.extend(chars.next()),
                _ => out.push(c),
            },
            _ => out.push(c),
        }
    }
    if quote.is_some() {
        raw.clone_into(&mut out);
    }
    Word { text: out, span }
}

/// `["a", "b"]`; `None` if the part is anything else, which Docker then reads as a text for the shell.
pub(super) fn json_list(text: &Text, range: Range) -> Option<Vec<Word>> {
    let mut reader = Json { text, at: range.start, end: range.end };
    reader.expect(b'[')?;
    let mut words = Vec::new();
    if reader.expect(b']').is_none() {
        loop {
            words.push(reader.string()?);
            if reader.expect(b',').is_none() {
                break;
            }
        }
        reader.expect(b']')?;
    }
    reader.blanks();
    (reader.at == reader.end).then_some(words)
}

/// A JSON list whose elements are not all strings: `["a", 1]`. Docker refuses it rather than give it to the shell.
pub(super) fn is_other_list(text: &Text, range: Range) -> bool {
    let mut reader = Json { text, at: range.start, end: range.end };
    let mut list = || {
        reader.expect(b'[')?;
        let mut other = false;
        loop {
            other |= reader.element()?;
            if reader.expect(b',').is_none() {
                break;
            }
        }
        reader.expect(b']')?;
        reader.blanks();
        (reader.at == reader.end).then_some(other)
    };
    list() == Some(true)
}

struct Json<'t> {
    text: &'t Text,
    at: usize,
    end: usize,
}

impl Json<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_str().as_bytes().get(self.at).copied().filter(|_| self.at < self.end)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// A string, or a number or one of the three names, which is then `true`.
    fn element(&mut self) -> Option<bool> {
        if self.string().is_some() {
            return Some(false);
        }
        let rest = self.text.as_str().get(self.at..self.end)?;
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
        let word = rest.get(..length)?;
        self.at += length;
        let number = word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && word.parse::<f64>().is_ok();
        (number || matches!(word, "true" | "false" | "null")).then_some(true)
    }

    /// RFC 8259, section 7.
    fn string(&mut self) -> Option<Word> {
        self.blanks();
        let start = self.at;
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let rest = self.text.as_str().get(self.at..self.end)?;
            let run = rest.find(['"', '\\'])?;
            let plain = rest.get(..run)?;
            if plain.chars().any(|c| c < ' ') {
                return None;
            }
            out.push_str(plain);
            self.at += run + 1;
            if rest.as_bytes().get(run) == Some(&b'"') {
                return Some(Word { text: out, span: self.text.span(start, self.at) });
            }
            let escaped = self.peek()?;
            self.at += 1;
            out.push(match escaped {
                b'"' | b'\\' | b'/' => char::from(escaped),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode()?,
                _ => return None,
            });
        }
    }

    /// Half of a surrogate pair becomes the replacement character, as it does in Go.
    fn unicode(&mut self) -> Option<char> {
        let digits = self.text.as_str().get(self.at..self.at + 4).filter(|_| self.at + 4 <= self.end)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        Some(char::from_u32(u32::from_str_radix(digits, 16).ok()?).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}
