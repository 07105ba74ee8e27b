//! A pod as the controls see it: fields that count, flags, annotations, and the scopes of security contexts.

use std::collections::BTreeMap;

use crate::kubernetes::{Container, Workload};
use crate::source::Span;
use crate::yaml::Node;

/// A pod, with what several controls look up.
#[derive(Debug)]
pub(super) struct Pod<'a> {
    workload: &'a Workload<'a>,
    annotations: BTreeMap<&'a str, (Span, &'a str)>,
}

/// What a security context speaks for: the pod, or one container.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// The container; `None` for the pod.
    pub container: Option<Container<'a>>,
    owner: &'a Node,
    heading: Span,
}

/// What a boolean field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// It is absent or null.
    Absent,
    /// `true` or `false`.
    Is(bool),
    /// It is no boolean: the API server refuses it.
    Wrong,
}

impl<'a> Pod<'a> {
    pub(super) fn new(workload: &'a Workload<'a>) -> Self {
        let entries = workload.metadata.and_then(|metadata| metadata.get("annotations")).map_or(&[][..], Node::entries);
        let annotations = entries
            .iter()
            .filter_map(|(key, value)| {
                // A null is read as an empty text here: the key is there.
                let text = if value.is_null() { "" } else { value.as_str()? };
                Some((key.as_str()?, (if value.shared { key.span } else { key.span.to(value.span) }, text)))
            })
            .collect();
        Self { workload, annotations }
    }

    /// A field of the pod's spec.
    pub(super) fn field(&self, key: &str) -> Option<&'a Node> {
        present(self.workload.spec.get(key))
    }

    /// The span of a field of the pod's spec.
    pub(super) fn span_of(&self, key: &str) -> Span {
        self.workload.spec.entry_span(key).unwrap_or_else(|| self.heading())
    }

    /// Where to point if the pod as a whole is meant.
    pub(super) fn heading(&self) -> Span {
        self.workload.heading()
    }

    /// All containers: initial ones, ordinary ones, ephemeral ones.
    pub(super) fn containers(&self) -> impl Iterator<Item = &'a Container<'a>> {
        self.workload.containers.iter()
    }

    /// The pod's security context and those of its containers, whether they are written or not.
    pub(super) fn scopes(&self) -> impl Iterator<Item = Scope<'a>> {
        std::iter::once(self.scope()).chain(self.containers().map(Scope::of))
    }

    /// The pod's own security context.
    pub(super) fn scope(&self) -> Scope<'a> {
        Scope { container: None, owner: self.workload.spec, heading: self.heading() }
    }

    /// The volumes.
    pub(super) fn volumes(&self) -> &'a [Node] {
        self.workload.spec.list("volumes")
    }

    /// The annotations by name, with the span of each; a null is an empty text.
    pub(super) fn annotations(&self) -> &BTreeMap<&'a str, (Span, &'a str)> {
        &self.annotations
    }

    /// `spec.os.name` says Windows, whose pods have no such thing as capabilities.
    pub(super) fn is_windows(&self) -> bool {
        self.workload.is_windows()
    }

    /// `hostUsers: false`: root in the pod is nobody on the host.
    pub(super) fn has_user_namespace(&self) -> bool {
        flag(self.field("hostUsers")) == Flag::Is(false)
    }
}

impl<'a> Scope<'a> {
    pub(super) fn of(container: &Container<'a>) -> Self {
        Self { container: Some(*container), owner: container.node, heading: container.heading() }
    }

    /// A field of the security context, unless it is null.
    pub(super) fn field(&self, path: &[&str]) -> Option<&'a Node> {
        present(self.owner.get("securityContext")?.at(path))
    }

    /// The span of a field of the security context; where it is absent, what is nearest to it.
    pub(super) fn span_of(&self, path: &[&str]) -> Span {
        let Some(mut node) = self.owner.get("securityContext") else { return self.heading };
        let mut span = None;
        for key in path {
            let Some(entry) = node.entry_span(key) else { break };
            span = Some(entry);
            let Some(next) = node.get(key) else { break };
            node = next;
        }
        span.unwrap_or(self.heading)
    }

    /// Where to point if something is missing.
    pub(super) fn heading(&self) -> Span {
        self.heading
    }

    /// How messages call it: `the pod`, `container `app``.
    pub(super) fn name(&self) -> String {
        self.container.as_ref().map_or_else(|| "the pod".to_owned(), named)
    }
}

/// How messages call a container: `init container `setup``.
pub(super) fn named(container: &Container<'_>) -> String {
    let title = container.title();
    let what = title.strip_suffix(container.name()).unwrap_or("container ");
    format!("{what}`{}`", short(container.name()))
}

/// A field that is there and not null.
pub(super) fn present(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| !node.is_null())
}

/// What a boolean field says.
pub(super) fn flag(node: Option<&Node>) -> Flag {
    match present(node) {
        None => Flag::Absent,
        Some(node) => node.as_bool().map_or(Flag::Wrong, Flag::Is),
    }
}

/// A text field as the API server reads it: empty if it is absent.
pub(super) fn text<'a>(node: Option<&'a Node>, key: &str) -> &'a str {
    node.and_then(|node| node.text(key)).unwrap_or_default()
}

/// A profile's type as messages show it.
pub(super) fn shown_type(kind: &str) -> String {
    if kind.is_empty() { "without a type".to_owned() } else { format!("`{}`", short(kind)) }
}

/// A value as messages show it.
pub(super) fn shown(node: &Node) -> String {
    match node.as_str() {
        Some(text) if node.style == crate::yaml::Style::Quoted => format!("`\"{}\"`", short(text)),
        Some(text) => format!("`{}`", short(text)),
        None if node.is_null() => "`null`".to_owned(),
        None if node.entries().is_empty() => "a list".to_owned(),
        None => "a mapping".to_owned(),
    }
}

/// At most 80 characters of a text, on one line.
pub(super) fn short(text: &str) -> String {
    let mut characters = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    let mut start: String = characters.by_ref().take(80).collect();
    if characters.next().is_some() {
        start.push('…');
    }
    start
}
