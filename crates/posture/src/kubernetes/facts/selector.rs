//! Labels, and selectors that match them.
//!
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors>

use crate::yaml::Node;

/// Keys and values, by key.
pub(crate) type Labels = Vec<(Box<str>, Box<str>)>;

/// The labels of a mapping.
pub(crate) fn labels_of(node: Option<&Node>) -> Labels {
    let entries = node.map_or(&[][..], Node::entries);
    let mut labels: Labels =
        entries.iter().filter_map(|(key, value)| Some((key.as_str()?.into(), value.as_str()?.into()))).collect();
    labels.sort();
    labels
}

/// `matchLabels` and `matchExpressions`, all of which must hold; without any it matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Selector {
    pub(crate) labels: Labels,
    expressions: Vec<Expression>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Expression {
    key: Box<str>,
    operator: Operator,
    values: Vec<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl Selector {
    pub(crate) fn new(node: &Node) -> Self {
        let expressions = node.list("matchExpressions").iter().filter_map(Expression::new).collect();
        Self { labels: written(labels_of(node.get("matchLabels"))), expressions }
    }

    /// By labels alone, as Services select.
    pub(crate) fn by_labels(node: Option<&Node>) -> Self {
        Self { labels: written(labels_of(node)), expressions: Vec::new() }
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    pub(crate) fn matches(&self, labels: &Labels) -> bool {
        self.labels.iter().all(|(key, value)| value_of(labels, key) == Some(value.as_ref()))
            && self.expressions.iter().all(|expression| expression.holds(labels))
    }
}

/// Without labels that the cluster adds to pods itself, which no file has.
fn written(mut labels: Labels) -> Labels {
    const ADDED: &[&str] = &[
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-name",
        "batch.kubernetes.io/controller-uid",
        "controller-revision-hash",
        "job-name",
        "pod-template-hash",
    ];
    labels.retain(|(key, _)| !ADDED.contains(&key.as_ref()));
    labels
}

impl Expression {
    fn new(node: &Node) -> Option<Self> {
        let operator = match node.text("operator")? {
            "In" => Operator::In,
            "NotIn" => Operator::NotIn,
            "Exists" => Operator::Exists,
            "DoesNotExist" => Operator::DoesNotExist,
            _ => return None,
        };
        let values = node.list("values").iter().filter_map(Node::as_str).map(Into::into).collect();
        Some(Self { key: node.text("key")?.into(), operator, values })
    }

    fn names(&self, value: &str) -> bool {
        self.values.iter().any(|each| each.as_ref() == value)
    }

    fn holds(&self, labels: &Labels) -> bool {
        let value = value_of(labels, &self.key);
        match self.operator {
            Operator::In => value.is_some_and(|value| self.names(value)),
            Operator::NotIn => value.is_none_or(|value| !self.names(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

fn value_of<'a>(labels: &'a Labels, key: &str) -> Option<&'a str> {
    let at = labels.binary_search_by(|(name, _)| name.as_ref().cmp(key)).ok()?;
    labels.get(at).map(|(_, value)| value.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::yaml::{Limits, parse};

    #[test]
    fn selectors_match_as_the_api_server_does() {
        let table = [
            ("{}", true),
            ("{matchLabels: {app: web}}", true),
            ("{matchLabels: {app: web, tier: back}}", false),
            ("{matchExpressions: [{key: app, operator: In, values: [web, api]}]}", true),
            ("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", false),
            ("{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}", true),
            ("{matchExpressions: [{key: app, operator: Exists}]}", true),
            ("{matchExpressions: [{key: app, operator: DoesNotExist}]}", false),
            ("{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: DoesNotExist}]}", false),
        ];
        let parsed = parse(&Source::from_text("a", "{tier: front, app: web}"), Limits::default());
        let labels = labels_of(parsed.documents.first());
        for (text, expected) in table {
            let parsed = parse(&Source::from_text("a", text), Limits::default());
            assert_eq!(Selector::new(&parsed.documents[0]).matches(&labels), expected, "{text}");
        }
    }
}
