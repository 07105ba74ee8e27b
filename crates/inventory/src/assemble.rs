//! Merging the records of the visible files of a subject into one inventory.

mod owner;
mod system;

use std::collections::{BTreeMap, HashMap};

use boltseal_evidence::{NotAssessed, NotAssessedReason, OperatingSystem, Package, PackageType, Problem};

use crate::cataloger::{Omitted, Records};

/// The records of one visible file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecords {
    /// The path from the root.
    pub path: String,
    /// What each layer's version of the file told, base first, down to the visible version, which is the last.
    /// One version with no layer where the subject has no layers.
    pub versions: Vec<(Option<usize>, Records)>,
}

/// What the visible files tell together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assembled {
    /// The operating system.
    pub os: Option<OperatingSystem>,
    /// All packages, sorted by type, name, version and first location.
    pub packages: Vec<Package>,
    /// Files that should list packages and could not be read.
    pub not_assessed: Vec<NotAssessed>,
    /// What went wrong in visible files.
    pub problems: Vec<Problem>,
}

/// Merges the records of visible files.
///
/// - A package's *layer* is the first one whose version of the file lists the same package in the same version: a
///   package database is rewritten by every layer that installs something, and blaming the last would be wrong.
/// - The same package at several places is one package with several locations, unless an OS package owns some of the
///   copies and not others: those get different verdicts.
/// - Namespaces of OS packages and the purl qualifier `distro` come from the operating system.
pub fn assemble(files: Vec<FileRecords>) -> Assembled {
    let mut assembled = Assembled { os: system::operating_system(&files), ..Assembled::default() };
    let mut licenses: HashMap<String, Vec<String>> = HashMap::new();
    let mut owners = owner::Owners::default();
    let mut packages = Vec::new();

    for file in files {
        let FileRecords { path, mut versions } = file;
        let Some((layer, records)) = versions.pop() else { continue };
        let first_seen = first_layers(&versions);
        for mut package in records.packages {
            package.layer = layer;
            if let Some(&first) = first_seen.get(&identity(&package)) {
                package.layer = package.layer.map(|_| first);
            }
            for location in &mut package.locations {
                location.layer = layer;
            }
            name_the_distribution(&mut package, assembled.os.as_ref());
            packages.push(package);
        }
        owners.add(records.owned);
        for stated in records.licenses {
            licenses.entry(stated.package).or_default().extend(stated.licenses);
        }
        for mut problem in records.problems {
            problem.layer = layer;
            assembled.problems.push(problem);
        }
        assembled.not_assessed.extend(records.omitted.into_iter().map(|omitted| gap(&path, omitted)));
        if let Some(detail) = records.unreadable {
            assembled.not_assessed.push(NotAssessed {
                reason: NotAssessedReason::Unreadable,
                what: path,
                detail,
                packages: 0,
            });
        }
    }

    state_licenses(&mut packages, &licenses);
    owners.assign(&mut packages);
    assembled.packages = merge_copies(packages);
    assembled.problems.sort();
    assembled.problems.dedup();
    assembled.not_assessed.sort();
    assembled
}

/// What a file names and its records lack, as one gap for all of it.
fn gap(path: &str, omitted: Omitted) -> NotAssessed {
    let Omitted { reason, packages, first } = omitted;
    let several = packages > 1;
    let detail = match reason {
        NotAssessedReason::Unreadable if several => format!("entries could not be read, the first: {first}"),
        NotAssessedReason::Unreadable => format!("an entry could not be read: {first}"),
        NotAssessedReason::Unpinned if several => format!("entries leave their version open, the first: {first}"),
        _ => first,
    };
    NotAssessed { reason, what: path.to_owned(), detail, packages }
}

type Identity = (PackageType, Option<String>, String, Option<String>, Option<String>);

fn identity(package: &Package) -> Identity {
    let Package { kind, namespace, name, version, architecture, .. } = package;
    (*kind, namespace.clone(), name.clone(), version.clone(), architecture.clone())
}

