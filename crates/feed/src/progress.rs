//! What a long update tells while it works.

/// Hears how an update goes on. Calls come from several threads.
pub trait Progress: Send + Sync {
    /// An update of this many feeds begins.
    fn begin(&self, _feeds: usize) {}

    /// More of a feed has arrived: bytes so far, and of how many where that is known.
    fn received(&self, _feed: &str, _bytes: u64, _total: Option<u64>) {}

    /// A feed is done, one way or the other.
    fn done(&self, _feed: &str) {}

    /// All feeds are done, and the index is being built.
    fn building(&self) {}
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
