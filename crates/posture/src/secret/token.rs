//! Tokens that are known by their shape, and credentials in addresses.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// A shape: what it begins with, how many signs of which sort follow at least, and what it is.
struct Shape {
    prefix: &'static str,
    least: usize,
    sort: Sort,
    kind: &'static str,
}

#[derive(Clone, Copy)]
enum Sort {
    /// `A`–`Z` and digits.
    Upper,
    /// Letters and digits.
    Alphanumeric,
    /// Hexadecimal digits.
    Hexadecimal,
    /// Letters, digits, `_`, `-`.
    Url,
    /// The same and `.`.
    Dotted,
    /// Base64.
    Base64,
}

impl Sort {
    fn holds(self, byte: u8) -> bool {
        match self {
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Hexadecimal => byte.is_ascii_hexdigit(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
        }
    }
}

const fn shape(prefix: &'static str, least: usize, sort: Sort, kind: &'static str) -> Shape {
    Shape { prefix, least, sort, kind }
}

/// Prefixes as their issuers document them.
const SHAPES: &[Shape] = &[
    shape("AKIA", 16, Sort::Upper, "an AWS access key id"),
    shape("ASIA", 16, Sort::Upper, "a temporary AWS access key id"),
    shape("ghp_", 30, Sort::Alphanumeric, "a GitHub personal access token"),
    shape("gho_", 30, Sort::Alphanumeric, "a GitHub OAuth token"),
    shape("ghu_", 30, Sort::Alphanumeric, "a GitHub user token"),
    shape("ghs_", 30, Sort::Alphanumeric, "a GitHub server token"),
    shape("ghr_", 30, Sort::Alphanumeric, "a GitHub refresh token"),
    shape("github_pat_", 30, Sort::Url, "a GitHub personal access token"),
    shape("glpat-", 20, Sort::Dotted, "a GitLab personal access token"),
    shape("gldt-", 20, Sort::Url, "a GitLab deploy token"),
    shape("glrt-", 20, Sort::Url, "a GitLab runner token"),
    shape("glcbt-", 20, Sort::Url, "a GitLab CI job token"),
    shape("glptt-", 20, Sort::Url, "a GitLab trigger token"),
    shape("xoxb-", 20, Sort::Url, "a Slack bot token"),
    shape("xoxp-", 20, Sort::Url, "a Slack user token"),
    shape("xoxa-", 20, Sort::Url, "a Slack token"),
    shape("xoxs-", 20, Sort::Url, "a Slack token"),
    shape("xoxr-", 20, Sort::Url, "a Slack token"),
    shape("xapp-", 20, Sort::Url, "a Slack app token"),
    shape("sk_live_", 16, Sort::Alphanumeric, "a Stripe secret key"),
    shape("rk_live_", 16, Sort::Alphanumeric, "a Stripe restricted key"),
    shape("sk-ant-", 20, Sort::Url, "an Anthropic API key"),
    shape("sk-proj-", 20, Sort::Url, "an OpenAI API key"),
    shape("AIza", 35, Sort::Url, "a Google API key"),
    shape("ya29.", 20, Sort::Url, "a Google OAuth token"),
    shape("npm_", 36, Sort::Alphanumeric, "an npm token"),
    shape("pypi-AgE", 40, Sort::Url, "a PyPI token"),
    shape("rubygems_", 40, Sort::Hexadecimal, "a RubyGems key"),
    shape("dckr_pat_", 20, Sort::Url, "a Docker Hub token"),
    shape("dckr_oat_", 20, Sort::Url, "a Docker organisation token"),
    shape("hf_", 30, Sort::Alphanumeric, "a Hugging Face token"),
    shape("SG.", 50, Sort::Dotted, "a SendGrid key"),
    shape("shpat_", 32, Sort::Hexadecimal, "a Shopify token"),
    shape("shpss_", 32, Sort::Hexadecimal, "a Shopify secret"),
    shape("dop_v1_", 60, Sort::Hexadecimal, "a DigitalOcean token"),
    shape("hvs.", 24, Sort::Url, "a Vault token"),
    shape("hvb.", 24, Sort::Url, "a Vault batch token"),
    shape("glsa_", 32, Sort::Url, "a Grafana token"),
    shape("PMAK-", 40, Sort::Url, "a Postman key"),
    shape("NRAK-", 27, Sort::Upper, "a New Relic key"),
    shape("lin_api_", 32, Sort::Alphanumeric, "a Linear key"),
    shape("AGE-SECRET-KEY-1", 50, Sort::Upper, "an age identity"),
    shape("sq0csp-", 40, Sort::Url, "a Square secret"),
    shape("tskey-auth-", 16, Sort::Url, "a Tailscale key"),
    shape("AccountKey=", 60, Sort::Base64, "an Azure storage key"),
    shape("hooks.slack.com/services/T", 30, Sort::Base64, "a Slack webhook"),
];

/// A shape, a JSON web token or a key begins with this byte.
fn is_first(byte: u8) -> bool {
    matches!(
        byte,
        b'A' | b'N' | b'P' | b'S' | b'd' | b'e' | b'g' | b'h' | b'l' | b'n' | b'p' | b'r' | b's' | b't' | b'x' | b'y'
    )
}

/// A token or private key that a text holds, by its shape alone: what it is.
///
/// Linear in the text: each place is compared with the prefixes that begin with its byte.
pub(crate) fn secret_in(text: &str) -> Option<&'static str> {
    if holds_private_key(text) {
        return Some("a private key");
    }
    let bytes = text.as_bytes();
    let mut before = b' ';
    for (at, byte) in bytes.iter().enumerate() {
        let begins = !before.is_ascii_alphanumeric() && before != b'_';
        before = *byte;
        if !begins || !is_first(*byte) {
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let known = |shape: &&Shape| shape.prefix.as_bytes().first() == Some(byte) && shape.fits(rest);
        if let Some(shape) = SHAPES.iter().find(known) {
            return Some(shape.kind);
        }
        if is_json_web_token(rest) {
            return Some("a JSON web token");
        }
        if is_openai_key(rest) {
            return Some("an OpenAI API key");
        }
    }
    None
}

/// The password of an address `scheme://user:password@host`, as written, and its place; `None` where it is a variable
/// or a marked place to fill in.
pub(crate) fn credentials_in_url(text: &str) -> Option<std::ops::Range<usize>> {
    static SCHEME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("://"));
    // Most texts are no address, and of those that are most hold no user.
    memchr::memchr(b'@', text.as_bytes())?;
    for at in SCHEME.find_iter(text.as_bytes()) {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let authority = rest.split(['/', '?', '#', ' ', '\t', '\n', '"', '\'', '<', '>', '`', '|', '&', ';', '\\']);
        let Some((user, _)) = authority.into_iter().next().unwrap_or_default().rsplit_once('@') else { continue };
        let (before, password) = match user.split_once(':') {
            Some((name, password)) => (start + name.len() + 1, password),
            // `https://TOKEN@host`: only what can be told by its shape.
            None if secret_in(user).is_some() => (start, user),
            None => continue,
        };
        if !password.is_empty() && !super::is_placeholder(password) && !user.contains('$') {
            return Some(before..before + password.len());
        }
    }
    None
}

