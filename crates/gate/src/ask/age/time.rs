//! Moments and spans of time as policies and evidence write them.

use serde::{Deserialize, Deserializer};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

/// Clocks differ: what lies this many seconds ahead is not yet from the future.
pub(crate) const SKEW: i64 = 5 * 60;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How long: `12h`, `30d`, `8w`, `1y` (365 days).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    seconds: i64,
    written: String,
}

impl Span {
    /// Its length in seconds.
    pub(crate) fn seconds(&self) -> i64 {
        self.seconds
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written)
    }
}

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            let shown: String = text.chars().take(40).collect();
            format!(
                "`{shown}` is no span of time: write a whole number and `h`, `d`, `w` or `y`, as in `12h`, `30d`, `1y`"
            )
        };
        let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(refused)?;
        let unit = match unit {
            "h" => HOUR,
            "d" => DAY,
            "w" => 7 * DAY,
            "y" => 365 * DAY,
            _ => return Err(refused()),
        };
        // `parse` alone would take `+3`.
        let number: i64 = number
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| number.parse().ok())
            .flatten()
            .ok_or_else(refused)?;
        let seconds = number.checked_mul(unit).filter(|seconds| *seconds <= 1000 * 365 * DAY).ok_or_else(refused)?;
        Ok(Self { seconds, written: text.to_owned() })
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A span of time: hours, days, weeks or years of 365 days.",
            "pattern": "^[0-9]+[hdwy]$"
        })
    }
}

/// Seconds since 1970 of RFC 3339, of such a time without a zone (taken as UTC), or of the first moment of a day.
pub(crate) fn moment(text: &str) -> Option<i64> {
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(moment.unix_timestamp());
    }
    if let Ok(moment) =
        PrimitiveDateTime::parse(text, format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]"))
    {
        return Some(moment.assume_utc().unix_timestamp());
    }
    let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    Some(PrimitiveDateTime::new(day, Time::MIDNIGHT).assume_utc().unix_timestamp())
}

/// How old something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// This many seconds, at least 0.
    Of(i64),
    /// It says that it is from a time that has not come.
    Future,
}

/// How old `then` is `now`, both in seconds since 1970.
pub(crate) fn age(then: i64, now: i64) -> Age {
    match now.saturating_sub(then) {
        seconds if seconds < -SKEW => Age::Future,
        seconds => Age::Of(seconds.max(0)),
    }
}

/// A length of time for people: `3 days`, `5 hours`.
pub(crate) fn told(seconds: i64) -> String {
    let (count, unit) = if seconds >= 2 * DAY { (seconds / DAY, "days") } else { (seconds / HOUR, "hours") };
    match (count, unit) {
        (0, _) => "less than an hour".to_owned(),
        (1, _) => "1 hour".to_owned(),
        _ => format!("{count} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_whole_numbers_with_a_unit() {
        for (text, seconds) in [("12h", 12 * HOUR), ("30d", 30 * DAY), ("2w", 14 * DAY), ("1y", 365 * DAY), ("0d", 0)] {
            assert_eq!(text.parse::<Span>().unwrap().seconds(), seconds, "{text}");
        }
        for text in ["", "d", "30", "30m", "-1d", "+1d", "1.5d", "1 d", "९d", "99999999999999999999d", "2000y", "1ä"]
        {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn moments_are_read_with_and_without_a_zone_and_as_days() {
        assert_eq!(moment("1970-01-02"), Some(DAY));
        assert_eq!(moment("1970-01-01T01:00:00Z"), Some(HOUR));
        assert_eq!(moment("1970-01-01T01:00:00"), Some(HOUR));
        assert_eq!(moment("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(moment("1970-01-01T01:00:00.123456789Z"), Some(HOUR));
        for text in ["", "yesterday", "2024-13-01", "2024-02-30T00:00:00Z", "0"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn clocks_may_differ_by_five_minutes_and_no_more() {
        assert_eq!(age(1000, 1300), Age::Of(300));
        assert_eq!(age(1300, 1000), Age::Of(0));
        assert_eq!(age(1301, 1000), Age::Future);
        assert_eq!(age(i64::MIN, i64::MAX), Age::Of(i64::MAX));
        assert_eq!(age(i64::MAX, i64::MIN), Age::Future);
    }
}
