//! From files to packages.
//!
//! A [`Cataloger`] says which files it wants by path, before a byte is read, and turns each into [`Records`];
//! [`Catalogers`] holds them all and answers "who wants this path?" in one look-up. Records depend on the bytes of one
//! file alone, so they can be cached by layer. [`assemble`] then merges the records of the files that are visible in
//! the final image: which packages there are, which layer first brought each, which OS package owns which files.
//!
//! Pure: bytes in, results *and problems* out. No I/O, no clock, no panic on hostile input.

mod assemble;
mod cataloger;
mod installed;
mod limits;
mod lockfile;
mod os;
mod select;

pub use assemble::{Assembled, FileRecords, assemble};
pub use cataloger::{Cataloger, File, FileMeta, Omitted, Owned, PackageLicense, Pattern, Records};
pub use limits::Limits;
pub use select::Catalogers;
