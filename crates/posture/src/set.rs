//! All files of a check together.

use std::collections::BTreeSet;

use boltseal_evidence::Region;

use crate::kubernetes;

/// What one file contributes to rules on all files together.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Its path.
    pub path: String,
    /// What its Kubernetes objects say.
    pub kubernetes: kubernetes::Facts,
    /// A Dockerfile's copies of the whole build context.
    pub context_copies: Vec<Region>,
    /// Whether it is a Dockerfile.
    pub is_dockerfile: bool,
}

/// All files.
#[derive(Debug)]
pub struct Set<'a> {
    /// What each file contributes, by path.
    pub facts: &'a [Facts],
    /// Paths of all files that the walk saw, also of those that no rule reads.
    pub paths: &'a BTreeSet<String>,
    /// Folders were walked, so that what is not among the files is taken not to be there. Of files that were named one
    /// by one, rules on what is missing say nothing: it may lie beside them.
    pub whole: bool,
}
