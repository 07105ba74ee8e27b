//! YAML read as a tree whose keys know their lines, within a budget that stops alias bombs.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::lines::Source;

/// A value, numbers and booleans as text.
#[derive(Debug, PartialEq)]
pub(super) enum Node {
    Null,
    Scalar(String),
    Sequence(Vec<Node>),
    /// Keys in their order, each with its line.
    Mapping(Vec<(String, u32, Node)>),
}

impl Node {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.members().iter().find(|(name, ..)| name == key).map(|(.., value)| value)
    }

    /// The text of a key that has a scalar.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// The text of a scalar.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The members of a mapping; none of anything else.
    pub(super) fn members(&self) -> &[(String, u32, Self)] {
        match self {
            Self::Mapping(members) => members,
            _ => &[],
        }
    }
}

/// Parses every document of the file; the error names line and column.
pub(super) fn documents(source: &Source<'_>) -> Result<Vec<Node>, String> {
    // Nodes of real lock files take some 17 bytes each.
    let nodes = source.text.len() / 8 + 10_000;
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: nodes.saturating_mul(2),
            max_nodes: nodes,
            max_total_scalar_bytes: source.text.len() + 1000,
            max_aliases: 1000,
            max_anchors: 1000,
            max_depth: 64,
            max_documents: 16,
            simple_key_max_lookahead: 4096,
        },
    };
    serde_saphyr::from_str_multiple_with_options(source.text, options).map_err(|error| {
        let place =
            error.location().map(|at| format!("line {}, column {}: ", at.line(), at.column())).unwrap_or_default();
        let message = error.without_snippet().render();
        let message = message.lines().next().unwrap_or_default();
        if message.contains("budget breached") {
            return format!("{place}aliases or nesting blow the file up beyond what a lock file of its size holds");
        }
        format!("{place}not YAML as expected: {message}")
    })
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Read)
    }
}

struct Read;

impl<'de> Visitor<'de> for Read {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Scalar(text.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = seq.next_element()? {
            nodes.push(node);
        }
        Ok(Node::Sequence(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let line = u32::try_from(key.defined.line()).unwrap_or(u32::MAX);
            members.push((key.value, line, map.next_value()?));
        }
        Ok(Node::Mapping(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_know_their_lines_and_scalars_stay_text() {
        let source = Source::decode(b"a: 5.4\n\n'/b@1.0.0':\n  c: {d: true}\n  e:\n- x\n").map(|s| documents(&s));
        assert!(matches!(source, Ok(Err(_))));
        let source = Source::decode(b"a: 5.4\n\n'/b@1.0.0':\n  c: {d: true}\n  e:\n  f: [x]\n").unwrap();
        let nodes = documents(&source).unwrap();
        assert_eq!(nodes[0].text("a"), Some("5.4"));
        assert_eq!(nodes[0].members()[1].1, 3);
        let b = nodes[0].get("/b@1.0.0").unwrap();
        assert_eq!(b.get("c").unwrap().text("d"), Some("true"));
        assert_eq!(b.members().iter().map(|member| member.1).collect::<Vec<_>>(), [4, 5, 6]);
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..40 {
            text += &format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
        }
        assert!(documents(&Source::decode(text.as_bytes()).unwrap()).is_err());
    }
}