/// For every package of the lower versions of a file, the first layer of the unbroken run of versions, counted from the
/// visible one downwards, that list it. A package that was removed and came back was brought by the later layer.
fn first_layers(lower: &[(Option<usize>, Records)]) -> HashMap<Identity, usize> {
    let mut first: HashMap<Identity, usize> = HashMap::new();
    for (layer, records) in lower {
        let Some(layer) = *layer else { continue };
        let listed: HashMap<Identity, usize> = records.packages.iter().map(identity).map(|id| (id, layer)).collect();
        first.retain(|id, _| listed.contains_key(id));
        for (id, layer) in listed {
            first.entry(id).or_insert(layer);
        }
    }
    first
}

fn name_the_distribution(package: &mut Package, os: Option<&OperatingSystem>) {
    let Some(os) = os.filter(|_| package.kind.is_os()) else { return };
    package.namespace.get_or_insert_with(|| os.id.clone());
    let distro = match &os.version {
        Some(version) => format!("{}-{version}", os.id),
        None => os.id.clone(),
    };
    package.qualifiers.entry("distro".to_owned()).or_insert(distro);
}

fn state_licenses(packages: &mut [Package], stated: &HashMap<String, Vec<String>>) {
    for package in packages.iter_mut().filter(|package| package.kind.is_os() && package.licenses.is_empty()) {
        if let Some(licenses) = stated.get(&package.name) {
            package.licenses.clone_from(licenses);
            package.licenses.sort();
            package.licenses.dedup();
        }
    }
}

