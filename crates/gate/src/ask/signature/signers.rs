//! Whose signatures are wanted, as a policy writes it.

use boltseal_evidence::Signer;
use boltseal_trust::{Pattern, SignerPattern};
use serde::Deserialize;

use crate::policy::Scope;

/// Whose signatures are wanted: of any of these, or of all of these. One of both lists is given, and it names someone.
///
/// ```yaml
/// any-of:
///   - key: release                  # a key that the policy names
///   - identity: release@example.com
///     issuer: https://accounts.example
///   - issuer: https://token.actions.githubusercontent.com
///     repository: https://github.com/example/app
///     workflow: https://github.com/example/app/.github/workflows/release.yml
///     ref: refs/tags/v*
///     runner: github-hosted
///     trigger: push
///   - notation:
///       subject: CN=release, O=Example
///       trust-store: ca:example
/// count: 2                          # signers, not signatures
/// ```
///
/// `repository`, `workflow` and `ref` are those of the certificate, never of a payload; `*` in them stands for any text
/// without `/`, `**` for any text. A workflow without `@` is wanted at any ref. Regular expressions match whole texts.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Lists")]
pub(crate) struct Signers {
    pub(super) wanted: Vec<Wanted>,
    pub(super) all: bool,
    pub(super) count: usize,
}

/// One signer that is wanted. A key is not known before the policy's keys are ([`Signers::prepare`]).
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) told: String,
    pub(super) whom: Whom,
}

