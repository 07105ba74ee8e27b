//! Paths from tars, made plain and kept inside the root.

/// What was unusual about a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Oddities {
    /// It went above the root; what went above was left out.
    pub(crate) climbs: bool,
    /// It began with `/`.
    pub(crate) absolute: bool,
    /// It was not UTF-8.
    pub(crate) lossy: bool,
}

/// Writes `raw` into `path` in normal form: `/` between names, none in front or behind, no `.`, no `..`.
///
/// `..` takes away the name before it, as the appliers of container engines have it, whatever that name is.
pub(crate) fn normalise(raw: &[u8], path: &mut String) -> Oddities {
    path.clear();
    let text = String::from_utf8_lossy(raw);
    let mut oddities = Oddities {
        absolute: raw.first() == Some(&b'/'),
        lossy: matches!(text, std::borrow::Cow::Owned(_)),
        climbs: false,
    };
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                oddities.climbs |= path.is_empty();
                path.truncate(path.rfind('/').unwrap_or(0));
            }
            _ => {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(name);
            }
        }
    }
    oddities
}

/// The number of names in a normal path.
pub(crate) fn depth(path: &str) -> usize {
    memchr::memchr_iter(b'/', path.as_bytes()).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(raw: &[u8], expect: &str, climbs: bool, absolute: bool, lossy: bool) {
        let mut path = "left over".to_owned();
        let oddities = normalise(raw, &mut path);
        assert_eq!((path.as_str(), oddities), (expect, Oddities { climbs, absolute, lossy }));
    }

    #[test]
    fn paths_become_plain_and_stay_inside_the_root() {
        check(b"./usr/bin/env", "usr/bin/env", false, false, false);
        check(b"usr//bin/./", "usr/bin", false, false, false);
        check(b"./", "", false, false, false);
        check(b"/etc/passwd", "etc/passwd", false, true, false);
        check(b"a/b/../c", "a/c", false, false, false);
        check(b"a/../../etc/x", "etc/x", true, false, false);
        check(b"../../x", "x", true, false, false);
        check(b"a/\xff", "a/\u{fffd}", false, false, true);
    }

    proptest! {
        #[test]
        fn no_bytes_lead_out_of_the_root(raw in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'/'), any::<u8>()], 0..60)) {
            let mut path = String::new();
            normalise(&raw, &mut path);
            prop_assert!(path.is_empty() || path.split('/').all(|name| !matches!(name, "" | "." | "..")));
        }
    }
}
