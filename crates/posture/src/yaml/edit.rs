//! Edits of YAML that change only what they must: comments, order and style of everything else stay.

use super::{Node, Style, Value};
use crate::source::{Source, Span};

/// A replacement of a span by a text.
pub type Change = (Span, String);

/// Sets the value at the end of a path of keys below `mapping`; what is missing on the way is made. `value` is written
/// as it is, so it must be a YAML scalar or a flow collection on one line.
///
/// `None` where that cannot be done by one local change: the value is shared by an anchor, or something on the way is
/// no mapping.
pub fn set(source: &Source<'_>, mapping: &Node, path: &[&str], value: &str) -> Option<Change> {
    let (key, rest) = path.split_first()?;
    if mapping.shared || !source.has_plain_lines() {
        return None;
    }
    let Some((name, old)) = mapping.entry(key) else {
        return insert(source, mapping, path, value);
    };
    if old.shared || name.shared {
        return None;
    }
    match (&old.value, rest.is_empty()) {
        (Value::Null, true) if old.span.is_empty() => {
            let colon = colon_after(source, name)?;
            Some((Span::empty(colon), format!(" {value}")))
        }
        (Value::Null | Value::Scalar(_), true) if old.style != Style::Block => Some((old.span, value.to_owned())),
        (Value::Null, false) if old.span.is_empty() && mapping.style == Style::Indented => {
            let colon = colon_after(source, name)?;
            let below = format!("{}  ", indent_of(source, name)?.replace('-', " "));
            Some((Span::empty(colon), format!("{}{}", source.line_break(), nested(source, &below, rest, value))))
        }
        (Value::Mapping(_), false) => set(source, old, rest, value),
        (Value::Mapping(entries), true) if entries.is_empty() => Some((old.span, value.to_owned())),
        (Value::Sequence(_), true) if old.style == Style::Flow => Some((old.span, value.to_owned())),
        _ => None,
    }
}

/// Adds an item, written as it is, to the end of a sequence.
pub fn append(source: &Source<'_>, sequence: &Node, item: &str) -> Option<Change> {
    if sequence.shared || !source.has_plain_lines() {
        return None;
    }
    let last = sequence.items().last();
    match (sequence.style, last) {
        (Style::Flow, None) => Some((sequence.span, format!("[{item}]"))),
        (Style::Flow, Some(last)) if !last.shared && !is_bare_pair(source, last) => {
            Some((Span::empty(last.span.end), format!(", {item}")))
        }
        (Style::Indented, Some(last)) if is_one_line(last) => {
            let first = sequence.items().first()?;
            let dash = indent_of(source, first)?;
            let dash = dash.strip_suffix(' ')?.trim_end_matches(' ');
            // Lists within lists may begin in one line: only the last dash is its own.
            let dash_indent = dash.strip_suffix('-')?.replace('-', " ");
            let end = end_of_line(source, last)?;
            Some((Span::empty(end), format!("{}{dash_indent}- {item}", source.line_break())))
        }
        _ => None,
    }
}

/// Removes a key and its value, with the whole lines that they fill. `None` where other things stand on these lines,
/// or where the mapping would be left empty.
pub fn remove(source: &Source<'_>, mapping: &Node, key: &str) -> Option<Change> {
    let entries = mapping.entries();
    if mapping.shared || mapping.style != Style::Indented || entries.len() < 2 || !source.has_plain_lines() {
        return None;
    }
    let at = entries.iter().position(|(name, _)| name.as_str() == Some(key))?;
    let (name, value) = entries.get(at)?;
    if value.shared || name.shared {
        return None;
    }
    let first = source.line(source.line_of(name.span.start));
    if !source.slice(Span::new(first.start, name.span.start)).trim().is_empty() {
        return None;
    }
    let end = name.span.end.max(value.span.end);
    // A block scalar may end with its line break.
    let end = source.slice(Span::new(name.span.start, end)).trim_end().len() + name.span.start;
    let last = source.line(source.line_of(end));
    let rest = source.slice(Span::new(end, last.end)).trim_start();
    if !(rest.is_empty() || rest == ":" || rest.starts_with('#')) {
        return None;
    }
    let next = source.line(source.line_of(last.end) + 1).start;
    let end = if next > last.end { next } else { source.text.len() };
    // What is indented more belongs to the key, even where it is nothing that has a place.
    let depth = name.span.start - first.start;
    let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let following = source.text.get(end..)?.lines().find(is_said);
    if following.is_some_and(|line| line.len() - line.trim_start().len() > depth) {
        return None;
    }
    Some((Span::new(first.start, end), String::new()))
}

