//! A place in a stream of buffers.

use super::pipe::Chunk;
use crate::LayerFault;

/// Gives one buffer after the other.
pub(super) trait Chunks {
    /// Takes back the last buffer; none at the end.
    fn next(&mut self, spent: Chunk) -> Result<Option<Chunk>, LayerFault>;
}

pub(super) struct Cursor<C> {
    chunks: C,
    chunk: Chunk,
    at: usize,
    offset: u64,
    ended: bool,
}

impl<C: Chunks> Cursor<C> {
    pub(super) fn new(chunks: C) -> Self {
        Self { chunks, chunk: Chunk::default(), at: 0, offset: 0, ended: false }
    }

    /// Bytes passed.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes at hand; none only at the end.
    pub(super) fn available(&mut self) -> Result<&[u8], LayerFault> {
        while !self.ended && self.at >= self.chunk.filled().len() {
            self.at = 0;
            match self.chunks.next(std::mem::take(&mut self.chunk))? {
                Some(chunk) => self.chunk = chunk,
                None => self.ended = true,
            }
        }
        Ok(self.chunk.filled().get(self.at..).unwrap_or_default())
    }

    /// Passes bytes that [`available`](Self::available) showed.
    pub(super) fn advance(&mut self, amount: usize) {
        self.at += amount;
        self.offset += amount as u64;
    }

    /// Fills as much of `buffer` as there is.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, LayerFault> {
        let mut length = 0;
        while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
            let available = self.available()?;
            let amount = available.len().min(rest.len());
            if amount == 0 {
                break;
            }
            if let (Some(to), Some(from)) = (rest.get_mut(..amount), available.get(..amount)) {
                to.copy_from_slice(from);
            }
            self.advance(amount);
            length += amount;
        }
        Ok(length)
    }

    /// Gives up to `amount` bytes to `each`, piece by piece; the number of bytes there were.
    pub(super) fn pass(
        &mut self,
        amount: u64,
        mut each: impl FnMut(&[u8]) -> Result<(), LayerFault>,
    ) -> Result<u64, LayerFault> {
        let mut left = amount;
        while left > 0 {
            let available = self.available()?;
            if available.is_empty() {
                break;
            }
            let length = available.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            each(available.get(..length).unwrap_or_default())?;
            self.advance(length);
            left -= length as u64;
        }
        Ok(amount - left)
    }

    /// Passes up to `amount` bytes; the number of bytes there were.
    pub(super) fn skip(&mut self, amount: u64) -> Result<u64, LayerFault> {
        self.pass(amount, |_| Ok(()))
    }

    /// Goes to the end.
    pub(super) fn drain(&mut self) -> Result<(), LayerFault> {
        self.skip(u64::MAX).map(drop)
    }

    pub(super) fn into_chunks(self) -> C {
        self.chunks
    }
}