/// One package per purl and owner; the copies' locations are joined, the first layer is kept.
fn merge_copies(packages: Vec<Package>) -> Vec<Package> {
    // The purl comes after what people sort by; the owner parts copies with different verdicts.
    type Key = (PackageType, String, Option<String>, String, Option<String>);
    let mut merged: BTreeMap<Key, Package> = BTreeMap::new();
    for package in packages {
        let key = (package.kind, package.full_name(), package.version.clone(), package.purl(), package.owner.clone());
        match merged.entry(key) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(package);
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                let kept = place.get_mut();
                kept.layer = kept.layer.min(package.layer);
                kept.locations.extend(package.locations);
                kept.licenses.extend(package.licenses);
                kept.scope = kept.scope.min(package.scope);
            }
        }
    }
    let mut packages: Vec<Package> = merged.into_values().collect();
    for package in &mut packages {
        package.locations.sort();
        package.locations.dedup();
        package.licenses.sort();
        package.licenses.dedup();
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cataloger::{Owned, PackageLicense};
    use boltseal_evidence::Location;

    fn package(kind: PackageType, name: &str, version: &str, path: &str) -> Package {
        let mut package = Package::new(kind, name);
        package.version = Some(version.to_owned());
        package.locations = vec![Location::at(path)];
        package
    }

    fn database(layer: usize, names: &[(&str, &str)]) -> (Option<usize>, Records) {
        let packages = names
            .iter()
            .map(|(name, version)| package(PackageType::Deb, name, version, "var/lib/dpkg/status"))
            .collect();
        (Some(layer), Records { packages, ..Records::default() })
    }

    fn layers_of(versions: Vec<(Option<usize>, Records)>) -> Vec<(String, Option<usize>)> {
        let path = "var/lib/dpkg/status".to_owned();
        assemble(vec![FileRecords { path, versions }]).packages.into_iter().map(|p| (p.name, p.layer)).collect()
    }

    #[test]
    fn a_package_belongs_to_the_layer_that_first_listed_its_version() {
        let versions = vec![
            database(0, &[("bash", "1"), ("curl", "1")]),
            database(2, &[("bash", "1"), ("curl", "2")]),
            database(3, &[("bash", "1"), ("curl", "2"), ("git", "1")]),
        ];
        let expected = [("bash", 0), ("curl", 2), ("git", 3)];
        assert_eq!(layers_of(versions), expected.map(|(name, layer)| (name.to_owned(), Some(layer))));
    }

    #[test]
    fn a_package_that_was_removed_and_came_back_belongs_to_the_later_layer() {
        let versions = vec![database(0, &[("curl", "1")]), database(1, &[]), database(2, &[("curl", "1")])];
        assert_eq!(layers_of(versions), [("curl".to_owned(), Some(2))]);
    }

    #[test]
    fn copies_are_one_package_with_all_locations() {
        let files = ["a", "b"].map(|place| FileRecords {
            path: format!("{place}/package.json"),
            versions: vec![(
                Some(0),
                Records {
                    packages: vec![package(PackageType::Npm, "ms", "2.0.0", &format!("{place}/package.json"))],
                    ..Records::default()
                },
            )],
        });
        let assembled = assemble(files.to_vec());
        let paths: Vec<_> = assembled.packages.iter().flat_map(|p| &p.locations).map(|l| l.path.as_str()).collect();
        assert_eq!((assembled.packages.len(), paths), (1, vec!["a/package.json", "b/package.json"]));
    }

    #[test]
    fn files_that_an_os_package_owns_make_it_the_owner_of_the_language_package() {
        let metadata = "usr/lib/python3/dist-packages/PyYAML-5.3.dist-info/METADATA";
        let own = "usr/local/lib/python3.9/site-packages/PyYAML-5.3.dist-info/METADATA";
        let python = |path: &str| FileRecords {
            path: path.to_owned(),
            versions: vec![(
                Some(1),
                Records { packages: vec![package(PackageType::PyPi, "PyYAML", "5.3", path)], ..Records::default() },
            )],
        };
        let mut status = database(0, &[("python3-yaml", "5.3-1")]);
        status.1.os = Some(OperatingSystem {
            id: "debian".to_owned(),
            version: Some("11".to_owned()),
            ..OperatingSystem::default()
        });
        status.1.owned =
            vec![Owned { package: "python3-yaml".to_owned(), architecture: None, paths: vec![metadata.to_owned()] }];
        status.1.licenses =
            vec![PackageLicense { package: "python3-yaml".to_owned(), licenses: vec!["MIT".to_owned()] }];
        let status = FileRecords { path: "var/lib/dpkg/status".to_owned(), versions: vec![status] };
        let assembled = assemble(vec![python(metadata), status, python(own)]);

        let owner = "pkg:deb/debian/python3-yaml@5.3-1?distro=debian-11";
        let owners: Vec<_> = assembled
            .packages
            .iter()
            .map(|p| (p.locations[0].path.as_str(), p.owner.as_deref(), p.licenses.as_slice()))
            .collect();
        let mit = ["MIT".to_owned()];
        assert_eq!(owners, [("var/lib/dpkg/status", None, &mit[..]), (own, None, &[]), (metadata, Some(owner), &[])]);
    }

    #[test]
    fn entries_that_a_file_lacks_are_one_gap_for_each_reason() {
        let omitted = |reason, packages, first: &str| Omitted { reason, packages, first: first.to_owned() };
        let records = Records {
            omitted: vec![
                omitted(NotAssessedReason::Unreadable, 1, "line 4: `!!!` is not a requirement"),
                omitted(NotAssessedReason::Unpinned, 2, "line 7: `flask` is not pinned"),
                omitted(NotAssessedReason::NoFeed, 3, "3 packages of JSR"),
            ],
            ..Records::default()
        };
        let path = "requirements.txt".to_owned();
        let assembled = assemble(vec![FileRecords { path, versions: vec![(None, records)] }]);
        let told = assembled.not_assessed.iter().map(|gap| (gap.what.as_str(), gap.detail.as_str(), gap.packages));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("requirements.txt", "3 packages of JSR", 3),
                ("requirements.txt", "an entry could not be read: line 4: `!!!` is not a requirement", 1),
                ("requirements.txt", "entries leave their version open, the first: line 7: `flask` is not pinned", 2),
            ]
        );
    }

    #[test]
    fn an_unreadable_database_is_not_assessed() {
        let versions = vec![(Some(0), Records::unreadable("page 3 is damaged"))];
        let assembled = assemble(vec![FileRecords { path: "var/lib/rpm/Packages".to_owned(), versions }]);
        assert_eq!(assembled.not_assessed[0].reason, NotAssessedReason::Unreadable);
        assert_eq!(assembled.not_assessed[0].what, "var/lib/rpm/Packages");
    }
}
