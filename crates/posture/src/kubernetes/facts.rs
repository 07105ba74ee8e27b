//! What one file says that rules on all files together need: kept small, since ten thousand files are.

use super::Object;
use crate::source::Source;

/// What the objects of one file say.
#[derive(Debug, Clone, Default)]
pub struct Facts {}

impl Facts {
    /// Takes what is needed from an object.
    pub fn add(&mut self, _source: &Source<'_>, _object: &Object<'_>) {}
}
