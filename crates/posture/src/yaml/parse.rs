//! From text to trees, within a budget that alias bombs and deep nesting cannot break.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, StructureStyle};

use super::mistake;
use super::scalar::{self, Kind};
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
    // A block of any length may be commented out; its comments are bounded by the file.
    options.max_buffered_comment_events = usize::MAX;
    let length = source.text.len();
    let mut reader = Reader {
        source,
        events: Parser::new_from_str_with_options(source.text, options),
        parsed: Parsed::default(),
        anchors: HashMap::new(),
        open: Vec::new(),
        nodes: 0,
        copied: 0,
        // What aliases repeat is bounded by what the file itself holds, so that a small file stays small.
        budget: length.saturating_mul(8).saturating_add(COPIES).min(MOST_COPIES),
        limits,
    };
    if let Err(error) = reader.stream() {
        reader.parsed.error = Some(error);
    }
    if reader.parsed.error.is_none() {
        reader.parsed.error = mistake::hidden_break(source, &reader.parsed.comments);
    }
    reader.parsed
}

/// Bytes that the aliases of any file may repeat.
const COPIES: usize = 16 << 20;

/// Bytes that no aliases may repeat.
const MOST_COPIES: usize = 128 << 20;

struct Reader<'a> {
    source: &'a Source<'a>,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    parsed: Parsed,
    anchors: HashMap<usize, Node>,
    /// Where the brackets begin that are not closed yet.
    open: Vec<usize>,
    nodes: usize,
    /// Bytes that anchors and aliases repeat.
    copied: usize,
    budget: usize,
    limits: Limits,
}

