//! Language packages that are installed: in site-packages, node_modules, gem folders, archives and binaries.

use crate::cataloger::Cataloger;

/// The catalogers of this group.
pub(crate) fn catalogers() -> Vec<Box<dyn Cataloger>> {
    Vec::new()
}
