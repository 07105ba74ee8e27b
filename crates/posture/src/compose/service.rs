//! A service of a Compose file, with what it inherits.

use std::collections::HashMap;

use super::values::{Mount, Port, mount, port, resolve};
use crate::finding::{Found, Report};
use crate::source::{Source, Span};
use crate::yaml::{Node, Value};

/// A service.
#[derive(Debug)]
pub struct Service<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its key.
    pub key: &'a Node,
    /// Its own mapping.
    pub node: &'a Node,
    /// What is missing here may stand elsewhere: in the file that it extends, or the one that this file overrides.
    pub is_partial: bool,
    /// The services of this file that it extends, nearest first.
    bases: Vec<&'a Node>,
    volumes: Option<&'a Node>,
    /// From its key to the next service.
    extent: Span,
}

/// A variable of a service's environment.
#[derive(Debug, Clone, Copy)]
pub struct Variable<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value as it stands; `None` where it comes from outside.
    pub value: Option<&'a str>,
    /// Where it stands.
    pub node: &'a Node,
}

/// The services of a document.
pub(super) fn services<'a>(source: &Source<'_>, root: &'a Node) -> Vec<Service<'a>> {
    let Some(all) = root.get("services") else { return Vec::new() };
    let mut starts: Vec<usize> = all.entries().iter().map(|(key, _)| key.span.start).collect();
    starts.sort_unstable();
    let file = source.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let overrides = file.contains(".override.") || file.contains("-override.");
    let mut known = Bases::new(all);
    let mut services = Vec::new();
    for (key, node) in all.entries() {
        let Some(name) = key.as_str() else { continue };
        if !matches!(node.value, Value::Mapping(_)) || node.get("provider").is_some() {
            continue;
        }
        let next = starts.partition_point(|start| *start <= key.span.start);
        let end = starts.get(next).copied().unwrap_or(source.text.len());
        let (bases, elsewhere) = known.of(node);
        let mut service = Service {
            name,
            key,
            node,
            is_partial: overrides || elsewhere,
            bases,
            volumes: root.get("volumes"),
            extent: Span::new(key.span.start, end),
        };
        service.is_partial |= service.get("image").is_none() && service.get("build").is_none();
        services.push(service);
    }
    services
}

/// The services of a file by name, and how much more may be inherited from them.
struct Bases<'a> {
    services: HashMap<&'a str, (&'a Node, usize)>,
    budget: usize,
}

impl<'a> Bases<'a> {
    fn new(all: &'a Node) -> Self {
        let sized = all.entries().iter().filter_map(|(key, node)| Some((key.as_str()?, (node, size(node)))));
        let services: HashMap<&str, (&Node, usize)> = sized.collect();
        // Every service is looked at once for each that extends it: a small file must not become a large one so.
        let budget = services.values().map(|(_, size)| size).sum::<usize>().saturating_mul(8).saturating_add(10_000);
        Self { services, budget }
    }

    /// The services of this file that one extends, nearest first, and whether there is more that is not known here.
    fn of(&mut self, node: &'a Node) -> (Vec<&'a Node>, bool) {
        let mut bases = Vec::new();
        let mut at = node;
        for _ in 0..16 {
            let Some(extends) = at.get("extends") else { return (bases, false) };
            if extends.get("file").is_some() {
                return (bases, true);
            }
            let name = extends.as_str().or_else(|| extends.text("service"));
            let Some((base, size)) = name.and_then(|name| self.services.get(name)) else { return (bases, true) };
            let Some(left) = self.budget.checked_sub(*size) else { return (bases, true) };
            self.budget = left;
            bases.push(*base);
            at = base;
        }
        (bases, true)
    }
}

fn size(node: &Node) -> usize {
    let entries = node.entries().iter().map(|(_, value)| size(value) + 1).sum::<usize>();
    node.items().iter().map(size).sum::<usize>() + entries + 1
}

impl<'a> Service<'a> {
    fn layers(&self) -> impl Iterator<Item = &'a Node> {
        std::iter::once(self.node).chain(self.bases.iter().copied())
    }

    /// The value of a key, of its own or inherited.
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        self.layers().find_map(|layer| layer.get(key))
    }

    /// The value at the end of a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&'a Node> {
        self.layers().find_map(|layer| layer.at(path))
    }

    /// A key's text with variables in place; `None` where it is absent or not known.
    pub fn text(&self, key: &str) -> Option<String> {
        resolve(self.get(key)?.as_str()?)
    }

    /// The items of the lists under a key: inheriting adds to lists.
    pub fn items(&self, key: &str) -> Vec<&'a Node> {
        self.layers().flat_map(|layer| layer.list(key)).collect()
    }

    /// The texts of a list, with where they stand.
    pub fn texts(&self, key: &str) -> Vec<(String, &'a Node)> {
        self.items(key).into_iter().filter_map(|node| Some((resolve(node.as_str()?)?, node))).collect()
    }

    /// Keys and values of a mapping or of a list of `KEY=VALUE`.
    pub fn pairs(&self, path: &[&str]) -> Vec<Variable<'a>> {
        self.layers().filter_map(|layer| layer.at(path)).flat_map(pairs_of).collect()
    }

    /// The variables of its environment.
    pub fn environment(&self) -> Vec<Variable<'a>> {
        self.pairs(&["environment"])
    }

    /// The words of its command and entry point.
    pub fn command(&self) -> Vec<(&'a str, &'a Node)> {
        ["entrypoint", "command"]
            .into_iter()
            .filter_map(|key| self.get(key))
            .flat_map(|node| match node.as_str() {
                Some(text) => text.split_whitespace().map(|word| (word, node)).collect::<Vec<_>>(),
                None => node.items().iter().filter_map(|item| Some((item.as_str()?, item))).collect(),
            })
            .collect()
    }

    pub(super) fn ports(&self) -> Vec<Port<'a>> {
        if self.text("network_mode").is_some_and(|mode| mode == "host" || mode == "none") {
            return Vec::new();
        }
        self.items("ports").into_iter().filter_map(port).collect()
    }

    pub(super) fn mounts(&self) -> Vec<Mount<'a>> {
        self.items("volumes").into_iter().filter_map(|node| mount(node, self.volumes)).collect()
    }

    /// Where a value of it stands; its key if that is not within it (a fragment that several services share).
    pub fn place(&self, node: &Node) -> Span {
        if self.owns(node) { node.span } else { self.key.span }
    }

    /// A value stands within it, so that changing it changes this service only.
    pub fn owns(&self, node: &Node) -> bool {
        self.extent.contains(node.span)
    }

    /// Reports the current rule at a value.
    pub fn report<'f, 'b>(&self, found: &'f mut Found<'b>, node: &Node, message: impl Into<String>) -> Report<'f, 'b> {
        found.report(self.place(node), message).within(&format!("service {}", self.name))
    }

    /// Reports the current rule at its key, for what is missing.
    pub fn report_missing<'f, 'b>(&self, found: &'f mut Found<'b>, message: impl Into<String>) -> Report<'f, 'b> {
        self.report(found, self.key, message)
    }
}

fn pairs_of(node: &Node) -> Vec<Variable<'_>> {
    let entries = node.entries().iter().filter_map(|(key, value)| {
        Some(Variable {
            name: key.as_str()?,
            value: value.as_str(),
            node: if value.span.is_empty() { key } else { value },
        })
    });
    let items = node.items().iter().filter_map(|item| {
        let text = item.as_str()?;
        Some(match text.split_once('=') {
            Some((name, value)) => Variable { name, value: Some(value), node: item },
            None => Variable { name: text, value: None, node: item },
        })
    });
    entries.chain(items).collect()
}
