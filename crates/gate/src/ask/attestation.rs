//! Attestations of the digest: of which kind, by whom, how old, and what they say.
//!
//! ```yaml
//! attestation:
//!   type: cyclonedx                 # or spdx, sbom, vulnerabilities, vex, provenance, …; or a predicate type
//!   signed-by: {any-of: [{key: release}]}
//!   max-age: 30d                    # by the proved time of signing and by the time in the predicate, the older counts
//!   where: {/metadata/component/name: app}      # JSON pointers into the predicate, and values
//!   matches-inventory: contains     # the attested SBOM lists every package that was found; or equals
//! ```
//!
//! An attestation counts that holds, for this digest, by somebody who is wanted. `count` in `signed-by` counts signers
//! who state it. None is a *failed* rule. What the predicate does not say about its age is *unknown*; a value under `where`
//! that it does not have is not the one that is wanted. cosign's plain signature is no attestation, though it is written
//! as one: ask for it by `signature`.

mod inventory;
mod kind;

use std::collections::BTreeMap;

use boltseal_evidence::Verification;
use serde::Deserialize;
use serde_json::Value;

use inventory::Matching;
use kind::Kind;

use super::age::at_most;
use super::provenance::may_be;
use super::signature::{About, Signers, Sum, Weight, tell, weigh};
use super::source::shown;
use super::{Case, Judge};
use crate::Answer;
use crate::policy::{Age, Scope};

/// The question what is attested.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(crate) struct Attestation(Raw);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Raw {
    /// A short name or a predicate type.
    #[serde(rename = "type")]
    kind: Kind,
    /// Whose word it is.
    signed_by: Signers,
    /// It is not older.
    #[serde(default)]
    max_age: Option<Age>,
    /// JSON pointers into the predicate, and the values there.
    #[serde(default, rename = "where")]
    values: BTreeMap<String, Value>,
    /// The SBOM and the packages that were found agree.
    #[serde(default)]
    matches_inventory: Option<Matching>,
    /// Which digest it is about.
    #[serde(default)]
    about: About,
}

schema_as!(Attestation, Raw);

impl TryFrom<Raw> for Attestation {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        if let Some(pointer) = raw.values.keys().find(|pointer| !pointer.starts_with('/')) {
            return Err(format!("`{}` is no JSON pointer: it begins with `/`", shown(pointer)));
        }
        if raw.matches_inventory.is_some() && !raw.kind.is_sbom() {
            return Err(format!("`matches-inventory` needs an SBOM, `{}` is none", raw.kind));
        }
        Ok(Self(raw))
    }
}

impl Attestation {
    /// What one attestation, which holds and is wanted, comes to; and what it says where that is as expected.
    fn weigh(&self, verification: &Verification, case: &Case<'_>) -> Result<Vec<String>, Weight> {
        let Some(statement) = &verification.statement else {
            return Err(Weight::Out("it states nothing".to_owned()));
        };
        let predicate = unwrapped(&statement.predicate);
        for (pointer, wanted) in &self.0.values {
            match predicate.pointer(pointer) {
                Some(value) if value == wanted => {}
                Some(value) => {
                    let value = shown(&value.to_string());
                    return Err(Weight::Out(format!("`{pointer}` is `{value}`, wanted is `{wanted}`")));
                }
                None => return Err(Weight::Out(format!("it has no `{pointer}`, wanted is `{wanted}`"))),
            }
        }
        let mut said = Vec::new();
        if let Some(most) = self.0.max_age {
            let written = kind::TIMES.iter().filter_map(|pointer| predicate.pointer(pointer)?.as_str());
            said.push(at_most(most, verification.signed_at.as_deref().into_iter().chain(written), case.now)?);
        }
        if let Some(matching) = self.0.matches_inventory {
            said.push(matching.weigh(predicate, case)?);
        }
        Ok(said)
    }
}

/// The predicate itself: cosign once put it under `Data`, beside a `Timestamp`.
fn unwrapped(predicate: &Value) -> &Value {
    match predicate.get("Data") {
        Some(data @ Value::Object(_)) => data,
        _ => predicate,
    }
}

impl Judge for Attestation {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        self.0.signed_by.prepare("signed-by/", scope);
    }

    fn asks(&self) -> String {
        let mut asks = format!("the image has a `{}` attestation by {}", self.0.kind, self.0.signed_by);
        if let Some(most) = self.0.max_age {
            asks.push_str(&format!(", at most {most} old"));
        }
        for (pointer, value) in &self.0.values {
            asks.push_str(&format!(", with `{pointer}` = `{value}`"));
        }
        if let Some(matching) = self.0.matches_inventory {
            asks.push_str(&format!(", which {matching} what was found"));
        }
        asks
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let is_asked = |verification: &Verification| may_be(verification, |kind| self.0.kind.is(kind));
        let mut weighed = match weigh(case, self.0.about, &self.0.signed_by, is_asked) {
            Ok(weighed) => weighed,
            Err(reason) => {
                answer.unknown(format!("attestations are not known: {reason}"));
                return;
            }
        };
        let mut said = Vec::new();
        for one in weighed.iter_mut().filter(|one| matches!(one.weight, Weight::Counts(_))) {
            match self.weigh(one.verification, case) {
                Ok(what) => said.extend(what.into_iter().map(|what| (what, one.verification.source.clone()))),
                Err(weight) => one.weight = weight,
            }
        }
        let what = format!("`{}` attestation", self.0.kind);
        if tell(&self.0.signed_by, &what, &weighed, answer) == Sum::Enough {
            for (what, source) in said {
                answer.pass(what).evidence = Some(source);
            }
        }
    }
}
