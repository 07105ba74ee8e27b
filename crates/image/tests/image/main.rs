//! Images as a caller sees them: layers, hostile archives, trees, transports, a registry.

mod build;
mod hostile;
mod layer;
mod registry;
mod transport;
mod tree;
