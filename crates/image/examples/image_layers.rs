//! Opens a target, reads and verifies all of its layers and prints what they are.
//!
//! `cargo run -p boltseal-image --example image_layers -- TARGET`
#![allow(clippy::print_stdout, reason = "it prints what it finds")]

use std::time::Instant;

use boltseal_evidence::Problem;
use boltseal_image::{Content, Decision, Entry, FileTree, Image, Options, Target, Visitor, for_each_layer, read_layer};

struct Silent;

impl Visitor for Silent {
    fn entry(&mut self, _: &Entry<'_>) -> Decision {
        Decision::Skip
    }
    fn content(&mut self, _: &Entry<'_>, _: Content<'_>) {}
    fn problem(&mut self, problem: Problem) {
        println!("problem: {problem:?}");
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let target = Target::parse(&std::env::args().nth(1).unwrap_or_default())?;
    let plain_http = std::env::args().nth(2).is_some_and(|argument| argument == "--plain-http");
    let options = Options { plain_http, ..Options::default() };
    let start = Instant::now();
    let image = Image::open(&target, &options)?;
    println!("{target}: {} {:?} {:?}", image.id(), image.platform(), image.manifest_digest());
    let summaries = for_each_layer(image.layers(), options.parallel, |layer| {
        let raw = image.open_layer(layer.index)?;
        Ok::<_, boltseal_image::Error>(read_layer(raw, layer, &options.limits, &mut Silent)?)
    });
    let summaries = summaries.into_iter().collect::<Result<Vec<_>, _>>()?;
    for (summary, layer) in summaries.iter().zip(image.layers()) {
        let (entries, made) = (summary.entries, layer.created_by.as_deref().unwrap_or("?"));
        println!("{} {} {entries} entries, {} bytes: {made}", layer.index, summary.diff_id, summary.size);
    }
    let trees: Vec<_> = summaries.into_iter().map(|summary| summary.tree).collect();
    let merged = FileTree::merge(&trees);
    println!("{} links, {:?}, {:?}", merged.links().count(), merged.problems(), start.elapsed());
    Ok(())
}
