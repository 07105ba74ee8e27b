//! What signatures and attestations are called in manifests.

/// Sigstore bundles: `application/vnd.dev.sigstore.bundle.v0.3+json`, and with a `version` before it.
pub(crate) const BUNDLE_PREFIX: &str = "application/vnd.dev.sigstore.bundle";

/// A Sigstore bundle, as it is attached.
pub(crate) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A payload that cosign signed before bundles.
pub(crate) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// A DSSE envelope, as cosign attached attestations before bundles.
pub(crate) const DSSE: &str = "application/vnd.dsse.envelope.v1+json";

/// A signature of the Notary Project (signature specification, *Storage*).
pub(crate) const NOTATION: &str = "application/vnd.cncf.notary.signature";

/// A JWS envelope.
pub(crate) const JWS: &str = "application/jose+json";

/// A COSE envelope.
pub(crate) const COSE: &str = "application/cose";

/// The endings of cosign's tags that hold something signed.
pub(crate) const LEGACY_ENDINGS: [&str; 2] = ["sig", "att"];

/// The endings of all of cosign's tags.
pub(crate) const COSIGN_ENDINGS: [&str; 3] = ["sig", "att", "sbom"];

/// An image manifest.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// An image configuration.
pub(crate) const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// Content that says nothing: `{}`.
pub(crate) const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// The configuration of something that runs, rather than of an artifact.
pub(crate) fn is_image_config(media_type: &str) -> bool {
    matches!(media_type, "application/vnd.oci.image.config.v1+json" | "application/vnd.docker.container.image.v1+json")
}