type Failure = (Span, String);

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
        let length = self.source.text.len();
        let range = span.byte_range().unwrap_or(length..length);
        // What a tag says of a value is part of it: who replaces the value replaces the tag.
        let tag = span.tag_span().and_then(|tag| tag.byte_range()).map_or(range.start, |tag| tag.start);
        Span::new(range.start.min(tag).min(length), range.end.min(length))
    }

    fn failure(&self, error: &ScanError) -> Failure {
        let length = self.source.text.len();
        let at = error.marker().byte_offset().unwrap_or(length).min(length);
        let (at, sentence) = mistake::explain(self.source, error.kind(), at, self.open.last().copied());
        (Span::empty(at), format!("not YAML: {sentence}"))
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Failure> {
        if depth > self.limits.depth {
            let message = format!("nested more than {} levels deep: no file of a known kind is", self.limits.depth);
            return Err((span, message));
        }
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            let message = format!("more than {} values: split the file, the rest is not read", self.limits.nodes);
            return Err((span, message));
        }
        let (mut node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let kind = match tag {
                    None if style == Style::Plain => Kind::Written,
                    None => Kind::Text,
                    Some(tag) => Kind::of_tag(&tag),
                };
                let (value, style) = scalar::read(&text, style, kind);
                (Node { span, value, style, shared: false }, anchor)
            }
            Event::SequenceStart(style, anchor, _) => (self.sequence(style, span, depth)?, anchor),
            Event::MappingStart(style, anchor, _) => (self.mapping(style, span, depth)?, anchor),
            Event::Alias(id) => {
                let Some(named) = self.anchors.get(&id) else {
                    return Err((span, "an alias of something that is not there".to_owned()));
                };
                let size = size(named);
                self.copy(size, span)?;
                let Some(named) = self.anchors.get(&id).cloned() else {
                    return Err((span, "an alias of something that is not there".to_owned()));
                };
                return Ok(named);
            }
            _ => return Err((span, "the YAML ends in the middle of a value".to_owned())),
        };
        if anchor != 0 {
            share(&mut node);
            self.copy(size(&node), span)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn copy(&mut self, bytes: usize, span: Span) -> Result<(), Failure> {
        self.copied = self.copied.saturating_add(bytes);
        if self.copied > self.budget {
            return Err((span, "aliases blow the file up far beyond its size: write the values out".to_owned()));
        }
        Ok(())
    }

    fn sequence(&mut self, style: StructureStyle, start: Span, depth: usize) -> Result<Node, Failure> {
        let mut items: Vec<Node> = Vec::new();
        self.open(style, start);
        let end = loop {
            let Some((event, span)) = self.next()? else { break start };
            if event == Event::SequenceEnd {
                break span;
            }
            items.push(self.node(event, span, depth + 1)?);
        };
        self.close(style);
        // What an alias stands for is elsewhere.
        let last = items.iter().rev().find(|item| item.span.start >= start.start).map(|item| item.span);
        let span = collection_span(style, start, end, last);
        Ok(Node { span, value: Value::Sequence(items), style: style_of(style), shared: false })
    }

    fn mapping(&mut self, style: StructureStyle, start: Span, depth: usize) -> Result<Node, Failure> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        let mut merged: Vec<(Node, Span)> = Vec::new();
        let mut last = None;
        self.open(style, start);
        let end = loop {
            let Some((event, span)) = self.next()? else { break start };
            if event == Event::MappingEnd {
                break span;
            }
            let place = span;
            let key = self.node(event, span, depth + 1)?;
            let Some((event, span)) = self.next()? else { break start };
            let value = self.node(event, span, depth + 1)?;
            last = Some(if value.span.start < place.end { place } else { value.span });
            match key.as_str() {
                Some("<<") if key.style == Style::Plain => merged.push((value, place)),
                Some(name) if style == StructureStyle::Flow && mistake::is_foreign_comment(name, &key) => {
                    return Err((key.span, mistake::FOREIGN_COMMENT.to_owned()));
                }
                _ => entries.push((key, value)),
            }
        };
        self.close(style);
        duplicates(&entries, &mut self.parsed.duplicates);
        if !merged.is_empty() {
            let mut names: HashSet<Box<str>> =
                entries.iter().filter_map(|(key, _)| key.as_str()).map(Box::from).collect();
            for (source, place) in merged {
                self.merge(&mut entries, &mut names, source, place)?;
            }
        }
        let span = collection_span(style, start, end, last);
        Ok(Node { span, value: Value::Mapping(entries), style: style_of(style), shared: false })
    }

    /// `<<: *base`, `<<: [*one, *two]`: what is there already wins.
    fn merge(
        &mut self,
        entries: &mut Vec<(Node, Node)>,
        names: &mut HashSet<Box<str>>,
        source: Node,
        place: Span,
    ) -> Result<(), Failure> {
        match source.value {
            Value::Mapping(more) => {
                for (mut key, mut value) in more {
                    let is_new = match key.as_str() {
                        Some(name) if names.contains(name) => false,
                        Some(name) => names.insert(name.into()),
                        None => true,
                    };
                    if is_new {
                        self.copy(ENTRY, place)?;
                        share(&mut key);
                        share(&mut value);
                        entries.push((key, value));
                    }
                }
                Ok(())
            }
            Value::Sequence(sources) => {
                sources.into_iter().try_for_each(|source| self.merge(entries, names, source, place))
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, style: StructureStyle, start: Span) {
        if style == StructureStyle::Flow {
            self.open.push(start.end.saturating_sub(1));
        }
    }

    fn close(&mut self, style: StructureStyle) {
        if style == StructureStyle::Flow {
            self.open.pop();
        }
    }
}

/// The earlier ones of equal keys.
fn duplicates(entries: &[(Node, Node)], found: &mut Vec<Span>) {
    // Most mappings are small, and asking each key costs less than a table of them.
    if entries.len() <= 12 {
        for (number, (key, _)) in entries.iter().enumerate() {
            let again = |(later, _): &(Node, Node)| later.as_str() == key.as_str();
            if key.as_str().is_some() && entries.iter().skip(number + 1).any(again) {
                found.push(key.span);
            }
        }
        return;
    }
    let mut names: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
    for (key, _) in entries {
        if let Some(name) = key.as_str()
            && let Some(earlier) = names.insert(name, key.span)
        {
            found.push(earlier);
        }
    }
}

/// What is below an anchor is used in several places too.
fn share(node: &mut Node) {
    node.shared = true;
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter_mut().for_each(share),
        Value::Mapping(entries) => entries.iter_mut().for_each(|(key, value)| {
            share(key);
            share(value);
        }),
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

/// The bytes of memory that an entry of a mapping takes without its texts.
const ENTRY: usize = 2 * size_of::<Node>();

/// The bytes of memory that a tree takes.
fn size(node: &Node) -> usize {
    let below = match &node.value {
        Value::Null => 0,
        Value::Scalar(text) => text.len(),
        Value::Sequence(items) => items.iter().map(size).sum(),
        Value::Mapping(entries) => entries.iter().map(|(key, value)| size(key) + size(value)).sum(),
    };
    below + size_of::<Node>()
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
