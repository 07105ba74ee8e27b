//! Manifests and indexes (OCI image specification, `manifest.md` and `image-index.md`; Docker v2 schema 2), and the way
//! from a reference through nested indexes to the manifest for a platform.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use boltseal_evidence::{Digest, Platform};
use serde::Deserialize;

use super::media_type::{self, DocumentKind, document_kind};
use crate::Error;

/// What the configuration is called in errors; other documents are manifests and indexes.
pub(crate) const CONFIGURATION: &str = "the configuration";

/// Indexes within indexes.
const MAX_DEPTH: usize = 4;

/// Names content (`descriptor.md`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    #[serde(default)]
    pub(crate) media_type: Option<String>,
    pub(crate) digest: String,
    pub(crate) size: u64,
    #[serde(default)]
    pub(crate) platform: Option<PlatformDocument>,
    #[serde(default)]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) artifact_type: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct PlatformDocument {
    #[serde(default)]
    pub(crate) os: String,
    #[serde(default)]
    pub(crate) architecture: String,
    #[serde(default)]
    pub(crate) variant: Option<String>,
}

impl Descriptor {
    pub(crate) fn media_type(&self) -> &str {
        self.media_type.as_deref().unwrap_or_default()
    }

    pub(crate) fn digest(&self, what: &'static str, place: &str) -> Result<Digest, Error> {
        self.digest.parse().map_err(|error: boltseal_evidence::DigestError| Error::Malformed {
            what,
            place: place.to_owned(),
            message: error.to_string(),
        })
    }

    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name).map(String::as_str)
    }

    /// The tag of a manifest in an OCI layout (`image-layout.md`; `annotations.md`), and the name that containerd gives.
    pub(crate) fn has_tag(&self, tag: &str) -> bool {
        ["org.opencontainers.image.ref.name", "io.containerd.image.name"]
            .iter()
            .any(|name| self.annotation(name) == Some(tag))
    }

    pub(crate) fn tag(&self) -> Option<&str> {
        self.annotation("org.opencontainers.image.ref.name").or(self.annotation("io.containerd.image.name"))
    }

    /// Something that hangs on an image, by what the list says of it: a signature's tag, cosign's `save`, its kind.
    pub(crate) fn is_attached(&self) -> bool {
        let name = self.tag().and_then(|tag| tag.rsplit([':', '/']).next()).unwrap_or_default();
        let kind = self.annotation("kind").and_then(|kind| kind.strip_prefix("dev.cosignproject.cosign/"));
        is_attachment_tag(name)
            || matches!(kind, Some("sigs" | "atts"))
            || self.artifact_type.as_deref().is_some_and(|kind| !media_type::is_image_config(kind))
    }

    /// Provenance and the like, kept in an index beside the images that it is about.
    fn is_attestation(&self) -> bool {
        self.annotation("vnd.docker.reference.type").is_some()
            || self.platform.as_ref().is_some_and(|platform| platform.os == "unknown")
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) config: Descriptor,
    #[serde(default)]
    pub(crate) layers: Vec<Descriptor>,
    #[serde(default)]
    pub(crate) artifact_type: Option<String>,
    #[serde(default)]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Index {
    #[serde(default)]
    pub(crate) manifests: Vec<Descriptor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outline {
    #[serde(default)]
    schema_version: Option<u64>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    manifests: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    config: Option<serde::de::IgnoredAny>,
}

/// A document and the digest that was computed of it.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) bytes: Vec<u8>,
    pub(crate) digest: Digest,
}

/// A manifest, with what is computed of it and of the outermost index that led to it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) manifest: Manifest,
    pub(crate) digest: Digest,
    pub(crate) index: Option<Digest>,
}

/// Where documents are fetched by descriptor; they come verified.
pub(crate) trait Documents {
    /// The archive, directory or reference, for errors.
    fn place(&self) -> &str;

