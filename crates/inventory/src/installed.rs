//! Language packages that are installed: in site-packages, node_modules, gem folders, archives and binaries.

use crate::cataloger::Cataloger;

mod binary;
mod field;
mod java;
mod npm;
mod python;
mod ruby;

/// The catalogers of this group.
pub(crate) fn catalogers() -> Vec<Box<dyn Cataloger>> {
    vec![
        Box::new(binary::Binary),
        Box::new(python::Python),
        Box::new(npm::Npm),
        Box::new(java::Java),
        Box::new(ruby::Ruby),
    ]
}
