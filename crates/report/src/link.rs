//! Links and dates that a strict reader accepts.

use time::Date;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// `text` where it is an `http` or `https` URL made only of the characters of RFC 3986, at most 2,000 of them.
pub(crate) fn web(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=%#".contains(&byte);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_is_plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:@".contains(&b));
    let one_fragment = rest.bytes().filter(|byte| *byte == b'#').count() <= 1;
    let valid = text.len() <= 2_000 && host_is_plain && one_fragment && rest.bytes().all(allowed) && escapes(rest);
    valid.then_some(text)
}

/// Every `%` begins an escape.
fn escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|after| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

/// The page of a vulnerability, by the kind of its id; an id of other characters than ids are made of has none.
pub(crate) fn of_id(id: &str) -> String {
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    if id.is_empty() || id.len() > 100 || !is_plain {
        return "https://osv.dev/list".to_owned();
    }
    let id = percent_encoded(id);
    if id.starts_with("CVE-") {
        format!("https://nvd.nist.gov/vuln/detail/{id}")
    } else if id.starts_with("GHSA-") {
        format!("https://github.com/advisories/{id}")
    } else {
        format!("https://osv.dev/vulnerability/{id}")
    }
}

/// Who keeps the list that an id is from.
pub(crate) fn authority(id: &str) -> &'static str {
    const KNOWN: [(&str, &str); 9] = [
        ("CVE-", "NVD"),
        ("GHSA-", "GitHub"),
        ("DSA-", "Debian"),
        ("DLA-", "Debian"),
        ("PYSEC-", "PyPA"),
        ("RUSTSEC-", "RustSec"),
        ("GO-", "Go"),
        ("ALPINE-", "Alpine"),
        ("CGA-", "Chainguard"),
    ];
    KNOWN.iter().find(|(prefix, _)| id.starts_with(prefix)).map_or("OSV", |(_, name)| name)
}

/// A path as a relative URI reference: every byte outside RFC 3986's `pchar` and `/` escaped, and colons too, so that
/// no first segment reads as a scheme.
pub(crate) fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    // `//host` would be an authority.
    let relative = encoded.trim_start_matches('/');
    if relative.is_empty() { ".".to_owned() } else { relative.to_owned() }
}

/// `text` as an RFC 3339 time; a bare day is its first second in UTC.
pub(crate) fn moment(text: &str) -> Option<String> {
    let candidate = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    time::OffsetDateTime::parse(&candidate, &Rfc3339).ok().map(|_| candidate)
}

/// The RFC 3339 time `text` in UTC and whole seconds, as SPDX wants it (section 6.9).
pub(crate) fn seconds(text: &str) -> Option<String> {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let moment = time::OffsetDateTime::parse(&moment(text)?, &Rfc3339).ok()?;
    let utc = moment.checked_to_offset(time::UtcOffset::UTC)?;
    utc.format(format).ok()
}

/// The day that `text` (`YYYY-MM-DD`, or a time that begins so) names.
pub(crate) fn day(text: &str) -> Option<Date> {
    Date::parse(text.get(..10)?, format_description!("[year]-[month]-[day]")).ok()
}

/// The whole days from one day to another.
pub(crate) fn days_between(from: &str, to: &str) -> Option<i64> {
    Some((day(to)? - day(from)?).whole_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_links() {
        assert!(web("https://security-tracker.debian.org/tracker/CVE-2022-1292#x").is_some());
        for bad in ["javascript:alert(1)", "https://", "https://a b", "http://x/%zz", "https://x/[y]", "ftp://x/"] {
            assert_eq!(web(bad), None, "{bad}");
        }
    }

    #[test]
    fn ids_lead_to_their_pages() {
        assert_eq!(of_id("ALSA-2022:6224"), "https://osv.dev/vulnerability/ALSA-2022%3A6224");
        assert_eq!(of_id("CVE-2021-44228"), "https://nvd.nist.gov/vuln/detail/CVE-2021-44228");
        assert_eq!(of_id("\u{1b}[31m"), "https://osv.dev/list");
    }

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(percent_encoded("a b/c:d#é"), "a%20b/c%3Ad%23%C3%A9");
        assert_eq!(percent_encoded("//etc"), "etc");
        assert_eq!(percent_encoded(""), ".");
    }

    #[test]
    fn days_are_counted_over_months() {
        assert_eq!(days_between("2026-10-31T10:00:00Z", "2026-11-02"), Some(2));
        assert_eq!(days_between("2026-02-30", "2026-11-02"), None);
        assert_eq!(moment("2024-05-01"), Some("2024-05-01T00:00:00Z".to_owned()));
        assert_eq!(moment("yesterday"), None);
        assert_eq!(seconds("2022-06-01T01:30:00.25+02:00"), Some("2022-05-31T23:30:00Z".to_owned()));
    }
}