    /// The bytes, whose size and digest are those of the descriptor.
    fn document(&self, descriptor: &Descriptor, what: &'static str, limit: u64) -> Result<Vec<u8>, Error>;
}

/// Goes from a document to the manifest for a platform.
pub(crate) fn find(
    documents: &dyn Documents,
    document: Document,
    wanted: Option<&Platform>,
    limit: u64,
) -> Result<Found, Error> {
    let mut document = document;
    let mut index = None;
    for _ in 0..MAX_DEPTH {
        match kind(&document.bytes, documents.place())? {
            DocumentKind::Index => {
                let parsed: Index = parse(&document.bytes, "the index", documents.place())?;
                let chosen = choose(&parsed.manifests, wanted, documents.place())?;
                let digest = chosen.digest("the index", documents.place())?;
                let bytes = documents.document(chosen, "the manifest", limit)?;
                index.get_or_insert(document.digest);
                document = Document { bytes, digest };
            }
            _ => {
                let manifest = parse(&document.bytes, "the manifest", documents.place())?;
                return Ok(Found { manifest, digest: document.digest, index });
            }
        }
    }
    Err(Error::TooLarge {
        what: "the nesting of indexes",
        place: documents.place().to_owned(),
        limit: MAX_DEPTH.to_string(),
    })
}

fn parse<'d, T: Deserialize<'d>>(bytes: &'d [u8], what: &'static str, place: &str) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::Malformed {
        what,
        place: place.to_owned(),
        message: error.to_string(),
    })
}

/// `sha256-<hex>`, bare or with cosign's endings.
fn is_attachment_tag(tag: &str) -> bool {
    let Some((algorithm, rest)) = tag.split_once('-') else { return false };
    let (hex, ending) = rest.split_once('.').unwrap_or((rest, ""));
    matches!(algorithm, "sha256" | "sha512")
        && hex.len() >= 64
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        && matches!(ending, "" | "sig" | "att" | "sbom")
}

/// The document says that it is about another one.
pub(crate) fn hangs_on_another(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Referrer {
        subject: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Referrer>(bytes).is_ok_and(|document| document.subject.is_some())
}

/// By its own media type, or by what it holds. A document that could be read as both is refused, since others may read
/// it the other way (CVE-2021-41190).
pub(crate) fn kind(bytes: &[u8], place: &str) -> Result<DocumentKind, Error> {
    let outline: Outline = parse(bytes, "the manifest", place)?;
    let schema1 = || Error::Unsupported {
        place: place.to_owned(),
        message: "this is a Docker manifest of schema 1, which is obsolete: push the image again with a current tool"
            .to_owned(),
    };
    let malformed =
        |message: &str| Error::Malformed { what: "the manifest", place: place.to_owned(), message: message.to_owned() };
    if outline.schema_version == Some(1) {
        return Err(schema1());
    }
    if outline.manifests.is_some() && outline.config.is_some() {
        return Err(malformed("it is a manifest and an index at once"));
    }
    let stated = outline.media_type.as_deref().map_or(DocumentKind::Unknown, document_kind);
    match stated {
        DocumentKind::Schema1 => Err(schema1()),
        DocumentKind::Manifest | DocumentKind::Index => Ok(stated),
        DocumentKind::Unknown if outline.manifests.is_some() => Ok(DocumentKind::Index),
        DocumentKind::Unknown if outline.config.is_some() => Ok(DocumentKind::Manifest),
        DocumentKind::Unknown => Err(malformed("it has neither a configuration nor manifests")),
    }
}

/// The entry of an index for a platform; the only one there is where none is asked for.
pub(crate) fn choose<'m>(
    manifests: &'m [Descriptor],
    wanted: Option<&Platform>,
    place: &str,
) -> Result<&'m Descriptor, Error> {
    let images: Vec<&Descriptor> = manifests.iter().filter(|manifest| !manifest.is_attestation()).collect();
    if let ([only], None) = (images.as_slice(), wanted) {
        return Ok(only);
    }
    let wanted = wanted.cloned().unwrap_or_else(host);
    let fits = |descriptor: &&&Descriptor| {
        descriptor.platform.as_ref().is_none_or(|platform| fitness(platform, &wanted).is_some())
    };
    let best = images.iter().filter(fits).max_by_key(|descriptor| {
        let fitness = descriptor.platform.as_ref().and_then(|platform| fitness(platform, &wanted));
        // Of equals the first counts, as with other tools.
        (fitness, std::cmp::Reverse(images.iter().position(|image| std::ptr::eq(*image, **descriptor))))
    });
    best.copied().ok_or_else(|| Error::NoPlatform {
        place: place.to_owned(),
        wanted: show(&wanted.os, &wanted.architecture, wanted.variant.as_deref()),
        available: available(&images),
    })
}

