//! An advisory as every feed's parser gives it.

use std::collections::BTreeSet;

use boltseal_evidence::{Problem, Rating, Severity};

/// One record of one feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Advisory {
    /// The record's own id: `CVE-2021-44228`, `GHSA-…`, `ALSA-2023:1405`.
    pub id: String,
    /// Other ids of the same vulnerability.
    pub aliases: Vec<String>,
    /// The vulnerabilities that an erratum of a distribution fixes; one erratum covers several.
    pub covers: Vec<String>,
    /// One line that says what it is.
    pub title: String,
    /// The feed's ratings of it.
    pub ratings: Vec<Rating>,
    /// When it was published.
    pub published: Option<String>,
    /// When it was last changed.
    pub modified: Option<String>,
    /// Where to read more, the best first.
    pub references: Vec<String>,
    /// The packages that it speaks of.
    pub affected: Vec<Affected>,
}

/// What an advisory says of one package of one ecosystem.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affected {
    /// OSV's name of the ecosystem and its release: `PyPI`, `Debian:11`, `Alpine:v3.19`.
    pub ecosystem: String,
    /// The package's name as the feed writes it.
    pub package: String,
    /// What is said.
    pub statement: Statement,
    /// The distribution's own rating for this package and release.
    pub severity: Option<Severity>,
    /// The affected versions.
    pub ranges: Vec<Interval>,
    /// Affected versions listed one by one.
    pub versions: Vec<String>,
    /// It speaks of packages built as part of an RPM module.
    pub modular: bool,
    /// Those module streams, `nodejs:18`, where the record names them.
    pub modules: Vec<String>,
}

/// What a feed says of a package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Statement {
    /// Versions in the ranges are affected.
    #[default]
    Affected,
    /// Versions in the ranges are affected, and the vendor will not fix them.
    WontFix,
    /// No version was ever affected.
    NotAffected,
    /// The vendor does not say (not determined, or the release is out of support).
    Unknown,
}

/// A run of affected versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// The first affected version; `None` from the beginning.
    pub introduced: Option<String>,
    /// Where the run ends.
    pub end: End,
}

/// Where a run of affected versions ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// No fixed version is known.
    Never,
    /// The first version that is not affected.
    Fixed(String),
    /// The last version that is affected.
    LastAffected(String),
}

impl Interval {
    /// Every version below `version`.
    pub fn below(version: impl Into<String>) -> Self {
        Self { introduced: None, end: End::Fixed(version.into()) }
    }

    /// Every version.
    pub fn everything() -> Self {
        Self { introduced: None, end: End::Never }
    }
}

/// What was left out of a feed on purpose or by need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Records that could not be read; each has a problem.
    pub broken: u64,
    /// Records that their authors withdrew.
    pub withdrawn: u64,
    /// Records that tell of no vulnerability: an unmaintained crate, an erratum that only fixes bugs.
    pub informational: u64,
    /// Ranges of git commits, which say nothing of a package's version.
    pub git_ranges: u64,
    /// Statements about ecosystems whose versions cannot be compared here.
    pub other_ecosystems: u64,
}

/// A feed after parsing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// Its records.
    pub advisories: Vec<Advisory>,
    /// The ecosystems it speaks for, even where it holds no record of them.
    pub ecosystems: BTreeSet<String>,
    /// What was left out.
    pub skipped: Skipped,
    /// What could not be read: at most [`Parsed::MAX_PROBLEMS`], the count is in `skipped`.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// The number of problems kept of one feed.
    pub const MAX_PROBLEMS: usize = 50;

    /// Counts a record that could not be read, and names it.
    pub fn broken(&mut self, record: &str, reason: impl std::fmt::Display) {
        self.skipped.broken += 1;
        if self.problems.len() < Self::MAX_PROBLEMS {
            let message = format!("advisory left out: {reason}");
            self.problems.push(Problem::at(shorten(record, 120), message));
        }
    }

    /// The newest change that a record tells of.
    pub fn modified(&self) -> Option<&str> {
        self.advisories.iter().filter_map(|advisory| advisory.modified.as_deref()).max()
    }
}

/// The first `limit` characters of a text, on one line.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim_end();
    match line.char_indices().nth(limit) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default().trim_end()),
        None => line.to_owned(),
    }
}

/// The id is that of a CVE.
pub(crate) fn is_cve(id: &str) -> bool {
    id.strip_prefix("CVE-").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A name short enough and free of control characters, so that it can be a key and be shown.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= 512 && !text.chars().any(char::is_control)
}
