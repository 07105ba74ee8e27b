//! Operating systems: their package databases, releases and support dates.

use crate::cataloger::Cataloger;

/// The catalogers of this group.
pub(crate) fn catalogers() -> Vec<Box<dyn Cataloger>> {
    Vec::new()
}
