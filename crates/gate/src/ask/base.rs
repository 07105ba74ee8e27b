//! Which image this one is built on.
//!
//! ```yaml
//! base-image:
//!   allow: ["docker.io/library/debian:13*", "cgr.dev/example/**"]
//!   deny: ["docker.io/library/debian:11"]
//!   scratch: true                   # no base at all will do
//!   max-age: 90d                    # of the base
//!   newer-exists: deny              # or warn: a newer base of the same name is known
//!   provenance-by: {any-of: [{key: builder}]}    # whose provenance is believed about the base
//!   believe-annotation: true        # what the image says of itself is enough
//! ```
//!
//! Bases are told in three ways, the surest first:
//!
//! 1. **Layers.** The image begins with the layers of a base that is known; the digests are our own. The longest match is
//!    the base; what that one is built on counts for `deny`.
//! 2. **Provenance** by whoever is named under `provenance-by` lists the images that went into the build. Which of them is
//!    the base it does not say, so all have to be allowed.
//! 3. **Annotations** (`org.opencontainers.image.base.name`, of the manifest or as a label) are a claim of whoever built
//!    the image. A claim of an allowed base is *unknown* unless `believe-annotation` is set; a claim of one that is not is
//!    *failed*, since nobody lies to their own harm. One that its layers refute is *failed*, too.
//!
//! Known bases are the policy's `bases` and those in the evidence: a list, in YAML or JSON, of
//!
//! ```yaml
//! - name: docker.io/library/debian:13
//!   digest: sha256:…                # of the manifest; optional
//!   diff-ids: [sha256:…]            # of the uncompressed layers, base first
//!   created: 2026-11-01T00:00:00Z   # optional; needed for max-age and newer-exists
//! ```

mod find;
mod name;

use boltseal_evidence::Digest;
use serde::Deserialize;

use find::{Claim, Ingredient, Layered, built_from, claimed, known, layered};
use name::{BaseName, BasePattern};

use super::age::{Elapsed, elapsed, told};
use super::signature::Signers;
use super::source::shown;
use super::{Case, Judge};
use crate::policy::{Age, Scope, seconds};
use crate::{Answer, KnownBase};

/// What a newer base of the same name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum NewerExists {
    /// It is told.
    Warn,
    /// The rule is broken.
    Deny,
}

/// The question which base the image is built on.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(crate) struct BaseImage(Raw);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Raw {
    allow: Option<Vec<BasePattern>>,
    deny: Vec<BasePattern>,
    scratch: bool,
    max_age: Option<Age>,
    newer_exists: Option<NewerExists>,
    provenance_by: Option<Signers>,
    believe_annotation: bool,
}

schema_as!(BaseImage, Raw);

impl TryFrom<Raw> for BaseImage {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        let asks = raw.allow.is_some()
            || !raw.deny.is_empty()
            || raw.scratch
            || raw.max_age.is_some()
            || raw.newer_exists.is_some();
        if !asks {
            return Err("nothing is asked: write `allow`, `deny`, `max-age` or `newer-exists`".to_owned());
        }
        if raw.allow.as_ref().is_some_and(Vec::is_empty) && !raw.scratch {
            return Err("`allow` is empty: no base would ever do".to_owned());
        }
        Ok(Self(raw))
    }
}

impl Judge for BaseImage {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        if let Some(signers) = &mut self.0.provenance_by {
            signers.prepare("provenance-by/", scope);
        }
    }

    fn asks(&self) -> String {
        let list = |patterns: &[BasePattern]| {
            patterns.iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(", ")
        };
        let mut parts = Vec::new();
        match (&self.0.allow, self.0.scratch) {
            (Some(allow), true) if allow.is_empty() => parts.push("is `scratch`".to_owned()),
            (Some(allow), true) => parts.push(format!("is {} or `scratch`", list(allow))),
            (Some(allow), false) => parts.push(format!("is {}", list(allow))),
            (None, _) => {}
        }
        if !self.0.deny.is_empty() {
            parts.push(format!("is not {}", list(&self.0.deny)));
        }
        if let Some(most) = self.0.max_age {
            parts.push(format!("is at most {most} old"));
        }
        if self.0.newer_exists.is_some() {
            parts.push("is the newest that is known".to_owned());
        }
        format!("the base of the image {}", if parts.is_empty() { "is known".to_owned() } else { parts.join(" and ") })
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let bases = known(case);
        let facts = case.evidence.image.as_result();
        let all = bases.as_deref().unwrap_or_default();
        let claim = claimed(case);
        if let Ok(facts) = facts {
            if facts.diff_ids.is_empty() {
                match case.report() {
                    Ok(report) if report.inventory.layers.is_empty() && bases.is_ok() => {
                        self.judge_name(&BaseName::Scratch, "it has no layers", answer);
                        return;
                    }
                    Ok(_) => {}
                    // Layers that nobody read are not layers that are not there.
                    Err(reason) => {
                        answer.unknown(format!("what the image is made of is not known: {reason}"));
                    }
                }
            }
            let layers = layered(all, &facts.diff_ids);
            self.refute(claim.as_ref(), all, &facts.diff_ids, answer);
            if !layers.longest.is_empty() {
                self.judge_layers(&layers, all, case, answer);
                return;
            }
        }
        if let Some(signers) = &self.0.provenance_by {
            match built_from(signers, case) {
                Ok(images) if !images.is_empty() => {
                    self.judge_provenance(&images, all, case, answer);
                    return;
                }
                Ok(_) => {}
                Err(reason) => {
                    answer.unknown(format!("provenance does not tell the base: {reason}"));
                }
            }
        }
        if let Some(claim) = &claim {
            self.judge_claim(claim, all, case, answer);
            return;
        }
        match (facts, bases) {
            (Err(reason), _) => answer.unknown(format!("what the image is made of is not known: {reason}")),
            (_, Err(reason)) => answer.unknown(reason),
            _ => answer.unknown("its layers begin with those of no base that is known"),
        };
        answer.advise("add its base to the list of `bases`: name, digest, diff ids and time");
    }
}

