//! Compose files and the rules on them (BS-C…).
//!
//! <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

mod build;
mod image;
mod mounts;
mod ports;
mod privilege;
mod resources;
mod secrets;
mod service;
mod settings;
mod sharing;
#[cfg(test)]
mod tests;
mod values;

pub use service::{Service, Variable};
pub(crate) use settings::is_verification_off;

use crate::rule::Rule;
use crate::source::Source;
use crate::yaml::Node;

/// A Compose file.
#[derive(Debug)]
pub struct Compose<'a> {
    /// The text.
    pub source: &'a Source<'a>,
    /// The whole document.
    pub root: &'a Node,
    /// Its services, those left out that Compose does not run itself (`provider`).
    pub services: Vec<Service<'a>>,
}

impl<'a> Compose<'a> {
    /// A document as a Compose file.
    pub fn new(source: &'a Source<'a>, root: &'a Node) -> Self {
        Self { source, root, services: service::services(source, root) }
    }
}

/// The rules.
pub(crate) const RULES: &[&[Rule]] = &[
    privilege::RULES,
    sharing::RULES,
    mounts::RULES,
    ports::RULES,
    secrets::RULES,
    resources::RULES,
    image::RULES,
    build::RULES,
    settings::RULES,
];
