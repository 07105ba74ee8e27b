//! The configuration of an image, what stands out in its files, and the rules on them (BS-I…).
//!
//! OCI image specification 1.1, `config.md`; the output of `docker image inspect` is read as well.

mod contents;
mod files;
mod history;
mod runtime;
#[cfg(test)]
mod tests;

pub use files::{Entry, EntryKind, Files};

use crate::rule::Rule;
use crate::source::{Source, Span};
use crate::yaml::Node;

/// An image.
#[derive(Debug)]
pub struct Image<'a> {
    /// The configuration as JSON.
    pub source: &'a Source<'a>,
    /// The configuration.
    pub config: &'a Node,
    /// What stands out in its files; `None` where only the configuration is there.
    pub files: Option<&'a Files>,
}

impl<'a> Image<'a> {
    /// What a container is started with: `config` of the specification, `Config` of `docker image inspect`.
    pub fn settings(&self) -> Option<&'a Node> {
        self.config.get("config").or_else(|| self.config.get("Config"))
    }

    /// A field of what a container is started with.
    pub fn setting(&self, key: &str) -> Option<&'a Node> {
        self.settings()?.get(key).filter(|node| !node.is_null())
    }

    /// It is made for Windows.
    pub fn is_windows(&self) -> bool {
        let os = self.config.text("os").or_else(|| self.config.text("Os"));
        os == Some("windows")
    }

    /// Where to point if the image as a whole is meant: the key of what a container is started with.
    pub fn heading(&self) -> Span {
        let entry = self.config.entry("config").or_else(|| self.config.entry("Config"));
        entry.map_or(Span::empty(self.config.span.start), |(key, _)| key.span)
    }

    /// Variables of its environment: name, value, where they stand.
    pub fn environment(&self) -> impl Iterator<Item = (&'a str, &'a str, &'a Node)> {
        let items = self.setting("Env").map_or(&[][..], Node::items);
        items.iter().filter_map(|node| {
            let (name, value) = node.as_str()?.split_once('=')?;
            Some((name, value, node))
        })
    }

    /// The words it is started with: its entry point, then its command.
    pub fn command(&self) -> Vec<(&'a str, &'a Node)> {
        ["Entrypoint", "Cmd"]
            .into_iter()
            .filter_map(|key| self.setting(key))
            .flat_map(Node::items)
            .filter_map(|node| Some((node.as_str()?, node)))
            .collect()
    }
}

/// The images of a document: itself, or the items of what `docker image inspect` prints.
pub(crate) fn images(document: &Node) -> Vec<&Node> {
    match document.items() {
        [] => vec![document],
        items => items.iter().collect(),
    }
}

/// The rules.
pub(crate) const RULES: &[&[Rule]] = &[runtime::RULES, history::RULES, contents::RULES];
