//! The packages of one lock file as they are read: each once, with every line that names it.

use std::collections::HashMap;

use boltseal_evidence::{Location, NotAssessedReason, Package, PackageType, Problem, Scope};

use crate::cataloger::{Omitted, Records};
use crate::limits::Limits;

/// Problems told one by one; further ones are counted.
const PROBLEMS: usize = 100;
/// Problems after which a file is given up: it is not what it should be.
const TOO_MANY_PROBLEMS: usize = 10_000;
/// Entries read for each package that may be kept: a hostile file repeats one package without end.
const ENTRIES_PER_PACKAGE: usize = 4;
/// Locations kept of one package; a hostile file names one package on every line.
const LOCATIONS: usize = 64;

/// What has been read of one lock file.
pub(super) struct Listing<'a> {
    path: &'a str,
    limits: Limits,
    packages: Vec<Package>,
    by_purl: HashMap<String, usize>,
    problems: Vec<Problem>,
    /// What the file names and `packages` lacks, one for each reason, and what was said of the first.
    omitted: Vec<Omitted>,
    untold: usize,
    entries: usize,
    /// Why reading stopped before the end.
    stopped: Option<String>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(path: &'a str) -> Self {
        Self::within(path, Limits::DEFAULT)
    }

    pub(super) fn within(path: &'a str, limits: Limits) -> Self {
        Self {
            path,
            limits,
            packages: Vec::new(),
            by_purl: HashMap::new(),
            problems: Vec::new(),
            omitted: Vec::new(),
            untold: 0,
            entries: 0,
            stopped: None,
        }
    }

    /// The path of the file that is read.
    pub(super) fn path(&self) -> &'a str {
        self.path
    }

    /// A limit was reached: readers stop.
    pub(super) fn is_full(&self) -> bool {
        self.stopped.is_some()
    }

    /// Takes in a package that the given line names. The same purl again adds only its line.
    pub(super) fn add(&mut self, mut package: Package, line: Option<u32>) {
        self.entries += 1;
        if self.entries > self.limits.packages.saturating_mul(ENTRIES_PER_PACKAGE) {
            return self.stop(format!("holds more than {} entries", self.entries - 1));
        }
        if package.name.is_empty() {
            return self.unread(line, "an entry has no name");
        }
        self.bound_fields(&mut package, line);
        let location = Location { path: self.path.to_owned(), layer: None, line };
        let purl = package.purl();
        if let Some(known) = self.by_purl.get(&purl).and_then(|&index| self.packages.get_mut(index)) {
            if known.locations.len() < LOCATIONS && !known.locations.contains(&location) {
                known.locations.push(location);
            }
            known.scope = wider(known.scope, package.scope);
            return;
        }
        if self.packages.len() >= self.limits.packages {
            return self.stop(format!("lists more than {} packages", self.limits.packages));
        }
        package.locations = vec![location];
        self.by_purl.insert(purl, self.packages.len());
        self.packages.push(package);
    }

    /// An entry could not be read: what it names is missing among the packages.
    pub(super) fn unread(&mut self, line: Option<u32>, message: impl AsRef<str>) {
        self.omit(NotAssessedReason::Unreadable, 1, line, message.as_ref());
    }

    /// An entry leaves open which version is installed, so that it is missing among the packages.
    pub(super) fn unpinned(&mut self, line: Option<u32>, message: impl AsRef<str>) {
        self.omit(NotAssessedReason::Unpinned, 1, line, message.as_ref());
    }

    /// Notes that `packages` (0 where the number is not known) are named and left out: both a problem, which tells the
    /// place, and a gap, which keeps the report from being taken for complete.
    pub(super) fn omit(&mut self, reason: NotAssessedReason, packages: usize, line: Option<u32>, message: &str) {
        match self.omitted.iter_mut().find(|omitted| omitted.reason == reason) {
            Some(omitted) => omitted.packages += packages,
            None => self.omitted.push(Omitted { reason, packages, first: at_line(line, message) }),
        }
        self.problem(line, message);
    }

    /// Notes what is wrong, at a line where there is one, where no package is missing for it.
    pub(super) fn problem(&mut self, line: Option<u32>, message: impl AsRef<str>) {
        if self.problems.len() >= PROBLEMS {
            self.untold += 1;
            if self.untold > TOO_MANY_PROBLEMS {
                self.stop(format!("has more than {TOO_MANY_PROBLEMS} problems"));
            }
            return;
        }
        self.problems.push(Problem::at(self.path, at_line(line, message.as_ref())));
    }

    /// The records of the file.
    pub(super) fn into_records(mut self) -> Records {
        if self.untold > 0 {
            self.problems.push(Problem::at(self.path, format!("{} more problems in this file", self.untold)));
        }
        let unreadable = self.stopped.map(|reason| format!("{reason}: the rest is not assessed"));
        Records {
            packages: self.packages,
            problems: self.problems,
            omitted: self.omitted,
            unreadable,
            ..Records::default()
        }
    }

    fn stop(&mut self, reason: String) {
        self.stopped.get_or_insert(reason);
    }

    fn bound_fields(&mut self, package: &mut Package, line: Option<u32>) {
        let bound = self.limits.field;
        let mut cut = cut_to(&mut package.name, bound);
        for field in [&mut package.namespace, &mut package.version].into_iter().flatten() {
            cut |= cut_to(field, bound);
        }
        for value in package.qualifiers.values_mut() {
            cut |= cut_to(value, bound);
        }
        if cut {
            let name: String = package.name.chars().take(60).collect();
            self.problem(line, format!("a field of `{name}…` is longer than {bound} bytes and was cut"));
        }
    }
}