impl BaseImage {
    /// A claim in the manifest that our own digests refute.
    #[expect(clippy::unused_self, reason = "a part of the question")]
    fn refute(&self, claim: Option<&Claim>, all: &[&KnownBase], diff_ids: &[Digest], answer: &mut Answer) {
        let Some(Claim { digest: Some(digest), in_manifest: true, .. }) = claim else { return };
        let claimed = all.iter().find(|base| base.digest.as_ref() == Some(digest));
        if let Some(base) = claimed.filter(|base| !diff_ids.starts_with(&base.diff_ids)) {
            answer.fail(format!("it claims to be built on `{}`, and its layers are others", shown(&base.name)));
        }
    }

    fn judge_layers(&self, layers: &Layered<'_>, all: &[&KnownBase], case: &Case<'_>, answer: &mut Answer) {
        let names: Vec<Result<BaseName, String>> = layers.longest.iter().map(|base| read(base)).collect();
        for below in &layers.below {
            match read(below) {
                Ok(name) => {
                    self.judge_denied(&name, "its base is built on it", answer);
                }
                Err(reason) => self.unreadable(&reason, answer),
            }
        }
        // One image may have several names; that one of them is denied is enough, that one is allowed as well.
        let denied: Vec<bool> =
            names.iter().flatten().map(|name| self.judge_denied(name, "its layers begin with it", answer)).collect();
        let allowed = names.iter().flatten().find(|name| self.allowed(name));
        match (allowed, names.iter().flatten().next(), names.first()) {
            (Some(name), _, _) if !denied.contains(&true) => {
                answer.pass(format!("its layers begin with those of `{name}`")).about = Some(name.to_string());
            }
            (Some(_), _, _) => {}
            (None, Some(name), _) => self.judge_name(name, "its layers begin with it", answer),
            (None, None, Some(Err(reason))) => self.unreadable(reason, answer),
            (None, None, _) => {}
        }
        self.judge_times(&layers.longest, all, case, answer);
    }

    fn judge_provenance(&self, images: &[Ingredient], all: &[&KnownBase], case: &Case<'_>, answer: &mut Answer) {
        let mut others = Vec::new();
        for (image, _) in images {
            match image {
                Ok(name) if self.judge_denied(name, "it went into the build, as provenance says", answer) => {}
                Ok(name) if self.allowed(name) => {
                    answer.pass(format!("`{name}` went into the build, as provenance says")).about =
                        Some(name.to_string());
                }
                Ok(name) => others.push(name),
                Err(reason) => self.unreadable(reason, answer),
            }
        }
        match others.as_slice() {
            [] => {}
            // Nothing that went in is allowed, so the base is not.
            [first, ..] if others.len() == images.len() => {
                self.judge_name(first, "it went into the build, as provenance says", answer);
            }
            [first, ..] => {
                answer.unknown(format!("whether `{first}` is the base or was only used to build cannot be told"));
            }
        }
        let digests: Vec<&Digest> = images.iter().filter_map(|(_, digest)| digest.as_ref()).collect();
        let known: Vec<&KnownBase> =
            all.iter().copied().filter(|base| base.digest.as_ref().is_some_and(|own| digests.contains(&own))).collect();
        self.judge_times(&known, all, case, answer);
    }

