//! TOML read as tables whose every value knows its place, so that one wrong entry costs only itself.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::lines::Source;

/// Parses the whole file; the error names line and column.
pub(super) fn parse<'a>(source: &Source<'a>) -> Result<DeTable<'a>, String> {
    DeTable::parse(source.text).map(Spanned::into_inner).map_err(|error| {
        let message = error.message().replace('\n', ", ");
        match error.span() {
            Some(span) => format!("line {}: not TOML: {message}", source.line(span.start)),
            None => format!("not TOML: {message}"),
        }
    })
}

/// An entry of an array of tables with its line; `None` where it is no table.
pub(super) type Entry<'t, 'a> = (u32, Option<&'t DeTable<'a>>);

/// The entries of the array of tables that a lock file consists of. A file with neither that nor the other key, which
/// the tool writes even if there is nothing to lock, is not what its name says.
pub(super) fn entries<'t, 'a>(
    table: &'t DeTable<'a>,
    key: &str,
    always: &str,
    source: &Source<'_>,
) -> Result<Vec<Entry<'t, 'a>>, String> {
    let Some(value) = table.get(key) else {
        let known = table.contains_key(always);
        return if known { Ok(Vec::new()) } else { Err(format!("not such a lock file: it has no `[[{key}]]`")) };
    };
    let Some(array) = value.get_ref().as_array() else {
        return Err(format!("line {}: `{key}` is not an array of tables", source.line(value.span().start)));
    };
    Ok(array.iter().map(|entry| (source.line(entry.span().start), entry.get_ref().as_table())).collect())
}

/// The value of a key.
pub(super) fn value<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Option<&'t DeValue<'a>> {
    table.get(key).map(Spanned::get_ref)
}

/// The text of a key; `None` also where it is something else.
pub(super) fn text<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    value(table, key).and_then(DeValue::as_str)
}

/// The table of a key.
pub(super) fn table<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Option<&'t DeTable<'a>> {
    value(table, key).and_then(DeValue::as_table)
}
