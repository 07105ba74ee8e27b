//! YAML and JSON as checks in Rego and CEL see them.

use boltseal_posture::Source;
use boltseal_posture::yaml::{Node, Style, Value};
use serde_json::{Map, Value as Json, json};

/// The document as it is: Conftest's form.
pub(super) fn plain(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Scalar(text) => scalar(node, text),
        Value::Sequence(items) => items.iter().map(plain).collect(),
        Value::Mapping(entries) => {
            entries.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), plain(value)))).collect()
        }
    }
}

/// The document with the lines of every mapping under `__defsec_metadata`: Trivy's form.
pub(super) fn with_lines(node: &Node, source: &Source<'_>) -> Json {
    lined(node, source, source.line_of(node.span.start)).0
}

/// The value and its last line. A mapping begins in the line of the key that it stands under, and ends in the one in
/// which its last value begins.
fn lined(node: &Node, source: &Source<'_>, first: usize) -> (Json, usize) {
    let own = source.line_of(node.span.start);
    match &node.value {
        Value::Null => (Json::Null, own),
        Value::Scalar(text) => (scalar(node, text), own),
        // An empty list is null there.
        Value::Sequence(items) if items.is_empty() => (Json::Null, own),
        Value::Sequence(items) => {
            let items = items.iter().map(|item| lined(item, source, source.line_of(item.span.start)));
            let (items, lines): (Vec<Json>, Vec<usize>) = items.unzip();
            (items.into(), lines.into_iter().max().unwrap_or(own).max(own))
        }
        Value::Mapping(entries) => {
            let mut map = Map::new();
            let mut last = own;
            for (key, value) in entries {
                let Some(name) = key.as_str() else { continue };
                let (value, end) = lined(value, source, source.line_of(key.span.start));
                last = last.max(end);
                map.insert(name.to_owned(), value);
            }
            let place = json!({ "startline": first, "endline": last.max(first), "filepath": source.path });
            map.insert("__defsec_metadata".to_owned(), place);
            (map.into(), last)
        }
    }
}

fn scalar(node: &Node, text: &str) -> Json {
    if node.style == Style::Plain {
        if let Some(truth) = node.as_bool() {
            return truth.into();
        }
        if let Some(number) = node.as_int() {
            return number.into();
        }
        let is_number = text.starts_with(|each: char| each.is_ascii_digit() || matches!(each, '-' | '+' | '.'));
        if is_number && let Ok(number) = text.parse::<f64>() {
            return number.into();
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use boltseal_posture::yaml::{Limits, parse};

    #[test]
    fn documents_have_the_shapes_that_conftest_and_trivy_give_them() {
        let text = "kind: Pod\nspec:\n  empty: []\n  on: yes\n  port: 0x50\n  cpu: .5\n  text: '1'\n  list:\n    - a: 1\n      b: 2\n";
        let source = Source::from_text("a.yaml", text);
        let parsed = parse(&source, Limits::default());
        let node = &parsed.documents[0];
        let spec = json!({
            "empty": [], "on": true, "port": 80, "cpu": 0.5, "text": "1", "list": [{"a": 1, "b": 2}],
        });
        assert_eq!(plain(node), json!({ "kind": "Pod", "spec": spec }));
        let lines = |first: usize, last: usize| json!({ "startline": first, "endline": last, "filepath": "a.yaml" });
        let lined = with_lines(node, &source);
        assert_eq!(lined["__defsec_metadata"], lines(1, 10));
        assert_eq!(lined["spec"]["__defsec_metadata"], lines(2, 10));
        assert_eq!(lined["spec"]["list"][0]["__defsec_metadata"], lines(9, 10));
        assert_eq!(lined["spec"]["empty"], Json::Null);
    }
}
