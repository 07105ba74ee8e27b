//! The shape of one layer, and of all layers laid over each other.

mod layer_tree;
mod merge;

pub use layer_tree::LayerTree;
pub(crate) use layer_tree::LayerTreeBuilder;
pub use merge::{FileTree, Link, LinkKind, Origin, Shown};
