//! The SQLite form: a table `Packages` with a header in each row.
//!
//! The file is read from memory and by SQLite itself. It may be made to harm, so only a plain table is read, rows and
//! bytes are counted against what the file can hold, and nothing in the schema is run.

use std::io::Read;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::Reader;
use crate::limits::Limits;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Where the header says how the file is written and read: 1 is the rollback journal, 2 the write-ahead log.
const JOURNAL_VERSIONS: usize = 18;

/// Steps of SQLite's virtual machine between two looks at how many there were, and how many such rounds there may be.
/// A row takes some ten steps; the most rows that are read, some 200. A tree of pages that leads back to itself, as
/// only a made-up file has it, would take for ever.
const ROUND: i32 = 10_000;
const ROUNDS: u32 = 2_000;

pub(super) fn is_sqlite(content: &[u8]) -> bool {
    content.starts_with(MAGIC)
}

/// Reads the headers of all rows.
pub(super) fn read(content: &[u8], reader: &mut Reader<'_>) -> Result<(), String> {
    let broken = |error: rusqlite::Error| format!("cannot be read as an SQLite database: {error}");
    let connection = open(content).map_err(broken)?;
    if !is_plain_table(&connection).map_err(broken)? {
        return Err("is an SQLite database without a plain table `Packages`".to_owned());
    }
    if rows(&connection, content.len(), reader).map_err(broken)? {
        Ok(())
    } else {
        Err("is an SQLite database whose rows claim more bytes than the file has".to_owned())
    }
}

fn open(content: &[u8]) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    let mut rounds = 0u32;
    connection.progress_handler(
        ROUND,
        Some(move || {
            rounds += 1;
            rounds > ROUNDS
        }),
    )?;
    // A database in memory cannot have a log beside it: SQLite refuses one that says so, though all of its pages are
    // here once the log is merged.
    let (head, rest) = content.split_at_checked(JOURNAL_VERSIONS).unwrap_or((content, &[]));
    let rest = rest.get(2..).unwrap_or_default();
    let whole = head.chain([1u8, 1].as_slice()).chain(rest);
    connection.deserialize_read_exact("main", whole, head.len() + 2 + rest.len(), true)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    Ok(connection)
}

/// `Packages` is a table of its own pages, no view and no virtual table, and its column holds what is stored.
fn is_plain_table(connection: &Connection) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare(
        "SELECT count(*) FROM sqlite_schema WHERE name = 'Packages' AND type = 'table' AND rootpage > 0 LIMIT 1",
    )?;
    let tables: i64 = statement.query_row([], |row| row.get(0))?;
    let mut statement =
        connection.prepare("SELECT count(*) FROM pragma_table_xinfo('Packages') WHERE name = 'blob' AND hidden = 0")?;
    let columns: i64 = statement.query_row([], |row| row.get(0))?;
    Ok(tables == 1 && columns == 1)
}

/// Hands over every row; `false` where they add up to more than the file can hold, as pages that are used twice do.
fn rows(connection: &Connection, size: usize, reader: &mut Reader<'_>) -> rusqlite::Result<bool> {
    let mut left = size;
    // The length is in the row's head: asking for it first spares reading what is too long.
    let mut lengths = connection.prepare("SELECT length(blob) FROM Packages NOT INDEXED")?;
    let mut lengths = lengths.query([])?;
    let mut count = 0usize;
    // An error on the way comes again below, behind the packages that can still be read.
    while let Ok(Some(row)) = lengths.next() {
        count += 1;
        let length = row.get::<_, Option<i64>>(0)?.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let Some(rest) = left.checked_sub(length) else { return Ok(false) };
        left = rest;
        if count > Limits::DEFAULT.packages {
            break;
        }
    }
    drop(lengths);
    let mut statement = connection.prepare("SELECT blob FROM Packages NOT INDEXED")?;
    let mut rows = statement.query([])?;
    for _ in 0..=count {
        match rows.next() {
            Ok(Some(row)) => blob(row, reader),
            Ok(None) => break,
            // What was read so far stays: the rest of the table cannot be reached.
            Err(error) => {
                reader.lose(format_args!("not all packages could be read: {error}"));
                break;
            }
        }
        if reader.is_full() {
            break;
        }
    }
    Ok(true)
}

fn blob(row: &Row<'_>, reader: &mut Reader<'_>) {
    match row.get_ref(0) {
        Ok(ValueRef::Blob(bytes)) => reader.header(bytes),
        _ => reader.lose(format_args!("a package is left out: its row holds no bytes")),
    }
}

/// A log beside the database: with anything in it, the database alone may not be the last word.
pub(super) fn write_ahead_log(content: &[u8], reader: &mut Reader<'_>) {
    const HEAD: usize = 32;
    if content.len() > HEAD {
        reader.problems.add(format_args!(
            "holds changes that may not be in `rpmdb.sqlite` yet, so packages may be missing or outdated; run \
             `rpmdb --rebuilddb` when the image is built"
        ));
    }
}
