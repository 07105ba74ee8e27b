//! What a caller can choose about opening and reading images.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use boltseal_evidence::Platform;

/// How to open an image.
#[derive(Clone)]
pub struct Options {
    /// The platform to take from an image index; that of this machine (on Linux) where absent.
    pub platform: Option<Platform>,
    /// Talk HTTP without TLS to the registry. Loopback addresses get plain HTTP without being asked.
    pub plain_http: bool,
    /// Layers to read at once.
    pub parallel: usize,
    /// Credentials that take the place of every configured one.
    pub credentials: Option<Credentials>,
    /// PEM files with further certificate authorities to trust.
    pub certificate_authorities: Vec<PathBuf>,
    /// Times a request or an interrupted download is tried again.
    pub retries: u32,
    /// Bounds that hold for hostile input.
    pub limits: Limits,
    /// Who is told how far downloads and reads have come.
    pub progress: Option<Arc<dyn Progress>>,
}

impl Default for Options {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            platform: None,
            plain_http: false,
            parallel: cores.clamp(2, 4),
            credentials: None,
            certificate_authorities: Vec::new(),
            retries: 5,
            limits: Limits::DEFAULT,
            progress: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("platform", &self.platform)
            .field("plain_http", &self.plain_http)
            .field("parallel", &self.parallel)
            .field("credentials", &self.credentials)
            .field("certificate_authorities", &self.certificate_authorities)
            .field("retries", &self.retries)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A user name and a password for a registry. Neither is ever printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password or access token.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Is told how far reading has come; called from several threads, often: implementations should only count.
pub trait Progress: Send + Sync {
    /// A layer's blob is opened; `size` is its compressed size in bytes where the manifest states it.
    fn layer_opened(&self, index: usize, size: Option<u64>);
    /// So many more bytes of the layer's blob were read.
    fn layer_advanced(&self, index: usize, bytes: u64);
    /// The layer's blob was read to its end.
    fn layer_finished(&self, index: usize);
}

/// Bounds on what is taken from one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a manifest or an index.
    pub manifest: u64,
    /// Bytes of an image configuration.
    pub config: u64,
    /// Layers of one image.
    pub layers: usize,
    /// Entries of one layer, of all layers of one image together, or files of one directory tree. A scan takes about
    /// 150 bytes of memory for each.
    pub entries: u64,
    /// Bytes of one layer's uncompressed tar.
    pub uncompressed: u64,
    /// Uncompressed bytes per compressed byte, once a layer has passed [`Limits::RATIO_FROM`].
    pub ratio: u64,
    /// Bytes of one path or link target. A longer one is skipped and reported.
    pub path: usize,
    /// Names in one path. A deeper one is skipped and reported.
    pub depth: usize,
    /// Bytes of one PAX extended header or GNU long name.
    pub extended_header: u64,
    /// Bytes of names kept for one layer's tree.
    pub names: usize,
    /// Problems told per layer; further ones are counted.
    pub problems: usize,
    /// Bytes of a wanted file that are kept in memory; a larger file is spilled to an unlinked temporary file.
    pub memory: u64,
    /// Artifacts (signatures, attestations) that hang on one digest.
    pub artifacts: usize,
    /// Bytes of one blob of an artifact.
    pub artifact: u64,
    /// Bytes of all artifacts that are read of one target together.
    pub artifacts_total: u64,
}

impl Limits {
    /// The bounds that Boltseal uses.
    pub const DEFAULT: Self = Self {
        manifest: 4 << 20,
        config: 16 << 20,
        layers: 1000,
        entries: 12_000_000,
        uncompressed: 64 << 30,
        ratio: 250,
        path: 4096,
        depth: 256,
        extended_header: 1 << 20,
        names: 1 << 30,
        problems: 100,
        memory: 16 << 20,
        artifacts: 1000,
        artifact: 16 << 20,
        artifacts_total: 256 << 20,
    };

    /// Uncompressed bytes up to which no compression ratio is too good.
    pub const RATIO_FROM: u64 = 1 << 30;
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