/// A key that is not there yet.
fn insert(source: &Source<'_>, mapping: &Node, path: &[&str], value: &str) -> Option<Change> {
    let flow_text = flow_of(path, value);
    if mapping.style == Style::Flow {
        if is_bare_pair(source, mapping) {
            return None;
        }
        return match mapping.entries().iter().rev().find(|(name, value)| !name.shared && !value.shared) {
            Some((name, last)) => {
                // Nothing after a colon stands nowhere.
                let end = if last.span.is_empty() { colon_after(source, name)? } else { last.span.end };
                let quoted = source.slice(Span::new(mapping.span.start, end)).contains("\":");
                let text = if quoted { json_of(path, value)? } else { flow_text };
                Some((Span::empty(end), format!(", {text}")))
            }
            None if mapping.entries().is_empty() => Some((mapping.span, format!("{{{flow_text}}}"))),
            None => None,
        };
    }
    let own: Vec<&(Node, Node)> = mapping.entries().iter().filter(|(name, _)| !name.shared).collect();
    let first = own.first()?;
    // Where the first key is none that a colon follows, nothing tells how deep the others stand.
    colon_after(source, &first.0)?;
    let indent = indent_of(source, &first.0)?.replace('-', " ");
    let text = nested(source, &indent, path, value);
    // After a value on one line, so that `- name: app` keeps its name first.
    if let Some((_, last)) = own.iter().rev().find(|(_, value)| is_one_line(value) && !value.span.is_empty())
        && let Some(end) = end_of_line(source, last)
    {
        return Some((Span::empty(end), format!("{}{text}", source.line_break())));
    }
    let text = text.strip_prefix(indent.as_str())?;
    Some((Span::empty(first.0.span.start), format!("{text}{}{indent}", source.line_break())))
}

fn flow_of(path: &[&str], value: &str) -> String {
    match path {
        [] => value.to_owned(),
        [key] => format!("{key}: {value}"),
        [key, rest @ ..] => format!("{key}: {{{}}}", flow_of(rest, value)),
    }
}

/// The same for JSON, where the value is written alike.
fn json_of(path: &[&str], value: &str) -> Option<String> {
    let bare = matches!(value, "true" | "false" | "null")
        || value.starts_with(['[', '{', '"'])
        || value.parse::<f64>().is_ok();
    let value = if bare { value.to_owned() } else { format!("\"{value}\"") };
    match path {
        [] => None,
        [key] => Some(format!("\"{key}\": {value}")),
        [key, rest @ ..] => Some(format!("\"{key}\": {{{}}}", json_of(rest, &value)?)),
    }
}

/// `a:` with `b: value` below it, each on a line of its own.
fn nested(source: &Source<'_>, indent: &str, path: &[&str], value: &str) -> String {
    match path {
        [] => String::new(),
        [key] => format!("{indent}{key}: {value}"),
        [key, rest @ ..] => {
            let below = nested(source, &format!("{indent}  "), rest, value);
            format!("{indent}{key}:{}{below}", source.line_break())
        }
    }
}

/// What stands before a node on its line: blanks, and the dashes of sequences.
fn indent_of(source: &Source<'_>, node: &Node) -> Option<String> {
    let line = source.line(source.line_of(node.span.start));
    let before = source.slice(Span::new(line.start, node.span.start));
    before.chars().all(|each| each == ' ' || each == '-').then(|| before.to_owned())
}

/// `key: value` in `[key: value]`: a mapping without braces of its own.
fn is_bare_pair(source: &Source<'_>, node: &Node) -> bool {
    let is_mapping = matches!(node.value, Value::Mapping(_));
    is_mapping && node.style == Style::Flow && !source.slice(node.span).starts_with('{')
}

fn is_one_line(node: &Node) -> bool {
    !node.shared && node.style != Style::Block && node.style != Style::Indented
}

