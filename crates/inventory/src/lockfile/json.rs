//! JSON read member by member: each value keeps its place in the text, and a wrong one costs only itself.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::Source;

/// Members or elements kept of one object or array; beyond it lies no file that a package manager wrote.
const MEMBERS: usize = 1_000_000;

/// The members of an object in their order, with the text of each value.
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

/// The elements of an array in their order, with the text of each.
pub(super) struct Elements<'a>(pub(super) Vec<&'a RawValue>);

impl<'a> Members<'a> {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }
}

/// Parses the whole file as an object; the error names line and column.
pub(super) fn object<'a>(source: &Source<'a>) -> Result<Members<'a>, String> {
    serde_json::from_str(source.text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("line {line}, column {column}: not JSON as expected: {}", without_place(&error))
    })
}

/// Parses one value; the error names its line in the file.
pub(super) fn parse<'a, T: Deserialize<'a>>(value: &'a RawValue, source: &Source<'_>) -> Result<T, (u32, String)> {
    serde_json::from_str(value.get()).map_err(|error| {
        let first = source.line_of(value.get()).unwrap_or(1);
        let within = u32::try_from(error.line().saturating_sub(1)).unwrap_or(0);
        (first.saturating_add(within), without_place(&error))
    })
}

/// Parses one value that must be an object; serde alone would also take an array for a struct.
pub(super) fn entry<'a, T: Deserialize<'a>>(value: &'a RawValue, source: &Source<'_>) -> Result<T, (u32, String)> {
    if value.get().starts_with('{') {
        return parse(value, source);
    }
    Err((source.line_of(value.get()).unwrap_or(1), "expected an object".to_owned()))
}

/// The error's message without its place, which is relative to the parsed part.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(at) => message.get(..at).unwrap_or_default().to_owned(),
        None => message,
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    if members.len() < MEMBERS {
                        members.push((key, map.next_value()?));
                    } else {
                        let _: IgnoredAny = map.next_value()?;
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    if elements.len() < MEMBERS {
                        elements.push(element);
                    }
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(Read)
    }
}

/// A key, borrowed where it holds no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Read)
    }
}
