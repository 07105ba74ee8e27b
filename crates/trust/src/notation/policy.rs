//! The trust policy, `trustpolicy.json`
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/trust-store-trust-policy.md#trust-policy>).

use serde_json::{Map, Value};

use super::store::StoreName;
use super::{TrustError, json, name};

/// The file, as messages name it.
const FILE: &str = "trustpolicy.json";
/// The most bytes that it may have.
const MOST_BYTES: usize = 1 << 20;

/// A trust policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    statements: Vec<Statement>,
}

/// One statement of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) name: String,
    scopes: Vec<String>,
    pub(super) level: Level,
    pub(super) stores: Vec<StoreName>,
    pub(super) identities: Identities,
    /// Timestamps count only once a certificate is over.
    pub(super) timestamp_after_expiry: bool,
}

/// Whom a statement trusts among those that its stores vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identities {
    /// `*`.
    Any,
    /// Whose subject has these attributes; beside each the words it is written in.
    Subjects(Vec<(String, name::Attributes)>),
}

/// What comes of a validation that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// The signature does not hold.
    Enforce,
    /// It is told, and the signature holds.
    Log,
    /// It is not made.
    Skip,
}

/// How much a statement asks for. Integrity always is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) name: String,
    pub(super) authenticity: Action,
    pub(super) timestamp: Action,
    pub(super) expiry: Action,
    pub(super) revocation: Action,
}

impl Level {
    fn named(name: &str) -> Option<Self> {
        use Action::{Enforce, Log, Skip};
        let [authenticity, timestamp, expiry, revocation] = match name {
            "strict" => [Enforce; 4],
            "permissive" => [Enforce, Log, Log, Log],
            "audit" => [Log; 4],
            "skip" => [Skip; 4],
            _ => return None,
        };
        Some(Self { name: name.to_owned(), authenticity, timestamp, expiry, revocation })
    }

    /// Nothing is verified at all.
    pub(super) fn skips(&self) -> bool {
        self.name == "skip"
    }
}

impl Policy {
    /// The statement for a repository: its own before the one for all. A repository that nobody knows has none of its
    /// own.
    pub(super) fn statement(&self, repository: Option<&str>) -> Option<&Statement> {
        let scoped =
            |scope: &str| self.statements.iter().find(|statement| statement.scopes.iter().any(|it| it == scope));
        repository.and_then(scoped).or_else(|| scoped("*"))
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        let error = |reason: String| TrustError { file: FILE.to_owned(), place: None, reason };
        if bytes.len() > MOST_BYTES {
            return Err(error(format!("it has {} bytes, more than {MOST_BYTES}", bytes.len())));
        }
        let document = json::parse(bytes).map_err(|cause| error(format!("it cannot be read: {cause}")))?;
        let Value::Object(document) = document else {
            return Err(error("it is not a JSON object".to_owned()));
        };
        known(&document, &["version", "trustPolicies"]).map_err(error)?;
        match document.get("version") {
            Some(Value::String(version)) if version == "1.0" => {}
            Some(other) => return Err(error(format!("`version` is `{other}`, and `\"1.0\"` is what is read"))),
            None => return Err(error("`version` is missing: `\"1.0\"`".to_owned())),
        }
        let entries = match document.get("trustPolicies") {
            Some(Value::Array(entries)) if !entries.is_empty() => entries,
            _ => return Err(error("`trustPolicies` holds no statements".to_owned())),
        };
        let mut statements: Vec<Statement> = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let statement = statement(entry).map_err(|(field, reason)| TrustError {
                file: FILE.to_owned(),
                place: Some(place(entry, at, &field)),
                reason,
            })?;
            let clash = |field: &str, reason: String| TrustError {
                file: FILE.to_owned(),
                place: Some(place(entry, at, field)),
                reason,
            };
            if statements.iter().any(|before| before.name == statement.name) {
                return Err(clash("name", format!("`{}` is the name of two statements", statement.name)));
            }
            if let Some(scope) =
                statement.scopes.iter().find(|scope| statements.iter().any(|before| before.scopes.contains(scope)))
            {
                return Err(clash("registryScopes", format!("`{scope}` is in another statement as well")));
            }
            statements.push(statement);
        }
        Ok(Self { statements })
    }
}

