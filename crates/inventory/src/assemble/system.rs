//! Which of the files that name an operating system is believed.

use boltseal_evidence::OperatingSystem;

use super::FileRecords;

/// The operating system by the best file that names one: `os-release(5)` first, then distributions' own files, which
/// also fill in what the first leaves out.
pub(super) fn operating_system(files: &[FileRecords]) -> Option<OperatingSystem> {
    let visible = || files.iter().filter_map(|file| Some((file.path.as_str(), &file.versions.last()?.1)));
    let mut named: Vec<(usize, &OperatingSystem)> =
        visible().filter_map(|(path, records)| Some((rank(path), records.os.as_ref()?))).collect();
    named.sort_by_key(|(rank, _)| *rank);
    let mut named = named.into_iter().map(|(_, os)| os);
    let mut best = named.next()?.clone();
    for other in named.filter(|other| other.id == best.id) {
        best.version = best.version.or_else(|| other.version.clone());
        best.codename = best.codename.or_else(|| other.codename.clone());
        best.pretty_name = best.pretty_name.or_else(|| other.pretty_name.clone());
        best.end_of_life = best.end_of_life.or_else(|| other.end_of_life.clone());
    }
    best.repository_release = visible().find_map(|(_, records)| records.repository_release.clone());
    Some(best)
}

fn rank(path: &str) -> usize {
    match path {
        "etc/os-release" => 0,
        "usr/lib/os-release" => 1,
        _ => 2,
    }
}
