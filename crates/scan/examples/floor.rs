//! The work that a cold scan cannot avoid: inflating and hashing every layer once.
//!
//! Usage: `floor one|two FILE…`, each FILE a gzip layer blob. `one` does it on one thread, as a plain loop; `two` hashes
//! the tar on a second thread. Prints seconds and bytes.
#![allow(clippy::print_stdout, reason = "a measuring program")]

use std::fs::File;
use std::io::{Read, Result};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use boltseal_evidence::{Algorithm, Hasher};
use flate2::bufread::MultiGzDecoder;

const BUFFER: usize = 256 * 1024;

/// Hashes what passes.
struct Hashed(File, Hasher);

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let two = arguments.next().as_deref() == Some("two");
    let start = Instant::now();
    let mut bytes = 0;
    for path in arguments {
        let compressed = Hashed(File::open(path)?, Hasher::new(Algorithm::Sha256));
        let tar = MultiGzDecoder::new(std::io::BufReader::with_capacity(BUFFER, compressed));
        bytes += if two { hash_beside(tar)? } else { hash(tar)? };
    }
    println!("{:.4} {bytes}", start.elapsed().as_secs_f64());
    Ok(())
}

fn hash(mut tar: impl Read) -> Result<u64> {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    let mut buffer = vec![0; BUFFER];
    let mut bytes = 0;
    loop {
        let read = tar.read(&mut buffer)?;
        if read == 0 {
            std::hint::black_box(hasher.finish());
            return Ok(bytes);
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}

fn hash_beside(mut tar: impl Read) -> Result<u64> {
    let (full, to_hash) = sync_channel::<(Vec<u8>, usize)>(4);
    let (empty, free) = sync_channel::<Vec<u8>>(6);
    // Moved in: the hashing thread ends when the sender is dropped.
    std::thread::scope(move |scope| {
        scope.spawn(move || {
            let mut hasher = Hasher::new(Algorithm::Sha256);
            for (buffer, length) in to_hash {
                hasher.update(buffer.get(..length).unwrap_or_default());
                let _ = empty.try_send(buffer);
            }
            std::hint::black_box(hasher.finish());
        });
        let mut bytes = 0;
        loop {
            let mut buffer = free.try_recv().unwrap_or_else(|_| vec![0; BUFFER]);
            let read = tar.read(&mut buffer)?;
            if read == 0 || full.send((buffer, read)).is_err() {
                return Ok(bytes);
            }
            bytes += read as u64;
        }
    })
}
