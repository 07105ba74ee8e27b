//! Hostile images: each ends as its fixture says, in bounded memory and time.

use std::time::{Duration, Instant};

use boltseal_fixture::attacks::many_entries::ManyEntries;
use boltseal_fixture::attacks::{self, Attack, Outcome, THIEF, WITNESS};
use boltseal_fixture::layout::{Image, Layer};

use crate::program::{self, Program, packages};

/// No attack may make the program use more memory, in MiB; but for [`HUGE`].
const MEMORY: u64 = 400;

/// No attack may keep the program busy for longer, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lists as many packages as are taken from one file (200,000), and each is in the report.
const HUGE: (&str, u64) = ("dpkg_huge", 600);

fn ends_as_it_should(attack: &Attack) -> Result<(), String> {
    let program = Program::new();
    let folder = program.path().join("target");
    std::fs::create_dir(&folder).map_err(|error| error.to_string())?;
    let target = (attack.build)(&folder).map_err(|error| format!("cannot be built: {error}"))?;
    let start = Instant::now();
    let outcome = program.run(&["scan", "--no-cache", "--format", "json", &target.to_string()]);
    let most = if attack.name == HUGE.0 { HUGE.1 } else { MEMORY };
    if outcome.peak_mib > most {
        return Err(format!("took {} MiB", outcome.peak_mib));
    }
    if start.elapsed() > PATIENCE {
        return Err(format!("took {:?}", start.elapsed()));
    }
    if outcome.stderr.contains("panicked") {
        return Err(outcome.stderr);
    }
    let refused = outcome.status == Some(3) && outcome.stdout.is_empty() && outcome.stderr.starts_with("error: ");
    if refused {
        return match attack.outcome {
            Outcome::Contained => Err(format!("refused: {}", outcome.stderr)),
            _ => Ok(()),
        };
    }
    if outcome.status != Some(0) {
        return Err(format!("{outcome:#?}"));
    }
    continues_as_it_should(attack, target.scheme, &outcome)
}

fn continues_as_it_should(attack: &Attack, scheme: &str, outcome: &program::Outcome) -> Result<(), String> {
    let report = outcome.json();
    let found = packages(&report);
    if attack.outcome == Outcome::Refused {
        return Err(format!("was not refused; {} packages", found.len()));
    }
    let witness = if scheme == "dir" { format!("pypi {WITNESS} 1.0") } else { format!("deb {WITNESS} 1.0-1") };
    if !found.contains(&witness) {
        return Err(format!("the witness is missing: {found:?}"));
    }
    if found.iter().any(|package| package.contains(THIEF)) {
        return Err("something was stolen".to_owned());
    }
    let told = |key: &str| report[key].as_array().is_some_and(|list| !list.is_empty());
    let reported = told("problems")
        || report["not_assessed"]
            .as_array()
            .is_some_and(|gaps| gaps.iter().any(|gap| gap["reason"] == "unreadable" || gap["reason"] == "limit"));
    if attack.outcome == Outcome::Reported && !reported {
        return Err(format!("was not reported: {}", report["not_assessed"]));
    }
    Ok(())
}

#[test]
fn every_attack_ends_as_it_should() {
    let mut wrong = Vec::new();
    for attack in attacks::all() {
        if let Err(reason) = ends_as_it_should(attack) {
            wrong.push(format!("{}: {reason}", attack.name));
        }
    }
    assert!(wrong.is_empty(), "{} attacks:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_digest_that_does_not_match_is_named_with_the_one_that_was_computed() {
    let program = Program::new();
    let folder = program.path().join("target");
    std::fs::create_dir(&folder).unwrap();
    let target = (attacks::layer_digest_mismatch::ATTACK.build)(&folder).unwrap();
    let outcome = program.run(&["scan", &target.to_string()]).expect_status(3);
    assert_eq!(outcome.stderr.matches("sha256:").count(), 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("layer"), "{}", outcome.stderr);
}

/// An image of these layers, each of so many empty files, above the witness.
fn many(program: &Program, layers: &[u64]) -> program::Outcome {
    let mut image = Image::new().layer(attacks::witness());
    for &count in layers {
        image = image.layer(Layer::gzip(ManyEntries::new(count)).unwrap());
    }
    let target = image.write(&program.path().join("target")).unwrap();
    let start = Instant::now();
    let outcome = program.run(&["scan", "--no-cache", "--format", "json", &target.to_string()]);
    println!("{layers:?} entries: {:?}, {} MiB, {:?}", start.elapsed(), outcome.peak_mib, outcome.status);
    outcome
}

#[test]
fn a_million_entries_are_read_in_bounded_memory() {
    let outcome = many(&Program::new(), &[1_000_000]).expect_status(0);
    assert_eq!(packages(&outcome.json()), [format!("deb {WITNESS} 1.0-1")]);
    assert!(outcome.peak_mib < MEMORY, "{} MiB", outcome.peak_mib);
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn ten_million_entries_are_read_and_thirteen_are_refused_though_no_layer_has_too_many() {
    let ten = many(&Program::new(), &[10_000_000]).expect_status(0);
    assert!(ten.peak_mib < 1600, "{} MiB", ten.peak_mib);
    let thirteen = many(&Program::new(), &[6_500_000; 2]).expect_status(3);
    assert!(thirteen.stderr.contains("met in layer") && thirteen.stderr.contains("12000000"), "{}", thirteen.stderr);
    assert!(thirteen.peak_mib < 1600, "{} MiB", thirteen.peak_mib);
}
