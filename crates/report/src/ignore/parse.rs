//! Reads the TOML of an ignore file and finds every mistake in it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::excerpt::IgnoreError;
use super::glob::Glob;
use super::{Entry, IgnoreError as Error};
use crate::link;

/// Bytes; far above any file that people write.
const LARGEST: usize = 4 << 20;
const MOST_ENTRIES: usize = 20_000;
/// A broken file shows this many mistakes.
const MOST_ERRORS: usize = 50;
const KEYS: [&str; 6] = ["id", "package", "path", "reason", "owner", "until"];

/// The entries of `text`, or its mistakes.
pub(super) fn parse(path: &str, text: &str) -> Result<Vec<Entry>, Vec<IgnoreError>> {
    let mut reader = Reader { path, text, errors: Vec::new() };
    let entries = reader.file();
    if reader.errors.is_empty() { Ok(entries) } else { Err(reader.errors) }
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    errors: Vec<Error>,
}

impl Reader<'_> {
    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(Error::new(self.path, self.text, span, message));
        }
    }

    fn file(&mut self) -> Vec<Entry> {
        if self.text.len() > LARGEST {
            self.error(0..0, format!("the file is larger than {LARGEST} bytes: split it"));
            return Vec::new();
        }
        let table = match DeTable::parse(self.text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                self.error(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()));
                return Vec::new();
            }
        };
        let mut entries = Vec::new();
        for (key, value) in &table {
            if key.get_ref() == "ignore" {
                entries = self.entries(value);
            } else {
                let message = format!("`{}` is not a key of an ignore file: only `[[ignore]]` is", key.get_ref());
                self.error(key.span(), message);
            }
        }
        entries
    }

    fn entries(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<Entry> {
        let DeValue::Array(array) = value.get_ref() else {
            self.error(value.span(), "`ignore` is not a list of tables: write `[[ignore]]`");
            return Vec::new();
        };
        if array.len() > MOST_ENTRIES {
            self.error(value.span(), format!("more than {MOST_ENTRIES} entries: split the file"));
            return Vec::new();
        }
        let mut entries = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(table) => entries.extend(self.entry(table, item.span())),
                _ => self.error(item.span(), "an entry is not a table: write `[[ignore]]`"),
            }
        }
        entries
    }

    fn entry(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Option<Entry> {
        for (key, _) in table {
            if !KEYS.contains(&key.get_ref().as_ref()) {
                let message = format!("`{}` is not a key of an entry: use {}", key.get_ref(), KEYS.join(", "));
                self.error(key.span(), message);
            }
        }
        let line = self.text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
        let reason = self.required(table, "reason", &span, "say why the finding is not acted on");
        let id = self.required(table, "id", &span, "name the vulnerability");
        let package = self.text_of(table, "package");
        let path = self.text_of(table, "path");
        let owner = self.text_of(table, "owner");
        let until = self.date(table);
        Some(Entry { id: id?, package, path: path.as_deref().map(Glob::new), reason: reason?, owner, until, line })
    }

    fn required(&mut self, table: &DeTable<'_>, key: &str, span: &Range<usize>, why: &str) -> Option<String> {
        if table.get(key).is_none() {
            self.error(span.clone(), format!("the entry has no `{key}`: {why}"));
        }
        self.text_of(table, key)
    }

    /// The non-empty text under `key`, trimmed.
    fn text_of(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.error(value.span(), format!("`{key}` is not a text: put it in quotation marks"));
            return None;
        };
        if text.trim().is_empty() {
            self.error(value.span(), format!("`{key}` is empty"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// `until`, as a text or as a TOML date.
    fn date(&mut self, table: &DeTable<'_>) -> Option<String> {
        let value = table.get("until")?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            _ => self.text_of(table, "until")?,
        };
        if text.len() != 10 || link::day(&text).is_none() {
            self.error(value.span(), "`until` is not a day: write it as \"YYYY-MM-DD\"");
            return None;
        }
        Some(text)
    }
}
