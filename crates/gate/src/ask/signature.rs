//! Signatures of the digest by those who are wanted.
//!
//! ```yaml
//! signature:
//!   any-of:                         # or all-of
//!     - key: release                # a key that the policy names
//!     - issuer: https://token.actions.githubusercontent.com
//!       identity: https://github.com/example/app/.github/workflows/release.yml@refs/heads/main
//!   count: 2                        # different signers; 1 where absent
//!   annotations: {environment: production}
//!   about: named                    # the digest in the reference (default), platform, either
//! ```
//!
//! Only a signature counts that holds, for this digest, and whose signer is proved. An attestation is not a signature:
//! who states something about an image has not released it. No signature is a *failed* rule; signatures that could not
//! be looked for, or that nothing is there to check against, are *unknown*. Since anyone can add one of the latter,
//! `unknown: allow` would undo such a rule.

mod signers;
mod tally;

use std::collections::BTreeMap;

use boltseal_evidence::Verification;
use serde::Deserialize;

pub(crate) use signers::{Signers, wildcards};
pub(crate) use tally::{About, Sum, Weight, matching, off_subject, tell, weigh};

use super::{Case, Judge};
use crate::Answer;
use crate::policy::Scope;

/// The predicate that cosign 3 writes for a plain signature.
pub(crate) const COSIGN_SIGNATURE: &str = "https://sigstore.dev/cosign/sign/v1";

/// The question whether wanted signers signed.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(crate) struct Signature {
    signers: Signers,
    annotations: BTreeMap<String, String>,
    about: About,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Raw {
    #[serde(default)]
    any_of: Option<Vec<signers::Entry>>,
    #[serde(default)]
    all_of: Option<Vec<signers::Entry>>,
    #[serde(default)]
    count: Option<usize>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(default)]
    about: About,
}

schema_as!(Signature, Raw);

impl TryFrom<Raw> for Signature {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        let signers = Signers::of(raw.any_of, raw.all_of, raw.count)?;
        Ok(Self { signers, annotations: raw.annotations, about: raw.about })
    }
}

impl Signature {
    fn lacking(&self, verification: &Verification) -> Option<String> {
        self.annotations.iter().find_map(|(name, wanted)| match verification.annotations.get(name) {
            Some(value) if value == wanted => None,
            Some(value) => Some(format!("its annotation `{name}` is `{value}`, wanted is `{wanted}`")),
            None => Some(format!("it has no annotation `{name}`, wanted is `{wanted}`")),
        })
    }
}

impl Judge for Signature {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        self.signers.prepare("", scope);
    }

    fn asks(&self) -> String {
        format!("the image is signed by {}", self.signers)
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let mut weighed = match weigh(case, self.about, &self.signers, is_signature) {
            Ok(weighed) => weighed,
            Err(reason) => {
                answer.unknown(format!("signatures are not known: {reason}"));
                return;
            }
        };
        for one in &mut weighed {
            if matches!(one.weight, Weight::Counts(_))
                && let Some(lacking) = self.lacking(one.verification)
            {
                one.weight = Weight::Out(lacking);
            }
        }
        tell(&self.signers, "signature", &weighed, answer);
    }
}

/// It is a signature, or may be one: nothing is stated, or that it is signed.
fn is_signature(verification: &Verification) -> bool {
    verification.statement.as_ref().is_none_or(|statement| statement.predicate_type == COSIGN_SIGNATURE)
}
