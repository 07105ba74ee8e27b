//! The catalogers of dpkg against a real Debian system: what they read is what `dpkg-query` says.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking and says why it was skipped")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use boltseal_inventory::{Catalogers, File, FileMeta, Records};

/// What the catalogers make of a file of this machine; `None` where nobody wants it or it is not there.
fn catalog(catalogers: &Catalogers, path: &str) -> Option<Records> {
    let number = *catalogers.wanting(&FileMeta { path, size: 1, executable: false }).first()?;
    let content = std::fs::read(Path::new("/").join(path)).ok()?;
    Some(catalogers.catalog(number, &File { path, content: &content }))
}

/// The lines that `dpkg-query -W` prints; `None`, with the reason, where there is no dpkg.
fn dpkg_query(format: &str) -> Option<BTreeSet<String>> {
    let output = Command::new("dpkg-query").args(["-W", "-f", format]).output();
    let Ok(output) = output.map_err(|error| println!("skipped: dpkg-query does not run here: {error}")) else {
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn packages_versions_and_sources_are_those_of_dpkg_query() {
    let format = "${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n";
    let Some(all) = dpkg_query(format) else { return };
    let expect: BTreeSet<String> =
        all.iter().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect();
    let records = catalog(&Catalogers::for_images(), "var/lib/dpkg/status").unwrap();
    let found = records.packages.iter().map(|package| {
        let source = package.source.as_ref().unwrap();
        let text = |text: &Option<String>| text.clone().unwrap();
        let (version, architecture) = (text(&package.version), text(&package.architecture));
        format!("{} {version} {architecture} {} {}", package.name, source.name, text(&source.version))
    });
    let found: BTreeSet<String> = found.collect();
    assert!(!found.is_empty());
    // dpkg-query gives a rebuilt package's own version for its source; apart from that both agree on every line.
    let differ = |line: &&String| !line.contains("+b");
    let missing: Vec<_> = expect.difference(&found).filter(differ).collect();
    let extra: Vec<_> = found.difference(&expect).filter(differ).collect();
    assert_eq!((missing, extra), (vec![], vec![]));
    assert_eq!(found.len(), expect.len());
    assert_eq!(records.problems, []);
}

#[test]
fn files_of_bash_are_owned_by_bash() {
    if dpkg_query("${Package}\n").is_none() {
        return;
    }
    let records = catalog(&Catalogers::for_images(), "var/lib/dpkg/info/bash.list").unwrap();
    assert_eq!(records.owned[0].package, "bash");
    assert!(records.owned[0].paths.iter().any(|path| path == "usr/bin/bash"), "{:?}", records.owned);
    assert!(!records.owned[0].paths.iter().any(|path| path == "usr/bin"));
}

#[test]
fn nearly_all_packages_state_a_licence() {
    let Some(packages) = dpkg_query("${Package}\n") else { return };
    let catalogers = Catalogers::for_images();
    let files: Vec<Records> =
        packages.iter().filter_map(|name| catalog(&catalogers, &format!("usr/share/doc/{name}/copyright"))).collect();
    if files.len() < packages.len() / 2 {
        println!("skipped: most copyright files have been removed from this machine");
        return;
    }
    let stated = files.iter().filter(|records| !records.licenses.is_empty()).count();
    assert!(stated * 10 >= files.len() * 8, "only {stated} of {} copyright files", files.len());
}
