//! YAML and JSON as a tree that knows where everything stands, and edits of it that leave the rest alone.
//!
//! Values are read as Kubernetes and Compose read them: booleans of YAML 1.1 (`yes`, `on`) count, the last of equal
//! keys wins, `<<` merges, aliases stand for what they name.

mod edit;
mod mistake;
mod parse;
mod scalar;
#[cfg(test)]
mod tests;

pub use edit::{Change, append, remove, set};
pub use parse::{Limits, Parsed, parse};

use crate::source::Span;

/// How a node is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes.
    Plain,
    /// A scalar in quotes.
    Quoted,
    /// A scalar of several lines: `|` or `>`.
    Block,
    /// A collection by indentation.
    Indented,
    /// A collection in brackets, as in JSON.
    Flow,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From the first to after the last byte of the value; where an alias stands for it, the span of what it names.
    pub span: Span,
    /// The value.
    pub value: Value,
    /// How it is written.
    pub style: Style,
    /// It is used in several places (an anchor, an alias, a merge): changing it here changes it there.
    pub shared: bool,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing, `null` or `~`.
    Null,
    /// Text, numbers and booleans.
    Scalar(Box<str>),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order of the file, those of merges last.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// The value of a key of a mapping; the last one of equal keys. `None` of anything else.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The value at the end of a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Key and value.
    pub fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        let (name, value) = self.entries().iter().rev().find(|(name, _)| name.as_str() == Some(key))?;
        Some((name, value))
    }

    /// The span of a key and its value; `None` if it is absent.
    pub fn entry_span(&self, key: &str) -> Option<Span> {
        // What an alias stands for was written before it.
        let is_elsewhere = |name: &Self, value: &Self| value.span.start < name.span.end;
        self.entry(key)
            .map(|(name, value)| if is_elsewhere(name, value) { name.span } else { name.span.to(value.span) })
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Self, Self)] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The items of the sequence under a key; none if it is absent.
    pub fn list(&self, key: &str) -> &[Self] {
        self.get(key).map_or(&[], Self::items)
    }

    /// The text of a scalar, whatever it means.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// A plain boolean, as YAML 1.1 writes them.
    pub fn as_bool(&self) -> Option<bool> {
        if self.style != Style::Plain {
            return None;
        }
        match self.as_str()? {
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => Some(true),
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => Some(false),
            _ => None,
        }
    }

    /// The boolean under a key.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.get(key)?.as_bool()
    }

    /// A plain integer, in every form that Kubernetes and Compose read as one: `1_000`, `0x1f`, `0o17`, `017`, `0b1`,
    /// and a float that is whole, `1e3`.
    pub fn as_int(&self) -> Option<i64> {
        if self.style != Style::Plain {
            return None;
        }
        let text = self
            .as_str()
            .filter(|text| text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)))?;
        let text = text.replace('_', "");
        let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        let digits = if sign > 0 { digits.strip_prefix('+').unwrap_or(digits) } else { digits };
        let prefix = digits.get(..2).unwrap_or_default().to_ascii_lowercase();
        let based = digits.get(2..).filter(|rest| !rest.starts_with(['+', '-'])).unwrap_or_default();
        if digits.starts_with(['+', '-']) {
            return None;
        }
        let value = if prefix == "0x" {
            i64::from_str_radix(based, 16)
        } else if prefix == "0o" {
            i64::from_str_radix(based, 8)
        } else if prefix == "0b" {
            i64::from_str_radix(based, 2)
        } else if digits.len() > 1
            && digits.starts_with('0')
            && digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'))
        {
            i64::from_str_radix(digits, 8)
        } else {
            digits.parse()
        };
        value.ok().and_then(|value| value.checked_mul(sign)).or_else(|| whole(&text))
    }

    /// The integer under a key.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_int()
    }

    /// It says nothing: null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// It is null, an empty text, or an empty collection.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Scalar(text) => text.is_empty(),
            Value::Sequence(items) => items.is_empty(),
            Value::Mapping(entries) => entries.is_empty(),
        }
    }
}

/// A float without a fraction, as far as floats are exact.
fn whole(text: &str) -> Option<i64> {
    let value: f64 = text.parse().ok()?;
    // Written out, since a float is turned into an integer by no conversion that may fail.
    (value.fract() == 0.0 && value.abs() < 9.0e15).then(|| format!("{value:.0}").parse().ok()).flatten()
}
