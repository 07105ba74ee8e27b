//! Measures the database: `cargo run --release -p boltseal-feed --example measure -- ../shared/feeds`.
#![allow(clippy::print_stdout, reason = "an example prints its result")]

use std::error::Error;
use std::time::{Duration, Instant};

use boltseal_advisory::{End, assess};
use boltseal_evidence::{Inventory, OperatingSystem, Package, PackageType, Subject, SubjectKind};
use boltseal_feed::{Origin, Silent, UpdateOptions, open, update};
use boltseal_store::Database;

const PACKAGES: usize = 2250;

fn main() -> Result<(), Box<dyn Error>> {
    let mirror = std::env::args().nth(1).ok_or("usage: measure MIRROR")?;
    let home = tempfile::tempdir()?;
    let database = Database::at(home.path());
    let options = UpdateOptions::new(database.clone(), Origin::of_mirror(&mirror)?);
    for round in ["first update", "update with nothing changed"] {
        let begun = Instant::now();
        let report = update(&options, &Silent)?;
        println!("{round}: {:?}, {} records, {} bytes", begun.elapsed(), report.records, report.size);
    }
    let best = |work: &mut dyn FnMut() -> Result<usize, Box<dyn Error>>| -> Result<(Duration, usize), Box<dyn Error>> {
        let mut fastest = (Duration::MAX, 0);
        for _ in 0..10 {
            let begun = Instant::now();
            let count = work()?;
            fastest = fastest.min((begun.elapsed(), count));
        }
        Ok(fastest)
    };
    let (time, _) = best(&mut || Ok(open(&database)?.map_or(0, |index| index.len())))?;
    println!("open: {time:?}");
    let index = open(&database)?.ok_or("no database")?;
    for known in [PACKAGES / 5, PACKAGES] {
        let inventory = inventory(&index, known)?;
        let (time, findings) = best(&mut || Ok(assess(&inventory, &index)?.findings.len()))?;
        println!(
            "match: {} packages, {known} of them with advisories: {time:?}, {findings} findings, {:.0} packages/s",
            inventory.packages.len(),
            PACKAGES as f64 / time.as_secs_f64()
        );
    }
    let begun = Instant::now();
    index.verify()?;
    println!("verify: {:?}", begun.elapsed());
    Ok(())
}

/// An inventory of which `known` packages have advisories, each one version short of a fix or near it.
fn inventory(index: &boltseal_advisory::Index, known: usize) -> Result<Inventory, Box<dyn Error>> {
    let kinds = [
        ("Debian:11", PackageType::Deb),
        ("PyPI", PackageType::PyPi),
        ("Go", PackageType::Golang),
        ("RubyGems", PackageType::Gem),
        ("crates.io", PackageType::Cargo),
    ];
    let mut packages: Vec<Package> = Vec::new();
    let mut last = String::new();
    index.for_each_package(|(ecosystem, name), _, affected| {
        let Some((_, kind)) = kinds.iter().find(|(known, _)| *known == ecosystem) else { return Ok(()) };
        let key = format!("{ecosystem} {name}");
        if key != last {
            last = key;
            let version = affected.ranges.iter().rev().find_map(|range| match (&range.end, &range.introduced) {
                (_, Some(introduced)) => Some(introduced.clone()),
                (End::Fixed(fixed), None) => Some(format!("0.{fixed}")),
                _ => None,
            });
            let mut package = Package::new(*kind, name);
            package.version = Some(version.unwrap_or_else(|| "1.0.0".to_owned()));
            packages.push(package);
        }
        Ok(())
    })?;
    let step = (packages.len() / known).max(1);
    let mut packages: Vec<Package> = packages.into_iter().step_by(step).take(known).collect();
    for number in packages.len()..PACKAGES {
        let mut package = Package::new(PackageType::PyPi, format!("package-without-advisories-{number}"));
        package.version = Some("1.0.0".to_owned());
        packages.push(package);
    }
    let os = OperatingSystem { id: "debian".into(), version: Some("11".into()), ..OperatingSystem::default() };
    let subject = Subject { kind: SubjectKind::Image, id: None, platform: None, created: None };
    Ok(Inventory { subject, os: Some(os), layers: vec![], packages, not_assessed: vec![], problems: vec![] })
}
