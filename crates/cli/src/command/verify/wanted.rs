//! Whose signature is wanted, and of what.

use boltseal_evidence::Verification;
use boltseal_trust::predicate::{is_of_kind, kind, predicate_type};
use boltseal_trust::{Pattern, PublicKey, SignerPattern};

use crate::args::{VerifyArguments, WantedArguments};
use crate::exit::Failure;

/// What cosign's signatures in bundles state.
const SIGNATURE: &str = "https://sigstore.dev/cosign/sign/v1";

/// What is asked for.
pub(super) struct Wanted {
    signers: Vec<SignerPattern>,
    attestation: Option<String>,
    annotations: Vec<(String, String)>,
}

impl Wanted {
    pub(super) fn of(arguments: &VerifyArguments, keys: &[PublicKey]) -> Result<Self, Failure> {
        let signer = &arguments.signer;
        let mut signers: Vec<SignerPattern> = keys
            .iter()
            .map(|key| SignerPattern::Key { fingerprint: key.fingerprint(), name: key.name.clone() })
            .collect();
        signers.extend(keyless(signer)?);
        if signer.notation_trust.is_some() {
            // Whom the trust policy does not trust does not verify in the first place.
            signers.push(SignerPattern::Certificate { subject: None, trust_store: None });
        }
        if signers.is_empty() {
            return Err(Failure::usage(anyhow::anyhow!(
                "say whose signature is wanted: `--key FILE`, `--identity` with `--issuer`, or `--notation-trust DIR`; `--any-identity` only asks whether it holds"
            )));
        }
        let annotation = |text: &String| {
            let (name, value) = text.split_once('=').ok_or_else(|| {
                Failure::usage(anyhow::anyhow!("`{text}` is not an annotation: write `--annotation NAME=VALUE`"))
            })?;
            Ok((name.to_owned(), value.to_owned()))
        };
        Ok(Self {
            signers,
            attestation: arguments.attestation.as_deref().map(kind_of).transpose()?,
            annotations: arguments.annotations.iter().map(annotation).collect::<Result<_, Failure>>()?,
        })
    }

    pub(super) fn keys(&self) -> bool {
        self.signers.iter().any(|signer| matches!(signer, SignerPattern::Key { .. }))
    }

    pub(super) fn identities(&self) -> bool {
        self.signers.iter().any(|signer| matches!(signer, SignerPattern::Keyless { .. }))
    }

    pub(super) fn certificates(&self) -> bool {
        self.signers.iter().any(|signer| matches!(signer, SignerPattern::Certificate { .. }))
    }

    /// What is asked for, for people.
    pub(super) fn asked(&self) -> String {
        match &self.attestation {
            None => "a signature".to_owned(),
            Some(any) if any == "any" => "an attestation".to_owned(),
            Some(kind) => format!("an attestation `{kind}`"),
        }
    }

    /// Why a signature that holds is not what is wanted.
    pub(super) fn mismatch(&self, verification: &Verification, file: bool) -> Option<String> {
        let Some(signer) = &verification.signer else {
            // What does not hold tells so itself.
            return verification.is_verified().then(|| "nobody is proved to have made it".to_owned());
        };
        let mut mismatches = Vec::new();
        for wanted in &self.signers {
            match wanted.mismatch(signer) {
                None => return self.off_subject(verification, file),
                Some(why) => mismatches.push(why),
            }
        }
        Some(mismatches.into_iter().next().unwrap_or_else(|| "nobody is wanted".to_owned()))
    }

    /// What it states is not what is asked for.
    fn off_subject(&self, verification: &Verification, file: bool) -> Option<String> {
        let stated = verification.statement.as_ref().map(|statement| statement.predicate_type.as_str());
        let stated = stated.filter(|kind| *kind != SIGNATURE);
        match (&self.attestation, stated) {
            (None, Some(kind)) if !file => {
                return Some(format!(
                    "it is an attestation `{kind}`, not a signature: ask for it with `--attestation`"
                ));
            }
            (Some(wanted), None) => return Some(format!("it is a signature, not an attestation `{wanted}`")),
            (Some(wanted), Some(kind)) if !is(wanted, kind) => {
                return Some(format!("it is an attestation `{kind}`, not `{wanted}`"));
            }
            _ => {}
        }
        self.annotations.iter().find_map(|(name, value)| match verification.annotations.get(name) {
            Some(actual) if actual == value => None,
            Some(actual) => Some(format!("the annotation `{name}` is `{actual}`, not `{value}`")),
            None => Some(format!("the annotation `{name}` is not there")),
        })
    }
}

/// A kind of attestation as it is asked for: a short name of ours or of cosign's, a predicate type, or any.
fn kind_of(asked: &str) -> Result<String, Failure> {
    if asked == "any" || kind(asked).is_some() {
        return Ok(asked.to_owned());
    }
    predicate_type(asked).map_err(Failure::usage)
}

/// A predicate type is the one that is asked for.
fn is(wanted: &str, kind: &str) -> bool {
    wanted == "any" || is_of_kind(kind, wanted)
}

fn keyless(signer: &WantedArguments) -> Result<Option<SignerPattern>, Failure> {
    let exact_or_regex = |exact: &Option<String>, regex: &Option<String>| match (exact, regex) {
        (Some(exact), _) => Ok(Some(Pattern::Exact(exact.clone()))),
        (None, Some(regex)) => Pattern::regex(regex).map(Some).map_err(Failure::usage),
        (None, None) => Ok(None),
    };
    let claim = |text: &Option<String>| text.as_deref().map(pattern).transpose();
    let identity = exact_or_regex(&signer.identity, &signer.identity_regex)?;
    let issuer = exact_or_regex(&signer.issuer, &signer.issuer_regex)?;
    let claims = [
        claim(&signer.repository)?,
        claim(&signer.reference)?,
        claim(&signer.workflow)?,
        claim(&signer.runner)?,
        claim(&signer.trigger)?,
    ];
    let asked = identity.is_some() || issuer.is_some() || claims.iter().any(Option::is_some);
    if !signer.any_identity {
        if !asked {
            return Ok(None);
        }
        if identity.is_none() || issuer.is_none() {
            return Err(Failure::usage(anyhow::anyhow!(
                "a signer is an identity *and* who vouched for it: give `--identity` or `--identity-regex`, and `--issuer` or `--issuer-regex`"
            )));
        }
    }
    let [repository, reference, workflow, runner, trigger] = claims;
    Ok(Some(SignerPattern::Keyless { identity, issuer, repository, reference, workflow, runner, trigger }))
}

/// A text, or a regular expression between slashes.
fn pattern(text: &str) -> Result<Pattern, Failure> {
    match text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        Some(regex) if !regex.is_empty() => Pattern::regex(regex).map_err(Failure::usage),
        _ => Ok(Pattern::Exact(text.to_owned())),
    }
}
