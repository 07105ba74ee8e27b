//! CISA's catalogue of known exploited vulnerabilities.

use std::collections::BTreeMap;

use boltseal_evidence::KnownExploited;
use serde::Deserialize;

use crate::record::is_plain;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "dateReleased")]
    released: Option<String>,
    vulnerabilities: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
    #[serde(default)]
    due_date: String,
    known_ransomware_campaign_use: Option<String>,
}

/// The catalogue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    /// When it was released.
    pub released: Option<String>,
    /// The entries by CVE.
    pub entries: BTreeMap<String, KnownExploited>,
    /// The number of entries that could not be read.
    pub broken: u64,
}

/// A file that is no catalogue.
#[derive(Debug, thiserror::Error)]
#[error("not the catalogue of known exploited vulnerabilities: {0}")]
pub struct KevError(#[from] serde_json::Error);

/// Reads the catalogue's JSON.
///
/// # Errors
/// The file is not JSON of this format. One broken entry costs that entry.
pub fn parse(json: &[u8]) -> Result<Catalogue, KevError> {
    let file: File = serde_json::from_slice(json)?;
    let mut catalogue = Catalogue { released: file.released.filter(|text| is_plain(text)), ..Catalogue::default() };
    for value in file.vulnerabilities {
        match serde_json::from_value::<Entry>(value) {
            Ok(entry) if is_plain(&entry.cve_id) && is_plain(&entry.date_added) => {
                let ransomware = entry.known_ransomware_campaign_use.as_deref() == Some("Known");
                let known = KnownExploited { date_added: entry.date_added, due_date: entry.due_date, ransomware };
                catalogue.entries.insert(entry.cve_id, known);
            }
            _ => catalogue.broken += 1,
        }
    }
    Ok(catalogue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_and_a_broken_one_is_counted() {
        let json = br#"{"dateReleased":"2025-08-25T17:04:19Z","vulnerabilities":[
            {"cveID":"CVE-2021-44228","dateAdded":"2021-12-10","dueDate":"2021-12-24","knownRansomwareCampaignUse":"Known"},
            {"cveID":7}]}"#;
        let catalogue = parse(json).unwrap();
        assert!(catalogue.entries["CVE-2021-44228"].ransomware);
        assert_eq!((catalogue.entries.len(), catalogue.broken), (1, 1));
        assert!(parse(b"[]").is_err());
    }
}