fn at_line(line: Option<u32>, message: &str) -> String {
    line.map_or_else(|| message.to_owned(), |line| format!("line {line}: {message}"))
}

/// Cuts a text to at most `bound` bytes, on a character's edge; tells whether it did.
fn cut_to(text: &mut String, bound: usize) -> bool {
    if text.len() <= bound {
        return false;
    }
    let edge = (0..=bound).rev().find(|&edge| text.is_char_boundary(edge)).unwrap_or(0);
    text.truncate(edge);
    true
}

/// Of two statements about one package, the one that takes more seriously what reaches production.
fn wider(one: Option<Scope>, other: Option<Scope>) -> Option<Scope> {
    let rank = |scope: Option<Scope>| match scope {
        Some(Scope::Runtime) => 3,
        None => 2,
        Some(Scope::Optional) => 1,
        Some(Scope::Development) => 0,
    };
    if rank(one) >= rank(other) { one } else { other }
}

/// A package with a version.
pub(super) fn package(kind: PackageType, name: &str, version: Option<&str>) -> Package {
    let mut package = Package::new(kind, name);
    package.version = version.filter(|version| !version.is_empty()).map(str::to_owned);
    package
}

/// A package whose name is written with its namespace in front: `@scope/name`, `vendor/name`, `golang.org/x/net`.
pub(super) fn package_in_namespace(kind: PackageType, name: &str, version: Option<&str>) -> Package {
    let (namespace, name) = match name.rsplit_once('/') {
        Some((namespace, name)) if !namespace.is_empty() => (Some(namespace.to_owned()), name),
        _ => (None, name),
    };
    let mut package = package(kind, name, version);
    package.namespace = namespace;
    package
}

/// Where a package's sources are kept, as SPDX 2.3 writes download locations: `git+https://host/path@commit`.
pub(super) fn set_vcs_url(package: &mut Package, url: &str, commit: Option<&str>) {
    let url = url.strip_prefix("git+").unwrap_or(url);
    let mut value = format!("git+{}", url.trim());
    if let Some(commit) = commit.filter(|commit| !commit.is_empty()) {
        value.push('@');
        value.push_str(commit);
    }
    package.qualifiers.insert("vcs_url".to_owned(), value);
}

/// A piece of input for a message: short, on one line.
pub(super) fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(80).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_named_twice_is_one_with_both_lines_and_the_wider_scope() {
        let mut listing = Listing::new("x.lock");
        for (line, scope) in [(3, Scope::Development), (9, Scope::Runtime)] {
            let mut entry = package(PackageType::PyPi, if line == 3 { "A_b" } else { "a-b" }, Some("1"));
            entry.scope = Some(scope);
            listing.add(entry, Some(line));
        }
        let records = listing.into_records();
        assert_eq!(records.packages.len(), 1);
        assert_eq!(records.packages[0].scope, Some(Scope::Runtime));
        let lines: Vec<_> = records.packages[0].locations.iter().map(|location| location.line).collect();
        assert_eq!(lines, [Some(3), Some(9)]);
    }

    #[test]
    fn what_is_beyond_the_limits_is_named() {
        let mut listing = Listing::within("x.lock", Limits { packages: 2, field: 8, ..Limits::DEFAULT });
        for name in ["one", "two", "three", "äääääää"] {
            listing.add(package(PackageType::Gem, name, Some("1")), None);
        }
        assert!(listing.is_full());
        let records = listing.into_records();
        assert_eq!(records.packages.len(), 2);
        assert_eq!(records.unreadable.as_deref(), Some("lists more than 2 packages: the rest is not assessed"));
        assert_eq!(records.problems[0].message, "a field of `ääää…` is longer than 8 bytes and was cut");
    }

    #[test]
    fn a_file_that_repeats_itself_without_end_is_given_up() {
        let mut listing = Listing::within("x.lock", Limits { packages: 2, ..Limits::DEFAULT });
        (0..9).for_each(|_| listing.add(package(PackageType::Gem, "a", Some("1")), None));
        let records = listing.into_records();
        assert_eq!(records.unreadable.as_deref(), Some("holds more than 8 entries: the rest is not assessed"));

        let mut listing = Listing::new("x.lock");
        (0..20_000).for_each(|line| listing.problem(Some(line), "wrong"));
        let records = listing.into_records();
        assert_eq!(records.unreadable.as_deref(), Some("has more than 10000 problems: the rest is not assessed"));
    }

    #[test]
    fn what_is_left_out_is_counted_by_reason_and_a_mere_notice_is_not() {
        let mut listing = Listing::within("x.lock", Limits { field: 8, ..Limits::DEFAULT });
        listing.add(package(PackageType::Gem, "a-long-name", Some("1")), Some(1));
        listing.problem(Some(2), "odd, but read");
        (3..300).for_each(|line| listing.unread(Some(line), format!("`{line}` is nothing")));
        listing.unpinned(Some(300), "`a>1` is not pinned");
        listing.add(package(PackageType::Gem, "", Some("1")), Some(301));
        let records = listing.into_records();
        let told = records.omitted.iter().map(|one| (one.reason, one.packages, one.first.as_str()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (NotAssessedReason::Unreadable, 298, "line 3: `3` is nothing"),
                (NotAssessedReason::Unpinned, 1, "line 300: `a>1` is not pinned"),
            ]
        );
        assert_eq!(records.packages.len(), 1);
    }

    #[test]
    fn problems_are_told_up_to_a_bound_and_then_counted() {
        let mut listing = Listing::new("x.lock");
        (0..130).for_each(|line| listing.problem(Some(line), "wrong"));
        let problems = listing.into_records().problems;
        assert_eq!(problems.len(), 101);
        assert_eq!(problems[100].message, "30 more problems in this file");
    }
}
