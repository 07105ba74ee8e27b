//! Images: references, transports, layers, the file tree, and writing them.

pub mod build;
