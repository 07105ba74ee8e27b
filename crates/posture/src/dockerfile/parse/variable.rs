//! Variables in the image of a `FROM`: the defaults of `ARG`s before the first one put in.

use std::collections::BTreeMap;

use super::super::syntax::Pair;

/// No image name is longer, and values that double each other do not grow beyond it.
const LONGEST: usize = 4096;
const DEEPEST: usize = 16;

/// What `ARG`s before the first `FROM` say.
#[derive(Debug, Default)]
pub(super) struct Defaults(BTreeMap<String, Option<String>>);

impl Defaults {
    pub(super) fn declare(&mut self, pair: &Pair) {
        let value = pair.value.as_ref().and_then(|value| self.expand(&value.text));
        self.0.insert(pair.key.text.clone(), value);
    }

    /// The text with variables replaced; `None` where one has no value or is used in a way that is not known here.
    pub(super) fn expand(&self, text: &str) -> Option<String> {
        self.expand_within(text, 0)
    }

    fn expand_within(&self, text: &str, depth: usize) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(rest.get(..at)?);
            rest = rest.get(at + 1..)?;
            if let Some(braced) = rest.strip_prefix('{') {
                let end = closing(braced)?;
                out.push_str(&self.braced(braced.get(..end)?, depth)?);
                rest = braced.get(end + 1..)?;
            } else {
                let length = name_length(rest);
                let (name, after) = rest.split_at_checked(length).filter(|(name, _)| !name.is_empty())?;
                out.push_str(self.value(name)?);
                rest = after;
            }
            if out.len() > LONGEST {
                return None;
            }
        }
        out.push_str(rest);
        (out.len() <= LONGEST).then_some(out)
    }

    /// What stands between `${` and `}`.
    fn braced(&self, inner: &str, depth: usize) -> Option<String> {
        let (name, operation) = inner.split_at_checked(name_length(inner)).filter(|(name, _)| !name.is_empty())?;
        let value = self.value(name);
        let (with_empty, operation) = operation.strip_prefix(':').map_or((true, operation), |rest| (false, rest));
        let value = value.filter(|value| with_empty || !value.is_empty());
        let mut characters = operation.chars();
        let operator = characters.next();
        let operand = || if depth < DEEPEST { self.expand_within(characters.as_str(), depth + 1) } else { None };
        match (operator, value) {
            (None, Some(value)) | (Some('-' | '?'), Some(value)) => Some(value.to_owned()),
            (Some('-'), None) | (Some('+'), Some(_)) => operand(),
            (Some('+'), None) => Some(String::new()),
            _ => None,
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }
}

/// How much of a text is a variable's name.
fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// Where the `}` is that closes a `${` before the text.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
        if at > LONGEST {
            return None;
        }
    }
    None
}
