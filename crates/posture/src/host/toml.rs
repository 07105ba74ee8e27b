//! TOML as the tree that rules read.

use toml::de::{DeTable, DeValue};

use crate::source::{Source, Span};
use crate::yaml::{Node, Style, Value};

/// More dots than this between keys nest deeper than any file of a known kind.
const DOTS: usize = 256;

/// Reads a file; the tree, and the comments with their `#`.
///
/// # Errors
/// Where and why it cannot be read.
pub(crate) fn parse(source: &Source<'_>) -> Result<(Node, Vec<Span>), (Span, String)> {
    if let Some(line) = too_deep(source) {
        return Err((source.line(line), "keys nested deeper than any file of a known kind".to_owned()));
    }
    let table = DeTable::parse(source.text).map_err(|error| {
        let span = error.span().map_or(Span::empty(0), |range| Span::new(range.start, range.end));
        let message = error.message().lines().next().unwrap_or_default();
        (span, format!("not TOML: {message}"))
    })?;
    let span = Span::new(0, source.text.len());
    Ok((
        node(
            span,
            table.get_ref().iter().map(|(key, value)| {
                let name = scalar(range(key.span()), key.get_ref(), Style::Plain);
                (name, value_node(range(value.span()), value.get_ref()))
            }),
        ),
        comments(source),
    ))
}

fn too_deep(source: &Source<'_>) -> Option<usize> {
    (1..=source.line_count()).find(|line| {
        let mut quoted = false;
        let dots = source.slice(source.line(*line)).bytes().filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == b'.'
        });
        dots.count() > DOTS
    })
}

fn range(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

fn scalar(span: Span, text: &str, style: Style) -> Node {
    Node { span, value: Value::Scalar(text.into()), style, shared: false }
}

fn node(span: Span, entries: impl Iterator<Item = (Node, Node)>) -> Node {
    Node { span, value: Value::Mapping(entries.collect()), style: Style::Flow, shared: false }
}

fn value_node(span: Span, value: &DeValue<'_>) -> Node {
    match value {
        DeValue::String(text) => scalar(span, text, Style::Quoted),
        DeValue::Integer(number) => scalar(span, number.as_str(), Style::Plain),
        DeValue::Float(number) => scalar(span, number.as_str(), Style::Plain),
        DeValue::Boolean(value) => scalar(span, if *value { "true" } else { "false" }, Style::Plain),
        DeValue::Datetime(_) => scalar(span, "", Style::Plain),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| value_node(range(item.span()), item.get_ref())).collect();
            Node { span, value: Value::Sequence(items), style: Style::Flow, shared: false }
        }
        DeValue::Table(table) => node(
            span,
            table.iter().map(|(key, value)| {
                let name = scalar(range(key.span()), key.get_ref(), Style::Plain);
                (name, value_node(range(value.span()), value.get_ref()))
            }),
        ),
    }
}

/// Comments on lines of their own, and those after a value that holds no `#`.
fn comments(source: &Source<'_>) -> Vec<Span> {
    let lines = (1..=source.line_count()).map(|line| source.line(line));
    lines
        .filter_map(|line| {
            let text = source.slice(line);
            let at = text.rfind('#')?;
            let (before, after) = text.split_at(at);
            let is_comment = (before.is_empty() || before.ends_with([' ', '\t'])) && !after.contains(['"', '\'']);
            is_comment.then(|| Span::new(line.start + at, line.end))
        })
        .collect()
}
