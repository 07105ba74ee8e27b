//! Objects of the Kubernetes API as they stand in files.

use crate::source::Span;
use crate::yaml::Node;

/// An object: anything with `apiVersion` and `kind`.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    /// Its mapping.
    pub node: &'a Node,
    /// `apps/v1`; empty if absent.
    pub api_version: &'a str,
    /// `Deployment`.
    pub kind: &'a str,
}

impl<'a> Object<'a> {
    /// The mapping as an object; `None` if it is none.
    pub fn new(node: &'a Node) -> Option<Self> {
        let kind = node.text("kind")?;
        let api_version = node.text("apiVersion").unwrap_or_default();
        (!kind.is_empty()).then_some(Self { node, api_version, kind })
    }

    /// The API group: `apps`; empty for the core.
    pub fn group(&self) -> &'a str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `metadata.name`, else `metadata.generateName`, else `?`.
    pub fn name(&self) -> &'a str {
        let metadata = self.node.get("metadata");
        metadata.and_then(|node| node.text("name").or_else(|| node.text("generateName"))).unwrap_or("?")
    }

    /// `metadata.namespace`; `None` where the file leaves it to who applies it.
    pub fn namespace(&self) -> Option<&'a str> {
        self.node.at(&["metadata", "namespace"])?.as_str().filter(|name| !name.is_empty())
    }

    /// Its labels.
    pub fn labels(&self) -> Vec<(&'a str, &'a str)> {
        pairs(self.node.at(&["metadata", "labels"]))
    }

    /// Its annotations.
    pub fn annotations(&self) -> Vec<(&'a str, &'a str)> {
        pairs(self.node.at(&["metadata", "annotations"]))
    }

    /// What reports call it: `Deployment shop/web`.
    pub fn title(&self) -> String {
        match self.namespace() {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name()),
            None => format!("{} {}", self.kind, self.name()),
        }
    }

    /// Where to point if the object as a whole is meant: its `kind` line.
    pub fn heading(&self) -> Span {
        self.node.entry_span("kind").unwrap_or(Span::new(self.node.span.start, self.node.span.start))
    }
}

/// The scalars of a mapping.
fn pairs(node: Option<&Node>) -> Vec<(&str, &str)> {
    let entries = node.map_or(&[][..], Node::entries);
    entries.iter().filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?))).collect()
}

/// The objects of a document: itself, or the items of a `List` (of any kind that ends so and has `items`), within four
/// lists. An item that names no kind is of the kind of its list, as the API server writes them: a `PodList` holds Pods.
pub fn objects(document: &Node) -> Vec<Object<'_>> {
    fn collect<'a>(object: Object<'a>, depth: usize, found: &mut Vec<Object<'a>>) {
        match object.kind.strip_suffix("List") {
            Some(kind) if object.node.get("items").is_some() && depth > 0 => {
                for item in object.node.list("items") {
                    let named = Object::new(item);
                    let bare = !kind.is_empty() && !item.entries().is_empty();
                    let unnamed = bare.then_some(Object { node: item, kind, ..object });
                    named.or(unnamed).into_iter().for_each(|object| collect(object, depth - 1, found));
                }
            }
            _ => found.push(object),
        }
    }
    let mut found = Vec::new();
    Object::new(document).into_iter().for_each(|object| collect(object, 4, &mut found));
    found
}
