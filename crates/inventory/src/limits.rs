//! The bounds that hold for hostile input.

/// Bounds on what a cataloger takes from one file.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Packages from one file.
    pub packages: usize,
    /// Archives within archives.
    pub archive_depth: usize,
    /// Entries of one archive.
    pub archive_entries: usize,
    /// Bytes inflated from one outermost archive, all nested ones counted.
    pub archive_bytes: u64,
    /// Characters of one field (a name, a version); a longer one is cut and reported.
    pub field: usize,
}

impl Limits {
    /// The bounds that Boltseal uses.
    pub const DEFAULT: Self = Self {
        packages: 200_000,
        archive_depth: 5,
        archive_entries: 200_000,
        archive_bytes: 2 * 1024 * 1024 * 1024,
        field: 1024,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
