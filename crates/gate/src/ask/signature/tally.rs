//! Which signatures count for whom is wanted, and whether they are enough.

use std::collections::BTreeSet;

use boltseal_evidence::{Signer, Standing, Verification};
use serde::Deserialize;

use super::signers::{Signers, Wanted, Whom};
use crate::Answer;
use crate::ask::Case;

/// Which digest something has to be about, where the reference names an index of platforms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum About {
    /// The digest that the reference names: the verdict is on it.
    #[default]
    Named,
    /// The manifest of the platform that was looked at. Says nothing of the index's other platforms.
    Platform,
    /// One of both.
    Either,
}

/// What one signature does for a rule.
#[derive(Debug)]
pub(crate) enum Weight {
    /// It holds and is wanted, by these entries.
    Counts(Vec<usize>),
    /// It cannot be told, for this reason.
    Open(String),
    /// It does nothing, for this reason.
    Out(String),
}

/// A signature, and what it does.
#[derive(Debug)]
pub(crate) struct Weighed<'a> {
    pub(crate) verification: &'a Verification,
    pub(crate) weight: Weight,
}

/// Whether the signatures are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sum {
    Enough,
    /// They would be if those that cannot be told count.
    Open,
    TooFew,
}

/// Weighs every signature that `is_asked` about, whatever it is worth.
///
/// # Errors
/// Why there is no such evidence.
pub(crate) fn weigh<'a>(
    case: &Case<'a>,
    about: About,
    signers: &Signers,
    is_asked: impl Fn(&Verification) -> bool,
) -> Result<Vec<Weighed<'a>>, String> {
    let all = case.evidence.signatures.as_result()?;
    let weighed = all.iter().filter(|verification| is_asked(verification)).map(|verification| {
        let weight = match off_subject(case, about, verification) {
            Some(reason) => Weight::Out(reason),
            None => weight(verification, signers),
        };
        Weighed { verification, weight }
    });
    Ok(weighed.collect())
}

/// Why a signature is not about what is judged.
pub(crate) fn off_subject(case: &Case<'_>, about: About, verification: &Verification) -> Option<String> {
    let subject = &case.evidence.subject;
    let platform = subject.manifest.as_ref().unwrap_or(&subject.digest);
    let (named, platform) = (verification.subject == subject.digest, verification.subject == *platform);
    let is_about = match about {
        About::Named => named,
        About::Platform => platform,
        About::Either => named || platform,
    };
    match (is_about, named || platform) {
        (true, _) => None,
        (false, true) if named => {
            Some("it is about the whole index, wanted is one about the platform's manifest (`about: platform`)".into())
        }
        (false, true) => Some(format!(
            "it is about the platform's manifest `{}` alone, wanted is one about the index `{}` (`about: named`)",
            verification.subject.short(),
            subject.digest.short()
        )),
        (false, false) => Some(format!("it is about another digest, `{}`", verification.subject)),
    }
}

fn weight(verification: &Verification, signers: &Signers) -> Weight {
    let obstacle = || match verification.obstacle() {
        Some(step) => format!("{}: {}", step.name, step.detail),
        None => "no step says why".to_owned(),
    };
    match (verification.standing, &verification.signer) {
        (Standing::Rejected, _) => Weight::Out(format!("it does not hold: {}", obstacle())),
        (Standing::Verified, None) => Weight::Out("it holds, and nobody is proved to have made it".to_owned()),
        (Standing::Verified, Some(signer)) => match matching(signers, signer) {
            Ok(wanted) => Weight::Counts(wanted),
            Err(reason) => Weight::Out(reason),
        },
        (Standing::Unknown, Some(signer)) => match matching(signers, signer) {
            Ok(_) => Weight::Open(format!("it could not be checked: {}", obstacle())),
            Err(reason) => Weight::Out(reason),
        },
        (Standing::Unknown, None) => Weight::Open(format!("it could not be checked: {}", obstacle())),
    }
}

/// The entries that want this signer. Err: why none does, as the closest says.
pub(crate) fn matching(signers: &Signers, signer: &Signer) -> Result<Vec<usize>, String> {
    let mismatches: Vec<Option<String>> = signers.wanted.iter().map(|wanted| wanted.mismatch(signer)).collect();
    let matching: Vec<usize> =
        mismatches.iter().enumerate().filter(|(_, mismatch)| mismatch.is_none()).map(|(at, _)| at).collect();
    if !matching.is_empty() {
        return Ok(matching);
    }
    let first = mismatches.into_iter().flatten().next().unwrap_or_else(|| "nobody is wanted".to_owned());
    match signers.wanted.len() {
        1 => Err(format!("signed by {}, and {first}", named(signer))),
        _ => Err(format!("signed by {}, who is none of those wanted", named(signer))),
    }
}

