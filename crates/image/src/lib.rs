//! Images: references, transports, layers, the file tree, and writing them.
//!
//! [`Target::parse`] turns what the user wrote into a value, [`Image::open`] finds the manifest and the configuration
//! behind it, whichever way it comes (registry, `docker save` archive, OCI layout or archive), and [`read_layer`] goes
//! once over one layer: it reads, hashes, inflates and walks at the same time, asks a [`Visitor`] which files it wants
//! by name, and keeps nothing else but the layer's shape, a [`LayerTree`]. [`FileTree::merge`] lays the trees over each
//! other, so that it is known which version of a file the running container would see.
//!
//! *Invariant:* every digest that this crate hands out as `digest`, `diff_id` or `id` was computed here. What an image
//! merely claims is called a claim, and a claim that does not hold is an error.
//!
//! Nothing here is asynchronous to its caller; the registry client keeps a small runtime to itself. Do not call this
//! crate from within another runtime's worker.

mod artifacts;
pub mod build;
mod error;
mod image;
mod layer;
mod options;
mod registry;
mod rootfs;
mod target;
mod tree;

pub use artifacts::{Artifacts, Descriptor, Document, Edit, Listed, Listing, cosign_tag};
pub use error::Error;
pub use image::{FileIdentity, Image, LayerDescriptor, for_each_layer};
pub use layer::{
    Content, Decision, Entry, EntryKind, HEAD, LayerError, LayerFault, LayerSummary, Visitor, read_files, read_layer,
};
pub use oci_spec::distribution::Reference;
pub use oci_spec::image::ImageConfiguration;
pub use options::{Credentials, Limits, Options, Progress};
pub use registry::RegistryError;
pub use rootfs::{DirectorySummary, TreeKind, read_directory};
pub use target::{Choice, Target, TargetError};
pub use tree::{FileTree, LayerTree, Link, LinkKind, Origin, Shown};