impl Shape {
    fn fits(&self, text: &[u8]) -> bool {
        text.strip_prefix(self.prefix.as_bytes())
            .and_then(|rest| rest.get(..self.least))
            .is_some_and(|rest| rest.iter().all(|byte| self.sort.holds(*byte)) && varies(rest))
    }
}

/// Not one sign over and over, as in `ghp_xxxxxxxxxxxx`.
fn varies(bytes: &[u8]) -> bool {
    let first = bytes.first().copied().unwrap_or_default();
    bytes.iter().filter(|byte| **byte != first).count() >= 4
}

fn holds_private_key(text: &str) -> bool {
    const BEGIN: &str = "-----BEGIN ";
    if text.len() <= BEGIN.len() {
        return false;
    }
    static BEGINS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(BEGIN));
    BEGINS.find_iter(text.as_bytes()).any(|at| {
        let rest = text.get(at + BEGIN.len()..).unwrap_or_default();
        let label: String = rest.chars().take(48).collect();
        label.split("-----").next().is_some_and(|label| label.ends_with("PRIVATE KEY") || label.ends_with("KEY BLOCK"))
            && !label.contains("PUBLIC")
    })
}

/// `header.payload.signature`, the first two JSON objects in base64url (RFC 7519).
fn is_json_web_token(text: &[u8]) -> bool {
    if !text.starts_with(b"eyJ") {
        return false;
    }
    // The lengths are bounded so that a text of many such beginnings is still read in linear time.
    let part = |text: &[u8], limit: usize| text.iter().take(limit).take_while(|byte| Sort::Url.holds(**byte)).count();
    let header = part(text, 256);
    let Some(rest) = text.get(header..).and_then(|rest| rest.strip_prefix(b".")) else { return false };
    if header < 10 || !rest.starts_with(b"eyJ") {
        return false;
    }
    let payload = part(rest, 2048);
    let signature = rest.get(payload..).and_then(|rest| rest.strip_prefix(b".")).map_or(0, |rest| part(rest, 10));
    payload >= 10 && signature >= 10
}

/// `sk-` with the mark that all keys of the older form hold in their middle.
fn is_openai_key(text: &[u8]) -> bool {
    text.strip_prefix(b"sk-").and_then(|rest| rest.get(..48)).is_some_and(|rest| {
        rest.iter().all(u8::is_ascii_alphanumeric) && rest.windows(8).any(|part| part == b"T3BlbkFJ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_begins_with_a_byte_that_is_looked_for() {
        for shape in SHAPES {
            assert!(shape.prefix.bytes().next().is_some_and(is_first), "{}", shape.prefix);
        }
    }
}