impl Wanted {
    fn mismatch(&self, signer: &Signer) -> Option<String> {
        match &self.whom {
            Whom::NamedKey(name) => Some(format!("the key `{name}` is not known")),
            Whom::Pattern(pattern) => pattern.mismatch(signer),
            Whom::Known(known) => known(signer),
        }
    }
}

/// Whether those that count are enough: each signer once, however often it signed.
pub(crate) fn sum(signers: &Signers, weighed: &[Weighed<'_>]) -> Sum {
    let counting = || weighed.iter().filter(|one| matches!(one.weight, Weight::Counts(_)));
    let open = || weighed.iter().filter(|one| matches!(one.weight, Weight::Open(_)));
    if signers.all {
        let missing: Vec<&Wanted> = signers
            .wanted
            .iter()
            .enumerate()
            .filter(|(at, _)| {
                !counting().any(|one| matches!(&one.weight, Weight::Counts(entries) if entries.contains(at)))
            })
            .map(|(_, wanted)| wanted)
            .collect();
        let possible = |wanted: &Wanted| {
            open().any(|one| one.verification.signer.as_ref().is_none_or(|by| wanted.mismatch(by).is_none()))
        };
        return match missing.as_slice() {
            [] => Sum::Enough,
            missing if missing.iter().all(|wanted| possible(wanted)) => Sum::Open,
            _ => Sum::TooFew,
        };
    }
    let mut who: BTreeSet<String> =
        counting().filter_map(|one| one.verification.signer.as_ref()).map(identity).collect();
    if who.len() >= signers.count {
        return Sum::Enough;
    }
    let nameless = open().filter(|one| one.verification.signer.is_none()).count();
    who.extend(open().filter_map(|one| one.verification.signer.as_ref()).map(identity));
    if who.len() + nameless >= signers.count { Sum::Open } else { Sum::TooFew }
}

/// Says what each signature does, as far as it explains the sum. `what`: `signature`, `SBOM attestation`.
pub(crate) fn tell(signers: &Signers, what: &str, weighed: &[Weighed<'_>], answer: &mut Answer) -> Sum {
    let sum = sum(signers, weighed);
    let one = |one: &Weighed<'_>, text: &str| format!("{what} {}: {text}", one.verification.source);
    match sum {
        Sum::Enough => {
            for each in weighed.iter().filter(|each| matches!(each.weight, Weight::Counts(_))) {
                answer.pass(held(what, each.verification)).evidence = Some(each.verification.source.clone());
            }
            return sum;
        }
        Sum::Open => {
            answer.unknown(format!("whether there is a {what} by {signers} cannot be told"));
            for each in weighed {
                if let Weight::Open(reason) = &each.weight {
                    answer.unknown(one(each, reason)).evidence = Some(each.verification.source.clone());
                }
            }
        }
        Sum::TooFew => {
            answer.fail(format!("there is no {what} by {signers}"));
            for each in weighed {
                let text = match &each.weight {
                    Weight::Out(reason) | Weight::Open(reason) => reason.clone(),
                    Weight::Counts(_) => "it counts, and more are wanted".to_owned(),
                };
                answer.fail(one(each, &text)).evidence = Some(each.verification.source.clone());
            }
        }
    }
    let advice = weighed.iter().filter_map(|one| one.verification.obstacle()?.advice.clone()).next();
    answer.advise(advice.unwrap_or_else(|| match weighed {
        [] => format!("add a {what} by {signers}"),
        _ => format!("add a {what} by {signers}, or name another signer in the policy if this one is trusted"),
    }));
    sum
}

fn held(what: &str, verification: &Verification) -> String {
    let by = verification.signer.as_ref().map(named).unwrap_or_default();
    match &verification.signed_at {
        Some(at) => format!("{what} by {by}, proved to be from {at}"),
        None => format!("{what} by {by}"),
    }
}

/// A signer for people.
pub(crate) fn named(signer: &Signer) -> String {
    match signer {
        Signer::Key { fingerprint, name: Some(name), .. } => format!("key `{name}` ({})", fingerprint.short()),
        Signer::Key { fingerprint, name: None, .. } => format!("key {fingerprint}"),
        Signer::Keyless { identity, issuer, .. } => format!("`{identity}` of `{issuer}`"),
        Signer::Certificate { subject, trust_store, .. } => format!("`{subject}` of `{trust_store}`"),
    }
}

/// What makes two signers the same: a workflow is one at whichever ref, an address in whichever case, a certificate's
/// owner with whichever certificate.
fn identity(signer: &Signer) -> String {
    match signer {
        Signer::Key { fingerprint, .. } => format!("key {fingerprint}"),
        Signer::Keyless { identity, issuer, .. } => {
            let identity = match identity.split_once("@refs/") {
                Some((workflow, _)) if identity.starts_with("https://") => workflow,
                _ => identity,
            };
            format!("keyless {} {issuer}", identity.to_ascii_lowercase())
        }
        Signer::Certificate { subject, trust_store, .. } => format!("certificate {trust_store} {subject}"),
    }
}
