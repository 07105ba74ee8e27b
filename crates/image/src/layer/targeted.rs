//! A second reading of a layer for a few files by name.

use std::collections::HashSet;
use std::io::Read;

use boltseal_evidence::Problem;

use super::{Content, Decision, Entry, LayerSummary, Visitor, read_layer};
use crate::{LayerDescriptor, LayerError, Limits};

/// Reads over a layer once more for certain files only, given by their paths as [`Entry::path`] has them; those of at
/// most `max` bytes are given to `each`. Of several entries with one path all are given, the last one last. The layer is
/// verified as by [`read_layer`]; files that are too large are among the problems.
pub fn read_files(
    raw: Box<dyn Read + Send>,
    descriptor: &LayerDescriptor,
    limits: &Limits,
    paths: &HashSet<String>,
    max: u64,
    each: &mut dyn FnMut(&Entry<'_>, Content<'_>),
) -> Result<(LayerSummary, Vec<Problem>), LayerError> {
    let mut targeted = Targeted { paths, max, each, problems: Vec::new() };
    let summary = read_layer(raw, descriptor, limits, &mut targeted)?;
    Ok((summary, targeted.problems))
}

struct Targeted<'a> {
    paths: &'a HashSet<String>,
    max: u64,
    each: &'a mut dyn FnMut(&Entry<'_>, Content<'_>),
    problems: Vec<Problem>,
}

impl Visitor for Targeted<'_> {
    fn entry(&mut self, entry: &Entry<'_>) -> Decision {
        if self.paths.contains(entry.path) { Decision::Read { max: self.max } } else { Decision::Skip }
    }

    fn content(&mut self, entry: &Entry<'_>, content: Content<'_>) {
        (self.each)(entry, content);
    }

    fn unread(&mut self, entry: &Entry<'_>, reason: &str) {
        self.problems.push(Problem {
            path: Some(entry.path.to_owned()),
            layer: Some(entry.layer),
            message: reason.to_owned(),
        });
    }

    /// The first reading has told them.
    fn problem(&mut self, _: Problem) {}
}
