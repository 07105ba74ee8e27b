//! From text to trees, within a budget that alias bombs and deep nesting cannot break.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, StructureStyle};

use super::{Node, Style, Value};
use crate::source::{Source, Span};

/// How much a file may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Levels of nesting.
    pub depth: usize,
    /// Nodes after aliases were put in place.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 128, nodes: 4_000_000 }
    }
}

/// What a file gave.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The documents before the first error; empty ones are left out.
    pub documents: Vec<Node>,
    /// Comments with their `#`, in the order of the file.
    pub comments: Vec<Span>,
    /// Keys that stand twice in one mapping: the earlier one counts for nothing.
    pub duplicates: Vec<Span>,
    /// Why reading stopped, and where.
    pub error: Option<(Span, String)>,
}

/// Reads every document of a file.
pub fn parse(source: &Source<'_>, limits: Limits) -> Parsed {
    let mut options = Options::default();
    options.set_emit_comments(true);
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(source.text, options),
        parsed: Parsed::default(),
        anchors: HashMap::new(),
        nodes: 0,
        // Every expansion is bounded by what the file itself holds, so that a small file stays small.
        budget: limits.nodes.min(source.text.len().saturating_mul(8).saturating_add(10_000)),
        depth: limits.depth,
        length: source.text.len(),
    };
    if let Err(error) = reader.stream() {
        reader.parsed.error = Some(error);
    }
    reader.parsed
}

struct Reader<'a> {
    events: Parser<'a, granit_parser::StrInput<'a>>,
    parsed: Parsed,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    budget: usize,
    depth: usize,
    length: usize,
}

type Failure = (Span, String);

/// Mappings of fewer entries than these are looked through for a key that stands twice.
const FEW: usize = 16;

impl<'a> Reader<'a> {
    fn stream(&mut self) -> Result<(), Failure> {
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::DocumentEnd => self.anchors.clear(),
                Event::StreamEnd => break,
                event => {
                    let node = self.node(event, span, 0)?;
                    if !node.is_null() {
                        self.parsed.documents.push(node);
                    }
                }
            }
        }
        Ok(())
    }

    /// The next event that is no comment.
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Failure> {
        loop {
            let Some(next) = self.events.next_event() else { return Ok(None) };
            let (event, span) = next.map_err(|error| self.failure(&error))?;
            let span = self.span(span);
            if let Event::Comment(..) = event {
                self.parsed.comments.push(span);
            } else {
                return Ok(Some((event, span)));
            }
        }
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(self.length..self.length);
        Span::new(range.start.min(self.length), range.end.min(self.length))
    }

    fn failure(&self, error: &ScanError) -> Failure {
        let at = error.marker().byte_offset().unwrap_or(self.length).min(self.length);
        (Span::empty(at), format!("not YAML: {}", error.info()))
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Failure> {
        if depth > self.depth {
            return Err((span, format!("nested more than {} levels deep: no file of a known kind is", self.depth)));
        }
        self.count(1, span)?;
        let (mut node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = match text.as_ref() {
                    "" | "~" | "null" | "Null" | "NULL" if plain => Value::Null,
                    text => Value::Scalar(text.into()),
                };
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                (Node { span, value, style, shared: false }, anchor)
            }
            Event::SequenceStart(style, anchor, _) => (self.sequence(style, span, depth)?, anchor),
            Event::MappingStart(style, anchor, _) => (self.mapping(style, span, depth)?, anchor),
            Event::Alias(id) => {
                let Some(named) = self.anchors.get(&id).cloned() else {
                    return Err((span, "an alias of something that is not there".to_owned()));
                };
                self.count(size(&named), span)?;
                return Ok(Node { shared: true, ..named });
            }
            _ => return Err((span, "the YAML ends in the middle of a value".to_owned())),
        };
        if anchor != 0 {
            node.shared = true;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Failure> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > self.budget {
            return Err((span, "aliases blow the file up far beyond its size: write the values out".to_owned()));
        }
        Ok(())
    }

    fn sequence(&mut self, style: StructureStyle, start: Span, depth: usize) -> Result<Node, Failure> {
        let mut items = Vec::new();
        let end = loop {
            let Some((event, span)) = self.next()? else { break start };
            if event == Event::SequenceEnd {
                break span;
            }
            items.push(self.node(event, span, depth + 1)?);
        };
        let last = items.iter().rev().find(|item| !item.shared).map(|item| item.span);
        let span = collection_span(style, start, end, last);
        Ok(Node { span, value: Value::Sequence(items), style: style_of(style), shared: false })
    }

    fn mapping(&mut self, style: StructureStyle, start: Span, depth: usize) -> Result<Node, Failure> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        let mut merged: Vec<Node> = Vec::new();
        let mut last = None;
        let mut names: HashMap<Box<str>, Span> = HashMap::new();
        let end = loop {
            let Some((event, span)) = self.next()? else { break start };
            if event == Event::MappingEnd {
                break span;
            }
            let key = self.node(event, span, depth + 1)?;
            let Some((event, span)) = self.next()? else { break start };
            let value = self.node(event, span, depth + 1)?;
            last = Some(if value.shared || value.span.end < key.span.end { key.span } else { value.span });
            match key.as_str() {
                Some("<<") if key.style == Style::Plain => merged.push(value),
                Some(name) => {
                    // Most mappings are so small that looking through them costs less than a table.
                    let earlier = if entries.len() < FEW {
                        entries.iter().rev().find(|(other, _)| other.as_str() == Some(name)).map(|(key, _)| key.span)
                    } else {
                        if names.is_empty() {
                            let named = |(key, _): &(Node, Node)| Some((key.as_str()?.into(), key.span));
                            names.extend(entries.iter().filter_map(named));
                        }
                        names.insert(name.into(), key.span)
                    };
                    self.parsed.duplicates.extend(earlier);
                    entries.push((key, value));
                }
                None => entries.push((key, value)),
            }
        };
        for source in merged {
            self.merge(&mut entries, source)?;
        }
        let span = collection_span(style, start, end, last);
        Ok(Node { span, value: Value::Mapping(entries), style: style_of(style), shared: false })
    }

    /// `<<: *base`, `<<: [*one, *two]`: what is there already wins.
    fn merge(&mut self, entries: &mut Vec<(Node, Node)>, source: Node) -> Result<(), Failure> {
        match source.value {
            Value::Mapping(more) => {
                for (mut key, mut value) in more {
                    if !entries.iter().any(|(name, _)| name.as_str() == key.as_str()) {
                        self.count(2, key.span)?;
                        key.shared = true;
                        value.shared = true;
                        entries.push((key, value));
                    }
                }
                Ok(())
            }
            Value::Sequence(sources) => sources.into_iter().try_for_each(|source| self.merge(entries, source)),
            _ => Ok(()),
        }
    }
}

