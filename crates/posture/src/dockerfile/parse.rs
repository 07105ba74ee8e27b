//! From text to the syntax tree.

use super::Dockerfile;
use crate::source::Source;

/// Reads a Dockerfile. There is always a tree.
pub fn parse<'a>(source: &'a Source<'a>) -> Dockerfile<'a> {
    Dockerfile {
        source,
        directives: Vec::new(),
        escape: '\\',
        instructions: Vec::new(),
        stages: Vec::new(),
        comments: Vec::new(),
    }
}
