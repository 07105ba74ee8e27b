//! From the results of all layers to what the final image shows.

use std::collections::BTreeMap;

use boltseal_evidence::{NotAssessed, NotAssessedReason};
use boltseal_image::FileTree;
use boltseal_inventory::{Assembled, FileRecords, Records, assemble};

use crate::collect::{FileResult, LayerRecords, Told};
use crate::links::Linked;

/// Merges the results of layers, base first, and of linked files: only what is visible in the final image counts.
pub(crate) fn layers(layers: Vec<LayerRecords>, linked: Linked, tree: &FileTree<'_>) -> Assembled {
    let mut merge = Merge::default();
    for (layer, records) in layers.into_iter().enumerate() {
        for file in records.files {
            let visible = tree.visible_entry(layer, file.entry);
            merge.add(file, Some(layer), visible);
        }
        merge.problems.extend(records.problems.into_iter().map(|mut problem| {
            problem.layer = Some(layer);
            problem
        }));
    }
    for (layer, file) in linked {
        merge.add(file, Some(layer), true);
    }
    merge.finish()
}

/// Merges the results of a directory, where every file is visible.
pub(crate) fn directory(files: Vec<FileResult>) -> Assembled {
    let mut merge = Merge::default();
    for file in files {
        merge.add(file, None, true);
    }
    merge.finish()
}

#[derive(Default)]
struct Merge {
    /// By path and cataloger.
    files: BTreeMap<(String, String), Versions>,
    unread: Vec<NotAssessed>,
    problems: Vec<boltseal_evidence::Problem>,
}

/// The versions of one file, base first, and how many of them there are down to the visible one.
#[derive(Default)]
struct Versions {
    all: Vec<(Option<usize>, Records)>,
    to_visible: usize,
}

impl Merge {
    fn add(&mut self, file: FileResult, layer: Option<usize>, visible: bool) {
        let FileResult { path, cataloger, told, .. } = file;
        match told {
            Told::Unread(detail) if visible => {
                self.unread.push(NotAssessed { reason: NotAssessedReason::Limit, what: path, detail, packages: 0 });
            }
            Told::Unread(_) => {}
            Told::Records(records) => {
                let versions = self.files.entry((path, cataloger)).or_default();
                versions.all.push((layer, *records));
                if visible {
                    versions.to_visible = versions.all.len();
                }
            }
        }
    }

    fn finish(self) -> Assembled {
        let visible = self.files.into_iter().filter(|(_, versions)| versions.to_visible > 0);
        let files = visible.map(|((path, _), Versions { mut all, to_visible })| {
            all.truncate(to_visible);
            FileRecords { path, versions: all }
        });
        let mut assembled = assemble(files.collect());
        assembled.problems.extend(self.problems);
        assembled.not_assessed.extend(self.unread);
        assembled.not_assessed.sort();
        assembled
    }
}
