//! Compose files and the rules on them (BS-C…).
//!
//! <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

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
}

/// The rules.
pub(crate) const RULES: &[&[Rule]] = &[];
