//! Verification summaries: what a verifier who is trusted found, instead of the attestations themselves.
//!
//! ```yaml
//! verification-summary:
//!   verifier: https://verifier.example/          # the id in the summary
//!   signed-by: {any-of: [{key: verifier}]}       # whose word it is
//!   resource: ghcr.io/example/app                # the subject's own repository where absent
//!   min-level: 3                                 # of SLSA's build track
//!   policy: https://verifier.example/policies/release
//!   policy-digest: sha256:…
//!   max-age: 30d
//! ```

use boltseal_evidence::{Digest, Verification};
use boltseal_trust::Pattern;
use boltseal_trust::slsa::{SUMMARY_V1, Summary};
use serde::Deserialize;

use crate::Answer;
use crate::ask::age::at_most;
use crate::ask::signature::{About, Signers, Sum, Weight, tell, weigh, wildcards};
use crate::ask::source::{Repository, shown};
use crate::ask::{Case, Judge};
use crate::policy::{Age, Scope};

/// The question what a verifier found.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(crate) struct VerificationSummary {
    raw: Raw,
    resource: Option<Pattern>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Raw {
    verifier: String,
    signed_by: Signers,
    #[serde(default)]
    resource: Option<String>,
    #[serde(default)]
    min_level: Option<u8>,
    #[serde(default)]
    policy: Option<String>,
    #[serde(default)]
    policy_digest: Option<Digest>,
    #[serde(default)]
    max_age: Option<Age>,
    #[serde(default)]
    about: About,
}

schema_as!(VerificationSummary, Raw);

impl TryFrom<Raw> for VerificationSummary {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        if let Some(level) = raw.min_level.filter(|level| !(1..=3).contains(level)) {
            return Err(format!("`{level}` is no level of SLSA's build track: write 1, 2 or 3"));
        }
        Ok(Self { resource: raw.resource.as_deref().map(wildcards).transpose()?, raw })
    }
}

impl VerificationSummary {
    fn weigh(&self, verification: &Verification, case: &Case<'_>) -> Result<String, Weight> {
        let out = |reason: String| Err(Weight::Out(reason));
        let Some(statement) = &verification.statement else { return out("it states nothing".to_owned()) };
        let summary = Summary::read(&statement.predicate_type, &statement.predicate)
            .map_err(|error| Weight::Out(error.to_string()))?;
        if summary.verifier() != self.raw.verifier {
            return out(format!("its verifier is `{}`, wanted is `{}`", shown(summary.verifier()), self.raw.verifier));
        }
        if !summary.passed() {
            return out("its verifier says that the image did not pass".to_owned());
        }
        if let Some(wanted) = self.raw.min_level {
            match summary.build_level() {
                Some(level) if level >= wanted => {}
                Some(level) => return out(format!("it says SLSA build level {level}, wanted is {wanted}")),
                None => return Err(Weight::Open("it names no level of SLSA's build track".to_owned())),
            }
        }
        if let Some(wanted) = &self.raw.policy
            && summary.policy.uri.as_ref() != Some(wanted)
        {
            return out(format!(
                "its policy is `{}`, wanted is `{wanted}`",
                shown(summary.policy.uri.as_deref().unwrap_or("not named"))
            ));
        }
        if let Some(wanted) = &self.raw.policy_digest {
            let actual = summary.policy.digest.get(wanted.algorithm().name());
            if actual.map(String::as_str) != Some(wanted.hex()) {
                return out(format!("its policy has another digest than `{wanted}`"));
            }
        }
        self.weigh_resource(&summary, case)?;
        if let Some(most) = self.raw.max_age {
            let times = [&summary.time_verified, &verification.signed_at];
            at_most(most, times.into_iter().flatten().map(String::as_str), case.now)?;
        }
        Ok(format!(
            "`{}` verified `{}`: {}",
            self.raw.verifier,
            shown(&summary.resource_uri),
            summary.verified_levels.join(", ")
        ))
    }

    fn weigh_resource(&self, summary: &Summary, case: &Case<'_>) -> Result<(), Weight> {
        let uri = &summary.resource_uri;
        match (&self.resource, &case.evidence.subject.repository) {
            (Some(wanted), _) if wanted.matches(uri) => Ok(()),
            (Some(wanted), _) => Err(Weight::Out(format!("it is about `{}`, wanted is `{wanted}`", shown(uri)))),
            (None, None) => Err(Weight::Open(format!(
                "it is about `{}`, and the subject comes from no repository; write `resource`",
                shown(uri)
            ))),
            (None, Some(repository)) => {
                // `ghcr.io/example/app:1`, `oci://ghcr.io/example/app@sha256:…`: the name is what is compared.
                let name = ["oci://", "docker://", "https://"].iter().find_map(|scheme| uri.strip_prefix(scheme));
                let name = name.unwrap_or(uri);
                let name = name.split_once('@').map_or(name, |(name, _)| name);
                let name = match name.rsplit_once(':') {
                    Some((name, tag)) if !tag.contains('/') => name,
                    _ => name,
                };
                match (Repository::read(name), Repository::read(repository)) {
                    (Ok(named), Ok(subject)) if named == subject => Ok(()),
                    _ => Err(Weight::Out(format!("it is about `{}`, not about `{repository}`", shown(uri)))),
                }
            }
        }
    }
}

impl Judge for VerificationSummary {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        self.raw.signed_by.prepare("signed-by/", scope);
    }

    fn asks(&self) -> String {
        let level = self.raw.min_level.map(|level| format!(" at SLSA build level {level}")).unwrap_or_default();
        format!("`{}` verified the image{level}, as {} says", self.raw.verifier, self.raw.signed_by)
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let is_asked = |verification: &Verification| super::may_be(verification, |kind| kind == SUMMARY_V1);
        let mut weighed = match weigh(case, self.raw.about, &self.raw.signed_by, is_asked) {
            Ok(weighed) => weighed,
            Err(reason) => {
                answer.unknown(format!("attestations are not known: {reason}"));
                return;
            }
        };
        let mut said = Vec::new();
        for one in weighed.iter_mut().filter(|one| matches!(one.weight, Weight::Counts(_))) {
            match self.weigh(one.verification, case) {
                Ok(what) => said.push((what, one.verification.source.clone())),
                Err(weight) => one.weight = weight,
            }
        }
        if tell(&self.raw.signed_by, "verification summary", &weighed, answer) == Sum::Enough {
            for (what, source) in said {
                answer.pass(what).evidence = Some(source);
            }
        }
    }
}
