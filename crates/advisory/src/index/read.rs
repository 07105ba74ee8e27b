//! Opening the index and looking things up in it.

use std::collections::BTreeMap;
use std::fmt;

use boltseal_evidence::{Database, DatabaseKind, Digest, FeedInfo};

use super::encode::{Record, Statements, read_record, read_statements};
use super::format::{Cursor, HEADER, Header, IndexError, Part};
use super::table::Table;
use super::write::{EcosystemInfo, package_key};
use crate::record::Affected;

/// An opened index.
///
/// Opening reads the header, the description and the directories of the tables, a few hundred kilobytes; everything
/// else is read and checked when it is asked for. A byte that is not as it was written makes the lookup that meets it
/// fail with [`IndexError::Damaged`]; it never changes an answer.
pub struct Index {
    data: Box<dyn AsRef<[u8]> + Send + Sync>,
    content: Digest,
    meta: Meta,
    packages: Table,
    records: Table,
    ids: Table,
}

struct Meta {
    kind: DatabaseKind,
    built: Option<String>,
    records: usize,
    feeds: Vec<FeedInfo>,
    ecosystems: BTreeMap<String, EcosystemInfo>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("content", &self.content).field("records", &self.meta.records).finish()
    }
}

impl Index {
    /// Opens an index: bytes in memory, or a memory map.
    ///
    /// # Errors
    /// The bytes are no index, of another format, or damaged where they are read now.
    pub fn open(data: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, IndexError> {
        let file = data.as_ref();
        let header = Header::read(file)?;
        let part = |part: Part| header.parts.get(part as usize).copied().unwrap_or_default();
        for opened in [Part::Meta, Part::PackagesDirectory, Part::RecordsDirectory, Part::IdsDirectory] {
            let (start, length) = part(opened);
            let bytes = file.get(start..start.saturating_add(length)).unwrap_or_default();
            if header.checksums.get(opened as usize) != Some(&crc32fast::hash(bytes)) {
                return Err(IndexError::Damaged { offset: start as u64, what: "a directory's checksum" });
            }
        }
        let (start, length) = part(Part::Meta);
        let meta = read_meta(file.get(start..start.saturating_add(length)).unwrap_or_default())?;
        let table = |directory, blocks| Table::open(file, part(directory), part(blocks));
        Ok(Self {
            packages: table(Part::PackagesDirectory, Part::Packages)?,
            records: table(Part::RecordsDirectory, Part::Records)?,
            ids: table(Part::IdsDirectory, Part::Ids)?,
            content: header.content,
            meta,
            data: Box::new(data),
        })
    }

    /// Checks every byte against the digest in the header and reads every entry.
    ///
    /// # Errors
    /// Anything is not as it was written.
    pub fn verify(&self) -> Result<(), IndexError> {
        let body = self.file().get(HEADER..).unwrap_or_default();
        if Digest::sha256_of(body) != self.content {
            return Err(IndexError::Damaged { offset: HEADER as u64, what: "the digest of the content" });
        }
        self.for_each_package(|_, _, _| Ok(()))?;
        self.records.for_each(self.file(), |_, value| read_record(value).map(|_| ()))
    }

    fn file(&self) -> &[u8] {
        (*self.data).as_ref()
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &[u8] {
        self.file()
    }

    /// What the database is, for a report. Its digest is that of the file's content after the header, as computed when
    /// the file was written; [`Index::verify`] checks it.
    pub fn database(&self) -> Database {
        Database {
            kind: self.meta.kind,
            digest: self.content.clone(),
            built: self.meta.built.clone(),
            feeds: self.meta.feeds.clone(),
        }
    }

    /// Which kind of database it is.
    pub fn kind(&self) -> DatabaseKind {
        self.meta.kind
    }

    /// When it was built, RFC 3339.
    pub fn built(&self) -> Option<&str> {
        self.meta.built.as_deref()
    }

    /// The feeds, by name.
    pub fn feeds(&self) -> &[FeedInfo] {
        &self.meta.feeds
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.meta.records
    }

    /// It holds no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A feed speaks for this ecosystem and release. The starter set speaks for none.
    pub fn speaks_for(&self, ecosystem: &str) -> bool {
        self.meta.kind == DatabaseKind::Full && self.meta.ecosystems.contains_key(ecosystem)
    }

    /// The ecosystems that a feed speaks for, with the number of statements on their packages.
    pub fn ecosystems(&self) -> impl Iterator<Item = (&str, u64)> {
        self.meta.ecosystems.iter().map(|(name, info)| (name.as_str(), info.statements))
    }

    /// A feed of this ecosystem tells of vulnerabilities that are not fixed, too.
    pub fn tells_of_unfixed(&self, ecosystem: &str) -> bool {
        self.meta.ecosystems.get(ecosystem).is_some_and(|info| info.unfixed)
    }

    /// What the feeds say of a package, by the numbers of the records that say it.
    ///
    /// # Errors
    /// The place where it would be is damaged.
    pub fn statements(&self, ecosystem: &str, package: &str) -> Result<Statements, IndexError> {
        match self.packages.get(self.file(), &package_key(ecosystem, package))? {
            Some(value) => read_statements(value),
            None => Ok(Vec::new()),
        }
    }

    /// A record by its number.
    ///
    /// # Errors
    /// The place where it would be is damaged, or there is no record of this number.
    pub fn record(&self, number: u32) -> Result<Record, IndexError> {
        let value = self.records.get(self.file(), &number.to_be_bytes())?;
        read_record(value.ok_or(IndexError::Damaged { offset: 0, what: "a record is missing" })?)
    }

    /// The records that speak of a vulnerability under this id or an alias of it.
    ///
    /// # Errors
    /// A place that would be read is damaged.
    pub fn find(&self, id: &str) -> Result<Vec<Record>, IndexError> {
        let Some(value) = self.ids.get(self.file(), id.as_bytes())? else { return Ok(Vec::new()) };
        let mut cursor = Cursor::new(value);
        let mut records = Vec::new();
        while !cursor.is_empty() {
            let damaged = |_| IndexError::Damaged { offset: 0, what: "a record's number" };
            records.push(self.record(u32::try_from(cursor.number()?).map_err(damaged)?)?);
        }
        Ok(records)
    }

    /// Calls `visit` with every statement: ecosystem and package as keys, the record's number, and the statement.
    ///
    /// # Errors
    /// Any place of the table is damaged, or `visit` fails.
    pub fn for_each_package(
        &self,
        mut visit: impl FnMut((&str, &str), u32, &Affected) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        self.packages.for_each(self.file(), |key, value| {
            let key = std::str::from_utf8(key).ok().and_then(|key| key.split_once('\u{1f}'));
            let key = key.ok_or(IndexError::Damaged { offset: 0, what: "a package's key" })?;
            read_statements(value)?.iter().try_for_each(|(number, affected)| visit(key, *number, affected))
        })
    }
}

fn read_meta(bytes: &[u8]) -> Result<Meta, IndexError> {
    let mut cursor = Cursor::new(bytes);
    let own = |text: Option<&str>| text.map(str::to_owned);
    Ok(Meta {
        kind: if cursor.u8()? == 0 { DatabaseKind::Starter } else { DatabaseKind::Full },
        built: own(cursor.option()?),
        records: cursor.size()?,
        feeds: cursor.list(|cursor| {
            Ok(FeedInfo {
                name: cursor.text()?.to_owned(),
                source: cursor.text()?.to_owned(),
                advisories: cursor.number()?,
                modified: own(cursor.option()?),
                fetched: own(cursor.option()?),
            })
        })?,
        ecosystems: cursor
            .list(|cursor| {
                let name = cursor.text()?.to_owned();
                Ok((name, EcosystemInfo { statements: cursor.number()?, unfixed: cursor.u8()? != 0 }))
            })?
            .into_iter()
            .collect(),
    })
}
