//! The pass over a layer: decompression, the tar walk and the tree.

use std::io::Cursor;

use boltseal_evidence::Problem;
use boltseal_image::{Content, Decision, Entry, LayerDescriptor, Limits, Visitor, read_layer};

struct ReadAll;

impl Visitor for ReadAll {
    fn entry(&mut self, entry: &Entry<'_>) -> Decision {
        if entry.number % 2 == 0 { Decision::Peek } else { Decision::Read { max: 1 << 20 } }
    }

    fn head(&mut self, _: &Entry<'_>, _: &[u8]) -> Decision {
        Decision::Read { max: 1 << 20 }
    }

    fn content(&mut self, _: &Entry<'_>, _: Content<'_>) {}

    fn problem(&mut self, _: Problem) {}
}

/// The number of entries.
pub(crate) fn walk(data: &[u8]) -> usize {
    let limits = Limits { uncompressed: 1 << 24, entries: 10_000, ..Limits::DEFAULT };
    let raw = Box::new(Cursor::new(data.to_vec()));
    let summary = read_layer(raw, &LayerDescriptor::default(), &limits, &mut ReadAll);
    summary.map_or(0, |summary| summary.entries as usize)
}
