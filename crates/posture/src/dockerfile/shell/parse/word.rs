//! Words: quotes, escapes, and what is substituted.

use super::list::{Level, Reader, Until};
use crate::dockerfile::syntax::Word;
use crate::dockerfile::text::Text;

/// A word as it is read.
#[derive(Debug)]
pub(super) struct Lexeme {
    /// Quotes removed.
    pub(super) text: Text,
    /// Where it stands in the text of the reader.
    pub(super) start: usize,
    pub(super) end: usize,
    /// How much of `text` comes before the first quote or escape.
    pub(super) bare: usize,
    /// The commands that were found in its substitutions.
    pub(super) commands: std::ops::Range<usize>,
}

impl Lexeme {
    /// The text, if nothing of it is quoted: reserved words are known only so.
    pub(super) fn reserved(&self) -> &str {
        let text = self.text.as_str();
        if self.bare >= text.len() && self.end - self.start == text.len() { text } else { "" }
    }

    /// `name=value`, `name+=value` or `name[index]=value`.
    pub(super) fn is_assignment(&self) -> bool {
        let text = self.text.as_str().get(..self.bare).unwrap_or_default();
        let Some((name, _)) = text.split_once('=') else { return false };
        let name = name.strip_suffix('+').unwrap_or(name);
        let name = name.strip_suffix(']').and_then(|name| Some(name.split_once('[')?.0)).unwrap_or(name);
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }
}

/// How deep substitutions may be nested before they are taken as text.
const DEEPEST: usize = 32;

