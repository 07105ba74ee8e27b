//! The pass over a layer's blob: who runs on which thread, and whose error counts.

use std::io::{Cursor as Bytes, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use boltseal_evidence::{Algorithm, Digest, Hasher, Problem};
use flate2::bufread::MultiGzDecoder;

use super::compression::Compression;
use super::cursor::Chunks;
use super::pipe::{Chunk, Sink, Source, SourceReader, pipe};
use super::walk::{Walked, Walker};
use super::{LayerSummary, Visitor};
use crate::{LayerDescriptor, LayerError, LayerFault, Limits};

/// Reads a layer in one pass: a thread reads and hashes the blob, one inflates it, and this one hashes and walks the tar
/// and calls `visitor`. Sizes and digests are compared with the descriptor's; where they differ, that is the error, no
/// matter what else went wrong because of it.
pub fn read_layer(
    mut raw: Box<dyn Read + Send>,
    descriptor: &LayerDescriptor,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<LayerSummary, LayerError> {
    let at = |fault: LayerFault| fault.at(descriptor.index);
    let mut head = Vec::new();
    raw.by_ref().take(16).read_to_end(&mut head).map_err(|error| at(LayerFault::Read(error)))?;
    let compression = Compression::detect(&head).map_err(at)?;
    note_media_type(descriptor, compression, &head, visitor);
    let raw = Bytes::new(head).chain(raw);

    let blob_algorithm = descriptor.digest.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
    let tar_algorithm = descriptor.diff_id.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
    // An uncompressed blob is its own tar: hash it once.
    let hash_tar = compression != Compression::None || blob_algorithm != tar_algorithm;
    let read = AtomicU64::new(0);
    let (blob, inflated, walked, tar) = thread::scope(|scope| {
        let (sink, source) = pipe();
        let reader = scope.spawn(|| read_blob(raw, blob_algorithm, descriptor.size, &read, sink));
        let (source, inflater) = match compression {
            Compression::None => (source, None),
            compression => {
                let (sink, inflated) = pipe();
                (inflated, Some(scope.spawn(move || inflate(compression, source, &sink))))
            }
        };
        let tar =
            Tar { source, hasher: hash_tar.then(|| Hasher::new(tar_algorithm)), size: 0, read: &read, limits: *limits };
        let (walked, tar) = Walker::new(tar, descriptor.index, limits, visitor).walk();
        let (size, hasher) = (tar.size, tar.hasher);
        drop(tar.source);
        (reader.join(), inflater.map(|inflater| inflater.join()), walked, (size, hasher))
    });
    // A panic is a defect of ours; it goes on where it can be seen.
    let blob = blob.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let inflated = inflated.map_or(Ok(()), |result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));

    judge(descriptor, blob, inflated, walked, tar).map_err(at)
}

/// Which of several errors is the cause.
fn judge(
    descriptor: &LayerDescriptor,
    blob: Result<(Digest, u64), LayerFault>,
    inflated: Result<(), LayerFault>,
    walked: Result<Walked, LayerFault>,
    (size, hasher): (u64, Option<Hasher>),
) -> Result<LayerSummary, LayerFault> {
    let walked = match walked {
        // The pass was given up: nothing else has come to its end.
        Err(fault @ (LayerFault::Limit { .. } | LayerFault::Spill(_))) => return Err(fault),
        walked => walked,
    };
    let (digest, compressed_size) = blob?;
    if let Some(expected) = descriptor.size.filter(|&expected| expected != compressed_size) {
        return Err(LayerFault::Size { expected, actual: compressed_size });
    }
    if let Some(expected) = descriptor.digest.clone().filter(|expected| *expected != digest) {
        return Err(LayerFault::Digest { expected, actual: digest });
    }
    inflated?;
    let diff_id = hasher.map_or_else(|| digest.clone(), Hasher::finish);
    if let Some(expected) = descriptor.diff_id.clone().filter(|expected| *expected != diff_id) {
        return Err(LayerFault::DiffId { expected, actual: diff_id });
    }
    let Walked { entries, tree } = walked?;
    Ok(LayerSummary { digest, compressed_size, diff_id, size, entries, tree })
}

fn note_media_type(descriptor: &LayerDescriptor, actual: Compression, head: &[u8], visitor: &mut dyn Visitor) {
    if let Some(stated) = Compression::of_media_type(&descriptor.media_type)
        && stated != actual
        && !head.is_empty()
    {
        visitor.problem(Problem {
            path: None,
            layer: Some(descriptor.index),
            message: format!(
                "the media type `{}` says {}, and the blob is {}; read as what it is",
                descriptor.media_type,
                stated.name(),
                actual.name()
            ),
        });
    }
}

/// The first thread: reads and hashes the blob as stored.
fn read_blob(
    mut raw: impl Read,
    algorithm: Algorithm,
    expected: Option<u64>,
    read: &AtomicU64,
    sink: Sink,
) -> Result<(Digest, u64), LayerFault> {
    let mut hasher = Hasher::new(algorithm);
    let mut size = 0;
    while let Some(mut chunk) = sink.buffer() {
        let (ended, error) = chunk.fill(&mut raw);
        if let Some(error) = error {
            return Err(LayerFault::Read(error));
        }
        size += chunk.filled().len() as u64;
        read.store(size, Ordering::Relaxed);
        if let Some(expected) = expected.filter(|&expected| size > expected) {
            return Err(LayerFault::Size { expected, actual: size });
        }
        hasher.update(chunk.filled());
        if !sink.send(chunk) || ended {
            break;
        }
    }
    Ok((hasher.finish(), size))
}

/// The second thread: inflates. Goes to the end of the blob even after an error, for the digest to be known.
fn inflate(compression: Compression, source: Source, sink: &Sink) -> Result<(), LayerFault> {
    let mut input = SourceReader::new(source);
    let result = match compression {
        Compression::Zstd => match zstd::stream::read::Decoder::with_buffer(&mut input) {
            Ok(mut decoder) => inflate_into(sink, &mut decoder, compression),
            Err(source) => Err(LayerFault::Inflate { compression: compression.name(), offset: 0, source }),
        },
        _ => inflate_into(sink, &mut MultiGzDecoder::new(&mut input), compression),
    };
    if !matches!(result, Ok(Ended::Abandoned)) {
        input.drain();
    }
    result.map(drop)
}

enum Ended {
    AtTheEnd,
    /// Nobody takes the output any more.
    Abandoned,
}

fn inflate_into(sink: &Sink, decoder: &mut impl Read, compression: Compression) -> Result<Ended, LayerFault> {
    let mut offset = 0;
    while let Some(mut chunk) = sink.buffer() {
        let (ended, error) = chunk.fill(decoder);
        offset += chunk.filled().len() as u64;
        if !sink.send(chunk) {
            return Ok(Ended::Abandoned);
        }
        if let Some(source) = error {
            return Err(LayerFault::Inflate { compression: compression.name(), offset, source });
        }
        if ended {
            return Ok(Ended::AtTheEnd);
        }
    }
    Ok(Ended::Abandoned)
}

/// The uncompressed bytes as they come to this thread: hashed, counted and bounded.
struct Tar<'s> {
    source: Source,
    hasher: Option<Hasher>,
    size: u64,
    /// Compressed bytes read so far.
    read: &'s AtomicU64,
    limits: Limits,
}

impl Chunks for Tar<'_> {
    fn next(&mut self, spent: Chunk) -> Result<Option<Chunk>, LayerFault> {
        let Some(chunk) = self.source.next(spent) else { return Ok(None) };
        if let Some(hasher) = &mut self.hasher {
            hasher.update(chunk.filled());
        }
        self.size += chunk.filled().len() as u64;
        if self.size > self.limits.uncompressed {
            let limit = self.limits.uncompressed;
            return Err(LayerFault::Limit { what: "the limit on uncompressed bytes", limit, offset: self.size });
        }
        let ratio = self.limits.ratio;
        if self.size > Limits::RATIO_FROM && self.size / ratio.max(1) > self.read.load(Ordering::Relaxed) {
            let what = "a compression ratio";
            return Err(LayerFault::Limit { what, limit: ratio, offset: self.size });
        }
        Ok(Some(chunk))
    }
}
