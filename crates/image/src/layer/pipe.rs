//! A few large buffers that go round between two threads, so that reading, inflating and walking overlap without
//! allocating.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Bytes of one buffer: large enough that hand-overs cost nothing, small enough to stay in a core's second-level cache.
pub(super) const CHUNK: usize = 256 * 1024;
/// Buffers of one pipe.
const BUFFERS: usize = 4;

/// A buffer and how much of it is filled.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    filled: usize,
}

impl Chunk {
    /// What is in it.
    pub(super) fn filled(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    /// Reads until it is full or the reader has ended; the error comes after what was read before it.
    pub(super) fn fill(&mut self, reader: &mut impl Read) -> (bool, Option<io::Error>) {
        self.bytes.resize(CHUNK, 0);
        self.filled = 0;
        while let Some(rest) = self.bytes.get_mut(self.filled..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest) {
                Ok(0) => return (true, None),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return (true, Some(error)),
            }
        }
        (false, None)
    }
}

/// The end that fills buffers.
#[derive(Debug)]
pub(super) struct Sink {
    full: SyncSender<Chunk>,
    empty: Receiver<Chunk>,
}

/// The end that empties them.
#[derive(Debug)]
pub(super) struct Source {
    full: Receiver<Chunk>,
    empty: Sender<Chunk>,
}

/// A pipe with its buffers.
pub(super) fn pipe() -> (Sink, Source) {
    let (full_sender, full_receiver) = sync_channel(BUFFERS);
    let (empty_sender, empty_receiver) = channel();
    for _ in 0..BUFFERS {
        // The receiver is at hand: this cannot fail, and a pipe with fewer buffers would work too.
        let _ = empty_sender.send(Chunk::default());
    }
    (Sink { full: full_sender, empty: empty_receiver }, Source { full: full_receiver, empty: empty_sender })
}

impl Sink {
    /// A buffer to fill; none once the other end has gone.
    pub(super) fn buffer(&self) -> Option<Chunk> {
        self.empty.recv().ok()
    }

    /// Hands a buffer over; false once the other end has gone.
    pub(super) fn send(&self, chunk: Chunk) -> bool {
        self.full.send(chunk).is_ok()
    }
}

impl Source {
    /// Gives back a buffer and takes the next; none at the end.
    pub(super) fn next(&self, spent: Chunk) -> Option<Chunk> {
        if spent.bytes.capacity() > 0 {
            let _ = self.empty.send(spent);
        }
        self.full.recv().ok()
    }
}

/// A [`Source`] as a reader.
#[derive(Debug)]
pub(super) struct SourceReader {
    source: Source,
    chunk: Chunk,
    at: usize,
}

impl SourceReader {
    pub(super) fn new(source: Source) -> Self {
        Self { source, chunk: Chunk::default(), at: 0 }
    }

    /// Goes to the end without looking.
    pub(super) fn drain(&mut self) {
        while let Some(next) = self.source.next(std::mem::take(&mut self.chunk)) {
            self.chunk = next;
        }
    }
}

impl BufRead for SourceReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.chunk.filled {
            match self.source.next(std::mem::take(&mut self.chunk)) {
                Some(next) => (self.chunk, self.at) = (next, 0),
                None => {
                    self.at = 0;
                    return Ok(&[]);
                }
            }
        }
        Ok(self.chunk.filled().get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl Read for SourceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
