//! Seconds since 1970, and RFC 3339.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The seconds of an RFC 3339 text; fractions are dropped.
pub(super) fn parse(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

/// RFC 3339, or the number where no calendar has it.
pub(super) fn told(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{seconds} s after 1970"))
}
