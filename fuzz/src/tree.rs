//! YAML as a tree, and edits of it: what was edited holds the new value, and all else is as it was.

use boltseal_posture::yaml::{Change, Limits, Node, Value, append, parse, remove, set};
use boltseal_posture::{Source, Span};

/// The nodes of a file; each stands within the text, and within the one that holds it.
pub(crate) fn yaml(data: &[u8]) -> usize {
    let Ok(source) = Source::new("a.yaml", data) else { return 0 };
    let parsed = parse(&source, Limits::default());
    for comment in &parsed.comments {
        assert!(source.slice(*comment).starts_with('#'), "{comment:?}");
    }
    if let Some((span, message)) = &parsed.error {
        assert!(span.end <= source.text.len() && !message.is_empty(), "{span:?}");
    }
    if parsed.documents.iter().all(|document| document.as_str().is_some()) {
        return 0;
    }
    parsed.documents.iter().map(|document| walk(&source, document)).sum()
}

fn walk(source: &Source<'_>, node: &Node) -> usize {
    assert!(source.text.get(node.span.range()).is_some(), "{node:?}");
    let below: usize = node.items().iter().map(|item| walk(source, item)).sum();
    let entries = node.entries().iter().map(|(key, value)| {
        if let Some(name) = key.as_str() {
            assert!(node.get(name).is_some());
        }
        walk(source, key) + walk(source, value)
    });
    let _ = (node.as_bool(), node.as_int());
    below + entries.sum::<usize>() + 1
}

/// A value without its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Plain {
    Null,
    Scalar(String, Option<bool>, Option<i64>),
    Sequence(Vec<Plain>),
    Mapping(Vec<(Plain, Plain)>),
}

impl Plain {
    fn of(node: &Node) -> Self {
        match &node.value {
            Value::Null => Self::Null,
            Value::Scalar(text) => Self::Scalar(text.to_string(), node.as_bool(), node.as_int()),
            Value::Sequence(items) => Self::Sequence(items.iter().map(Self::of).collect()),
            Value::Mapping(entries) => {
                // Where a new key goes is free.
                let mut entries: Vec<_> = entries.iter().map(|(key, value)| (Self::of(key), Self::of(value))).collect();
                entries.sort();
                Self::Mapping(entries)
            }
        }
    }

    fn new() -> Self {
        Self::Scalar("false".to_owned(), Some(false), None)
    }

    /// Sets what an edit sets: the last of equal keys.
    fn set(node: &Node, path: &[&str]) -> Self {
        let [key, rest @ ..] = path else { return Self::new() };
        let at = node.entries().iter().rposition(|(name, _)| name.as_str() == Some(key));
        let value = match at.and_then(|at| node.entries().get(at)) {
            Some((_, value)) if !rest.is_empty() => Self::set(value, rest),
            _ => rest.iter().rev().fold(Self::new(), |value, key| Self::Mapping(vec![(Self::text(key), value)])),
        };
        let others = node.entries().iter().enumerate().filter(|(number, _)| Some(*number) != at);
        let mut entries: Vec<_> = others.map(|(_, (key, value))| (Self::of(key), Self::of(value))).collect();
        entries.push((Self::text(key), value));
        entries.sort();
        Self::Mapping(entries)
    }

    fn remove(node: &Node, key: &str) -> Self {
        let kept = node.entries().iter().filter(|(name, _)| name.as_str() != Some(key));
        let mut entries: Vec<_> = kept.map(|(key, value)| (Self::of(key), Self::of(value))).collect();
        entries.sort();
        Self::Mapping(entries)
    }

    fn append(node: &Node) -> Self {
        Self::Sequence(node.items().iter().map(Self::of).chain([Self::new()]).collect())
    }

    /// A key: the numbers and booleans that it may look like count for nothing.
    fn text(key: &str) -> Self {
        let text = format!("? {key}\n: x\n");
        let parsed = parse(&Source::from_text("", &text), Limits::default());
        let key = parsed.documents.first().and_then(|document| document.entries().first());
        key.map_or(Self::Null, |(key, _)| Self::of(key))
    }
}

