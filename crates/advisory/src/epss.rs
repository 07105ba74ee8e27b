//! FIRST's Exploit Prediction Scoring System: the daily CSV of every scored CVE.

use std::collections::HashMap;

use boltseal_evidence::Epss;

use crate::record::is_cve;

/// The scores of one day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// The day of the scores, as the file's comment says.
    pub date: Option<String>,
    /// The scores by CVE.
    pub scores: HashMap<String, Epss>,
    /// The number of lines that could not be read.
    pub broken: u64,
}

/// A file that holds no scores.
#[derive(Debug, thiserror::Error)]
#[error("not EPSS scores: no line `cve,epss,percentile`")]
pub struct EpssError;

/// Reads the CSV, already unpacked.
///
/// # Errors
/// The file lacks the heading. One broken line costs that line.
pub fn parse(csv: &[u8]) -> Result<Scores, EpssError> {
    let mut found = Scores::default();
    let mut heading = false;
    for line in csv.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(line) = std::str::from_utf8(line) else {
            found.broken += 1;
            continue;
        };
        match line {
            "" => {}
            _ if line.starts_with('#') => {
                let date = line.split("score_date:").nth(1).map(|rest| rest.split(',').next().unwrap_or(rest));
                found.date = date.map(str::to_owned).or(found.date);
            }
            _ if line.starts_with("cve,epss,percentile") => heading = true,
            _ if !heading => return Err(EpssError),
            _ => match score(line) {
                Some((cve, epss)) => {
                    found.scores.insert(cve.to_owned(), epss);
                }
                None => found.broken += 1,
            },
        }
    }
    if heading { Ok(found) } else { Err(EpssError) }
}

fn score(line: &str) -> Option<(&str, Epss)> {
    let mut cells = line.split(',');
    let cve = cells.next().filter(|cve| is_cve(cve) && cve.len() <= 32)?;
    let mut share = || cells.next()?.parse::<f64>().ok().filter(|value| (0.0..=1.0).contains(value));
    Some((cve, Epss { probability: share()?, percentile: share()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_read_and_broken_lines_counted() {
        let csv = b"#model_version:v2025.03.14,score_date:2026-11-22T00:00:00+0000\ncve,epss,percentile\r\n\
                    CVE-2021-44228,0.94358,0.99957\r\nCVE-1,2.0,0.1\nnonsense\n\xff\n";
        let scores = parse(csv).unwrap();
        assert_eq!(scores.date.as_deref(), Some("2026-11-22T00:00:00+0000"));
        assert_eq!(scores.scores["CVE-2021-44228"].probability, 0.94358);
        assert_eq!((scores.scores.len(), scores.broken), (1, 3));
        assert!(parse(b"<html>").is_err() && parse(b"").is_err());
    }
}
