//! Version ordering and ranges for every ecosystem that Boltseal matches.
//!
//! One question is answered here: does an installed version lie in an advisory's range? [`compare`] orders two
//! versions under a [`Scheme`]; [`Version`] keeps a parsed one for comparison with many; [`Range`] and
//! [`ranges_of`] turn advisories' events into ranges as the OSV schema says.
//!
//! Everything is pure and total: no text panics, numbers have no greatest length, and time and memory grow with the
//! text alone. What has no place in an order is [`InvalidVersion`], never a guess.

mod deb;
mod number;
mod range;
mod scheme;
mod semver;
#[cfg(test)]
mod testing;
mod version;

pub use range::{Bound, Event, Range, ranges_of};
pub use scheme::{Scheme, UnknownScheme};
pub use version::{InvalidVersion, Version, compare, is_valid};
