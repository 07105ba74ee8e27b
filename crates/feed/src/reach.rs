//! Telling early that there is no network.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::fetch::{FetchError, Fetched};

/// Whether there is a network at all. Without one, waiting for every single server would take minutes.
#[derive(Default)]
pub(crate) struct Reach {
    reached: AtomicBool,
    failed: AtomicUsize,
}

impl Reach {
    /// So many servers in a row could not be reached, and never one could.
    const HOPELESS: usize = 4;

    /// Notes how one feed fared.
    pub(crate) fn note(&self, result: &Result<Fetched, FetchError>) {
        match result {
            Err(error) if error.is_unreachable() => {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.reached.store(true, Ordering::Relaxed),
        }
    }

    /// Trying further servers is a waste of time.
    pub(crate) fn is_hopeless(&self) -> bool {
        !self.reached.load(Ordering::Relaxed) && self.failed.load(Ordering::Relaxed) >= Self::HOPELESS
    }
}