fn place(entry: &Value, at: usize, field: &str) -> String {
    let statement = match entry.get("name").and_then(Value::as_str) {
        Some(name) if !name.is_empty() => format!("statement `{name}`"),
        _ => format!("statement {}", at + 1),
    };
    if field.is_empty() { statement } else { format!("{statement}, `{field}`") }
}

/// A field and what is wrong with it.
type Fault = (String, String);

fn fault(field: impl Into<String>, reason: impl Into<String>) -> Fault {
    (field.into(), reason.into())
}

fn known(object: &Map<String, Value>, fields: &[&str]) -> Result<(), String> {
    match object.keys().find(|name| !fields.contains(&name.as_str())) {
        Some(name) => Err(format!("`{name}` is not a field; there are {}", fields.join(", "))),
        None => Ok(()),
    }
}

fn statement(entry: &Value) -> Result<Statement, Fault> {
    let entry = entry.as_object().ok_or_else(|| fault("", "it is not an object"))?;
    known(entry, &["name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities"])
        .map_err(|reason| fault("", reason))?;
    let name = entry.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| fault("name", "it is missing: every statement has a name of its own"))?;
    let (level, timestamp_after_expiry) = verification(entry.get("signatureVerification"))?;
    let scopes = scopes(&texts(entry, "registryScopes")?)?;
    let stores = texts(entry, "trustStores")?;
    let identities = texts(entry, "trustedIdentities")?;
    if level.skips() {
        if !stores.is_empty() || !identities.is_empty() {
            return Err(fault("signatureVerification.level", "`skip` has neither trust stores nor trusted identities"));
        }
        if scopes.iter().any(|scope| scope == "*") {
            return Err(fault("signatureVerification.level", "`skip` cannot be for all repositories: name them"));
        }
    } else if stores.is_empty() {
        return Err(fault("trustStores", "it is empty: name at least one, such as `ca:example`"));
    } else if identities.is_empty() {
        return Err(fault("trustedIdentities", "it is empty: name at least one, or `*`"));
    }
    let stores: Result<Vec<_>, Fault> = stores
        .iter()
        .enumerate()
        .map(|(at, text)| StoreName::parse(text).map_err(|reason| fault(format!("trustStores[{at}]"), reason)))
        .collect();
    Ok(Statement {
        name: name.to_owned(),
        scopes,
        level,
        stores: stores?,
        identities: trusted(&identities)?,
        timestamp_after_expiry,
    })
}

fn texts(entry: &Map<String, Value>, field: &str) -> Result<Vec<String>, Fault> {
    match entry.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .enumerate()
            .map(|(at, value)| {
                value.as_str().map(str::to_owned).ok_or_else(|| fault(format!("{field}[{at}]"), "it is not a text"))
            })
            .collect(),
        Some(_) => Err(fault(field, "it is not a list")),
    }
}

fn verification(value: Option<&Value>) -> Result<(Level, bool), Fault> {
    let field = "signatureVerification";
    let verification = value.and_then(Value::as_object).ok_or_else(|| fault(field, "it is missing"))?;
    known(verification, &["level", "override", "verifyTimestamp"]).map_err(|reason| fault(field, reason))?;
    let levels = "`strict`, `permissive`, `audit` or `skip`";
    let name = verification.get("level").and_then(Value::as_str).unwrap_or_default();
    let mut level = Level::named(name)
        .ok_or_else(|| fault(format!("{field}.level"), format!("`{name}` is not a level: {levels}")))?;
    let after_expiry = match verification.get("verifyTimestamp") {
        None | Some(Value::Null) => false,
        Some(Value::String(when)) if when == "always" || when.is_empty() => false,
        Some(Value::String(when)) if when == "afterCertExpiry" => true,
        Some(other) => {
            let reason = format!("`{other}` is not known: `always` or `afterCertExpiry`");
            return Err(fault(format!("{field}.verifyTimestamp"), reason));
        }
    };
    match verification.get("override") {
        None | Some(Value::Null) => {}
        Some(Value::Object(overrides)) => {
            if level.skips() && !overrides.is_empty() {
                return Err(fault(format!("{field}.override"), "`skip` cannot be overridden"));
            }
            for (validation, action) in overrides {
                overridden(&mut level, validation, action)
                    .map_err(|reason| fault(format!("{field}.override.{validation}"), reason))?;
            }
        }
        Some(_) => return Err(fault(format!("{field}.override"), "it is not an object")),
    }
    Ok((level, after_expiry))
}

