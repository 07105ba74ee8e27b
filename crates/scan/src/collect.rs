//! Cataloguing one layer while it is read.

use boltseal_evidence::{Digest, Problem};
use boltseal_image::{Content, Decision, Entry, EntryKind, LayerSummary, LayerTree, Visitor};
use boltseal_inventory::{Catalogers, File as CatalogFile, FileMeta, Records};
use boltseal_store::map_temporary;
use serde::{Deserialize, Serialize};

/// What one layer gave: everything that the merge needs, and nothing that depends on other layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LayerRecords {
    /// The digest of the blob as stored, computed.
    pub(crate) digest: Digest,
    /// The digest of the uncompressed tar, computed.
    pub(crate) diff_id: Digest,
    pub(crate) size: u64,
    pub(crate) entries: u64,
    pub(crate) tree: LayerTree,
    pub(crate) files: Vec<FileResult>,
    pub(crate) problems: Vec<Problem>,
}

/// What one wanted file of a layer told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileResult {
    /// The entry's number in its layer.
    pub(crate) entry: u32,
    /// The path as written in the layer.
    pub(crate) path: String,
    /// The name of the cataloger that read it; empty where none could.
    pub(crate) cataloger: String,
    pub(crate) told: Told,
}

/// The outcome for a wanted file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Told {
    /// It was read.
    Records(Box<Records>),
    /// It was beyond a limit, for this reason.
    Unread(String),
}

impl FileResult {
    fn unread(entry: &Entry<'_>, path: &str, reason: String) -> Self {
        Self { entry: entry.number, path: path.to_owned(), cataloger: String::new(), told: Told::Unread(reason) }
    }

    /// The temporary file of a large file could not be used.
    pub(crate) fn not_read_back(entry: &Entry<'_>, path: &str, error: &std::io::Error) -> Self {
        Self::unread(entry, path, format!("cannot be read back from its temporary file: {error}"))
    }
}

impl LayerRecords {
    pub(crate) fn new(summary: LayerSummary, collector: Collector<'_>) -> Self {
        let LayerSummary { digest, diff_id, size, entries, tree, .. } = summary;
        Self { digest, diff_id, size, entries, tree, files: collector.files, problems: collector.problems }
    }
}

/// Lets the catalogers read the files that they want, as they come by.
pub(crate) struct Collector<'a> {
    catalogers: &'a Catalogers,
    /// The catalogers that want the current file.
    wanting: Vec<usize>,
    pub(crate) files: Vec<FileResult>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(catalogers: &'a Catalogers) -> Self {
        Self { catalogers, wanting: Vec::new(), files: Vec::new(), problems: Vec::new() }
    }

    fn read(&self) -> Decision {
        let max = self.wanting.iter().map(|&number| self.catalogers.max_size(number)).max();
        max.map_or(Decision::Skip, |max| Decision::Read { max })
    }

    /// Runs every cataloger that wants the file over its bytes. What several tell is kept apart.
    fn catalog(&mut self, entry: &Entry<'_>, content: &[u8]) {
        let results = catalog(self.catalogers, &self.wanting, entry, entry.path, content);
        self.files.extend(results);
    }
}

impl Visitor for Collector<'_> {
    fn entry(&mut self, entry: &Entry<'_>) -> Decision {
        if entry.kind != EntryKind::File {
            return Decision::Skip;
        }
        let meta = FileMeta { path: entry.path, size: entry.size, executable: entry.is_executable() };
        self.wanting = self.catalogers.wanting(&meta);
        if self.wanting.is_empty() {
            Decision::Skip
        } else if self.catalogers.only_as_executable(entry.path) {
            Decision::Peek
        } else {
            self.read()
        }
    }

    fn head(&mut self, _: &Entry<'_>, head: &[u8]) -> Decision {
        if Catalogers::is_executable_image(head) { self.read() } else { Decision::Skip }
    }

    fn content(&mut self, entry: &Entry<'_>, content: Content<'_>) {
        match content {
            Content::Memory(bytes) => self.catalog(entry, bytes),
            Content::Spilled(file) => match map_temporary(&file) {
                Ok(bytes) => self.catalog(entry, bytes.as_ref()),
                Err(error) => self.files.push(FileResult::not_read_back(entry, entry.path, &error)),
            },
        }
    }

    fn unread(&mut self, entry: &Entry<'_>, reason: &str) {
        self.files.push(FileResult::unread(entry, entry.path, reason.to_owned()));
    }

    fn problem(&mut self, mut problem: Problem) {
        // The root itself has no name to show.
        problem.path = problem.path.filter(|path| !path.is_empty());
        self.problems.push(problem);
    }
}

/// What each of the catalogers tells of a file that is to be known by `path`.
pub(crate) fn catalog(
    catalogers: &Catalogers,
    wanting: &[usize],
    entry: &Entry<'_>,
    path: &str,
    content: &[u8],
) -> Vec<FileResult> {
    let file = CatalogFile { path, content };
    let size = content.len() as u64;
    let mut results = Vec::new();
    for &number in wanting {
        let max = catalogers.max_size(number);
        let told = if size > max {
            Told::Unread(format!("has {size} bytes, and files of this kind are read up to {max}"))
        } else {
            let records = catalogers.catalog(number, &file);
            if records.is_empty() {
                continue;
            }
            Told::Records(Box::new(records))
        };
        let cataloger = catalogers.name(number).to_owned();
        results.push(FileResult { entry: entry.number, path: path.to_owned(), cataloger, told });
    }
    results
}
