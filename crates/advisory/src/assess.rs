//! Matching an inventory against the index.
//!
//! Each package becomes a *query*: the name and version that advisories are written for (a Debian source package, an
//! Alpine origin, a language package's canonical name) and the ecosystem with its release. The statements on that name
//! are held against the version, the records that apply are folded into one finding per vulnerability, and for a
//! language package whose files an OS package owns, the distribution's own data answers. What cannot be judged is
//! told as [`NotAssessed`].

mod coverage;
mod fix;
mod fold;
mod language;
mod os;
mod vendor;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use boltseal_evidence::{Finding, Inventory, NotAssessed, OperatingSystem, Package, PackageRef};
use boltseal_version::{Scheme, is_valid};

use crate::ecosystem::{ecosystem_of, scheme_of, version_key};
use crate::index::{Index, IndexError, Record};
use crate::record::{Affected, Statement};
use coverage::Coverage;
use fix::Hit;
use vendor::Owners;

/// The answer about one inventory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assessment {
    /// The vulnerabilities, sorted by package, then id.
    pub findings: Vec<Finding>,
    /// What could not be judged, sorted. What the inventory itself could not look at is not repeated here.
    pub not_assessed: Vec<NotAssessed>,
}

/// Matches an inventory against an index. The same inventory and index give the same answer.
///
/// # Errors
/// The index is damaged at a place that had to be read.
pub fn assess(inventory: &Inventory, index: &Index) -> Result<Assessment, IndexError> {
    let mut matcher = Matcher { index, queries: HashMap::new(), records: HashMap::new() };
    let mut coverage = Coverage::new(index, inventory.os.as_ref());
    let mut owners = Owners::new(&inventory.packages, inventory.os.as_ref());
    let mut findings = Vec::new();
    for package in &inventory.packages {
        let Some(query) = coverage.admit(package, Query::of(package, inventory.os.as_ref())) else { continue };
        let drafts = matcher.findings(&query)?;
        if drafts.is_empty() {
            continue;
        }
        let reference = reference(package);
        for draft in drafts.iter() {
            let mut finding = Finding { package: reference.clone(), ..draft.clone() };
            if let Some(answer) = owners.answer(package, &finding, &mut matcher)? {
                finding.status = answer;
            }
            findings.push(finding);
        }
    }
    findings.sort_by(|a, b| (&a.package, &a.id, &a.why).cmp(&(&b.package, &b.id, &b.why)));
    findings.dedup();
    Ok(Assessment { findings, not_assessed: coverage.finish() })
}

fn reference(package: &Package) -> PackageRef {
    PackageRef {
        purl: package.purl(),
        kind: package.kind,
        name: package.full_name(),
        version: package.version.clone().unwrap_or_default(),
        location: package.locations.first().cloned(),
        layer: package.layer,
    }
}

/// What is asked of the index about a package.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Query {
    ecosystem: String,
    scheme: Scheme,
    name: String,
    version: String,
    /// The module stream of an RPM package, `nodejs:18`.
    module: Option<String>,
}

/// Why there is no query for a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoQuery {
    UnknownEcosystem,
    NoVersion,
    InvalidVersion,
}

impl Query {
    fn of(package: &Package, os: Option<&OperatingSystem>) -> Result<Self, (NoQuery, Option<String>)> {
        let ecosystem = ecosystem_of(package, os).ok_or((NoQuery::UnknownEcosystem, None))?;
        let Some(scheme) = scheme_of(&ecosystem) else { return Err((NoQuery::UnknownEcosystem, Some(ecosystem))) };
        let asked = if package.kind.is_os() { os::subject(package) } else { language::subject(package) };
        let Some((name, version)) = asked else { return Err((NoQuery::NoVersion, Some(ecosystem))) };
        if !is_valid(scheme, version_key(&ecosystem, &version)) {
            return Err((NoQuery::InvalidVersion, Some(ecosystem)));
        }
        Ok(Self { ecosystem, scheme, name, version, module: os::module_stream(package) })
    }
}

/// A statement that applies to a query.
struct Match {
    record: Rc<Record>,
    affected: Affected,
    hit: Hit,
}

/// Asks the index, and remembers: the binaries of one source package share their answers.
struct Matcher<'a> {
    index: &'a Index,
    queries: HashMap<Query, Rc<Vec<Finding>>>,
    records: HashMap<u32, Rc<Record>>,
}

impl Matcher<'_> {
    /// The findings of a query, without the package.
    fn findings(&mut self, query: &Query) -> Result<Rc<Vec<Finding>>, IndexError> {
        if let Some(known) = self.queries.get(query) {
            return Ok(Rc::clone(known));
        }
        let (mut matches, mut numbers) = (Vec::new(), Vec::new());
        for (number, affected) in self.index.statements(&query.ecosystem, &query.name)? {
            numbers.push(number);
            let stated = matches!(affected.statement, Statement::Affected | Statement::WontFix);
            if !stated || !os::same_stream(query, &affected) {
                continue;
            }
            if let Some(hit) = fix::hit(query, &affected) {
                matches.push(Match { record: self.record(number)?, affected, hit });
            }
        }
        let mut spoken_of = BTreeSet::new();
        // Only an erratum of several CVEs needs to know whether each of them has a statement of its own.
        if matches.iter().any(|found| found.record.covers.len() > 1) {
            for number in numbers {
                let record = self.record(number)?;
                spoken_of.extend(record.vulnerability().map(str::to_owned));
            }
        }
        let findings = Rc::new(fold::fold(query, &matches, &spoken_of, self.index.feeds()));
        self.queries.insert(query.clone(), Rc::clone(&findings));
        Ok(findings)
    }

    fn record(&mut self, number: u32) -> Result<Rc<Record>, IndexError> {
        if let Some(known) = self.records.get(&number) {
            return Ok(Rc::clone(known));
        }
        let record = Rc::new(self.index.record(number)?);
        self.records.insert(number, Rc::clone(&record));
        Ok(record)
    }
}