    fn judge_claim(&self, claim: &Claim, all: &[&KnownBase], case: &Case<'_>, answer: &mut Answer) {
        let name = match &claim.name {
            Ok(name) => name,
            Err(reason) => return self.unreadable(reason, answer),
        };
        if self.judge_denied(name, "it says so itself", answer) {
            return;
        }
        if !self.allowed(name) {
            self.judge_name(name, "it says so itself", answer);
        } else if self.0.believe_annotation {
            answer.pass(format!("it claims to be built on `{name}`, which nothing proves")).about =
                Some(name.to_string());
        } else {
            answer.unknown(format!("it claims to be built on `{name}`, and nothing proves it")).about =
                Some(name.to_string());
            answer.advise("add this base to the list of `bases`, or set `believe-annotation`");
        }
        let digest = claim.digest.as_ref();
        let known: Vec<&KnownBase> =
            all.iter().copied().filter(|base| digest.is_some() && base.digest.as_ref() == digest).collect();
        self.judge_times(&known, all, case, answer);
    }

    fn allowed(&self, name: &BaseName) -> bool {
        match (&self.0.allow, name) {
            (_, BaseName::Scratch) => self.0.scratch || self.0.allow.is_none(),
            (None, _) => true,
            (Some(allow), _) => allow.iter().any(|pattern| pattern.matches(name)),
        }
    }

    /// Says that a base is denied, where it is.
    fn judge_denied(&self, name: &BaseName, how: &str, answer: &mut Answer) -> bool {
        let denied = self.0.deny.iter().find(|pattern| pattern.matches(name));
        if let Some(pattern) = denied {
            answer.fail(format!("`{name}` is denied by `{pattern}`: {how}")).about = Some(name.to_string());
        }
        denied.is_some()
    }

    fn judge_name(&self, name: &BaseName, how: &str, answer: &mut Answer) {
        if self.allowed(name) {
            answer.pass(format!("its base is `{name}`: {how}")).about = Some(name.to_string());
        } else {
            answer.fail(format!("`{name}` is allowed by no pattern: {how}")).about = Some(name.to_string());
            answer.advise("build on an allowed base, or allow this one in the policy");
        }
    }

    fn unreadable(&self, reason: &str, answer: &mut Answer) {
        let message = format!("its base has a name that cannot be read: {reason}");
        match &self.0.allow {
            Some(_) => answer.fail(message),
            None => answer.unknown(message),
        };
    }

    /// How old the base is, and whether a newer one is known. `of`: the base, under each of its names.
    fn judge_times(&self, of: &[&KnownBase], all: &[&KnownBase], case: &Case<'_>, answer: &mut Answer) {
        if self.0.max_age.is_none() && self.0.newer_exists.is_none() {
            return;
        }
        // A name that is listed with several times is as old as the oldest says.
        let oldest = of
            .iter()
            .filter_map(|base| Some((seconds(base.created.as_deref()?)?, *base)))
            .min_by_key(|(then, _)| *then);
        let Some((then, base)) = oldest else {
            answer.unknown("when its base was made is not known");
            answer.advise("add `created` to this base in the list of `bases`");
            return;
        };
        let name = shown(&base.name);
        if let Some(most) = self.0.max_age {
            match elapsed(then, case.now) {
                Elapsed::Future => answer.fail(format!("its base `{name}` is from a time that has not come")),
                Elapsed::Seconds(age) if age > most.seconds() => {
                    answer.fail(format!("its base `{name}` is {} old, at most {most} are allowed", told(age)))
                }
                Elapsed::Seconds(age) => answer.pass(format!("its base `{name}` is {} old", told(age))),
            };
        }
        let Some(means) = self.0.newer_exists else { return };
        let same_name = |other: &KnownBase| of.iter().any(|base| read(base).is_ok() && read(base) == read(other));
        let others: Vec<&KnownBase> =
            all.iter().copied().filter(|other| same_name(other) && other.diff_ids != base.diff_ids).collect();
        if others.iter().any(|other| other.created.as_deref().and_then(seconds).is_none()) {
            answer.unknown(format!("when another `{name}` was made is not known"));
        }
        let newer = others
            .iter()
            .filter_map(|other| Some((seconds(other.created.as_deref()?)?, other)))
            .filter(|(created, _)| *created > then)
            .max_by_key(|(created, _)| *created);
        match (newer, means) {
            (None, _) => answer.pass(format!("no newer `{name}` is known")),
            (Some((created, _)), NewerExists::Warn) => {
                answer.pass(format!("a newer `{name}` is known, from {} later", told(created - then)))
            }
            (Some((created, _)), NewerExists::Deny) => {
                answer.advise("build the image again on the newer base");
                answer.fail(format!("a newer `{name}` is known, from {} later", told(created - then)))
            }
        };
    }
}

fn read(base: &KnownBase) -> Result<BaseName, String> {
    BaseName::read(&base.name).map(|(name, _)| name).map_err(|reason| format!("`{}`: {reason}", shown(&base.name)))
}
