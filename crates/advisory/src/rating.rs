//! Ratings: CVSS vectors, vendors' words, and who gave them.

use std::str::FromStr;

use boltseal_evidence::{Rating, Severity};
use cvss::Cvss;

/// A rating by a CVSS vector of version 2, 3.0, 3.1 or 4.0; `None` where the vector cannot be read.
pub(crate) fn from_vector(source: &str, vector: &str) -> Option<Rating> {
    let vector = vector.trim();
    let score = Cvss::from_str(vector).ok()?.score();
    if !(0.0..=10.0).contains(&score) {
        return None;
    }
    Some(from_score(source, score, Some(vector.to_owned())))
}

/// A rating by a CVSS base score.
pub(crate) fn from_score(source: &str, score: f64, vector: Option<String>) -> Rating {
    let score = (score.clamp(0.0, 10.0) * 10.0).round() / 10.0;
    Rating { source: source.to_owned(), severity: Severity::from_cvss(score), score: Some(score), vector }
}

/// A rating in words; `None` where the word is none of a severity.
pub(crate) fn from_word(source: &str, word: &str) -> Option<Rating> {
    let severity = word.trim().parse::<Severity>().ok().filter(|severity| *severity != Severity::Unknown)?;
    Some(Rating { source: source.to_owned(), severity, score: None, vector: None })
}

/// Who speaks in a record with this id: `ghsa`, `alma`, `debian`; else `feed`'s name in lower case.
pub(crate) fn source_of(id: &str, feed: &str) -> String {
    const SOURCES: [(&str, &str); 18] = [
        ("GHSA", "ghsa"),
        ("PYSEC", "pypa"),
        ("RUSTSEC", "rustsec"),
        ("GO", "go"),
        ("ALSA", "alma"),
        ("ALBA", "alma"),
        ("ALEA", "alma"),
        ("RLSA", "rocky"),
        ("RXSA", "rocky"),
        ("RHSA", "redhat"),
        ("DSA", "debian"),
        ("DLA", "debian"),
        ("DTSA", "debian"),
        ("DEBIAN", "debian"),
        ("UBUNTU", "ubuntu"),
        ("USN", "ubuntu"),
        ("BIT", "bitnami"),
        ("SUSE", "suse"),
    ];
    let prefix = id.split('-').next().unwrap_or_default();
    match SOURCES.iter().find(|(known, _)| *known == prefix) {
        Some((_, source)) => (*source).to_owned(),
        None => feed.rsplit('/').next().unwrap_or(feed).to_ascii_lowercase(),
    }
}

/// The source whose rating counts for packages of a distribution.
pub(crate) fn vendor_of(ecosystem: &str) -> Option<&'static str> {
    Some(match ecosystem.split(':').next().unwrap_or_default() {
        "Debian" => "debian",
        "Ubuntu" => "ubuntu",
        "AlmaLinux" => "alma",
        "Rocky Linux" => "rocky",
        "Red Hat" => "redhat",
        "SUSE" | "openSUSE" => "suse",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_every_version_give_their_base_score() {
        for (vector, score, severity) in [
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5, Severity::High),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, Severity::Critical),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3, Severity::Critical),
        ] {
            let rating = from_vector("x", vector).expect(vector);
            assert_eq!((rating.score, rating.severity), (Some(score), severity), "{vector}");
        }
        assert_eq!(from_vector("x", "CVSS:9.9/AV:N"), None);
    }

    #[test]
    fn a_source_is_told_by_the_id_then_by_the_feed() {
        assert_eq!(source_of("GHSA-xxxx", "osv/PyPI"), "ghsa");
        assert_eq!(source_of("CVE-2020-1", "osv/PyPI"), "pypi");
    }
}