/// How well a platform fits; none if not at all. Without a variant asked for, `arm` takes the highest and `arm64` v8.
fn fitness(platform: &PlatformDocument, wanted: &Platform) -> Option<u32> {
    if platform.os != wanted.os || platform.architecture != wanted.architecture {
        return None;
    }
    let default = (wanted.architecture == "arm64").then_some("v8");
    let (offered, asked) = (platform.variant.as_deref(), wanted.variant.as_deref());
    match (offered.or(default), asked.or(default)) {
        (offered, asked) if offered == asked => Some(100),
        (None, Some(_)) => Some(1),
        (Some(_), Some(_)) => None,
        (Some(variant), None) => Some(variant.trim_start_matches('v').parse().unwrap_or(0).min(99)),
        (None, None) => Some(100),
    }
}

fn available(images: &[&Descriptor]) -> String {
    let platforms: BTreeSet<String> = images
        .iter()
        .filter_map(|image| image.platform.as_ref())
        .map(|platform| show(&platform.os, &platform.architecture, platform.variant.as_deref()))
        .collect();
    if platforms.is_empty() { "none".to_owned() } else { platforms.into_iter().collect::<Vec<_>>().join(", ") }
}

fn show(os: &str, architecture: &str, variant: Option<&str>) -> String {
    let variant = variant.map(|variant| format!("/{variant}")).unwrap_or_default();
    format!("{os}/{architecture}{variant}")
}

/// Containers are Linux, whatever runs them.
fn host() -> Platform {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" => "ppc64le",
        "loongarch64" => "loong64",
        other => other,
    };
    Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(platforms: &[&str]) -> Vec<Descriptor> {
        let platform = |text: &str| {
            let mut parts = text.split('/').map(str::to_owned);
            PlatformDocument {
                os: parts.next().unwrap_or_default(),
                architecture: parts.next().unwrap_or_default(),
                variant: parts.next(),
            }
        };
        platforms
            .iter()
            .map(|text| Descriptor {
                digest: (*text).to_owned(),
                platform: Some(platform(text)),
                ..Descriptor::default()
            })
            .collect()
    }

    fn check(platforms: &[&str], wanted: &str, expect: Option<&str>) {
        let manifests = index(platforms);
        let platform = index(&[wanted]).remove(0).platform.unwrap();
        let wanted = Platform { os: platform.os, architecture: platform.architecture, variant: platform.variant };
        let got = choose(&manifests, Some(&wanted), "here");
        assert_eq!(got.ok().map(|chosen| chosen.digest.as_str()), expect, "{platforms:?}");
    }

    #[test]
    fn the_entry_for_the_platform_is_chosen() {
        check(&["linux/amd64", "linux/arm64/v8"], "linux/arm64", Some("linux/arm64/v8"));
        check(&["linux/arm/v6", "linux/arm/v7", "linux/arm/v5"], "linux/arm", Some("linux/arm/v7"));
        check(&["linux/arm/v6", "linux/arm/v7"], "linux/arm/v6", Some("linux/arm/v6"));
        check(&["linux/amd64", "windows/amd64"], "linux/s390x", None);
        check(&["unknown/unknown", "linux/amd64"], "linux/amd64", Some("linux/amd64"));
        check(&["linux/amd64", "linux/amd64/v3"], "linux/amd64", Some("linux/amd64"));
    }

    #[test]
    fn the_only_image_needs_no_platform_and_attestations_are_none() {
        let manifests = index(&["unknown/unknown", "linux/riscv64"]);
        assert_eq!(choose(&manifests, None, "here").unwrap().digest, "linux/riscv64");
    }

    #[test]
    fn documents_that_could_be_two_things_or_are_obsolete_are_refused() {
        let check = |text: &str, expect: &str| {
            let error = kind(text.as_bytes(), "here").unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        check(r#"{"schemaVersion":2,"config":{},"manifests":[]}"#, "at once");
        check(r#"{"schemaVersion":1,"fsLayers":[]}"#, "schema 1");
        check(r#"{"schemaVersion":2}"#, "neither");
        check("[", "malformed");
    }
}
