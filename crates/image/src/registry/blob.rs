//! A layer's blob as a blocking reader that goes on where a download broke.

use std::io::{self, Read};
use std::sync::Arc;

use reqwest::{Response, StatusCode};

use super::RegistryError;
use super::call::Call;
use super::http::{back_off, describe};
use super::repository::Connection;

pub(super) struct BlobReader {
    connection: Arc<Connection>,
    path: String,
    size: Option<u64>,
    response: Response,
    piece: Vec<u8>,
    /// Bytes of `piece` that were given out.
    given: usize,
    /// Bytes received.
    offset: u64,
    /// Times that the download broke without a byte in between.
    broken: u32,
}

impl BlobReader {
    pub(super) fn open(connection: Arc<Connection>, path: String, size: Option<u64>) -> Result<Self, RegistryError> {
        let response = get(&connection, &path, 0)?;
        Ok(Self { connection, path, size, response, piece: Vec::new(), given: 0, offset: 0, broken: 0 })
    }

    /// Receives the next piece; false at the end.
    fn receive(&mut self) -> io::Result<bool> {
        loop {
            let reason = match self.connection.runtime.block_on(self.response.chunk()) {
                Ok(Some(piece)) => {
                    self.offset += piece.len() as u64;
                    self.broken = 0;
                    self.piece.clear();
                    self.piece.extend_from_slice(&piece);
                    self.given = 0;
                    return Ok(true);
                }
                Ok(None) if self.size.is_none_or(|size| self.offset >= size) => return Ok(false),
                Ok(None) => format!("the transfer ended after {} bytes", self.offset),
                Err(error) => describe(&error),
            };
            self.resume(&reason)?;
            if self.given < self.piece.len() {
                return Ok(true);
            }
        }
    }

    fn resume(&mut self, reason: &str) -> io::Result<()> {
        let http = &self.connection.http;
        if self.broken >= http.retries() {
            return Err(io::Error::other(http.error(reason)));
        }
        std::thread::sleep(back_off(self.broken));
        self.broken += 1;
        self.response = get(&self.connection, &self.path, self.offset).map_err(io::Error::other)?;
        if self.offset == 0 || self.starts_here() {
            return Ok(());
        }
        // The server gives the blob from its start: pass what is known.
        let mut known = self.offset;
        while known > 0 {
            let piece = self.connection.runtime.block_on(self.response.chunk());
            match piece.map_err(|error| io::Error::other(http.error(describe(&error))))? {
                None => return Err(io::Error::other(http.error("the blob became shorter between two requests"))),
                Some(piece) if (piece.len() as u64) <= known => known -= piece.len() as u64,
                Some(piece) => {
                    let rest = piece.get(usize::try_from(known).unwrap_or(usize::MAX)..).unwrap_or_default();
                    self.offset += rest.len() as u64;
                    self.piece.clear();
                    self.piece.extend_from_slice(rest);
                    self.given = 0;
                    known = 0;
                }
            }
        }
        Ok(())
    }

    /// The answer is the part asked for (RFC 9110, section 15.3.7).
    fn starts_here(&self) -> bool {
        let range = self.response.headers().get("content-range").and_then(|value| value.to_str().ok());
        let start = range.and_then(|range| range.trim().strip_prefix("bytes ")?.split_once('-')?.0.parse::<u64>().ok());
        self.response.status() == StatusCode::PARTIAL_CONTENT && start == Some(self.offset)
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.piece.len() && !self.receive()? {
            return Ok(0);
        }
        let read = self.piece.get(self.given..).unwrap_or_default().read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

fn get(connection: &Connection, path: &str, from: u64) -> Result<Response, RegistryError> {
    connection.runtime.block_on(connection.http.get(&Call::get(path).from(from)))
}
