//! SLSA provenance: who built the image, from which source, how.
//!
//! ```yaml
//! provenance:
//!   source: https://github.com/example/app          # `*` within one name, `**` for any text
//!   branch: main                                    # or tag: v1.2.3, or versioned-tag: v1
//!   commit: 0123456789abcdef0123456789abcdef01234567
//!   workflow: .github/workflows/release.yml
//!   builder: https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml
//!   build-type: https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1
//!   min-level: 3
//!   inputs: {/inputs/channel: stable}               # parameters of the build, by JSON pointer or by name
//!   allow-inputs: [/inputs/debug]                   # parameters that may have any value
//!   signed-by: {any-of: [{key: chains}]}            # needed where the builder has no certificate that names it
//!   builders:                                       # builders that this policy trusts further than the table does
//!     - id: https://tekton.dev/chains/v2
//!       signed-by: {any-of: [{key: chains}]}
//!       level: 2
//! ```
//!
//! Without `signed-by`, whoever is in the table of builders may sign, if the source is asked for, and the builders that
//! are named. Builder, source, reference and commit are the certificate's; a payload that says otherwise *fails*, as do parameters
//! that neither the policy nor the build type explains. What neither certificate nor payload says is *unknown*. The
//! levels are in the table of the module below.

mod builder;
mod expected;
mod origin;
mod summary;

use std::collections::BTreeMap;

use boltseal_evidence::Verification;
use boltseal_trust::slsa::Provenance as Predicate;
use serde::Deserialize;
use serde_json::Value;

use builder::NamedBuilder;
use expected::{Expected, Reference};
pub(crate) use origin::{Origin, claims};
pub(crate) use summary::VerificationSummary;

use super::signature::{About, Signers, Sum, Weight, tell, weigh, wildcards};
use super::{Case, Judge};
use crate::Answer;
use crate::policy::Scope;

/// The question how the image was built.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(crate) struct Provenance {
    signed_by: Option<Signers>,
    builders: Vec<NamedBuilder>,
    /// Whose provenance counts, which is known when the keys are.
    signers: Signers,
    expected: Expected,
    about: About,
    asks: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Raw {
    signed_by: Option<Signers>,
    builders: Vec<RawBuilder>,
    source: Option<String>,
    branch: Option<String>,
    tag: Option<String>,
    versioned_tag: Option<String>,
    commit: Option<String>,
    workflow: Option<String>,
    builder: Option<String>,
    build_type: Option<String>,
    min_level: Option<u8>,
    inputs: BTreeMap<String, Value>,
    allow_inputs: Vec<String>,
    about: About,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawBuilder {
    id: String,
    signed_by: Signers,
    level: u8,
}

schema_as!(Provenance, Raw);

impl TryFrom<Raw> for Provenance {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        if raw.source.is_none() && raw.signed_by.is_none() && raw.builders.is_empty() {
            return Err("anybody's build would do: write `source`, or whose provenance it is under `signed-by`".into());
        }
        let asks = raw.asks();
        let level = |level: u8| match level {
            1..=3 => Ok(level),
            _ => Err(format!("`{level}` is no level of SLSA's build track: write 1, 2 or 3")),
        };
        let builders = raw
            .builders
            .into_iter()
            .map(|one| Ok(NamedBuilder { id: wildcards(&one.id)?, signers: one.signed_by, level: level(one.level)? }));
        let pointer = |name: &String| if name.starts_with('/') { name.clone() } else { expected::pointer_of(name) };
        let expected = Expected {
            source: raw.source.as_deref().map(expected::repository_pattern).transpose()?,
            reference: reference(raw.branch, raw.tag, raw.versioned_tag)?,
            commit: raw.commit.map(commit).transpose()?,
            workflow: raw.workflow.as_deref().map(wildcards).transpose()?,
            builder: raw.builder.as_deref().map(wildcards).transpose()?,
            build_type: raw.build_type.as_deref().map(wildcards).transpose()?,
            min_level: raw.min_level.map(level).transpose()?,
            inputs: raw.inputs.iter().map(|(name, value)| (pointer(name), value.clone())).collect(),
            allowed_inputs: raw.allow_inputs.iter().map(pointer).collect(),
        };
        let builders = builders.collect::<Result<Vec<_>, String>>()?;
        Ok(Self { signed_by: raw.signed_by, builders, expected, about: raw.about, asks, signers: Signers::nobody() })
    }
}

impl Raw {
    fn asks(&self) -> String {
        let parts = [
            ("from", &self.source),
            ("branch", &self.branch),
            ("tag", &self.tag),
            ("version", &self.versioned_tag),
            ("commit", &self.commit),
            ("workflow", &self.workflow),
            ("by", &self.builder),
            ("of type", &self.build_type),
            ("at SLSA build level", &self.min_level.map(|level| level.to_string())),
        ];
        let mut asks = "the image is built".to_owned();
        for (what, value) in parts {
            if let Some(value) = value {
                asks.push_str(&format!(" {what} `{value}`"));
            }
        }
        if let Some(signers) = &self.signed_by {
            asks.push_str(&format!(", as {signers} says"));
        }
        asks
    }
}

