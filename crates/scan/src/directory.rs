//! Scanning a directory of this machine.

use std::path::Path;

use boltseal_evidence::{Inventory, Subject, SubjectKind};
use boltseal_image::{Error, TreeKind, read_directory};
use boltseal_inventory::Catalogers;

use crate::collect::Collector;
use crate::{Options, Scanned, bound, merge};

/// Scans the root file system of a machine or of an unpacked image.
pub(crate) fn root_fs(path: &Path, options: &Options) -> Result<Scanned, Error> {
    scan(path, TreeKind::RootFs, SubjectKind::RootFs, &Catalogers::for_images(), options)
}

/// Scans a source tree.
pub(crate) fn source_tree(path: &Path, options: &Options) -> Result<Scanned, Error> {
    scan(path, TreeKind::Source, SubjectKind::Directory, &Catalogers::for_directories(), options)
}

fn scan(
    path: &Path,
    tree: TreeKind,
    kind: SubjectKind,
    catalogers: &Catalogers,
    options: &Options,
) -> Result<Scanned, Error> {
    let mut collector = Collector::new(catalogers);
    read_directory(path, tree, &options.image.limits, &mut collector)?;
    let mut problems = std::mem::take(&mut collector.problems);
    for problem in &mut problems {
        problem.layer = None;
    }
    let merged = merge::directory(collector.files);
    problems.extend(merged.problems);
    let inventory = Inventory {
        subject: Subject { kind, id: None, platform: None, created: None },
        os: merged.os,
        layers: Vec::new(),
        packages: merged.packages,
        not_assessed: bound::not_assessed(merged.not_assessed),
        problems: bound::problems(problems),
    };
    Ok(Scanned { inventory, manifest_digest: None })
}
