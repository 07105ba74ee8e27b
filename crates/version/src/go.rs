//! Go: module versions (`v1.2.3`, pseudo-versions, `+incompatible`), which are Semantic Versioning, and releases of
//! Go itself (`go1.22rc1`), which the Go vulnerability database writes as `1.22.0-rc.1` in its record for `stdlib`.

use crate::lexeme;
use crate::semver::{Prerelease, SemVer};

/// Reads either kind. `(devel)` and `devel go1.23-…` have no place in the order.
pub(crate) fn parse(text: &str) -> Option<SemVer<'_>> {
    match text.strip_prefix("go") {
        // What vendors append (`go1.21.3-acme`, `go1.21.3 X:boringcrypto`) does not change the release.
        Some(release) => parse_release(release.split([' ', '-', '+']).next()?),
        None => parse_release(text).or_else(|| SemVer::parse(text)),
    }
}

/// `1.22`, `1.22.1`, `1.22rc1`, `1.22beta2`.
fn parse_release(text: &str) -> Option<SemVer<'_>> {
    let (major, rest) = lexeme::take_digits(text);
    let (minor, rest) = lexeme::take_digits(rest.strip_prefix('.')?);
    let (patch, rest) = match rest.strip_prefix('.') {
        Some(rest) => lexeme::take_digits(rest),
        None => ("0", rest),
    };
    let (kind, rest) = lexeme::take_while(rest, |byte| byte.is_ascii_lowercase());
    let (last, rest) = lexeme::take_digits(rest);
    let known = if last.is_empty() { kind.is_empty() } else { matches!(kind, "alpha" | "beta" | "rc") };
    let complete = !major.is_empty() && !minor.is_empty() && !patch.is_empty() && rest.is_empty() && known;
    let pre = Prerelease { identifiers: kind, last };
    complete.then_some(SemVer { numbers: [major, minor, patch], pre, build: "" })
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn modules_are_ordered_as_semantic_versions() {
        for line in [
            "v0.0.0-20190308221718-c2843e01d9a2 < v0.0.0-20220314234659-1baeb1ce4c0b",
            "v0.3.2 < v0.3.8",
            "v2.0.0+incompatible = v2.0.0",
            "v1.2.4-0.20200101000000-abcdefabcdef < v1.2.4",
            "v1.2.3 < v1.2.4-0.20200101000000-abcdefabcdef",
            "0.3.2 = v0.3.2",
        ] {
            check(Scheme::Go, line);
        }
    }

    #[test]
    fn releases_of_go_meet_their_spelling_in_advisories() {
        for line in [
            "go1.21.3 = 1.21.3",
            "go1.22rc1 = 1.22.0-rc.1",
            "1.22rc2 > 1.22.0-rc.1",
            "go1.22beta1 < go1.22rc1",
            "go1.22rc1 > 1.22.0-0",
            "go1.20 = 1.20.0",
            "go1.9.7 < go1.10",
            "go1.21.3-acme = 1.21.3",
        ] {
            check(Scheme::Go, line);
        }
        check_crypto_experiment();
        for text in ["(devel)", "devel", "go", "go1", "gopher", ""] {
            assert!(!crate::is_valid(Scheme::Go, text), "{text}");
        }
    }

    fn check_crypto_experiment() {
        let order = crate::compare(Scheme::Go, "go1.21.3 X:boringcrypto", "go1.21.3");
        assert_eq!(order, Ok(std::cmp::Ordering::Equal));
    }
}
