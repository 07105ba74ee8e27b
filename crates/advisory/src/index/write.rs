//! Building the index.

use std::collections::{BTreeMap, HashMap};

use boltseal_evidence::{DatabaseKind, Digest, Epss, FeedInfo, KnownExploited};
use boltseal_version::compare;

use super::encode::{put_affected, put_record};
use super::format::{HEADER, Header, PARTS, Part, put_number, put_option, put_text};
use super::table::TableWriter;
use super::unite::unite;
use crate::ecosystem::{name_key, scheme_of, version_key};
use crate::epss::Scores;
use crate::kev::Catalogue;
use crate::record::{Advisory, Affected, End, Parsed, Statement};

/// Joins feeds into an index. The order in which feeds are added does not matter.
#[derive(Debug)]
pub struct Builder {
    kind: DatabaseKind,
    built: Option<String>,
    feeds: Vec<(FeedInfo, Vec<Advisory>)>,
    ecosystems: BTreeMap<String, EcosystemInfo>,
    exploited: BTreeMap<String, KnownExploited>,
    epss: HashMap<String, Epss>,
}

/// What the index knows of an ecosystem as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct EcosystemInfo {
    pub statements: u64,
    /// Some feed tells of vulnerabilities that are not fixed.
    pub unfixed: bool,
}

/// A finished index.
#[derive(Debug, Clone)]
pub struct Built {
    /// The file.
    pub bytes: Vec<u8>,
    /// The number of records.
    pub records: usize,
    /// The number of packages with statements.
    pub packages: usize,
}

impl Builder {
    /// An empty index of this kind, built at this time (RFC 3339).
    pub fn new(kind: DatabaseKind, built: Option<String>) -> Self {
        Self {
            kind,
            built,
            feeds: Vec::new(),
            ecosystems: BTreeMap::new(),
            exploited: BTreeMap::new(),
            epss: HashMap::new(),
        }
    }

    /// Adds a feed: its name, where it came from, when it was fetched (RFC 3339), and its records.
    pub fn add(&mut self, name: &str, source: &str, fetched: Option<String>, parsed: Parsed) {
        let modified = parsed.modified().map(str::to_owned);
        self.feed(name, source, parsed.advisories.len(), modified, fetched);
        for ecosystem in parsed.ecosystems {
            self.ecosystems.entry(ecosystem).or_default();
        }
        if let Some((_, records)) = self.feeds.last_mut() {
            *records = parsed.advisories;
        }
    }

    /// Adds CISA's catalogue.
    pub fn exploited(&mut self, source: &str, fetched: Option<String>, catalogue: Catalogue) {
        self.feed("cisa-kev", source, catalogue.entries.len(), catalogue.released, fetched);
        self.exploited = catalogue.entries;
    }

    /// Adds FIRST's scores.
    pub fn epss(&mut self, source: &str, fetched: Option<String>, scores: Scores) {
        self.feed("epss", source, scores.scores.len(), scores.date, fetched);
        self.epss = scores.scores;
    }

    fn feed(&mut self, name: &str, source: &str, count: usize, modified: Option<String>, fetched: Option<String>) {
        let advisories = count as u64;
        let info = FeedInfo { name: name.to_owned(), source: source.to_owned(), advisories, modified, fetched };
        self.feeds.push((info, Vec::new()));
    }

