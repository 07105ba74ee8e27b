//! Downloads: piped to a shell, unpinned, unverified, without encryption (BS-D230–249).

use crate::dockerfile::Word;
use crate::dockerfile::shell::Call;

use super::run::{Options, Run};
use super::verification::program::{CURL_SHORT, WGET_SHORT};

pub(super) mod git;
pub(super) mod script;
pub(super) mod tool;
pub(super) mod unverified;

const CURL_LONG: &[&str] = &[
    "output",
    "output-dir",
    "header",
    "user",
    "request",
    "data",
    "data-raw",
    "data-binary",
    "data-urlencode",
    "form",
    "proxy",
    "cacert",
    "cert",
    "key",
    "user-agent",
    "referer",
    "cookie",
    "cookie-jar",
    "retry",
    "retry-delay",
    "retry-max-time",
    "connect-timeout",
    "max-time",
    "max-redirs",
    "limit-rate",
    "write-out",
    "resolve",
    "proto",
    "proto-redir",
    "tls-max",
    "ciphers",
    "config",
    "range",
    "oauth2-bearer",
    "upload-file",
    "unix-socket",
    "interface",
];

const WGET_LONG: &[&str] = &[
    "output-document",
    "output-file",
    "directory-prefix",
    "header",
    "user",
    "password",
    "tries",
    "timeout",
    "user-agent",
    "waitretry",
    "post-data",
    "ca-certificate",
    "append-output",
];

/// A call of curl or wget, and what it fetches.
struct Download<'c> {
    options: Options<'c>,
    /// Addresses, as far as they can be told from options.
    addresses: Vec<&'c Word>,
    curl: bool,
}

impl<'c> Download<'c> {
    fn read(call: &'c Call) -> Option<Self> {
        let curl = call.is(&["curl"]);
        if !curl && !call.is(&["wget", "wget2"]) {
            return None;
        }
        let options =
            if curl { Options::read(call, CURL_SHORT, CURL_LONG) } else { Options::read(call, WGET_SHORT, WGET_LONG) };
        let mut addresses = options.operands.clone();
        // `--url https://…`
        addresses.extend(call.arguments().iter().filter(|word| word.text.starts_with("--url=")));
        Some(Self { options, addresses, curl })
    }

    /// The name of the file that it writes, without its folder; none for output.
    fn file(&self) -> Option<&'c str> {
        let named = if self.curl { ["o", "output"] } else { ["O", "output-document"] };
        let path = match self.options.values(&named).next() {
            Some((path, _)) => path,
            None if self.curl && !self.options.has(&["O", "remote-name", "remote-name-all"]) => return None,
            None => self.addresses.first()?.text.as_str(),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().filter(|name| !name.is_empty() && *name != "-")
    }
}

/// An address on the machine itself or within the build's own network: a name without a dot, a metadata service.
fn is_near(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    !host.contains('.') && !host.contains('$')
        || host.starts_with("127.")
        || host.starts_with("169.254.")
        || host.ends_with(".internal")
        || host.ends_with(".local")
}

/// Something in the same `RUN` checks a digest or a signature.
fn verifies(run: &Run<'_>) -> bool {
    run.calls.iter().any(|call| {
        let digest = call.program().ends_with("sum") && call.program().len() > 4;
        let tool = call.is(&[
            "shasum",
            "gpgv",
            "cosign",
            "minisign",
            "signify",
            "slsa-verifier",
            "rhash",
            "sq",
            "sha256",
            "sha512",
        ]);
        let gpg = call.is(&["gpg", "gpg2"])
            && call.arguments().iter().any(|word| word.text == "--verify" || word.text == "--decrypt");
        let openssl = call.is(&["openssl"]) && call.arguments().first().is_some_and(|word| word.text == "dgst");
        let attested = call.is(&["gh"]) && call.arguments().first().is_some_and(|word| word.text == "attestation");
        digest || tool || gpg || openssl || attested
    })
}
