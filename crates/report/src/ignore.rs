//! The ignore file: which findings people decided not to act on, why, and until when.
//!
//! ```toml
//! [[ignore]]
//! id = "CVE-2023-4911"              # required; any id of the vulnerability
//! package = "pkg:deb/debian/libc6"  # optional: a purl, or its beginning up to a `@`, `?` or `/`; or a name
//! path = "opt/**/*.jar"             # optional: `*` and `?` within a name, `**` over directories
//! reason = "setuid binaries removed"  # required
//! owner = "platform@example.com"    # optional
//! until = "2026-12-31"              # optional: the last day it holds
//! ```

mod excerpt;
mod glob;
mod parse;

use std::collections::{BTreeSet, HashMap};

use boltseal_evidence::{Finding, Problem, Status, Suppression};

pub use excerpt::{Excerpt, IgnoreError};
use glob::Glob;

/// A parsed ignore file.
#[derive(Debug, Clone, Default)]
pub struct IgnoreFile {
    path: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: String,
    package: Option<String>,
    path: Option<Glob>,
    reason: String,
    owner: Option<String>,
    until: Option<String>,
    line: usize,
}

impl IgnoreFile {
    /// Reads the TOML `text` of the file at `path` (for messages only).
    ///
    /// # Errors
    /// Every mistake with its place: invalid TOML, unknown keys, a missing or empty `id` or `reason`, a date that is
    /// not one. A file with a mistake is not used at all, so that a slip never widens what is ignored.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<IgnoreError>> {
        parse::parse(path, text).map(|entries| Self { path: path.to_owned(), entries })
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// There is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Marks the findings that an entry covers as [`Status::Suppressed`]; the first entry that covers one wins. A
    /// finding that a vendor answers keeps that status.
    ///
    /// An entry whose last day is before `today` (`YYYY-MM-DD`) no longer holds. Such entries, and entries that cover
    /// nothing, come back as problems.
    pub fn apply(&self, findings: &mut [Finding], today: &str) -> Vec<Problem> {
        let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, entry) in self.entries.iter().enumerate() {
            by_id.entry(entry.id.to_ascii_lowercase()).or_default().push(index);
        }
        let mut used = BTreeSet::new();
        for finding in findings {
            let ids = std::iter::once(&finding.id).chain(&finding.aliases);
            let covering: BTreeSet<usize> =
                ids.filter_map(|id| by_id.get(&id.to_ascii_lowercase())).flatten().copied().collect();
            for index in covering {
                let Some(entry) = self.entries.get(index).filter(|entry| entry.covers(finding)) else { continue };
                used.insert(index);
                if !entry.has_expired(today) && finding.status == Status::Affected {
                    finding.status = Status::Suppressed(entry.suppression(&self.path));
                }
            }
        }
        let problem = |(index, entry): (usize, &Entry)| entry.problem(&self.path, used.contains(&index), today);
        self.entries.iter().enumerate().filter_map(problem).collect()
    }
}

impl Entry {
    fn covers(&self, finding: &Finding) -> bool {
        let place = finding.package.location.as_ref().map_or("", |location| location.path.as_str());
        self.package.as_deref().is_none_or(|package| names(package, finding))
            && self.path.as_ref().is_none_or(|glob| glob.matches(place))
    }

    fn has_expired(&self, today: &str) -> bool {
        self.until.as_deref().is_some_and(|until| until < today)
    }

    fn suppression(&self, path: &str) -> Suppression {
        Suppression {
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: self.until.clone(),
            source: format!("{path}:{}", self.line),
        }
    }

    fn problem(&self, path: &str, used: bool, today: &str) -> Option<Problem> {
        let (id, line) = (&self.id, self.line);
        let until = self.until.as_deref().unwrap_or_default();
        let message = match (self.has_expired(today), used) {
            (true, true) => format!(
                "line {line}: the exception for `{id}` ended on {until} and no longer holds: fix the finding or set a new date"
            ),
            (true, false) => {
                format!("line {line}: the exception for `{id}` ended on {until} and matches no finding: remove it")
            }
            (false, false) => format!("line {line}: the exception for `{id}` matches no finding: remove or correct it"),
            (false, true) => return None,
        };
        Some(Problem::at(path, message))
    }
}

/// `package` is the finding's purl, the beginning of it up to a separator, or its name.
fn names(package: &str, finding: &Finding) -> bool {
    if !package.starts_with("pkg:") {
        return package == finding.package.name;
    }
    finding.package.purl.strip_prefix(package).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with(['@', '?', '/', '#']) || package.ends_with(['@', '?', '/', '#'])
    })
}