fn reference(
    branch: Option<String>,
    tag: Option<String>,
    versioned: Option<String>,
) -> Result<Option<Reference>, String> {
    let named = |what: &str, own: &str, other: &str, text: String| {
        if text.starts_with(other) {
            return Err(format!("`{text}` is not a {what}"));
        }
        wildcards(text.strip_prefix(own).unwrap_or(&text))
    };
    match (branch, tag, versioned) {
        (None, None, None) => Ok(None),
        (Some(branch), None, None) => {
            named("branch", "refs/heads/", "refs/tags/", branch).map(Reference::Branch).map(Some)
        }
        (None, Some(tag), None) => named("tag", "refs/tags/", "refs/heads/", tag).map(Reference::Tag).map(Some),
        (None, None, Some(version)) => Reference::versioned(&version).map(Some),
        _ => Err("`branch`, `tag` and `versioned-tag` exclude each other: write one".to_owned()),
    }
}

fn commit(text: String) -> Result<String, String> {
    let commit = text.to_ascii_lowercase();
    let is_whole = matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_whole { Ok(commit) } else { Err(format!("`{text}` is no whole commit: write all 40 digits")) }
}

impl Provenance {
    fn wanted(&self) -> Signers {
        if let Some(signers) = &self.signed_by {
            return signers.clone();
        }
        // Every repository of a platform has builders that are known: they do only where the source is asked for.
        let known = self.expected.source.as_ref().map(|_| Signers::known("a known builder", builder::unknown_builder));
        let named = self.builders.iter().map(|builder| builder.signers.clone());
        known.into_iter().chain(named).reduce(|all, one| all.or(&one)).unwrap_or_else(Signers::nobody)
    }

    /// What one attestation, which holds and is wanted, comes to; and what it says where that is as expected.
    fn weigh(&self, verification: &Verification) -> Result<String, Weight> {
        let (Some(signer), Some(statement)) = (&verification.signer, &verification.statement) else {
            return Err(Weight::Out("it states nothing".to_owned()));
        };
        let out = |reason: String| Weight::Out(reason);
        let provenance = Predicate::read(&statement.predicate_type, &statement.predicate)
            .map_err(|error| Weight::Out(error.to_string()))?;
        let built = builder::builder(signer, &provenance, &self.builders).map_err(out)?;
        let origin = Origin::of(signer, &provenance).map_err(out)?;
        let differences = self.expected.compare(&built, &origin, &provenance);
        if !differences.broken.is_empty() {
            return Err(Weight::Out(differences.broken.join("; ")));
        }
        if !differences.open.is_empty() {
            return Err(Weight::Open(differences.open.join("; ")));
        }
        let source = match (origin.repositories.as_slice(), &origin.reference) {
            ([], _) => String::new(),
            (repositories, None) => format!(" from `{}`", repositories.join("`, `")),
            (repositories, Some(reference)) => format!(" from `{}` at `{reference}`", repositories.join("`, `")),
        };
        Ok(format!("built by `{}`{source}, SLSA build level {} at most", built.id, built.level))
    }
}

impl Judge for Provenance {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        if let Some(signers) = &mut self.signed_by {
            signers.prepare("signed-by/", scope);
        }
        for (at, builder) in self.builders.iter_mut().enumerate() {
            builder.signers.prepare(&format!("builders/{at}/signed-by/"), scope);
        }
        self.signers = self.wanted();
    }

    fn asks(&self) -> String {
        self.asks.clone()
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let mut weighed = match weigh(case, self.about, &self.signers, may_be_provenance) {
            Ok(weighed) => weighed,
            Err(reason) => {
                answer.unknown(format!("attestations are not known: {reason}"));
                return;
            }
        };
        let mut said = Vec::new();
        for one in weighed.iter_mut().filter(|one| matches!(one.weight, Weight::Counts(_))) {
            match self.weigh(one.verification) {
                Ok(what) => said.push((what, one.verification.source.clone())),
                Err(weight) => one.weight = weight,
            }
        }
        if tell(&self.signers, "SLSA provenance", &weighed, answer) == Sum::Enough {
            for (what, source) in said {
                answer.pass(what).evidence = Some(source);
            }
        }
    }
}

/// It is provenance, or something that could not be opened and may be.
fn may_be_provenance(verification: &Verification) -> bool {
    may_be(verification, Predicate::is_type)
}

/// It states something of the type, or cannot be opened and is of a format that can state something.
pub(crate) fn may_be(verification: &Verification, is_type: impl Fn(&str) -> bool) -> bool {
    use boltseal_evidence::{SignatureFormat, Standing};
    match &verification.statement {
        Some(statement) => is_type(&statement.predicate_type),
        None => {
            let can_state =
                matches!(verification.format, SignatureFormat::SigstoreBundle | SignatureFormat::CosignLegacy);
            can_state && verification.standing == Standing::Unknown
        }
    }
}
