//! Images: the configuration, and what stands out in the files that a container would see.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use boltseal_evidence::{NotAssessed, NotAssessedReason, Problem};
use boltseal_image::{
    Content, Decision, Entry, EntryKind, Error as ImageError, FileTree, Image, LayerDescriptor, LayerSummary,
    LayerTree, Target, Visitor, for_each_layer, read_files, read_layer,
};
use boltseal_posture::image::{self, Files};
use boltseal_posture::{Checked, check_image};

use crate::{Error, Options};

/// `/etc/passwd` of the largest images has a few KiB.
const MOST_TEXT: u64 = 1 << 20;

/// Links that lead to files whose text is wanted.
const WANTED: &[&str] = &["/etc/passwd", "/etc/shadow", "/etc/os-release", "/usr/lib/os-release"];

/// Judges an image that is called `shown`; also returns the text that findings point into: its configuration, one value
/// a line.
pub(crate) fn judge(shown: &str, target: &Target, options: &Options) -> Result<(Checked, String), Error> {
    let image = Image::open(target, &options.image)?;
    let text = readable(image.config_bytes());
    let read = read_all(&image, options)?;
    let mut checked = check_image(shown, text.as_bytes(), Some(&read.files), &options.posture);
    checked.problems.extend(image.problems().iter().chain(&read.problems).map(|problem| located(shown, problem)));
    checked.not_assessed.extend(read.unread.into_iter().map(|detail| NotAssessed {
        reason: NotAssessedReason::Unreadable,
        what: shown.to_owned(),
        detail,
        packages: 0,
    }));
    Ok((checked, text))
}

/// The configuration as `docker image inspect` writes it, since it is stored on one line; as it is where it is no JSON.
fn readable(config: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(config).ok();
    value
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| String::from_utf8_lossy(config).into_owned())
}

fn located(shown: &str, problem: &Problem) -> Problem {
    let inside = problem.path.as_deref().map(|path| format!("`{path}`: ")).unwrap_or_default();
    Problem { path: Some(shown.to_owned()), layer: problem.layer, message: format!("{inside}{}", problem.message) }
}

/// What the files of an image gave.
struct Read {
    files: Files,
    problems: Vec<Problem>,
    /// What was wanted and could not be read.
    unread: Vec<String>,
}

fn read_all(image: &Image, options: &Options) -> Result<Read, Error> {
    let limits = &options.image.limits;
    let entries = AtomicU64::new(0);
    let results = for_each_layer(image.layers(), options.image.parallel, |layer| {
        let mut collector = Collector::default();
        let summary = read_layer(image.open_layer(layer.index)?, layer, limits, &mut collector)?;
        let all = entries.fetch_add(summary.entries, Ordering::Relaxed).saturating_add(summary.entries);
        if all > limits.entries { Err(too_many(layer, limits.entries)) } else { Ok((summary, collector)) }
    });
    let mut trees: Vec<LayerTree> = Vec::new();
    let mut layers = Vec::new();
    for result in results {
        let (LayerSummary { tree, .. }, collector) = result?;
        trees.push(tree);
        layers.push(collector);
    }
    let tree = FileTree::merge(&trees);
    let mut files = Files::default();
    for shown in tree.entries() {
        let meta = shown.entry.and_then(|entry| layers.get(shown.layer)?.metas.get(entry as usize)).copied();
        let meta = meta.unwrap_or(Meta { mode: 0o755, size: 0 });
        files.note(&image::Entry {
            path: &format!("/{}", shown.path),
            kind: match shown.kind {
                EntryKind::File | EntryKind::HardLink => image::EntryKind::File,
                EntryKind::Directory => image::EntryKind::Directory,
                EntryKind::Symlink => image::EntryKind::Link,
                _ => image::EntryKind::Other,
            },
            mode: u32::from(meta.mode),
            uid: 0,
            size: u64::from(meta.size),
        });
    }
    let mut read = Read { files, problems: tree.problems().to_vec(), unread: Vec::new() };
    read_texts(image, &tree, &mut layers, options, &mut read)?;
    read.problems.extend(layers.into_iter().flat_map(|layer| layer.problems));
    Ok(read)
}

/// Gives the rules the texts that they read, by way of links where there are some.
fn read_texts(
    image: &Image,
    tree: &FileTree<'_>,
    layers: &mut [Collector],
    options: &Options,
    read: &mut Read,
) -> Result<(), Error> {
    for path in WANTED {
        let Some(origin) = tree.resolve(path) else { continue };
        let Some(layer) = layers.get_mut(origin.layer) else { continue };
        if !layer.texts.contains_key(&origin.entry) {
            let Some(descriptor) = image.layers().get(origin.layer) else { continue };
            let wanted = HashSet::from([origin.path.clone()]);
            let blob = image.open_layer(origin.layer)?;
            read_files(blob, descriptor, &options.image.limits, &wanted, MOST_TEXT, &mut |entry, content| {
                layer.keep(entry, content);
            })
            .map_err(ImageError::from)?;
        }
        match layer.texts.get(&origin.entry) {
            Some(bytes) => read.files.read(path, bytes),
            None => read.unread.push(format!("`{path}` is too large to be read, so nothing is said of it")),
        }
    }
    Ok(())
}

/// A single layer is held to the limit while it is read; this is for many that are just below it.
fn too_many(layer: &LayerDescriptor, limit: u64) -> ImageError {
    ImageError::TooLarge {
        what: "the number of entries",
        place: format!("all layers together, met in layer {},", layer.index),
        limit: limit.to_string(),
    }
}

/// What is kept of every entry: images have millions.
#[derive(Debug, Clone, Copy)]
struct Meta {
    mode: u16,
    /// In bytes; the largest number for anything larger.
    size: u32,
}

/// Notes what the entries of a layer are like.
#[derive(Debug, Default)]
struct Collector {
    /// By the entry's number.
    metas: Vec<Meta>,
    /// Texts that rules read, by the entry's number.
    texts: BTreeMap<u32, Vec<u8>>,
    problems: Vec<Problem>,
}

impl Collector {
    fn keep(&mut self, entry: &Entry<'_>, content: Content<'_>) {
        // What is larger than memory allows is larger than any such file.
        if let Content::Memory(bytes) = content {
            self.texts.insert(entry.number, std::mem::take(bytes));
        }
    }
}

impl Visitor for Collector {
    fn entry(&mut self, entry: &Entry<'_>) -> Decision {
        // Entries without a place are counted but not told of.
        let number = entry.number as usize;
        self.metas.resize(number, Meta { mode: 0o755, size: 0 });
        self.metas.push(Meta {
            mode: u16::try_from(entry.mode & 0o7777).unwrap_or_default(),
            size: u32::try_from(entry.size).unwrap_or(u32::MAX),
        });
        let wanted = WANTED.iter().any(|path| path.strip_prefix('/') == Some(entry.path));
        if wanted && entry.kind == EntryKind::File { Decision::Read { max: MOST_TEXT } } else { Decision::Skip }
    }

    fn content(&mut self, entry: &Entry<'_>, content: Content<'_>) {
        self.keep(entry, content);
    }

    /// Told where the file turns out to be visible.
    fn unread(&mut self, _: &Entry<'_>, _: &str) {}

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}
