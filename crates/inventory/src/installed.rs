//! Language packages that are installed: in site-packages, node_modules, gem folders, archives and binaries.

use crate::cataloger::Cataloger;

mod archive;
mod binary;
mod bitnami;
mod composer;
mod dotnet;
mod field;
mod java;
mod npm;
mod python;
mod ruby;

/// The catalogers of this group.
pub(crate) fn catalogers() -> Vec<Box<dyn Cataloger>> {
    vec![
        Box::new(python::Python),
        Box::new(npm::Npm),
        Box::new(ruby::Ruby),
        Box::new(java::Java),
        Box::new(binary::Binary),
        Box::new(dotnet::DotNet),
        Box::new(composer::Composer),
        Box::new(bitnami::Bitnami),
    ]
}