/// Edits every node of a small file in every way, and counts the edits that were offered.
pub(crate) fn yaml_edit(data: &[u8]) -> usize {
    let Ok(source) = Source::new("a.yaml", data) else { return 0 };
    let parsed = parse(&source, Limits::default());
    if parsed.error.is_some() || !parsed.duplicates.is_empty() {
        return 0;
    }
    let mut places = Vec::new();
    for (number, document) in parsed.documents.iter().enumerate() {
        places_of(document, &mut vec![number], &mut places);
    }
    let comments: Vec<&str> = parsed.comments.iter().map(|span| source.slice(*span)).collect();
    let test = Test { source: &source, comments: &comments, documents: &parsed.documents };
    places.iter().take(40).map(|(path, node)| test.edits(path, node)).sum()
}

fn places_of<'a>(node: &'a Node, path: &mut Vec<usize>, places: &mut Vec<(Vec<usize>, &'a Node)>) {
    if matches!(node.value, Value::Mapping(_) | Value::Sequence(_)) {
        places.push((path.clone(), node));
    }
    let below = node.items().iter().chain(node.entries().iter().map(|(_, value)| value));
    for (number, child) in below.enumerate() {
        path.push(number);
        places_of(child, path, places);
        path.pop();
    }
}

struct Test<'a> {
    source: &'a Source<'a>,
    comments: &'a [&'a str],
    documents: &'a [Node],
}

impl Test<'_> {
    fn edits(&self, path: &[usize], node: &Node) -> usize {
        let mut offered = 0;
        if let Value::Sequence(_) = node.value {
            offered += self.holds(path, &Plain::append(node), append(self.source, node, "false"), true);
            return offered;
        }
        for keys in [&["newKey"][..], &["newKey", "below", "deeper"]] {
            if node.get("newKey").is_none() {
                offered += self.holds(path, &Plain::set(node, keys), set(self.source, node, keys, "false"), true);
            }
        }
        for (key, _) in node.entries().iter().take(6) {
            let Some(name) = key.as_str() else { continue };
            // Only such keys as the rules write.
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                continue;
            }
            offered += self.holds(path, &Plain::set(node, &[name]), set(self.source, node, &[name], "false"), true);
            let deep = [name, "newKey"];
            let is_new = node.get(name).is_some_and(|value| value.get("newKey").is_none());
            if is_new && let Some(change) = set(self.source, node, &deep, "false") {
                offered += self.holds(path, &Plain::set(node, &deep), Some(change), true);
            }
            offered += self.holds(path, &Plain::remove(node, name), remove(self.source, node, name), false);
        }
        offered
    }

    /// After the change the tree is the same but for the node at `path`, and so are the comments.
    fn holds(&self, path: &[usize], expected: &Plain, change: Option<Change>, keeps_comments: bool) -> usize {
        let Some((span, new)) = change else { return 0 };
        let Span { start, end } = span;
        let text = self.source.text;
        let (before, after) = (text.get(..start).expect("a span"), text.get(end..).expect("a span"));
        let text = format!("{before}{new}{after}");
        let source = Source::from_text("a.yaml", &text);
        let parsed = parse(&source, Limits::default());
        assert!(parsed.error.is_none(), "{:?} after {text:?}", parsed.error);
        let [document, rest @ ..] = path else { return 0 };
        assert_eq!(parsed.documents.len(), self.documents.len(), "{text:?}");
        for (number, (old, new)) in self.documents.iter().zip(&parsed.documents).enumerate() {
            if number == *document {
                let wanted = replaced(old, rest, expected);
                assert_eq!(Plain::of(new), wanted, "{text:?}");
            } else {
                assert_eq!(Plain::of(new), Plain::of(old), "{text:?}");
            }
        }
        let comments: Vec<&str> = parsed.comments.iter().map(|span| source.slice(*span)).collect();
        if keeps_comments {
            assert_eq!(comments, self.comments, "{text:?}");
        }
        1
    }
}

fn replaced(node: &Node, path: &[usize], with: &Plain) -> Plain {
    let [first, rest @ ..] = path else { return with.clone() };
    let child =
        |number: usize, node: &Node| if number == *first { replaced(node, rest, with) } else { Plain::of(node) };
    match &node.value {
        Value::Sequence(items) => {
            Plain::Sequence(items.iter().enumerate().map(|(number, item)| child(number, item)).collect())
        }
        Value::Mapping(entries) => {
            let mut entries: Vec<_> = entries
                .iter()
                .enumerate()
                .map(|(number, (key, value))| (Plain::of(key), child(number, value)))
                .collect();
            entries.sort();
            Plain::Mapping(entries)
        }
        _ => Plain::of(node),
    }
}
