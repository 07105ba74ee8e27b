//! Measures `read_layer` on a blob against the floor: inflating and hashing it on one thread.
//!
//! `cargo run --release -p boltseal-image --example layer_floor -- BLOB`
#![allow(clippy::print_stdout, reason = "it prints what it measures")]

use std::fs::File;
use std::io::{BufReader, Read};
use std::time::Instant;

use boltseal_evidence::{Algorithm, Hasher, Problem};
use boltseal_image::{Content, Decision, Entry, FileTree, LayerDescriptor, Limits, Visitor, read_layer};

/// Wants about what catalogers want.
#[derive(Default)]
struct Sample {
    files: u64,
    bytes: u64,
}

impl Visitor for Sample {
    fn entry(&mut self, entry: &Entry<'_>) -> Decision {
        let wanted = ["status", "package.json", "METADATA"].iter().any(|name| entry.path.ends_with(name));
        match () {
            () if wanted => Decision::Read { max: 32 << 20 },
            () if entry.is_executable() => Decision::Peek,
            () => Decision::Skip,
        }
    }

    fn content(&mut self, _: &Entry<'_>, content: Content<'_>) {
        self.files += 1;
        if let Content::Memory(bytes) = content {
            self.bytes += bytes.len() as u64;
        }
    }

    fn problem(&mut self, problem: Problem) {
        println!("problem: {problem:?}");
    }
}

fn floor(path: &str) -> std::io::Result<u64> {
    let mut compressed = Hasher::new(Algorithm::Sha256);
    let mut plain = Hasher::new(Algorithm::Sha256);
    let mut buffer = vec![0; 256 * 1024];
    let mut file = File::open(path)?;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        compressed.update(buffer.get(..read).unwrap_or_default());
    }
    let reader = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let mut decoder: Box<dyn Read> = if path.ends_with("zst") {
        Box::new(zstd::stream::read::Decoder::with_buffer(reader)?)
    } else if path.ends_with("gz") {
        Box::new(flate2::bufread::MultiGzDecoder::new(reader))
    } else {
        Box::new(reader)
    };
    let mut size = 0;
    loop {
        let read = decoder.read(&mut buffer)?;
        if read == 0 {
            return Ok(size);
        }
        plain.update(buffer.get(..read).unwrap_or_default());
        size += read as u64;
    }
}

/// Processor time of this process in seconds, all threads: what does not change with the machine's load. Linux counts
/// it in hundredths.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a layer's blob")?;
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned()
    };
    for _ in 0..3 {
        let (start, spent) = (Instant::now(), processor_time());
        let mut sample = Sample::default();
        let raw = Box::new(File::open(&path)?);
        let summary = read_layer(raw, &LayerDescriptor::default(), &Limits::DEFAULT, &mut sample)?;
        let pass = start.elapsed();
        let rate = summary.size as f64 / pass.as_secs_f64() / 1e9;
        let spent = processor_time() - spent;
        println!(
            "pass  {pass:?} {rate:.2} GB/s, {spent:.2} s of processors, {} entries, {} wanted, {}",
            summary.entries,
            sample.files,
            peak()
        );
        let start = Instant::now();
        let trees = [summary.tree];
        let merged = FileTree::merge(&trees);
        println!("merge {:?}, {} links {:?}", start.elapsed(), merged.links().count(), start.elapsed());
    }
    for _ in 0..2 {
        let (start, spent) = (Instant::now(), processor_time());
        let size = floor(&path)?;
        let (floor, spent) = (start.elapsed(), processor_time() - spent);
        println!("floor {floor:?} {:.2} GB/s, {spent:.2} s of processors", size as f64 / floor.as_secs_f64() / 1e9);
    }
    Ok(())
}
