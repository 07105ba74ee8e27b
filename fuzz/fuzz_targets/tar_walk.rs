//! Fuzzes the pass over a layer: decompression, the tar walk and the tree.
#![no_main]

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

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { uncompressed: 1 << 24, entries: 10_000, ..Limits::DEFAULT };
    let raw = Box::new(Cursor::new(data.to_vec()));
    let _ = read_layer(raw, &LayerDescriptor::default(), &limits, &mut ReadAll);
});