impl Reader<'_, '_> {
    /// Reads a word; what stands at the beginning is no operator.
    pub(super) fn word(&mut self) -> Lexeme {
        let start = self.at;
        let from = self.output.commands.len();
        let mut text = Text::default();
        let mut bare = None;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b')' => break,
                b'(' if self.opens_list(start, text.as_str()) => self.parentheses(&mut text),
                b'<' | b'>' if self.at == start && self.peek_at(1) == Some(b'(') => self.substitution(&mut text, 2),
                b'(' | b'<' | b'>' => break,
                b'\\' => {
                    bare.get_or_insert(text.as_str().len());
                    self.escaped(&mut text);
                }
                b'\'' => {
                    bare.get_or_insert(text.as_str().len());
                    self.single_quoted(&mut text);
                }
                b'"' => {
                    bare.get_or_insert(text.as_str().len());
                    self.double_quoted(&mut text);
                }
                b'$' => self.dollar(&mut text, false, &mut bare),
                b'`' => self.backticks(&mut text),
                _ => {
                    let run = self.run_until(|byte| b" \t\r\n;&|()<>\\'\"$`".contains(&byte));
                    text.push_part(self.text, self.at, run);
                    self.at = run;
                }
            }
        }
        let bare = bare.unwrap_or(text.as_str().len());
        Lexeme { text, start, end: self.at, bare, commands: from..self.output.commands.len() }
    }

    pub(super) fn written(&self, lexeme: &Lexeme) -> Word {
        Word { span: self.text.span(lexeme.start, lexeme.end), text: lexeme.text.as_str().to_owned() }
    }

    /// `name=(…)`, or a pattern such as `!(…)`.
    fn opens_list(&self, start: usize, text: &str) -> bool {
        let before = self.at.checked_sub(1).filter(|_| self.at > start).and_then(|at| self.bytes().get(at));
        match before {
            Some(b'=') => !text.contains(['/', '.', '$']),
            Some(b'?' | b'*' | b'+' | b'@' | b'!') => true,
            _ => false,
        }
    }

    /// Balanced parentheses with whatever is in them.
    fn parentheses(&mut self, text: &mut Text) {
        let open = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            let from = self.at;
            match byte {
                b'\\' => self.at = self.after_character(self.at + 1),
                b'\'' => self.single_quoted(&mut Text::default()),
                b'"' => self.double_quoted(&mut Text::default()),
                _ => {
                    depth = match byte {
                        b'(' => depth + 1,
                        b')' => depth - 1,
                        _ => depth,
                    };
                    self.at = self.after_character(self.at);
                }
            }
            text.push_part(self.text, from, self.at);
            if depth == 0 {
                return;
            }
        }
        self.broken(open, open + 1);
    }

    /// A backslash outside of quotes.
    fn escaped(&mut self, text: &mut Text) {
        if let Some(after) = self.joined_line(self.at) {
            self.at = after;
            return;
        }
        let next = self.after_character(self.at + 1);
        // At the very end it stands for itself.
        let from = if next > self.at + 1 { self.at + 1 } else { self.at };
        text.push_part(self.text, from, next);
        self.at = next;
    }

    fn single_quoted(&mut self, text: &mut Text) {
        let open = self.at;
        self.at += 1;
        let close = self.run_until(|byte| byte == b'\'');
        text.push_part(self.text, self.at, close);
        self.at = close;
        self.close_quote(open);
    }

    fn close_quote(&mut self, open: usize) {
        if self.peek().is_some() {
            self.at += 1;
        } else {
            self.broken(open, open + 1);
        }
    }

    fn double_quoted(&mut self, text: &mut Text) {
        let open = self.at;
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => break,
                b'\\' => match self.peek_at(1) {
                    Some(b'$' | b'`' | b'"' | b'\\') => {
                        text.push_part(self.text, self.at + 1, self.at + 2);
                        self.at += 2;
                    }
                    _ => match self.joined_line(self.at) {
                        Some(after) => self.at = after,
                        None => {
                            text.push_part(self.text, self.at, self.at + 1);
                            self.at += 1;
                        }
                    },
                },
                b'$' => self.dollar(text, true, &mut None),
                b'`' => self.backticks(text),
                _ => {
                    let run = self.run_until(|byte| b"\"\\$`".contains(&byte));
                    text.push_part(self.text, self.at, run);
                    self.at = run;
                }
            }
        }
        self.close_quote(open);
    }

    /// At `$`. What is substituted stays as it is written.
    fn dollar(&mut self, text: &mut Text, quoted: bool, bare: &mut Option<usize>) {
        match self.peek_at(1) {
            Some(b'(') if self.peek_at(2) == Some(b'(') => {
                let from = self.at;
                self.at += 1;
                self.arithmetic();
                text.push_part(self.text, from, self.at);
            }
            Some(b'(') => self.substitution(text, 2),
            Some(b'{') => self.braces(text),
            Some(b'\'') if !quoted => {
                bare.get_or_insert(text.as_str().len());
                self.at += 1;
                self.ansi_quoted(text);
            }
            Some(b'"') if !quoted => {
                bare.get_or_insert(text.as_str().len());
                self.at += 1;
            }
            _ => {
                text.push_part(self.text, self.at, self.at + 1);
                self.at += 1;
            }
        }
    }

    /// `$'…'` of bash: escapes stay as they are written, but for the quote.
    fn ansi_quoted(&mut self, text: &mut Text) {
        let open = self.at;
        self.at += 1;
        while let Some(byte) = self.peek().filter(|byte| *byte != b'\'') {
            let quote = byte == b'\\' && matches!(self.peek_at(1), Some(b'\''));
            let from = if quote { self.at + 1 } else { self.at };
            self.at = if byte == b'\\' { self.after_character(self.at + 1) } else { self.after_character(self.at) };
            text.push_part(self.text, from, self.at);
        }
        self.close_quote(open);
    }

    /// At the first of two parentheses: to after those that close them.
    pub(super) fn arithmetic(&mut self) {
        let open = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' if depth <= 1 => return,
                b')' => depth -= 1,
                _ => {}
            }
        }
        self.broken(open, open + 2);
    }

    /// `${…}`.
    fn braces(&mut self, text: &mut Text) {
        let open = self.at;
        self.at += 2;
        if self.level.nesting >= DEEPEST {
            text.push_part(self.text, open, self.at);
            return;
        }
        self.level.nesting += 1;
        let mut depth = 1_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'}' => {
                    depth -= 1;
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => self.at = self.after_character(self.at + 1),
                b'"' => self.double_quoted(&mut Text::default()),
                b'`' => self.backticks(&mut Text::default()),
                b'$' if self.peek_at(1) == Some(b'{') => {
                    depth += 1;
                    self.at += 2;
                }
                b'$' => self.dollar(&mut Text::default(), true, &mut None),
                _ => self.at = self.after_character(self.at),
            }
        }
        self.level.nesting -= 1;
        if depth > 0 {
            self.broken(open, open + 2);
        }
        text.push_part(self.text, open, self.at);
    }

    /// `$(…)`, `<(…)` or `>(…)`, whose beginning is so many bytes long.
    fn substitution(&mut self, text: &mut Text, beginning: usize) {
        let open = self.at;
        self.at += beginning;
        if self.level.nesting < DEEPEST {
            let level = self.inner(true);
            let mut inner = Reader::new(self.text, self.output, Level { until: Until::Parenthesis(open), ..level });
            inner.at = self.at;
            inner.run();
            let (at, pending) = (inner.at, inner.pending());
            self.at = at;
            self.wait_for(pending);
        }
        text.push_part(self.text, open, self.at);
    }

    /// `` `…` ``.
    fn backticks(&mut self, text: &mut Text) {
        let open = self.at;
        let mut script = Text::default();
        self.at += 1;
        while let Some(byte) = self.peek().filter(|byte| *byte != b'`') {
            if byte == b'\\' && matches!(self.peek_at(1), Some(b'`' | b'$' | b'\\')) {
                self.at += 1;
                script.push_part(self.text, self.at, self.at + 1);
                self.at += 1;
            } else {
                let run = self.run_until(|byte| byte == b'`' || byte == b'\\').max(self.at + 1);
                script.push_part(self.text, self.at, run);
                self.at = run;
            }
        }
        self.close_quote(open);
        text.push_part(self.text, open, self.at);
        if self.level.nesting < DEEPEST {
            Reader::new(&script, self.output, self.inner(true)).run();
        }
    }
}
