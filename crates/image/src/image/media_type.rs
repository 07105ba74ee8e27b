//! Media types of manifests, configurations and layers, OCI and Docker.

/// What a document is, by its media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    Manifest,
    Index,
    /// A Docker manifest of schema 1, which names no configuration.
    Schema1,
    Unknown,
}

/// All that a registry is asked to give for a manifest, best first.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json";

/// The same, and what artifacts were before OCI 1.1.
pub(crate) const ACCEPT_ARTIFACTS: &str = "application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.artifact.manifest.v1+json";

/// An image manifest of OCI.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// An image index of OCI.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The manifest of an artifact in release candidates of OCI 1.1: `blobs` in place of layers, and no configuration.
pub(crate) const ARTIFACT_MANIFEST: &str = "application/vnd.oci.artifact.manifest.v1+json";

pub(crate) fn document_kind(media_type: &str) -> DocumentKind {
    match media_type {
        "application/vnd.oci.image.manifest.v1+json" | "application/vnd.docker.distribution.manifest.v2+json" => {
            DocumentKind::Manifest
        }
        "application/vnd.oci.image.index.v1+json" | "application/vnd.docker.distribution.manifest.list.v2+json" => {
            DocumentKind::Index
        }
        "application/vnd.docker.distribution.manifest.v1+json"
        | "application/vnd.docker.distribution.manifest.v1+prettyjws" => DocumentKind::Schema1,
        _ => DocumentKind::Unknown,
    }
}

/// The configuration is that of a container image.
pub(crate) fn is_image_config(media_type: &str) -> bool {
    matches!(
        media_type,
        "" | "application/vnd.oci.image.config.v1+json"
            | "application/vnd.docker.container.image.v1+json"
            | "application/vnd.docker.plugin.v1+json"
    )
}

/// Registries need not hold the blob.
pub(crate) fn is_foreign(media_type: &str) -> bool {
    media_type.contains(".nondistributable.") || media_type.contains(".foreign.")
}

/// A layer of an image's file system.
pub(crate) fn is_layer(media_type: &str) -> bool {
    [
        "application/vnd.oci.image.layer.",
        "application/vnd.docker.image.rootfs.",
        "application/vnd.docker.container.image.rootfs.",
    ]
    .iter()
    .any(|prefix| media_type.starts_with(prefix))
}
