//! How records and statements are written in the index, and how they are read back.

use boltseal_evidence::{Epss, KnownExploited, Rating, Severity};

use super::format::{Cursor, IndexError, put_number, put_option, put_text, put_texts};
use crate::record::{Advisory, Affected, End, Interval, Statement, is_cve};

/// A record of the index: an advisory without its packages, with all that other feeds add to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The place of its feed in [`crate::Index::feeds`].
    pub feed: usize,
    /// The record's own id.
    pub id: String,
    /// Every other id of the same vulnerability in any feed, sorted.
    pub aliases: Vec<String>,
    /// The vulnerabilities that an erratum fixes, sorted; an erratum's id is none of their aliases.
    pub covers: Vec<String>,
    /// One line that says what it is.
    pub title: String,
    /// When it was published.
    pub published: Option<String>,
    /// Where to read more.
    pub references: Vec<String>,
    /// The ratings of every feed.
    pub ratings: Vec<Rating>,
    /// CISA's word on any of its ids.
    pub known_exploited: Option<KnownExploited>,
    /// FIRST's estimate, the highest of its ids.
    pub epss: Option<Epss>,
}

impl Record {
    /// The id that stands for the vulnerability: the CVE, else the first of all its ids, which are the same for every
    /// record of it. `None` for an erratum of several.
    pub fn vulnerability(&self) -> Option<&str> {
        match self.covers.as_slice() {
            [] => {}
            [only] => return Some(only),
            _ => return None,
        }
        let ids = || std::iter::once(&self.id).chain(&self.aliases).map(String::as_str);
        ids().filter(|id| is_cve(id)).min().or_else(|| ids().min())
    }
}

/// All that the index says of one package of one ecosystem: pairs of a record's number and the statement.
pub type Statements = Vec<(u32, Affected)>;

const SEVERITIES: [Severity; 6] = Severity::WORST_FIRST;

fn severity_code(severity: Option<Severity>) -> u8 {
    severity.and_then(|severity| SEVERITIES.iter().position(|known| *known == severity)).map_or(u8::MAX, |at| at as u8)
}

fn severity_of(code: u8) -> Option<Severity> {
    SEVERITIES.get(usize::from(code)).copied()
}

/// Shares are written in hundred-thousandths, as FIRST publishes them.
const SHARE: f64 = 100_000.0;

pub(super) fn put_record(
    out: &mut Vec<u8>,
    feed: usize,
    record: &Advisory,
    exploited: Option<&KnownExploited>,
    epss: Option<Epss>,
) {
    put_number(out, feed as u64);
    put_text(out, &record.id);
    put_texts(out, &record.aliases);
    put_texts(out, &record.covers);
    put_text(out, &record.title);
    put_option(out, record.published.as_deref());
    put_texts(out, &record.references);
    put_number(out, record.ratings.len() as u64);
    for rating in &record.ratings {
        put_text(out, &rating.source);
        out.push(severity_code(Some(rating.severity)));
        // Tenths, and 255 for none: a CVSS score has one decimal.
        out.push(rating.score.map_or(u8::MAX, |score| (score * 10.0).round() as u8));
        put_option(out, rating.vector.as_deref());
    }
    out.push(u8::from(exploited.is_some()));
    if let Some(known) = exploited {
        put_text(out, &known.date_added);
        put_text(out, &known.due_date);
        out.push(u8::from(known.ransomware));
    }
    out.push(u8::from(epss.is_some()));
    if let Some(epss) = epss {
        put_number(out, (epss.probability * SHARE).round() as u64);
        put_number(out, (epss.percentile * SHARE).round() as u64);
    }
}

