//! Signatures of the Notary Project, v1.1: JWS and COSE envelopes, trust stores and the trust policy
//! (<https://github.com/notaryproject/specifications/tree/v1.1.0/specs>).
//!
//! Five things are validated: integrity (the steps `envelope` to `artifact`), authenticity (`trust policy`, `trust
//! store`, `trusted identity`), the authentic timestamp, the expiry, and revocation. The policy's level says which of
//! them are enforced. What a level only logs is told as *not asked*, with what would have failed; with one exception:
//! without authenticity nobody has signed, so a signature whose authenticity is only logged and does not hold is
//! *unknown*, never *verified*.
//!
//! Where the specification and `notation` differ, the stricter of both is done: each such place is a case of `tests/notation/tampering.rs` that names it.

mod algorithm;
mod bounds;
mod certificate;
mod chain;
mod cose;
mod crl;
mod envelope;
mod json;
mod jws;
mod name;
mod payload;
mod policy;
mod sign;
mod store;
mod timestamp;
mod token;
mod trail;
mod when;

use std::sync::Arc;

use boltseal_evidence::{Digest, SignatureFormat, Signer, StepStatus, Verification};

use self::certificate::Certificate;
use self::envelope::{Envelope, Meaning, Scheme};
use self::policy::{Action, Identities, Policy, Statement};
use self::store::{Files, StoreKind, StoreName};
use self::trail::{Answer, Question, Trail};
use crate::Artifact;

pub use sign::{Made, Target, sign};

/// A trust policy and the trust stores that it names: whom somebody trusts to sign.
#[derive(Debug, Clone)]
pub struct Trust {
    policy: Arc<Policy>,
    files: Arc<Files>,
    repository: Option<String>,
}

