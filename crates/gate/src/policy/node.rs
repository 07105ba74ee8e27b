//! Reads parts of a policy into types by serde, keeping the place of whatever is wrong.

use std::fmt;

use boltseal_posture::Span;
use boltseal_posture::yaml::{Node, Style, Value};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

/// What is wrong, and where.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) span: Option<Span>,
    pub(crate) message: String,
}

/// Reads a value.
pub(crate) fn read<T: DeserializeOwned>(node: &Node) -> Result<T, Wrong> {
    T::deserialize(At(node)).map_err(|wrong| wrong.at(node.span))
}

impl Wrong {
    fn new(message: String) -> Self {
        Self { span: None, message }
    }

    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("this is {}, wanted is {}", told(unexpected), wanted(expected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("this is {}, wanted is {}", told(unexpected), wanted(expected)))
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self::new(format!("this has {length} items, wanted is {expected}"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(unknown(variant, "a value that is known here", expected))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(unknown(field, "a key that is known here", expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("`{field}` is missing here"))
    }
}

/// What serde expects, in words for people.
fn wanted(expected: &dyn de::Expected) -> String {
    let expected = expected.to_string();
    match expected.as_str() {
        "usize" | "u64" | "u32" | "u16" | "u8" => "a whole number from 0 on".to_owned(),
        "f64" | "f32" => "a number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a string" => "a text".to_owned(),
        "a sequence" => "a list".to_owned(),
        other if other.starts_with("struct ") || other == "a map" => "a mapping".to_owned(),
        _ => expected,
    }
}

fn told(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Bool(truth) => format!("`{truth}`"),
        Unexpected::Map => "a mapping".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Str(text) => format!("the text `{}`", short(text)),
        other => other.to_string(),
    }
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The sentence for a word that is none of those expected.
pub(crate) fn unknown(word: &str, what: &str, expected: &[&str]) -> String {
    let word = short(word);
    match nearest(&word, expected) {
        Some(near) => format!("`{word}` is not {what}: did you mean `{near}`?"),
        None => format!("`{word}` is not {what}: write {}", listed(expected)),
    }
}

/// `a`, `b` or `c`.
pub(crate) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// The expected word that was probably meant.
pub(crate) fn nearest<'a>(word: &str, expected: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let word = plain(word);
    let near = expected.iter().map(|each| (distance(&word, &plain(each)), *each)).min()?;
    (near.0 <= 1 + word.len() / 4).then_some(near.1)
}

/// The number of characters to insert, remove or replace. Both are short.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (line, left) in a.chars().enumerate() {
        let mut before = line;
        let mut last = line + 1;
        for (column, right) in b.chars().enumerate() {
            let above = row.get(column + 1).copied().unwrap_or_default();
            let cost = (before + usize::from(left != right)).min(above + 1).min(last + 1);
            before = above;
            if let Some(cell) = row.get_mut(column) {
                *cell = last;
            }
            last = cost;
        }
        if let Some(cell) = row.last_mut() {
            *cell = last;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// A node as a deserializer.
struct At<'a>(&'a Node);

impl<'a> At<'a> {
    fn plain<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let node = self.0;
        match &node.value {
            Value::Null => visitor.visit_unit(),
            Value::Sequence(items) => visitor.visit_seq(Items(items.iter())),
            Value::Mapping(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
            Value::Scalar(text) if node.style == Style::Plain => {
                let decimal = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
                if let Some(truth) = node.as_bool() {
                    visitor.visit_bool(truth)
                } else if let Some(number) = node.as_int() {
                    match u64::try_from(number) {
                        Ok(number) => visitor.visit_u64(number),
                        Err(_) => visitor.visit_i64(number),
                    }
                } else if let Some(number) = text.parse().ok().filter(|_| decimal) {
                    visitor.visit_f64(number)
                } else {
                    visitor.visit_str(text)
                }
            }
            Value::Scalar(text) => visitor.visit_str(text),
        }
    }
}

macro_rules! plain {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            let span = self.0.span;
            self.plain(visitor).map_err(|wrong| wrong.at(span))
        })*
    };
}

macro_rules! text {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            let span = self.0.span;
            match self.0.as_str() {
                Some(text) => visitor.visit_str(text),
                None => self.plain(visitor),
            }
            .map_err(|wrong| wrong.at(span))
        })*
    };
}

impl<'de> Deserializer<'de> for At<'_> {
    type Error = Wrong;

    plain! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_seq deserialize_map deserialize_ignored_any
    }

    // A text is a text, whatever else it could be read as.
    text! { deserialize_str deserialize_string deserialize_char deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let span = self.0.span;
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }.map_err(|wrong| wrong.at(span))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        let span = self.0.span;
        visitor.visit_newtype_struct(self).map_err(|wrong| wrong.at(span))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        // A mapping alone: a list would be read field by field.
        if matches!(self.0.value, Value::Sequence(_)) {
            return Err(Wrong::new("this is a list, wanted is a mapping".to_owned()).at(self.0.span));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let (name, value) = match &self.0.value {
            Value::Scalar(_) => (self.0, None),
            Value::Mapping(entries) => match entries.as_slice() {
                [(name, value)] => (name, Some(value)),
                _ => return Err(Wrong::new(format!("write one of {} here", listed(variants))).at(self.0.span)),
            },
            _ => return Err(Wrong::new(format!("write {} here", listed(variants))).at(self.0.span)),
        };
        visitor.visit_enum(Variant { name, value }).map_err(|wrong| wrong.at(self.0.span))
    }
}

struct Items<'a>(std::slice::Iter<'a, Node>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        let Some(item) = self.0.next() else { return Ok(None) };
        seed.deserialize(At(item)).map(Some).map_err(|wrong| wrong.at(item.span))
    }
}

struct Entries<'a> {
    rest: std::slice::Iter<'a, (Node, Node)>,
    value: Option<&'a Node>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(At(key)).map(Some).map_err(|wrong| wrong.at(key.span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let Some(value) = self.value.take() else { return Err(Wrong::new("a key without a value".to_owned())) };
        seed.deserialize(At(value)).map_err(|wrong| wrong.at(value.span))
    }
}

struct Variant<'a> {
    name: &'a Node,
    value: Option<&'a Node>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Wrong;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'a>), Wrong> {
        let name: de::value::StrDeserializer<'_, Wrong> = self.name.as_str().unwrap_or_default().into_deserializer();
        let variant = seed.deserialize(name).map_err(|wrong| wrong.at(self.name.span))?;
        Ok((variant, Content { name: self.name, value: self.value }))
    }
}

struct Content<'a> {
    name: &'a Node,
    value: Option<&'a Node>,
}

impl<'a> Content<'a> {
    fn value(self) -> Result<At<'a>, Wrong> {
        self.value.map(At).ok_or_else(|| {
            let name = self.name.as_str().unwrap_or_default();
            Wrong::new(format!("`{name}` says more: write `{name}: …`")).at(self.name.span)
        })
    }
}

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        match self.value {
            Some(value) => Err(Wrong::new("nothing may follow here".to_owned()).at(value.span)),
            None => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Wrong> {
        seed.deserialize(self.value()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.value()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Wrong> {
        self.value()?.deserialize_any(visitor)
    }
}
