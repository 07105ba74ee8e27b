//! Merging the records of visible files into one inventory.

use crate::cataloger::Records;

/// The records of one visible file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecords {
    /// The path from the root.
    pub path: String,
    /// The records of every version of the file, one per layer that holds one, base first: `(layer, records)`.
    /// The last is the visible one.
    pub versions: Vec<(Option<usize>, Records)>,
}

/// Merges the records of visible files. Written in its own change.
pub fn assemble(files: Vec<FileRecords>) -> Vec<boltseal_evidence::Package> {
    files.into_iter().filter_map(|mut file| file.versions.pop()).flat_map(|(_, records)| records.packages).collect()
}
