//! How long opening the advisory index and matching one inventory take inside a process.
//!
//! Usage: `judge DB_DIR INVENTORY.json`, the latter as `boltseal sbom --format json` writes it. Prints medians.
#![allow(clippy::print_stdout, reason = "a measuring program")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use boltseal_advisory::{Index, assess};
use boltseal_evidence::Inventory;

const ROUNDS: usize = 21;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(inventory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: judge DB_DIR INVENTORY.json".into());
    };
    let inventory: Inventory = serde_json::from_slice(&std::fs::read(inventory)?)?;
    let open = || -> Result<Index, Box<dyn Error>> {
        let database = boltseal_store::Database::at(Path::new(&folder));
        let mapped = database.map()?.ok_or("no database in this folder")?;
        Ok(Index::open(mapped)?)
    };

    let opening = median(|| open().map(drop))?;
    let index = open()?;
    let mut findings = 0;
    let matching = median(|| {
        findings = assess(&inventory, &index)?.findings.len();
        Ok(())
    })?;
    println!("{:40} {:9.2} ms  {} records", "index open", opening * 1000.0, index.len());
    println!(
        "{:40} {:9.2} ms  {} packages, {findings} findings, {:.0} packages a second",
        "match",
        matching * 1000.0,
        inventory.packages.len(),
        inventory.packages.len() as f64 / matching
    );
    Ok(())
}

fn median(mut work: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(ROUNDS / 2).copied().unwrap_or_default())
}