/// A trust policy or a file of a trust store cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`: {}{reason}", place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct TrustError {
    /// The file.
    pub file: String,
    /// Where in it: the statement, and its field.
    pub place: Option<String>,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Trust {
    /// Reads a trust policy (`trustpolicy.json`) and the files beside it, with their paths from the folder that it is
    /// in: certificates at `truststore/x509/KIND/NAME/FILE`, where the kind is `ca`, `signingAuthority` or `tsa`, and
    /// revocation lists at `crl/FILE`; PEM or DER.
    ///
    /// A store that the policy names and that has no file is no error here, but leaves every signature unknown that
    /// needs it.
    ///
    /// # Errors
    ///
    /// Where a file cannot be used: which, where in it, and why.
    pub fn from_files(policy: &[u8], files: Vec<(String, Vec<u8>)>) -> Result<Self, TrustError> {
        Ok(Self { policy: Arc::new(Policy::parse(policy)?), files: Arc::new(store::read(files)?), repository: None })
    }

    /// The same trust, for what is in this repository, `registry.example/app`: its own statement of the policy comes
    /// before the one for all. Without a repository only that one (`*`) applies.
    #[must_use]
    pub fn for_repository(&self, repository: &str) -> Self {
        Self { repository: Some(repository.to_owned()), ..self.clone() }
    }

    /// Files that were left, and why.
    pub fn notices(&self) -> &[String] {
        &self.files.notices
    }

    fn store(&self, name: &StoreName) -> &[Certificate] {
        self.files.stores.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What a verification finds out beside its steps.
#[derive(Default)]
struct Found {
    signer: Option<Signer>,
    signed_at: Option<i64>,
    annotations: std::collections::BTreeMap<String, String>,
}

/// Verifies one envelope of the Notary Project. `now` is in seconds since 1970.
pub(crate) fn verify(
    format: SignatureFormat,
    bytes: &[u8],
    source: &str,
    artifact: Artifact<'_>,
    trust: Option<&Trust>,
    now: i64,
) -> Verification {
    let subject = match artifact {
        Artifact::Bytes(bytes) => Digest::sha256_of(bytes),
        Artifact::Digest(digest) => digest.clone(),
    };
    let mut trail = Trail::default();
    let mut found = Found::default();
    let parsed = match format {
        SignatureFormat::NotationCose => cose::parse(bytes),
        _ => jws::parse(bytes),
    };
    match parsed {
        Ok(envelope) => {
            trail.note(
                Question::Envelope,
                Answer::passed(format!(
                    "one signature, {} certificates, {} bytes of payload",
                    envelope.chain.len(),
                    envelope.payload.len()
                )),
            );
            judge(&mut trail, &mut found, &envelope, artifact, &subject, trust, now);
        }
        Err(why) => {
            trail.note(
                Question::Envelope,
                Answer::failed(why, "fetch the signature again; if it is the same, have the artifact signed again"),
            );
        }
    }
    let steps = trail.steps();
    Verification {
        format,
        source: source.to_owned(),
        digest: Digest::sha256_of(bytes),
        subject,
        standing: trail::standing(&steps),
        signer: found.signer,
        signed_at: found.signed_at.map(when::told),
        statement: None,
        annotations: found.annotations,
        steps,
    }
}

/// Everything after the envelope. Integrity ends the verification where it does not hold; the rest is told as far as it
/// can be.
fn judge(
    trail: &mut Trail,
    found: &mut Found,
    envelope: &Envelope,
    artifact: Artifact<'_>,
    subject: &Digest,
    trust: Option<&Trust>,
    now: i64,
) {
    let meaning = match envelope::judge(&envelope.attributes) {
        Ok((meaning, answer)) => {
            trail.note(Question::Attributes, answer);
            meaning
        }
        Err(answer) => {
            trail.note(Question::Attributes, answer);
            return;
        }
    };
    let Some(chain) = integrity(trail, envelope, meaning) else {
        return;
    };
    let target = match payload::judge(&envelope.payload, artifact, subject) {
        Ok((target, answer)) => {
            trail.note(Question::Artifact, answer);
            target
        }
        Err(answer) => {
            trail.note(Question::Artifact, answer);
            return;
        }
    };
    let Some((trust, statement)) = applicable(trail, trust) else {
        return;
    };
    if let Some(store) = authenticity(trail, &chain, meaning, trust, statement) {
        found.annotations = target.annotations;
        if let Some(leaf) = chain.first() {
            found.signer = Some(Signer::Certificate {
                subject: leaf.subject(),
                fingerprint: leaf.fingerprint(),
                trust_store: store.to_string(),
            });
        }
    }
    let (answer, time) = timestamp::judge(envelope, &chain, meaning, trust, statement, now);
    if found.signer.is_some() && answer.status == StepStatus::Passed {
        found.signed_at = time;
    }
    trail.note(Question::Timestamp, enforced(statement.level.timestamp, &statement.level.name, answer));
    let answer = enforced(statement.level.expiry, &statement.level.name, expiry(meaning, now));
    trail.note(Question::Expiry, answer);
    let answer = match statement.level.revocation {
        Action::Skip => Answer::not_asked(format!("statement `{}` skips it", statement.name)),
        action => enforced(action, &statement.level.name, crl::check(&chain, &trust.files.crls, now)),
    };
    trail.note(Question::Revocation, answer);
}

/// The chain, where it may sign and its leaf did.
fn integrity(trail: &mut Trail, envelope: &Envelope, meaning: Meaning) -> Option<Vec<Certificate>> {
    const ADVICE: &str = "have it signed again with a certificate chain that the specification allows: \
                          https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#certificate-requirements";
    let checked =
        chain::read(&envelope.chain).and_then(|chain| chain::check(&chain, chain::Purpose::Code).map(|()| chain));
    let chain = match checked {
        Ok(chain) => chain,
        Err(why) => {
            trail.note(Question::Chain, Answer::failed(why, ADVICE));
            return None;
        }
    };
    let leaf = chain.first()?;
    let subjects: Vec<String> = chain.iter().map(|certificate| format!("`{}`", certificate.subject())).collect();
    trail.note(Question::Chain, Answer::passed(format!("{}, each issued by the next", subjects.join(", "))));
    let (algorithm, key) = (meaning.algorithm, leaf.key);
    let answer = if algorithm::Algorithm::of_key(key) != Some(algorithm) {
        Answer::failed(
            format!("it is said to be {algorithm}, and the leaf's key is {key}"),
            "do not use the artifact: somebody changed the algorithm, or signed with a broken tool",
        )
    } else if algorithm.verifies(leaf.public_key(), &envelope.signed, &envelope.signature) {
        Answer::passed(format!("{algorithm} with the leaf's key, {key}"))
    } else {
        Answer::failed(
            "the payload, what is signed along with it, or the signature was changed after it was signed",
            "do not use the artifact; fetch the signature from where it was made",
        )
    };
    trail.note(Question::Signature, answer).then_some(chain)
}

/// The statement of the policy that says what to do.
fn applicable<'a>(trail: &mut Trail, trust: Option<&'a Trust>) -> Option<(&'a Trust, &'a Statement)> {
    let Some(trust) = trust else {
        let advice = "name the folder with `trustpolicy.json` and `truststore`";
        trail.note(Question::Policy, Answer::unknown("no trust policy and no trust stores are given", advice));
        return None;
    };
    let Some(statement) = trust.policy.statement(trust.repository.as_deref()) else {
        let (detail, advice) = match &trust.repository {
            Some(repository) => (
                format!("no statement of the trust policy is for `{repository}`"),
                format!("add `{repository}` to `registryScopes` of a statement, or a statement for `*`"),
            ),
            None => (
                "the repository is not known, and the trust policy has no statement for `*`".to_owned(),
                "name the image with its repository, or add a statement for `*`".to_owned(),
            ),
        };
        trail.note(Question::Policy, Answer::unknown(detail, advice));
        return None;
    };
    if statement.level.skips() {
        let detail = format!("statement `{}` skips verification, so nothing is known", statement.name);
        trail.note(Question::Policy, Answer::unknown(detail, "give the statement another level, such as `strict`"));
        return None;
    }
    let detail = format!("statement `{}`, level `{}`", statement.name, statement.level.name);
    trail.note(Question::Policy, Answer::passed(detail));
    Some((trust, statement))
}

/// The store that vouches for the chain, and whether the statement trusts the leaf's subject.
fn authenticity(
    trail: &mut Trail,
    chain: &[Certificate],
    meaning: Meaning,
    trust: &Trust,
    statement: &Statement,
) -> Option<StoreName> {
    let kind = match meaning.scheme {
        Scheme::X509 => StoreKind::Ca,
        Scheme::SigningAuthority => StoreKind::SigningAuthority,
    };
    let action = statement.level.authenticity;
    let (answer, store) = anchored(chain, kind, trust, statement);
    trail.note(Question::Store, authentic(action, &statement.level.name, answer));
    let answer = identity(chain, statement);
    let trusted = answer.holds();
    trail.note(Question::Identity, authentic(action, &statement.level.name, answer));
    // Where nobody insists on the identity, a name that is not trusted is not told as a signer's.
    store.filter(|_| trusted || action == Action::Enforce)
}

fn anchored(
    chain: &[Certificate],
    kind: StoreKind,
    trust: &Trust,
    statement: &Statement,
) -> (Answer, Option<StoreName>) {
    let stores: Vec<&StoreName> = statement.stores.iter().filter(|store| store.kind == kind).collect();
    if stores.is_empty() {
        let detail =
            format!("statement `{}` names no trust store `{kind}:…`, which this signing scheme needs", statement.name);
        let advice = format!("add one to its `trustStores` if you trust the signer as `{kind}`");
        return (Answer::failed(detail, advice), None);
    }
    for store in &stores {
        let anchors = trust.store(store);
        // The chain is checked, each by the next, so that any of them may be the one that is trusted.
        if let Some(certificate) = chain.iter().find(|it| anchors.iter().any(|anchor| anchor.der() == it.der())) {
            return (Answer::passed(format!("`{}` is in `{store}`", certificate.subject())), Some((*store).clone()));
        }
    }
    if let Some(empty) = stores.iter().find(|store| trust.store(store).is_empty()) {
        let detail = format!("the trust store `{empty}` has no certificates");
        let advice = format!("put them into `truststore/x509/{}/{}/`", empty.kind, empty.name);
        return (Answer::unknown(detail, advice), None);
    }
    let root = chain.last().map(Certificate::subject).unwrap_or_default();
    let names: Vec<String> = stores.iter().map(|store| format!("`{store}`")).collect();
    let detail = format!("no certificate of the chain is in {}; its root is `{root}`", names.join(" or "));
    (Answer::failed(detail, "if you trust that root, put it into the trust store"), None)
}

fn identity(chain: &[Certificate], statement: &Statement) -> Answer {
    let Identities::Subjects(subjects) = &statement.identities else {
        return Answer::not_asked(format!("statement `{}` trusts whomever its stores vouch for", statement.name));
    };
    let Some(leaf) = chain.first() else {
        return Answer::unknown("there is no leaf", "have it signed again");
    };
    let subject = leaf.subject();
    let advice = "if you trust that signer, add its subject to `trustedIdentities`";
    match name::attributes(&leaf.parsed.tbs_certificate.subject) {
        Err(why) => Answer::failed(format!("`{subject}` cannot be compared: {why}"), advice),
        Ok(attributes) => match subjects.iter().find(|(_, wanted)| name::within(wanted, &attributes)) {
            Some((identity, _)) => Answer::passed(format!("`{subject}` is `{identity}`")),
            None => {
                let wanted: Vec<String> = subjects.iter().map(|(identity, _)| format!("`{identity}`")).collect();
                Answer::failed(format!("the signer is `{subject}`, trusted is {}", wanted.join(" or ")), advice)
            }
        },
    }
}

fn expiry(meaning: Meaning, now: i64) -> Answer {
    match meaning.expiry {
        None => Answer::not_asked("the signer names no expiry"),
        Some(expiry) if now >= expiry => Answer::failed(
            format!("the signer meant it to be used until {}, and it is {}", when::told(expiry), when::told(now)),
            "use a newer artifact, or have this one signed again",
        ),
        Some(expiry) => Answer::passed(format!("until {}", when::told(expiry))),
    }
}

/// What a level makes of an answer: what it only logs is told and not asked for.
fn enforced(action: Action, level: &str, answer: Answer) -> Answer {
    if action == Action::Enforce || answer.holds() {
        return answer;
    }
    let what = if answer.status == StepStatus::Failed { "does not hold" } else { "cannot be told" };
    Answer {
        status: StepStatus::NotAsked,
        detail: format!("{what}, which level `{level}` only logs: {}", answer.detail),
        advice: answer.advice,
    }
}

/// The same for authenticity: without it nobody has signed, so it cannot be left out of the verdict.
fn authentic(action: Action, level: &str, answer: Answer) -> Answer {
    if action == Action::Enforce || answer.holds() {
        return answer;
    }
    Answer {
        status: StepStatus::Unknown,
        detail: format!(
            "does not hold, which level `{level}` only logs; so nobody is known to have signed: {}",
            answer.detail
        ),
        advice: answer.advice,
    }
}