pub(super) fn read_record(bytes: &[u8]) -> Result<Record, IndexError> {
    let mut cursor = Cursor::new(bytes);
    let texts = |cursor: &mut Cursor<'_>| cursor.list(|cursor| Ok(cursor.text()?.to_owned()));
    Ok(Record {
        feed: cursor.size()?,
        id: cursor.text()?.to_owned(),
        aliases: texts(&mut cursor)?,
        covers: texts(&mut cursor)?,
        title: cursor.text()?.to_owned(),
        published: cursor.option()?.map(str::to_owned),
        references: texts(&mut cursor)?,
        ratings: cursor.list(read_rating)?,
        known_exploited: match cursor.u8()? {
            0 => None,
            _ => Some(KnownExploited {
                date_added: cursor.text()?.to_owned(),
                due_date: cursor.text()?.to_owned(),
                ransomware: cursor.u8()? != 0,
            }),
        },
        epss: match cursor.u8()? {
            0 => None,
            _ => {
                Some(Epss { probability: cursor.number()? as f64 / SHARE, percentile: cursor.number()? as f64 / SHARE })
            }
        },
    })
}

fn read_rating(cursor: &mut Cursor<'_>) -> Result<Rating, IndexError> {
    Ok(Rating {
        source: cursor.text()?.to_owned(),
        severity: severity_of(cursor.u8()?).unwrap_or_default(),
        score: match cursor.u8()? {
            u8::MAX => None,
            tenths => Some(f64::from(tenths) / 10.0),
        },
        vector: cursor.option()?.map(str::to_owned),
    })
}

const STATEMENTS: [Statement; 4] =
    [Statement::Affected, Statement::WontFix, Statement::NotAffected, Statement::Unknown];

pub(super) fn put_affected(out: &mut Vec<u8>, record: u32, affected: &Affected) {
    put_number(out, u64::from(record));
    let statement = STATEMENTS.iter().position(|known| *known == affected.statement).unwrap_or_default();
    out.push(statement as u8 | (u8::from(affected.modular) << 7));
    out.push(severity_code(affected.severity));
    put_texts(out, &affected.modules);
    put_number(out, affected.ranges.len() as u64);
    for range in &affected.ranges {
        let (code, end) = match &range.end {
            End::Never => (0, None),
            End::Fixed(version) => (1, Some(version)),
            End::LastAffected(version) => (2, Some(version)),
        };
        out.push(code | (u8::from(range.introduced.is_some()) << 7));
        for version in [range.introduced.as_ref(), end].into_iter().flatten() {
            put_text(out, version);
        }
    }
    put_texts(out, &affected.versions);
}

/// Reads the statements on one package; ecosystem and package are left empty, the caller asked for them.
pub(super) fn read_statements(bytes: &[u8]) -> Result<Statements, IndexError> {
    let mut cursor = Cursor::new(bytes);
    let mut statements = Vec::new();
    while !cursor.is_empty() {
        let damaged = || IndexError::Damaged { offset: 0, what: "a statement" };
        let record = u32::try_from(cursor.number()?).map_err(|_| damaged())?;
        let flags = cursor.u8()?;
        statements.push((
            record,
            Affected {
                ecosystem: String::new(),
                package: String::new(),
                statement: STATEMENTS.get(usize::from(flags & 0x7f)).copied().ok_or_else(damaged)?,
                severity: severity_of(cursor.u8()?),
                modular: flags & 0x80 != 0,
                modules: cursor.list(|cursor| Ok(cursor.text()?.to_owned()))?,
                ranges: cursor.list(read_interval)?,
                versions: cursor.list(|cursor| Ok(cursor.text()?.to_owned()))?,
            },
        ));
    }
    Ok(statements)
}

fn read_interval(cursor: &mut Cursor<'_>) -> Result<Interval, IndexError> {
    let flags = cursor.u8()?;
    let introduced = if flags & 0x80 != 0 { Some(cursor.text()?.to_owned()) } else { None };
    let end = match flags & 0x7f {
        0 => End::Never,
        1 => End::Fixed(cursor.text()?.to_owned()),
        2 => End::LastAffected(cursor.text()?.to_owned()),
        _ => return Err(IndexError::Damaged { offset: 0, what: "a range" }),
    };
    Ok(Interval { introduced, end })
}
