//! From a feed's file to what it says, within bounds.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use boltseal_advisory::{Parsed, debian, epss, kev, osv, secdb};

use crate::feeds::Format;

/// The largest unpacked document that is read: Debian's tracker has 70 MB.
const MAX_DOCUMENT: u64 = 1 << 30;
/// The largest OSV record that is read; the largest known have some megabytes.
const MAX_RECORD: u64 = 32 << 20;
/// All records of one archive together.
const MAX_ARCHIVE: u64 = 16 << 30;
const MAX_RECORDS: usize = 2_000_000;

/// What a feed says.
#[derive(Debug)]
pub(crate) enum Said {
    Advisories(Parsed),
    Exploited(kev::Catalogue),
    Scores(epss::Scores),
}

/// Why a feed's file cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("{0}")]
    File(#[from] io::Error),
    #[error("not a zip archive of OSV records: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("the archive holds more than {MAX_RECORDS} records")]
    TooMany,
    #[error("it unpacks to more than {} MiB", .0 >> 20)]
    TooLarge(u64),
    #[error("none of its {0} records could be read")]
    Nothing(u64),
    #[error(transparent)]
    Secdb(#[from] secdb::SecdbError),
    #[error(transparent)]
    Tracker(#[from] debian::TrackerError),
    #[error(transparent)]
    Kev(#[from] kev::KevError),
    #[error(transparent)]
    Epss(#[from] epss::EpssError),
}

/// Reads a feed's file.
pub(crate) fn parse(name: &str, format: &Format, path: &Path) -> Result<Said, ParseError> {
    Ok(match format {
        Format::OsvZip => Said::Advisories(records(name, path)?),
        Format::Secdb { ecosystem } => Said::Advisories(secdb::parse(&document(path)?, ecosystem)?),
        Format::DebianTracker => Said::Advisories(debian::parse(&document(path)?)?),
        Format::Kev => Said::Exploited(kev::parse(&document(path)?)?),
        Format::Epss => Said::Scores(epss::parse(&document(path)?)?),
    })
}

/// A whole document, unpacked where it is gzipped.
fn document(path: &Path) -> Result<Vec<u8>, ParseError> {
    let mut file = BufReader::new(File::open(path)?);
    let mut magic = Vec::new();
    file.by_ref().take(2).read_to_end(&mut magic)?;
    let gzipped = magic == [0x1f, 0x8b];
    let whole = io::Cursor::new(magic).chain(file);
    let mut document = Vec::new();
    let limit = MAX_DOCUMENT + 1;
    if gzipped {
        flate2::read::MultiGzDecoder::new(whole).take(limit).read_to_end(&mut document)?;
    } else {
        whole.take(limit).read_to_end(&mut document)?;
    }
    if document.len() as u64 > MAX_DOCUMENT {
        return Err(ParseError::TooLarge(MAX_DOCUMENT));
    }
    Ok(document)
}

fn records(name: &str, path: &Path) -> Result<Parsed, ParseError> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    if archive.len() > MAX_RECORDS {
        return Err(ParseError::TooMany);
    }
    let mut records = osv::Records::new(name);
    let mut json = Vec::new();
    let mut total = 0u64;
    for place in 0..archive.len() {
        let entry = match archive.by_index(place) {
            Ok(entry) => entry,
            Err(error) => {
                records.unreadable(&format!("entry {place}"), error);
                continue;
            }
        };
        let label = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || !label.ends_with(".json") {
            continue;
        }
        json.clear();
        // What is read counts, not what the archive claims.
        match entry.take(MAX_RECORD + 1).read_to_end(&mut json) {
            Ok(_) if json.len() as u64 > MAX_RECORD => {
                records.unreadable(&label, format!("it unpacks to more than {} MiB", MAX_RECORD >> 20));
            }
            Ok(_) => records.add(&label, &json),
            Err(error) => records.unreadable(&label, error),
        }
        total = total.saturating_add(json.len() as u64);
        if total > MAX_ARCHIVE {
            return Err(ParseError::TooLarge(MAX_ARCHIVE));
        }
    }
    let parsed = records.finish();
    // An archive of which nothing can be read is a broken feed, not an ecosystem without vulnerabilities.
    if parsed.advisories.is_empty() && parsed.skipped.broken > 0 {
        return Err(ParseError::Nothing(parsed.skipped.broken));
    }
    Ok(parsed)
}
