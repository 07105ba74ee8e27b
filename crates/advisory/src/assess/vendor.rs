//! What a distribution says of a vulnerability in a language package whose files one of its packages owns.
//!
//! Distributions back-port fixes without changing the version that the language sees, so the language's advisory
//! cannot tell; the distribution's data can.

use std::collections::HashMap;
use std::rc::Rc;

use boltseal_evidence::{Finding, OperatingSystem, Package, Status};

use super::{Installed, Matcher, Query, os};
use crate::index::{IndexError, Record};
use crate::record::{Affected, End, Statement};

/// The OS packages that own language packages, and what the distribution says of them.
pub(super) struct Owners<'a> {
    packages: &'a [Package],
    os: Option<&'a OperatingSystem>,
    by_name: Option<HashMap<&'a str, Vec<usize>>>,
    answers: HashMap<String, Option<Rc<Owner>>>,
}

/// One owning package with all that is said of it.
struct Owner {
    query: Query,
    statements: Vec<(Rc<Record>, Affected)>,
    spoken_for: bool,
}

impl<'a> Owners<'a> {
    pub(super) fn new(packages: &'a [Package], os: Option<&'a OperatingSystem>) -> Self {
        Self { packages, os, by_name: None, answers: HashMap::new() }
    }

    /// The status of a finding of an owned language package. `None` where nobody owns it, or where no feed speaks for
    /// the distribution: then nobody but the language's advisory can be asked, and the finding counts.
    pub(super) fn answer(
        &mut self,
        package: &Package,
        finding: &Finding,
        matcher: &mut Matcher<'_>,
    ) -> Result<Option<Status>, IndexError> {
        let Some(purl) = package.owner.as_ref().filter(|_| !package.kind.is_os()) else { return Ok(None) };
        let owner = match self.answers.get(purl) {
            Some(known) => known.clone(),
            None => {
                let owner = self.owner(purl, matcher)?.map(Rc::new);
                self.answers.insert(purl.clone(), owner.clone());
                owner
            }
        };
        Ok(owner
            .and_then(|owner| owner.says(finding))
            .map(|detail| Status::VendorAnswers { owner: purl.clone(), detail }))
    }

    fn owner(&mut self, purl: &str, matcher: &mut Matcher<'_>) -> Result<Option<Owner>, IndexError> {
        let packages = self.packages;
        let by_name = self.by_name.get_or_insert_with(|| {
            let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
            for (place, package) in packages.iter().enumerate().filter(|(_, package)| package.kind.is_os()) {
                by_name.entry(package.name.as_str()).or_default().push(place);
            }
            by_name
        });
        // The purl percent-encodes the name; comparing purls avoids decoding it, the name only narrows the search.
        let name = purl.split(['@', '?']).next().and_then(|front| front.rsplit('/').next()).unwrap_or_default();
        let name = name.replace("%2B", "+").replace("%2b", "+");
        let candidates = by_name.get(name.as_str()).into_iter().flatten().filter_map(|place| packages.get(*place));
        let Some(package) = candidates.into_iter().find(|package| package.purl() == purl) else { return Ok(None) };
        let Ok(query) = Query::of(package, self.os) else { return Ok(None) };
        let mut statements = Vec::new();
        for (number, affected) in matcher.index.statements(&query.ecosystem, &query.name)? {
            if os::same_stream(&query, &affected) || affected.statement == Statement::NotAffected {
                statements.push((matcher.record(number)?, affected));
            }
        }
        let spoken_for = matcher.index.speaks_for(&query.ecosystem);
        Ok(Some(Owner { query, statements, spoken_for }))
    }
}

impl Owner {
    /// The vendor's word on a finding, in a sentence.
    fn says(&self, finding: &Finding) -> Option<String> {
        let Query { ecosystem, name, version, .. } = &self.query;
        let about = self.statements.iter().filter(|(record, _)| {
            let mut ids = std::iter::once(&record.id).chain(&record.aliases).chain(&record.covers);
            ids.any(|id| *id == finding.id || finding.aliases.contains(id))
        });
        let mut said: Vec<(u8, String)> = about.map(|(_, affected)| self.word(affected)).collect();
        // The worst word of several stands.
        said.sort();
        match said.into_iter().next() {
            Some((_, word)) => Some(word),
            None if self.spoken_for => {
                Some(format!("{ecosystem} has no entry on it for {name}; {version} is installed"))
            }
            None => None,
        }
    }

    fn word(&self, affected: &Affected) -> (u8, String) {
        let Query { ecosystem, name, version, .. } = &self.query;
        match affected.statement {
            Statement::NotAffected => return (3, format!("{ecosystem} says that {name} was never affected")),
            Statement::Unknown => return (1, format!("{ecosystem} has not determined whether {name} is affected")),
            Statement::Affected | Statement::WontFix => {}
        }
        if let Some(hit) = Installed::of(&self.query).and_then(|installed| installed.hit(affected)) {
            let fixed = match (hit.fixed, affected.statement) {
                (Some(fixed), _) => format!("fixed in {fixed}"),
                (None, Statement::WontFix) => "and will not be fixed".to_owned(),
                (None, _) => "with no fix yet".to_owned(),
            };
            return (0, format!("{ecosystem} says that {name} {version} is affected, {fixed}"));
        }
        let fixes = affected.ranges.iter().filter_map(|range| match &range.end {
            End::Fixed(fixed) => Some(fixed.as_str()),
            _ => None,
        });
        match fixes.into_iter().next_back() {
            Some(fixed) => (2, format!("{ecosystem} fixed it in {name} {fixed}; {version} is installed")),
            None => (2, format!("{ecosystem} says that {name} {version} is not affected")),
        }
    }
}
