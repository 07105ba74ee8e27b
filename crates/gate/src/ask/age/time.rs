//! How old something is, by clocks that differ a little.

/// Clocks differ: what lies this many seconds ahead is not yet from the future.
const SKEW: i64 = 5 * 60;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How old something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elapsed {
    /// This many seconds, at least 0.
    Seconds(i64),
    /// It says that it is from a time that has not come.
    Future,
}

/// How old `then` is `now`, both in seconds since 1970.
pub(crate) fn elapsed(then: i64, now: i64) -> Elapsed {
    match now.saturating_sub(then) {
        seconds if seconds < -SKEW => Elapsed::Future,
        seconds => Elapsed::Seconds(seconds.max(0)),
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
    fn clocks_may_differ_by_five_minutes_and_no_more() {
        assert_eq!(elapsed(1000, 1300), Elapsed::Seconds(300));
        assert_eq!(elapsed(1300, 1000), Elapsed::Seconds(0));
        assert_eq!(elapsed(1301, 1000), Elapsed::Future);
        assert_eq!(elapsed(i64::MIN, i64::MAX), Elapsed::Seconds(i64::MAX));
        assert_eq!(elapsed(i64::MAX, i64::MIN), Elapsed::Future);
    }

    #[test]
    fn ages_are_told_in_hours_then_days() {
        let cases = [(0, "less than an hour"), (HOUR, "1 hour"), (47 * HOUR, "47 hours"), (2 * DAY, "2 days")];
        for (seconds, expected) in cases {
            assert_eq!(told(seconds), expected);
        }
    }
}
