//! Which names and values are secrets: the words of a name, tokens known by their shape, and random strings last.
//!
//! Nothing here says a value again: callers name the variable and the kind (`a GitHub token`), never what it holds.

mod token;

pub(crate) use token::{credentials_in_url, secret_in};

/// What a variable `name=value` gives away: a token known by its shape, or whatever the name says it is. `None` for
/// placeholders, references (`$X`, `/run/secrets/x`, `vault:…`) and switches (`true`, `0`).
pub(crate) fn secret_of(name: &str, value: &str) -> Option<&'static str> {
    if let Some(kind) = secret_in(value) {
        return Some(kind);
    }
    // Most names say nothing, so the value is looked at last.
    let kind = if is_secret_name(name) {
        kind_by_name(name)
    } else if is_hinting_name(name) && is_random(value) {
        "a random string under the name of a key"
    } else {
        return None;
    };
    (!is_placeholder(value)).then_some(kind)
}

/// The name says that its value is a secret: `DB_PASSWORD`, `githubToken`, `api-key`. Names of what only has to do with
/// secrets are not: `PASSWORD_FILE`, `TOKEN_URL`, `PUBLIC_KEY`, `ALLOW_EMPTY_PASSWORD`, `GPG_KEY`, `PWD`.
pub(crate) fn is_secret_name(name: &str) -> bool {
    if !may_hint(name) {
        return false;
    }
    let words = words(name);
    let Some(last) = words.last().map(String::as_str) else { return false };
    if words.iter().any(|word| HARMLESS.contains(&word.as_str())) {
        return false;
    }
    // `AWS_ACCESS_KEY_ID` is half of a pair that is always leaked as a whole.
    if let [.., access, key, id] = words.as_slice()
        && (access.as_str(), key.as_str(), id.as_str()) == ("access", "key", "id")
    {
        return true;
    }
    if ABOUT.contains(&last) {
        return false;
    }
    let before = words.len().checked_sub(2).and_then(|at| words.get(at)).map_or("", String::as_str);
    match last {
        "key" | "keys" => KEYS.contains(&before),
        "pwd" | "pass" | "auth" | "pat" => !before.is_empty(),
        "base" => before == "key" && words.iter().any(|word| word == "secret"),
        _ => words.iter().any(|word| is_secret_word(word)),
    }
}

/// Nothing that could be a secret: empty, a variable, a marked place to fill in, a path or a reference to a store of
/// secrets, a switch. `changeme` and the like are passwords all the same: people keep them.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']).trim();
    let lower = value.to_ascii_lowercase();
    if lower.len() < 2 || lower.contains('$') || lower.contains("{{") {
        return true;
    }
    let framed = [('<', '>'), ('[', ']'), ('%', '%'), ('{', '}')]
        .iter()
        .any(|(open, close)| lower.starts_with(*open) && lower.ends_with(*close));
    let one_sign = lower.chars().all(|sign| matches!(sign, 'x' | '*' | '.' | '-' | '_' | '0' | '?' | '#'));
    framed
        || one_sign
        || EMPTY.contains(&lower.as_str())
        || REFERENCES.iter().any(|start| lower.starts_with(start))
        || ["your", "replace", "insert", "todo", "fixme", "placeholder", "dummy", "not-", "not_", "enter_", "enter-"]
            .iter()
            .any(|start| lower.starts_with(start))
        || lower.ends_with("-here")
        || lower.ends_with("_here")
}

/// A string that no person makes up: long, of one piece, letters and digits mixed, with a high entropy.
pub(crate) fn is_random(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    if !(20..=512).contains(&value.len()) {
        return false;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
    if !value.bytes().all(plain) || value.starts_with('/') || value.matches(['/', '-', '_']).count() > value.len() / 6 {
        return false;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits < 2 || letters < 2 {
        return false;
    }
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    entropy(value) >= if hexadecimal { 3.0 } else { 3.7 }
}

/// A kind for the name of a variable: what it would hold.
fn kind_by_name(name: &str) -> &'static str {
    let words = words(name);
    let any = |list: &[&str]| words.iter().any(|word| list.iter().any(|part| word.contains(part)));
    if any(&["pass", "pwd", "pword"]) {
        "a password"
    } else if any(&["token"]) || words.last().is_some_and(|word| word == "pat") {
        "a token"
    } else if any(&["key"]) {
        "a key"
    } else if any(&["secret"]) {
        "a secret"
    } else {
        "credentials"
    }
}

/// The name allows for a secret without saying so: only a random value decides.
fn is_hinting_name(name: &str) -> bool {
    if !may_hint(name) {
        return false;
    }
    let words = words(name);
    if words.iter().any(|word| HARMLESS.contains(&word.as_str())) {
        return false;
    }
    words.last().is_some_and(|last| matches!(last.as_str(), "key" | "auth" | "salt" | "pat" | "license" | "cookie"))
}

/// A piece of a word that speaks of a secret stands somewhere in the name: without one, its words need not be looked at.
fn may_hint(name: &str) -> bool {
    name.as_bytes().windows(3).any(|piece| {
        let [one, two, three] = piece else { return false };
        let lower = [one.to_ascii_lowercase(), two.to_ascii_lowercase(), three.to_ascii_lowercase()];
        // key, keys, auth, pwd, pword, pass…, pat, cred…, secret…, token, salt, license, cookie
        matches!(
            &lower,
            b"key" | b"aut" | b"pwd" | b"pwo" | b"pas" | b"pat" | b"cre" | b"sec" | b"tok" | b"sal" | b"lic" | b"coo"
        )
    })
}

/// The words of a name in lower case: at `_`, `-`, `.`, and where camel case begins a new one.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for sign in name.chars().take(256) {
        if !sign.is_alphanumeric() || (sign.is_ascii_uppercase() && lower_before) {
            words.push(String::new());
        }
        if sign.is_alphanumeric() {
            words.iter_mut().last().into_iter().for_each(|word| word.push(sign.to_ascii_lowercase()));
        }
        lower_before = sign.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_secret_word(word: &str) -> bool {
    const WHOLE: &[&str] = &["credential", "credentials", "creds", "pword", "passphrase", "secrets", "secret", "token"];
    const WITHIN: &[&str] = &["password", "passwd", "apikey", "secretkey", "accesskey", "privatekey"];
    WHOLE.contains(&word)
        || WITHIN.iter().any(|part| word.contains(part))
        || word.ends_with("secret")
        || (word.ends_with("token") && word != "tiktoken")
}

/// Bits per byte.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts.get_mut(usize::from(byte)).into_iter().for_each(|count| *count += 1);
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|share| -share * share.log2())
        .sum()
}

