//! What a scalar means, by the way it is written and its tag: as Kubernetes reads it.

use granit_parser::Tag;

use super::{Style, Value};

/// What decides the meaning of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What is written, as of any plain scalar and of one tagged `!!bool`, `!!int`, `!!float` or `!!null`.
    Written,
    /// It is text whatever it looks like: quoted, tagged `!!str`, or with a tag that nobody knows.
    Text,
    /// `!!binary`: Base64 of what is meant.
    Binary,
}

impl Kind {
    /// By a tag, however it is written.
    pub(super) fn of_tag(tag: &Tag) -> Self {
        if ["bool", "int", "float", "null"].iter().any(|name| tag.is_yaml_core_schema_tag(name)) {
            Self::Written
        } else if format!("{}{}", tag.handle(), tag.suffix()) == "tag:yaml.org,2002:binary" {
            Self::Binary
        } else {
            Self::Text
        }
    }
}

/// The value of a scalar, and the style that says how it is to be understood.
pub(super) fn read(text: &str, style: Style, kind: Kind) -> (Value, Style) {
    let (text, style) = match kind {
        Kind::Written => match text {
            "" | "~" | "null" | "Null" | "NULL" => return (Value::Null, style),
            text => (text.into(), Style::Plain),
        },
        Kind::Text if style == Style::Plain => (text.into(), Style::Quoted),
        Kind::Text => (text.into(), style),
        Kind::Binary => {
            let decoded = base64(text).and_then(|bytes| String::from_utf8(bytes).ok());
            let style = if style == Style::Block { Style::Block } else { Style::Quoted };
            (decoded.map_or_else(|| text.into(), String::into_boxed_str), style)
        }
    };
    (Value::Scalar(text), style)
}

/// The bytes that Base64 stands for; blanks between are allowed. `None` if it is none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end().trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(bytes)
}