    /// Builds the file.
    pub fn finish(mut self) -> Built {
        self.feeds.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let mut records: Vec<(usize, Advisory)> = Vec::new();
        for (place, (_, advisories)) in self.feeds.iter_mut().enumerate() {
            records.extend(std::mem::take(advisories).into_iter().map(|advisory| (place, advisory)));
        }
        records.sort_by(|(feed_a, a), (feed_b, b)| (feed_a, &a.id).cmp(&(feed_b, &b.id)));
        unite(&mut records);

        let mut packages: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        let mut ids: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut table = TableWriter::default();
        let mut bytes = Vec::new();
        for (number, (feed, record)) in records.iter_mut().enumerate() {
            let number = number as u32;
            for affected in std::mem::take(&mut record.affected) {
                let info = self.ecosystems.entry(affected.ecosystem.clone()).or_default();
                info.statements += 1;
                info.unfixed |= tells_of_unfixed(&affected);
                let affected = compact(affected);
                let key = package_key(&affected.ecosystem, &affected.package);
                put_affected(packages.entry(key).or_default(), number, &affected);
            }
            for id in std::iter::once(&record.id).chain(&record.aliases).chain(&record.covers) {
                let numbers = ids.entry(id.clone()).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
            let (exploited, epss) = self.exploitation(record);
            bytes.clear();
            put_record(&mut bytes, *feed, record, exploited, epss);
            table.push(&number.to_be_bytes(), &bytes);
        }
        let count = packages.len();
        let parts = [self.meta(records.len()), self::table(packages), table.finish(), id_table(ids)];
        Built { bytes: assemble(parts), records: records.len(), packages: count }
    }

    /// What is known of the exploitation of any of a record's vulnerabilities.
    fn exploitation(&self, record: &Advisory) -> (Option<&KnownExploited>, Option<Epss>) {
        let ids = || std::iter::once(&record.id).chain(&record.aliases).chain(&record.covers);
        let exploited = ids().filter_map(|id| self.exploited.get(id)).min_by(|a, b| a.date_added.cmp(&b.date_added));
        let epss = ids().filter_map(|id| self.epss.get(id)).copied();
        (exploited, epss.max_by(|a, b| a.probability.total_cmp(&b.probability)))
    }

    fn meta(&self, records: usize) -> (Vec<u8>, Vec<u8>) {
        let mut meta = vec![u8::from(self.kind == DatabaseKind::Full)];
        put_option(&mut meta, self.built.as_deref());
        put_number(&mut meta, records as u64);
        put_number(&mut meta, self.feeds.len() as u64);
        for (feed, _) in &self.feeds {
            put_text(&mut meta, &feed.name);
            put_text(&mut meta, &feed.source);
            put_number(&mut meta, feed.advisories);
            put_option(&mut meta, feed.modified.as_deref());
            put_option(&mut meta, feed.fetched.as_deref());
        }
        put_number(&mut meta, self.ecosystems.len() as u64);
        for (name, info) in &self.ecosystems {
            put_text(&mut meta, name);
            put_number(&mut meta, info.statements);
            meta.push(u8::from(info.unfixed));
        }
        (meta, Vec::new())
    }
}

fn tells_of_unfixed(affected: &Affected) -> bool {
    matches!(affected.statement, Statement::Affected | Statement::WontFix)
        && affected.ranges.iter().any(|range| range.end == End::Never)
}

/// The key of a package's statements.
pub(super) fn package_key(ecosystem: &str, package: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(ecosystem.len() + package.len() + 1);
    key.extend_from_slice(ecosystem.as_bytes());
    key.push(0x1f);
    key.extend_from_slice(name_key(ecosystem, package).as_bytes());
    key
}

/// Leaves out the listed versions that a range holds anyway.
fn compact(mut affected: Affected) -> Affected {
    if let Some(scheme) = scheme_of(&affected.ecosystem) {
        let Affected { ecosystem, ranges, versions, .. } = &mut affected;
        let order = |a: &str, b: &str| compare(scheme, version_key(ecosystem, a), version_key(ecosystem, b)).ok();
        versions.retain(|version| {
            !ranges.iter().any(|range| {
                let from =
                    range.introduced.as_ref().is_none_or(|first| order(version, first).is_some_and(|o| o.is_ge()));
                from && match &range.end {
                    End::Never => true,
                    End::Fixed(fixed) => order(version, fixed).is_some_and(|o| o.is_lt()),
                    End::LastAffected(last) => order(version, last).is_some_and(|o| o.is_le()),
                }
            })
        });
    }
    affected
}

fn table(entries: BTreeMap<Vec<u8>, Vec<u8>>) -> (Vec<u8>, Vec<u8>) {
    let mut writer = TableWriter::default();
    for (key, value) in entries {
        writer.push(&key, &value);
    }
    writer.finish()
}

fn id_table(ids: BTreeMap<String, Vec<u32>>) -> (Vec<u8>, Vec<u8>) {
    let encode = |numbers: Vec<u32>| {
        let mut value = Vec::new();
        for number in numbers {
            put_number(&mut value, u64::from(number));
        }
        value
    };
    table(ids.into_iter().map(|(id, numbers)| (id.into_bytes(), encode(numbers))).collect())
}

/// Puts the parts behind the header. Of each pair the first is read when the file is opened and checksummed whole, the
/// second is checksummed in blocks.
fn assemble([meta, packages, records, ids]: [(Vec<u8>, Vec<u8>); 4]) -> Vec<u8> {
    let order = [
        (Part::Meta, meta.0),
        (Part::PackagesDirectory, packages.0),
        (Part::Packages, packages.1),
        (Part::RecordsDirectory, records.0),
        (Part::Records, records.1),
        (Part::IdsDirectory, ids.0),
        (Part::Ids, ids.1),
    ];
    let mut body = Vec::new();
    let mut parts = [(0, 0); PARTS];
    let mut checksums = [0; PARTS];
    for (part, bytes) in order {
        let opened = matches!(part, Part::Meta | Part::PackagesDirectory | Part::RecordsDirectory | Part::IdsDirectory);
        if let (Some(place), Some(checksum)) = (parts.get_mut(part as usize), checksums.get_mut(part as usize)) {
            *place = (HEADER + body.len(), bytes.len());
            *checksum = if opened { crc32fast::hash(&bytes) } else { 0 };
        }
        body.extend(bytes);
    }
    let content = Digest::sha256_of(&body);
    let mut sha256 = [0; 32];
    for (byte, pair) in sha256.iter_mut().zip(content.hex().as_bytes().chunks(2)) {
        *byte = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
    }
    let header = Header { content, parts, checksums };
    let mut file = header.write((HEADER + body.len()) as u64, &sha256);
    file.extend(body);
    file
}