/// The end of the line on which a node ends, if only a comment follows.
fn end_of_line(source: &Source<'_>, node: &Node) -> Option<usize> {
    let line = source.line(source.line_of(node.span.end));
    let rest = source.slice(Span::new(node.span.end, line.end)).trim_start();
    (rest.is_empty() || rest.starts_with('#')).then_some(line.end)
}

fn colon_after(source: &Source<'_>, key: &Node) -> Option<usize> {
    let rest = source.text.get(key.span.end..)?;
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    rest.get(blanks..)?.starts_with(':').then_some(key.span.end + blanks + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Limits, parse};

    fn check(text: &str, change: impl Fn(&Source<'_>, &Node) -> Option<Change>) -> String {
        let source = Source::from_text("a.yaml", text);
        let parsed = parse(&source, Limits::default());
        let Some((span, new)) = change(&source, &parsed.documents[0]) else { return "none".to_owned() };
        format!("{}{new}{}", &text[..span.start], &text[span.end..])
    }

    #[test]
    fn a_missing_key_goes_after_the_last_short_value() {
        let set = |text| check(text, |source, root| set(source, &root.list("c")[0], &["s", "p"], "false"));
        assert_eq!(
            set("c:\n- name: a # x\n  image: b\n  e:\n  - x\n"),
            "c:\n- name: a # x\n  image: b\n  s:\n    p: false\n  e:\n  - x\n"
        );
        assert_eq!(
            set("c:\n  - name: a\n    s:\n      q: 1\n"),
            "c:\n  - name: a\n    s:\n      q: 1\n      p: false\n"
        );
        assert_eq!(set("c: [{name: a}]"), "c: [{name: a, s: {p: false}}]");
        assert_eq!(set("{\"c\": [{\"name\": \"a\"}]}"), "{\"c\": [{\"name\": \"a\", \"s\": {\"p\": false}}]}");
        assert_eq!(set("c: [name: a]"), "none");
        assert_eq!(set("c:\n- ? name\n  : a\n"), "none");
        assert_eq!(set("c: [{name:}]"), "c: [{name:, s: {p: false}}]");
        assert_eq!(set("c:\n- s: {}\n"), "c:\n- s: {p: false}\n");
        assert_eq!(set("c:\n- s:\n  t: 1\n"), "c:\n- s:\n    p: false\n  t: 1\n");
        assert_eq!(set("c:\r\n- name: a\r\n"), "c:\r\n- name: a\r\n  s:\r\n    p: false\r\n");
    }

    #[test]
    fn a_value_is_replaced_in_place() {
        let set = |text| check(text, |source, root| set(source, root, &["a"], "true"));
        assert_eq!(set("a:   false # no\n"), "a:   true # no\n");
        assert_eq!(set("a:\nb: 1\n"), "a: true\nb: 1\n");
        assert_eq!(set("b: &x 1\na: *x\n"), "none");
        assert_eq!(set("a: 'x'"), "a: true");
    }

    #[test]
    fn a_key_goes_with_its_lines() {
        let remove = |text| check(text, |source, root| remove(source, root, "a"));
        assert_eq!(remove("b: 1\na: 2 # gone\nc: 3\n"), "b: 1\nc: 3\n");
        assert_eq!(remove("b: 1\na:\n  - x\n  - y\nc: 3\n"), "b: 1\nc: 3\n");
        assert_eq!(remove("b: 1\na: 2"), "b: 1\n");
        assert_eq!(remove("a: 2\n"), "none");
    }

    #[test]
    fn an_item_is_added_in_the_style_of_the_others() {
        let append = |text| check(text, |source, root| append(source, root.get("a").unwrap(), "ALL"));
        assert_eq!(append("a:\n  - X\nb: 1\n"), "a:\n  - X\n  - ALL\nb: 1\n");
        assert_eq!(append("a:\n- X\n"), "a:\n- X\n- ALL\n");
        assert_eq!(append("a: [X]\n"), "a: [X, ALL]\n");
        assert_eq!(append("a: []\n"), "a: [ALL]\n");
        assert_eq!(
            check("- - X\n  - Y\n- - Z\n", |source, root| super::append(source, &root.items()[0], "ALL")),
            "- - X\n  - Y\n  - ALL\n- - Z\n"
        );
    }
}
