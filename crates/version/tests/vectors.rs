//! Every line of the public test vectors holds, read both ways round.
//!
//! The folder is named by `BOLTSEAL_VECTORS`, by default `../shared/vectors` beside the workspace; a test whose file
//! is absent says so and passes.

use std::cmp::Ordering;
use std::fs;
use std::path::PathBuf;

use boltseal_version::{Scheme, Version};

/// Checks one file; `at_least` is how many lines it must have, so that an empty file is no success.
#[allow(clippy::print_stdout, reason = "a test that skips says so")]
fn check_file(scheme: Scheme, name: &str, at_least: usize) {
    let folder = std::env::var_os("BOLTSEAL_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")), PathBuf::from);
    let path = folder.join("versions").join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} cannot be read", path.display());
        return;
    };
    let mut count = 0;
    let mut failures = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        count += 1;
        if let Err(reason) = check_line(scheme, line) {
            failures.push(format!("{name}:{}: {line}: {reason}", number + 1));
        }
    }
    assert!(failures.is_empty(), "{} of {count} lines:\n{}", failures.len(), failures.join("\n"));
    assert!(count >= at_least, "{name} has only {count} lines");
}

fn check_line(scheme: Scheme, line: &str) -> Result<(), String> {
    let [left, sign, right] = line.split_whitespace().collect::<Vec<_>>()[..] else {
        return Err("not of the form `a < b`".to_owned());
    };
    let expect = match sign {
        "<" => Ordering::Less,
        "=" => Ordering::Equal,
        ">" => Ordering::Greater,
        _ => return Err(format!("`{sign}` is no sign")),
    };
    let parse = |text| Version::parse(scheme, text).map_err(|error| error.to_string());
    let (left, right) = (parse(left)?, parse(right)?);
    let (found, mirrored) = (left.compare(&right), right.compare(&left));
    if (found, mirrored) == (expect, expect.reverse()) {
        Ok(())
    } else {
        Err(format!("found {found:?}, mirrored {mirrored:?}"))
    }
}

macro_rules! vectors {
    ($($test:ident: $scheme:ident $name:literal $count:literal,)*) => {
        $(
            #[test]
            fn $test() {
                check_file(Scheme::$scheme, concat!($name, ".txt"), $count);
            }
        )*
    };
}

vectors! {
    alpine_by_hand: Apk "alpine-versions" 700,
    alpine_packages: Apk "alpine-versions-generated" 1000,
    cran_by_hand: Cran "cran-versions" 20,
    cran_packages: Cran "cran-versions-generated" 20,
    debian_by_hand: Deb "debian-versions" 20,
    debian_packages: Deb "debian-versions-generated" 1000,
    hackage_by_hand: Hackage "hackage-versions" 10,
    maven_by_hand: Maven "maven-versions" 100,
    maven_packages: Maven "maven-versions-generated" 1000,
    nuget_by_hand: NuGet "nuget-versions" 30,
    packagist_by_hand: Packagist "packagist-versions" 90,
    packagist_packages: Packagist "packagist-versions-generated" 1000,
    pub_by_hand: Pub "pub-versions" 90,
    pypi_by_hand: Pep440 "pypi-versions" 30,
    pypi_packages: Pep440 "pypi-versions-generated" 1000,
    redhat_by_hand: Rpm "redhat-versions" 150,
    rubygems_by_hand: RubyGems "rubygems-versions" 20,
    rubygems_packages: RubyGems "rubygems-versions-generated" 1000,
    semver_by_hand: SemVer "semver-versions" 80,
    npm_holds_what_semver_holds: Npm "semver-versions" 80,
    go_holds_what_semver_holds: Go "semver-versions" 80,
}