/// What may stand before `KEY` in the name of a secret.
const KEYS: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "encrypt",
    "signing",
    "sign",
    "master",
    "account",
    "session",
    "app",
    "deploy",
    "storage",
    "jwt",
    "hmac",
    "aes",
    "rsa",
    "ssh",
    "auth",
    "service",
    "admin",
    "root",
    "license",
    "shared",
    "subscription",
    "application",
    "cookie",
    "webhook",
    "cipher",
    "crypto",
    "server",
    "client",
    "user",
    "server",
    "tls",
    "ssl",
    "stripe",
    "openai",
    "anthropic",
    "sendgrid",
    "mailgun",
    "twilio",
    "datadog",
    "sentry",
    "algolia",
    "consumer",
    "write",
    "instrumentation",
    "nuget",
    "wandb",
    "cohere",
    "rapidapi",
];

/// Last words of names that are about a secret, not one.
const ABOUT: &[&str] = &[
    "file",
    "files",
    "path",
    "paths",
    "dir",
    "directory",
    "folder",
    "url",
    "uri",
    "urls",
    "host",
    "hostname",
    "name",
    "names",
    "id",
    "ids",
    "type",
    "length",
    "len",
    "size",
    "expiry",
    "expires",
    "expiration",
    "expire",
    "ttl",
    "policy",
    "enabled",
    "enable",
    "disabled",
    "disable",
    "header",
    "headers",
    "field",
    "prefix",
    "suffix",
    "algorithm",
    "alg",
    "ref",
    "lifetime",
    "timeout",
    "hash",
    "hasher",
    "version",
    "count",
    "store",
    "manager",
    "provider",
    "endpoint",
    "server",
    "issuer",
    "audience",
    "mode",
    "user",
    "username",
    "age",
    "min",
    "max",
    "limit",
    "rotation",
    "location",
    "command",
    "cmd",
    "method",
    "format",
    "required",
    "check",
    "attempts",
    "sock",
    "param",
    "parameter",
    "service",
    "plugin",
    "strategy",
    "arn",
    "var",
    "variable",
    "env",
    "port",
    "scope",
    "scopes",
    "cache",
    "interval",
    "duration",
    "backend",
    "driver",
    "engine",
    "namespace",
    "region",
    "class",
    "module",
    "rounds",
    "cost",
    "iterations",
    "charset",
    "digits",
    "helper",
    "dummy",
    "fingerprint",
    "validation",
    "validator",
    "generator",
    "encoder",
    "prompt",
    "mount",
    "volume",
    "bucket",
    "table",
    "column",
    "index",
    "template",
];

/// Words that make any name harmless.
const HARMLESS: &[&str] = &[
    "public",
    "pub",
    "gpg",
    "pgp",
    "empty",
    "random",
    "fingerprint",
    "keyring",
    "allow",
    "skip",
    "no",
    "without",
    "max",
    "min",
    "require",
    "requires",
    "foreign",
    "primary",
    "sha256",
    "sha512",
    "sha1",
    "md5",
    "checksum",
    "keyserver",
    "disable",
    "enable",
    "tokenizers",
    "tokenizer",
];

/// Values that say that there is none.
const EMPTY: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "null",
    "none",
    "nil",
    "undefined",
    "unset",
    "empty",
    "na",
    "n/a",
    "tbd",
    "fake",
    "redacted",
    "hidden",
    "masked",
    "unused",
    "ignored",
    "disabled",
    "enabled",
    "required",
    "optional",
    "auto",
    "generated",
    "notset",
    "env",
    "prompt",
    "ask",
    "stdin",
    "file",
];

/// Beginnings of values that only say where the secret is.
const REFERENCES: &[&str] = &[
    "/",
    "./",
    "../",
    "~/",
    "file:",
    "c:\\",
    "vault:",
    "ref+",
    "op://",
    "arn:aws:",
    "awssm://",
    "ssm:",
    "sm://",
    "gcp:///",
    "projects/",
    "@microsoft.keyvault(",
    "keyvault:",
    "secret://",
    "secretref:",
    "valuefrom:",
    "env:",
    "doppler://",
    "bws:",
    "encrypted:",
    "enc[",
    "agebox:",
    "sops:",
];

#[cfg(test)]
mod tests;
