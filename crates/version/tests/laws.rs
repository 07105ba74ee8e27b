//! The laws of a total order, on texts that look like versions and on any text.

use std::cmp::Ordering;

use boltseal_version::{Bound, Event, Range, Scheme, Version, compare, is_valid, ranges_of};
use proptest::prelude::*;

fn scheme() -> impl Strategy<Value = Scheme> {
    proptest::sample::select(Scheme::ALL.to_vec())
}

/// Texts made of the pieces that matter in some scheme, dense enough that near misses and equal values are common.
fn version() -> impl Strategy<Value = String> {
    const PIECES: [&str; 44] = [
        "0",
        "0",
        "1",
        "1",
        "2",
        "10",
        "01",
        "00",
        ".",
        ".",
        ".",
        ".0",
        ".1",
        "-",
        "-1",
        "-r1",
        "_",
        "_p1",
        "_alpha",
        "_rc1",
        "+",
        "+a",
        "~",
        "~a",
        "^",
        ":",
        "!",
        "a",
        "b",
        "B1",
        "rc",
        "RC1",
        "alpha1",
        "beta",
        "dev",
        ".dev1",
        ".post1",
        "-SNAPSHOT",
        "sp",
        ".Final",
        "-ga",
        "x",
        "v",
        "pl1",
    ];
    let tail = proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..6);
    ("[0-2]?", tail).prop_map(|(head, tail)| head + &tail.concat())
}

/// The order for sorting, which must obey every law.
#[allow(clippy::unwrap_used, reason = "only asked of versions that are valid")]
fn order(scheme: Scheme, left: &str, right: &str) -> Ordering {
    Version::parse(scheme, left).unwrap().total_compare(&Version::parse(scheme, right).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn valid_versions_are_totally_ordered(scheme in scheme(), a in version(), b in version(), c in version()) {
        let valid: Vec<&str> = [&a, &b, &c].into_iter().map(String::as_str).filter(|v| is_valid(scheme, v)).collect();
        for one in &valid {
            prop_assert_eq!(order(scheme, one, one), Ordering::Equal, "reflexive: {}", one);
            for two in &valid {
                let forward = order(scheme, one, two);
                prop_assert_eq!(forward, order(scheme, two, one).reverse(), "antisymmetric: {} {}", one, two);
                let direct = compare(scheme, one, two).unwrap();
                prop_assert_eq!(direct, compare(scheme, two, one).unwrap().reverse(), "mirrored: {} {}", one, two);
                prop_assert!(direct == forward || scheme == Scheme::Maven, "one order: {} {}", one, two);
                for three in &valid {
                    let (onward, across) = (order(scheme, two, three), order(scheme, one, three));
                    if forward.is_le() && onward.is_le() {
                        let expect = forward.min(onward);
                        prop_assert_eq!(across, expect, "transitive under {}: {} {} {}", scheme, one, two, three);
                    }
                }
            }
        }
    }

    #[test]
    fn versions_of_different_schemes_are_ordered_too(
        one in (scheme(), version()), two in (scheme(), version()), three in (scheme(), version())
    ) {
        let parse = |(scheme, text): &'_ (Scheme, String)| Version::parse(*scheme, text).map(|_| ());
        if parse(&one).is_ok() && parse(&two).is_ok() && parse(&three).is_ok() {
            let [one, two, three] = [&one, &two, &three].map(|(scheme, text)| Version::parse(*scheme, text).unwrap());
            prop_assert_eq!(one.compare(&two), two.compare(&one).reverse());
            if one.compare(&two).is_le() && two.compare(&three).is_le() {
                prop_assert!(one.compare(&three).is_le());
            }
        }
    }

    #[test]
    fn no_text_panics(scheme in scheme(), left in "\\PC{0,24}|[\\x00-\\x7f]{0,24}", right in version()) {
        let _ = compare(scheme, &left, &right);
        let _ = compare(scheme, &right, &left);
        let _ = is_valid(scheme, &left);
        let range = Range { introduced: Some(left.as_str()), bound: Bound::Fixed(right.as_str()) };
        let _ = range.contains(scheme, &left);
        let _ = ranges_of(scheme, &[Event::Introduced(left.as_str()), Event::Fixed(right.as_str())]);
    }

    /// The loop of the OSV schema's section *Evaluation*, against the ranges made of the same events.
    #[test]
    fn ranges_say_what_the_osv_schema_says(
        events in proptest::collection::vec((0..3u8, 0..6u8), 0..7), installed in 0..6u8
    ) {
        // One event for each version: what ties mean is not for the loop to say.
        let mut seen = std::collections::BTreeMap::new();
        for (kind, version) in events {
            seen.entry(version).or_insert(kind);
        }
        let text = |version: u8| if version == 0 { "0".to_owned() } else { format!("1.{version}.0") };
        let mut vulnerable = false;
        for (version, kind) in &seen {
            match kind {
                0 if installed >= *version => vulnerable = true,
                1 if installed >= *version => vulnerable = false,
                2 if installed > *version => vulnerable = false,
                _ => {}
            }
        }
        let events: Vec<Event<String>> = seen.iter().rev().map(|(version, kind)| match kind {
            0 => Event::Introduced(text(*version)),
            1 => Event::Fixed(text(*version)),
            _ => Event::LastAffected(text(*version)),
        }).collect();
        let ranges = ranges_of(Scheme::SemVer, &events).unwrap();
        let installed = if installed == 0 { "0.0.0".to_owned() } else { text(installed) };
        let found = ranges.iter().any(|range| range.contains(Scheme::SemVer, &installed).unwrap());
        prop_assert_eq!(found, vulnerable, "{} in {:?}", installed, events);
    }

    #[test]
    fn the_semver_crate_agrees(left in "[0-2]\\.[0-2]\\.[0-2](-[0-2a-b]{1,2}(\\.[0-2a-b-]{1,2})?)?", right in
        "[0-2]\\.[0-2]\\.[0-2](-[0-2a-b]{1,2}(\\.[0-2a-b-]{1,2})?)?")
    {
        if let (Ok(one), Ok(two)) = (semver::Version::parse(&left), semver::Version::parse(&right)) {
            prop_assert_eq!(order(Scheme::SemVer, &left, &right), one.cmp_precedence(&two), "{} {}", left, right);
        }
    }
}
