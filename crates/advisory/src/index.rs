//! The index: one immutable file, built once, opened without reading it, checked block by block as it is used.

mod encode;
mod format;
mod read;
mod table;
mod unite;
mod write;

#[cfg(test)]
mod tests;

pub use encode::{Record, Statements};
pub use format::IndexError;
pub use read::Index;
pub use write::{Builder, Built};