fn overridden(level: &mut Level, validation: &str, action: &Value) -> Result<(), String> {
    let validated = match validation {
        "authenticity" => &mut level.authenticity,
        "authenticTimestamp" => &mut level.timestamp,
        "expiry" => &mut level.expiry,
        "revocation" => &mut level.revocation,
        "integrity" => return Err("integrity is always enforced".to_owned()),
        _ => {
            return Err(
                "it is not a validation: `authenticity`, `authenticTimestamp`, `expiry` or `revocation`".to_owned()
            );
        }
    };
    *validated = match action.as_str() {
        Some("enforce") => Action::Enforce,
        Some("log") => Action::Log,
        Some("skip") if validation == "revocation" => Action::Skip,
        Some("skip") => return Err("only `revocation` can be skipped: `enforce` or `log`".to_owned()),
        _ => return Err(format!("`{action}` is not an action: `enforce` or `log`")),
    };
    Ok(())
}

fn scopes(scopes: &[String]) -> Result<Vec<String>, Fault> {
    if scopes.is_empty() {
        return Err(fault("registryScopes", "it is empty: name repositories, or `*` for all"));
    }
    if scopes.len() > 1 && scopes.iter().any(|scope| scope == "*") {
        return Err(fault("registryScopes", "`*` cannot stand beside others"));
    }
    for (at, scope) in scopes.iter().enumerate() {
        if scope != "*" && !is_repository(scope) {
            let reason = format!("`{scope}` is not a repository with its registry, such as `registry.example/app`");
            return Err(fault(format!("registryScopes[{at}]"), reason));
        }
    }
    Ok(scopes.to_vec())
}

fn is_repository(scope: &str) -> bool {
    let Some((registry, repository)) = scope.split_once('/') else {
        return false;
    };
    let (host, port) = registry.split_once(':').unwrap_or((registry, "0"));
    let word = |text: &str, allowed: fn(u8) -> bool| {
        let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        ends(text.bytes().next()) && ends(text.bytes().last()) && text.bytes().all(allowed)
    };
    host.split('.').all(|label| word(label, |byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        && !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && repository
            .split('/')
            .all(|part| word(part, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)))
}

fn trusted(identities: &[String]) -> Result<Identities, Fault> {
    if identities == ["*"] {
        return Ok(Identities::Any);
    }
    let mut subjects: Vec<(String, name::Attributes)> = Vec::new();
    for (at, identity) in identities.iter().enumerate() {
        let field = format!("trustedIdentities[{at}]");
        if identity == "*" {
            return Err(fault(field, "`*` cannot stand beside others"));
        }
        let Some(subject) = identity.strip_prefix("x509.subject:") else {
            let reason = format!("`{identity}` is not of a kind that is known: `x509.subject: C=…, ST=…, O=…`");
            return Err(fault(field, reason));
        };
        let attributes = name::parse(subject).map_err(|reason| fault(&field, reason))?;
        if let Some((other, _)) =
            subjects.iter().find(|(_, other)| name::within(other, &attributes) || name::within(&attributes, other))
        {
            return Err(fault(field, format!("`{identity}` overlaps with `{other}`")));
        }
        subjects.push((identity.clone(), attributes));
    }
    Ok(Identities::Subjects(subjects))
}
