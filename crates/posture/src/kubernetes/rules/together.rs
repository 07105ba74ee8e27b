//! What only shows when all files are seen together (BS-K380–399).
//!
//! The files are taken for all that a cluster has. Where something is looked for and not found, a rule speaks only if
//! the namespace has other things of that sort in the files: else it just lives elsewhere.

mod estate;
pub(super) mod isolation;
pub(super) mod reference;
pub(super) mod rights;
pub(super) mod upkeep;

/// Rules that say that something is not there, or does not lead anywhere: of single files that were named, they could
/// only guess.
pub(crate) const OF_ABSENCE: &[&str] = &[
    "BS-K380", "BS-K381", "BS-K382", "BS-K383", "BS-K384", "BS-K385", "BS-K386", "BS-K388", "BS-K389", "BS-K391",
    "BS-K392", "BS-K394", "BS-K395", "BS-K397",
];

/// The sort that such a rule judges, as [`boltseal_evidence::CheckedFile::subjects`] counts it: a workload whose whole
/// folder was seen.
pub const AMONG_ALL: &str = "workload-among-all";
