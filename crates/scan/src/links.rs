//! Files that are wanted only by the name of a link to them.
//!
//! A layer is read once and decided on by path. A hard or symbolic link whose name a cataloger wants can lead to a file
//! whose own name nobody wanted, and whose bytes have passed by. That is rare (content-addressed package stores do it);
//! such files are fetched in a second, targeted pass over their layer.

use std::collections::{BTreeMap, HashSet};

use boltseal_image::{Content, Error, FileTree, Image, Link, read_files};
use boltseal_inventory::{Catalogers, FileMeta};
use boltseal_store::map_temporary;

use crate::Options;
use crate::collect::{FileResult, catalog};

/// What the linked files of one layer told, by the layer that brought the *link*.
pub(crate) type Linked = Vec<(usize, FileResult)>;

/// A link and the catalogers that want its name.
struct Wanted {
    link: Link,
    wanting: Vec<usize>,
}

pub(crate) fn read(
    image: &Image,
    tree: &FileTree<'_>,
    catalogers: &Catalogers,
    options: &Options,
) -> Result<Linked, Error> {
    let mut by_layer: BTreeMap<usize, BTreeMap<String, Vec<Wanted>>> = BTreeMap::new();
    for link in tree.links() {
        let wanting = wanting(catalogers, &link.path);
        let already = self::wanting(catalogers, &link.origin.path);
        if wanting.iter().any(|number| !already.contains(number)) {
            let files = by_layer.entry(link.origin.layer).or_default();
            files.entry(link.origin.path.clone()).or_default().push(Wanted { link, wanting });
        }
    }
    let mut linked = Linked::new();
    for (layer, files) in by_layer {
        let Some(descriptor) = image.layers().get(layer) else { continue };
        let paths: HashSet<String> = files.keys().cloned().collect();
        let numbers = files.values().flatten().flat_map(|wanted| &wanted.wanting);
        let max = numbers.map(|&number| catalogers.max_size(number)).max().unwrap_or(0);
        let limits = &options.image.limits;
        read_files(image.open_layer(layer)?, descriptor, limits, &paths, max, &mut |entry, content| {
            let mapped;
            let bytes = match content {
                Content::Memory(bytes) => Ok(bytes.as_slice()),
                Content::Spilled(file) => {
                    mapped = map_temporary(&file);
                    mapped.as_ref().map(AsRef::as_ref)
                }
            };
            for wanted in files.get(entry.path).into_iter().flatten() {
                if wanted.link.origin.entry == entry.number {
                    let results = match &bytes {
                        Ok(bytes) => catalog(catalogers, &wanted.wanting, entry, &wanted.link.path, bytes),
                        Err(error) => vec![FileResult::not_read_back(entry, &wanted.link.path, error)],
                    };
                    linked.extend(results.into_iter().map(|result| (wanted.link.layer, result)));
                }
            }
        })?;
    }
    Ok(linked)
}

/// The catalogers that want a path by its name alone.
fn wanting(catalogers: &Catalogers, path: &str) -> Vec<usize> {
    catalogers.wanting(&FileMeta { path, size: 0, executable: false })
}