#[derive(Debug, Clone)]
pub(super) enum Whom {
    /// The name of a key that was not looked up: nobody.
    NamedKey(String),
    Pattern(Box<SignerPattern>),
    /// Whom a table of the program knows; says why it does not know somebody.
    Known(fn(&Signer) -> Option<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Lists {
    #[serde(default)]
    any_of: Option<Vec<Entry>>,
    #[serde(default)]
    all_of: Option<Vec<Entry>>,
    #[serde(default)]
    count: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Entry {
    key: Option<String>,
    identity: Option<String>,
    identity_regex: Option<String>,
    issuer: Option<String>,
    issuer_regex: Option<String>,
    repository: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    workflow: Option<String>,
    runner: Option<String>,
    trigger: Option<String>,
    notation: Option<Notation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Notation {
    subject: Option<String>,
    trust_store: Option<String>,
}

impl Signers {
    /// Whom a table of the program knows. `known` says why it does not know somebody.
    pub(crate) fn known(told: &str, known: fn(&Signer) -> Option<String>) -> Self {
        Self { wanted: vec![Wanted { told: told.to_owned(), whom: Whom::Known(known) }], all: false, count: 1 }
    }

    /// Nobody: no signature counts.
    pub(crate) fn nobody() -> Self {
        Self { wanted: Vec::new(), all: false, count: 1 }
    }

    /// One of these or of those.
    pub(crate) fn or(mut self, others: &Self) -> Self {
        self.wanted.extend(others.wanted.iter().cloned());
        (self.all, self.count) = (false, 1);
        self
    }

    /// Looks up the keys that are named. `place` is where these signers stand in the ask, with a slash at its end.
    pub(crate) fn prepare(&mut self, place: &str, scope: &mut Scope<'_>) {
        let list = if self.all { "all-of" } else { "any-of" };
        for (at, wanted) in self.wanted.iter_mut().enumerate() {
            if let Whom::NamedKey(name) = &wanted.whom
                && let Some(key) = scope.key(&format!("{place}{list}/{at}/key"), name)
            {
                let pattern = SignerPattern::Key { fingerprint: key.fingerprint(), name: name.clone() };
                wanted.whom = Whom::Pattern(Box::new(pattern));
            }
        }
    }
}

impl std::fmt::Display for Signers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.wanted.iter().map(|wanted| wanted.told.as_str()).collect();
        match (names.as_slice(), self.all) {
            ([one], _) if self.count == 1 => f.write_str(one),
            (many, true) => write!(f, "all of {}", many.join("; ")),
            (many, false) if self.count > 1 => write!(f, "{} different signers of {}", self.count, many.join("; ")),
            (many, false) => write!(f, "one of {}", many.join("; ")),
        }
    }
}

schema_as!(Signers, Lists);

impl TryFrom<Lists> for Signers {
    type Error = String;

    fn try_from(lists: Lists) -> Result<Self, String> {
        Self::of(lists.any_of, lists.all_of, lists.count)
    }
}

impl Signers {
    pub(super) fn of(
        any_of: Option<Vec<Entry>>,
        all_of: Option<Vec<Entry>>,
        count: Option<usize>,
    ) -> Result<Self, String> {
        let (entries, all) = match (any_of, all_of) {
            (Some(any), None) => (any, false),
            (None, Some(all)) => (all, true),
            (Some(_), Some(_)) => return Err("both `any-of` and `all-of`: write two rules".to_owned()),
            (None, None) => return Err("no signer is named: write `any-of` or `all-of`".to_owned()),
        };
        if entries.is_empty() {
            let list = if all { "all-of" } else { "any-of" };
            return Err(format!("`{list}` is empty: nobody is wanted"));
        }
        let count = match count {
            Some(0) => return Err("`count: 0` wants nobody's signature: leave the rule out".to_owned()),
            Some(_) if all => return Err("`count` belongs to `any-of`: with `all-of` everybody signs".to_owned()),
            count => count.unwrap_or(1),
        };
        let wanted = entries.into_iter().map(Wanted::try_from).collect::<Result<Vec<_>, _>>()?;
        let only_keys = wanted.iter().all(|wanted| matches!(wanted.whom, Whom::NamedKey(_)));
        if only_keys && count > wanted.len() {
            return Err(format!("`count: {count}` can never be reached with {} keys", wanted.len()));
        }
        Ok(Self { wanted, all, count })
    }
}

impl TryFrom<Entry> for Wanted {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Self, String> {
        let told = told(&entry);
        let is_keyless = [
            &entry.identity,
            &entry.identity_regex,
            &entry.issuer,
            &entry.issuer_regex,
            &entry.repository,
            &entry.reference,
            &entry.workflow,
            &entry.runner,
            &entry.trigger,
        ]
        .into_iter()
        .any(Option::is_some);
        match (&entry.key, &entry.notation, is_keyless) {
            (Some(key), None, false) => Ok(Self { told, whom: Whom::NamedKey(key.clone()) }),
            (None, Some(notation), false) => {
                let whom = certificate(notation)?;
                Ok(Self { told, whom: Whom::Pattern(Box::new(whom)) })
            }
            (None, None, true) => Ok(Self { told, whom: Whom::Pattern(Box::new(keyless(entry)?)) }),
            (None, None, false) => {
                Err("a signer without a name: write `key`, `identity` and `issuer`, or `notation`".to_owned())
            }
            _ => Err("a signer is a `key`, an `identity` with its `issuer`, or a `notation` certificate: \
                      write one entry for each"
                .to_owned()),
        }
    }
}

fn certificate(notation: &Notation) -> Result<SignerPattern, String> {
    // Any certificate of any store would be anybody.
    let Some(store) = &notation.trust_store else {
        return Err("`notation` needs the `trust-store` that vouches for the signer, as in `ca:example`".to_owned());
    };
    if !["ca:", "signingAuthority:"].iter().any(|kind| store.starts_with(kind)) {
        return Err(format!("`{store}` is no trust store of signers: write `ca:NAME` or `signingAuthority:NAME`"));
    }
    Ok(SignerPattern::Certificate {
        subject: notation.subject.clone().map(Pattern::Exact),
        trust_store: Some(Pattern::Exact(store.clone())),
    })
}

fn keyless(entry: Entry) -> Result<SignerPattern, String> {
    let identity = either("identity", entry.identity, entry.identity_regex)?;
    let Some(issuer) = either("issuer", entry.issuer, entry.issuer_regex)? else {
        return Err("an identity says nothing without who vouches for it: write `issuer`, or `issuer-regex: .*` for \
                    anyone"
            .to_owned());
    };
    if identity.is_none() && entry.repository.is_none() && entry.workflow.is_none() {
        return Err("an issuer alone is everybody that it knows: write `identity`, `repository` or `workflow`, or \
                    `identity-regex: .*`"
            .to_owned());
    }
    if let Some(reference) = &entry.reference
        && !reference.starts_with("refs/")
        && !reference.starts_with("*")
    {
        return Err(format!(
            "`{reference}` may be a branch or a tag: write `refs/heads/{reference}` or `refs/tags/{reference}`"
        ));
    }
    let workflow = entry.workflow.map(|workflow| match workflow.contains('@') {
        true => workflow,
        false => format!("{workflow}@**"),
    });
    Ok(SignerPattern::Keyless {
        identity,
        issuer: Some(issuer),
        repository: entry.repository.as_deref().map(repository).transpose()?,
        reference: entry.reference.as_deref().map(wildcards).transpose()?,
        workflow: workflow.as_deref().map(wildcards).transpose()?,
        runner: entry.runner.map(Pattern::Exact),
        trigger: entry.trigger.map(Pattern::Exact),
    })
}

/// The exact text or the regular expression, not both.
fn either(what: &str, exact: Option<String>, regex: Option<String>) -> Result<Option<Pattern>, String> {
    match (exact, regex) {
        (Some(_), Some(_)) => Err(format!("both `{what}` and `{what}-regex`: write one")),
        (Some(exact), None) if exact.is_empty() => Err(format!("`{what}` is empty")),
        (Some(exact), None) => Ok(Some(Pattern::Exact(exact))),
        (None, Some(regex)) => whole_regex(&regex).map(Some),
        (None, None) => Ok(None),
    }
}

/// A regular expression over the whole text. It has to be one by itself, too: `a)|(b` would escape its anchors.
fn whole_regex(text: &str) -> Result<Pattern, String> {
    regex::Regex::new(text)
        .map_err(|error| format!("`{text}` is not a regular expression: {}", last_line(&error.to_string())))?;
    Pattern::regex(text).map_err(|error| error.to_string())
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ")
}

/// `https://github.com/example/app`, also written without the scheme, with `.git` or with a slash at the end.
fn repository(text: &str) -> Result<Pattern, String> {
    let text = text.strip_prefix("git+").unwrap_or(text);
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    if !text.is_ascii() {
        return Err(format!("`{text}` has letters that look like others"));
    }
    match text.contains("://") {
        true => wildcards(text),
        false => wildcards(&format!("https://{text}")),
    }
}

/// A text in which `*` stands for any text without `/`, and `**` for any text.
pub(crate) fn wildcards(text: &str) -> Result<Pattern, String> {
    if text.is_empty() {
        return Err("an empty text is no pattern".to_owned());
    }
    if !text.contains('*') {
        return Ok(Pattern::Exact(text.to_owned()));
    }
    let parts: Vec<String> =
        text.split("**").map(|part| part.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*")).collect();
    Pattern::regex(&parts.join(".*")).map_err(|error| error.to_string())
}

fn told(entry: &Entry) -> String {
    let named = [
        ("key", &entry.key),
        ("identity", &entry.identity),
        ("identity-regex", &entry.identity_regex),
        ("issuer", &entry.issuer),
        ("issuer-regex", &entry.issuer_regex),
        ("repository", &entry.repository),
        ("workflow", &entry.workflow),
        ("ref", &entry.reference),
        ("runner", &entry.runner),
        ("trigger", &entry.trigger),
        ("subject", &entry.notation.as_ref().and_then(|notation| notation.subject.clone())),
        ("trust-store", &entry.notation.as_ref().and_then(|notation| notation.trust_store.clone())),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} `{value}`")))
    .collect::<Vec<_>>();
    named.join(", ")
}
