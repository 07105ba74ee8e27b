//! Days, moments and durations, as a policy writes them.

use std::fmt;

use serde::{Deserialize, Deserializer};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// Seconds since 1970 of an RFC 3339 moment, or of the beginning of a day `YYYY-MM-DD` (UTC).
pub(crate) fn seconds(text: &str) -> Option<i64> {
    if text.len() == 10 {
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
        return Some(day.midnight().assume_utc().unix_timestamp());
    }
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

/// The day of a moment in UTC, `YYYY-MM-DD`.
pub(crate) fn day(seconds: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(seconds).ok().map(OffsetDateTime::date);
    date.map_or_else(String::new, |date| format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// A day `YYYY-MM-DD` that exists.
pub(crate) fn is_day(text: &str) -> bool {
    text.len() == 10 && seconds(text).is_some()
}

/// A length of time: a whole number and `h`, `d` or `w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Age {
    seconds: i64,
}

impl Age {
    /// From hours.
    #[cfg(test)]
    pub(crate) const fn hours(hours: i64) -> Self {
        Self { seconds: hours * 3600 }
    }

    /// In seconds.
    pub(crate) const fn seconds(self) -> i64 {
        self.seconds
    }

    fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| (0..=100_000).contains(number))?;
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let unit = match unit {
            'h' => 3600,
            'd' => DAY,
            'w' => 7 * DAY,
            _ => return None,
        };
        Some(Self { seconds: number * unit })
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self.seconds {
            seconds if seconds % DAY == 0 => (seconds / DAY, "day"),
            seconds => (seconds / 3600, "hour"),
        };
        write!(f, "{number} {unit}{}", if number == 1 { "" } else { "s" })
    }
}

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{}` is not a length of time: write a whole number and `h`, `d` or `w`, as in `14d`",
                text.chars().take(40).collect::<String>()
            ))
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Age {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Age".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A length of time: a whole number and `h`, `d` or `w`.",
            "pattern": "^[0-9]{1,6}[hdw]$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_told() {
        assert_eq!(Age::parse("36h"), Some(Age::hours(36)));
        assert_eq!(Age::parse("2w").map(|age| age.to_string()), Some("14 days".to_owned()));
        assert_eq!(Age::parse("1d").map(|age| age.to_string()), Some("1 day".to_owned()));
        for wrong in ["", "d", "14", "-1d", "+1d", "1.5d", "1m", "14 d", "999999999999d", "١d", "14日"] {
            assert_eq!(Age::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_and_moments_are_seconds() {
        assert_eq!(seconds("1970-01-02"), Some(DAY));
        assert_eq!(seconds("1970-01-01T00:00:01Z"), Some(1));
        assert_eq!(seconds("2026-02-30"), None);
        assert_eq!(seconds("soon"), None);
        assert_eq!(day(DAY), "1970-01-02");
        assert!(is_day("2026-11-24") && !is_day("2026-11-24T00:00:00Z"));
    }
}
