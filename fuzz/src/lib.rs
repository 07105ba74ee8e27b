//! What the fuzz targets share: handing bytes to one cataloger under a path that it wants.

use std::sync::OnceLock;

use boltseal_inventory::{Catalogers, File, FileMeta};

/// Lets every cataloger that wants `path` read `data`. It must neither panic nor hang nor use memory without bound.
///
/// # Panics
/// No cataloger wants the path: the target would test nothing.
pub fn catalog(path: &str, data: &[u8]) {
    static CATALOGERS: OnceLock<Catalogers> = OnceLock::new();
    let catalogers = CATALOGERS.get_or_init(Catalogers::everything);
    let executable = path.starts_with("usr/bin/");
    let wanting = catalogers.wanting(&FileMeta { path, size: data.len() as u64, executable });
    assert!(!wanting.is_empty(), "no cataloger wants `{path}`");
    for number in wanting {
        let _ = catalogers.catalog(number, &File { path, content: data });
    }
}
