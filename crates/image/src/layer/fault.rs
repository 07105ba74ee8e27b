//! Why a layer could not be read to its end, or is not the layer that it claims to be.

use std::io;

use boltseal_evidence::Digest;

/// A layer could not be read. What a visitor was told of it must be discarded.
#[derive(Debug, thiserror::Error)]
#[error("layer {layer}: {fault}")]
pub struct LayerError {
    /// The layer's index.
    pub layer: usize,
    /// What is wrong.
    #[source]
    pub fault: LayerFault,
}

/// What is wrong with a layer.
#[derive(Debug, thiserror::Error)]
pub enum LayerFault {
    /// The blob is not the one that the manifest names.
    #[error("the blob is not what the manifest claims: expected {expected}, got {actual}")]
    Digest {
        /// The digest claimed.
        expected: Digest,
        /// The digest computed.
        actual: Digest,
    },
    /// The blob is longer or shorter than the manifest says.
    #[error("the blob has {} bytes and the manifest says {expected}", at_least(*actual, *expected))]
    Size {
        /// The size claimed.
        expected: u64,
        /// The bytes read; one more than `expected` where reading stopped.
        actual: u64,
    },
    /// The uncompressed tar is not the one that the configuration names.
    #[error("the uncompressed layer is not what the configuration claims: expected {expected}, got {actual}")]
    DiffId {
        /// The digest claimed.
        expected: Digest,
        /// The digest computed.
        actual: Digest,
    },
    /// The blob cannot be read.
    #[error("cannot read the blob: {0}")]
    Read(#[source] io::Error),
    /// The blob cannot be inflated.
    #[error("the {compression} stream is damaged after {offset} bytes of output: {source}")]
    Inflate {
        /// `gzip` or `zstd`.
        compression: &'static str,
        /// Uncompressed bytes that came before.
        offset: u64,
        /// What the decoder says.
        source: io::Error,
    },
    /// The blob is compressed in a way that is not read.
    #[error("the blob is compressed with {0}, which image layers must not be: rebuild the image with gzip or zstd")]
    Compression(&'static str),
    /// The tar ends in the middle of something.
    #[error("the tar is truncated: it ends at byte {offset}, within {within}")]
    Truncated {
        /// Where it ends.
        offset: u64,
        /// What was being read: a path in backticks, or a header.
        within: String,
    },
    /// The tar is malformed where no reader could go on.
    #[error("the tar is malformed at byte {offset}: {message}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What is wrong.
        message: String,
    },
    /// A bound on size or count was passed.
    #[error("{what} of {limit} passed at byte {offset}: not read any further")]
    Limit {
        /// `the limit on entries`, …
        what: &'static str,
        /// The limit.
        limit: u64,
        /// Where, in uncompressed bytes.
        offset: u64,
    },
    /// A temporary file for a large file could not be written.
    #[error("cannot write a temporary file: {0}; set `TMPDIR` to a directory with more room")]
    Spill(#[source] io::Error),
}

impl LayerFault {
    pub(crate) fn at(self, layer: usize) -> LayerError {
        LayerError { layer, fault: self }
    }
}

fn at_least(actual: u64, expected: u64) -> String {
    if actual > expected { "more".to_owned() } else { actual.to_string() }
}