fn style_of(style: StructureStyle) -> Style {
    match style {
        StructureStyle::Block => Style::Indented,
        StructureStyle::Flow => Style::Flow,
    }
}

/// Brackets belong to a flow collection; an indented one ends with its last value.
fn collection_span(style: StructureStyle, start: Span, end: Span, last: Option<Span>) -> Span {
    match (style, last) {
        (StructureStyle::Flow, _) => start.to(end),
        (StructureStyle::Block, Some(last)) => Span::new(start.start, last.end.max(start.start)),
        (StructureStyle::Block, None) => start,
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Scalar(_) => 1,
        Value::Sequence(items) => items.iter().map(size).sum::<usize>() + 1,
        Value::Mapping(entries) => entries.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Parsed {
        parse(&Source::from_text("a.yaml", text), Limits::default())
    }

    #[test]
    fn values_know_where_they_stand() {
        let text = "a: 1 # one\nb:\n  - x\n  - {c: \"d\"}\n";
        let parsed = check(text);
        let root = &parsed.documents[0];
        assert_eq!(root.integer("a"), Some(1));
        let list = root.get("b").unwrap();
        assert_eq!(&text[list.items()[1].span.range()], "{c: \"d\"}");
        assert_eq!(&text[list.items()[0].span.range()], "x");
        assert_eq!(list.items()[1].text("c"), Some("d"));
        assert_eq!(&text[parsed.comments[0].range()], "# one");
    }

    #[test]
    fn merges_fill_in_what_is_absent() {
        let parsed = check("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  a: 3\n");
        let y = parsed.documents[0].get("y").unwrap();
        assert_eq!((y.integer("a"), y.integer("b")), (Some(3), Some(2)));
        assert!(y.get("b").unwrap().shared);
    }

    #[test]
    fn the_last_of_equal_keys_wins_and_the_first_is_told() {
        let parsed = check("a: 1\na: 2\n");
        assert_eq!(parsed.documents[0].integer("a"), Some(2));
        assert_eq!(parsed.duplicates, [Span::new(0, 1)]);
    }

    #[test]
    fn an_alias_bomb_is_refused_where_it_goes_off() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let alias = format!("*a{}, ", level - 1).repeat(9);
            text.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
        }
        assert!(check(&text).error.unwrap().1.contains("blow the file up"));
    }

    #[test]
    fn nesting_is_bounded_and_earlier_documents_stay() {
        let deep = format!("a: 1\n---\n{}{}\n", "[".repeat(200), "]".repeat(200));
        let parsed = check(&deep);
        assert_eq!(parsed.documents.len(), 1);
        assert!(parsed.error.unwrap().1.contains("nested more than"));
    }

    #[test]
    fn tabs_are_named_by_their_place() {
        let parsed = check("a:\n\tb: 1\n");
        let (span, message) = parsed.error.unwrap();
        assert!(span.start >= 3, "{span:?}");
        assert!(message.starts_with("not YAML: "), "{message}");
    }
}
