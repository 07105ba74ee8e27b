//! Files that Boltseal keeps between runs.
//!
//! Two kinds, with different promises: [`Cache`] entries can be lost at any time and cost only work; the advisory
//! database is replaced as a whole and never changed in place, so readers need no lock. Both are written to a
//! temporary file first and renamed, so that nothing is ever half-written.

mod atomic;
mod cache;
mod database;

pub use atomic::{WritesHeld, hold_writes, write_atomically, write_secret};
pub use cache::{Cache, CacheError, Entry};
pub use database::{Database, DatabaseError, Mapped, Writer, map_temporary};
