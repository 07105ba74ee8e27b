//! Where the image comes from: registry and repository.
//!
//! ```yaml
//! source:
//!   allow: [ghcr.io/example/**, "docker.io/library/*"]
//!   deny: [ghcr.io/example/sandbox/**]
//!   pinned: true                    # the reference names a digest
//! ```
//!
//! A host is compared as a whole, with its port: `ghcr.io.evil.example` is not `ghcr.io`. Docker Hub has one name,
//! `docker.io`, and its official images are in `library`. What is denied is denied, also where it is allowed. An archive
//! or a folder comes from no repository, so that is *unknown*; a repository's name proves nothing about who made the
//! image (that is what signatures are for).

mod pattern;

use serde::Deserialize;

pub(crate) use pattern::RepositoryPattern;
pub(crate) use pattern::{Repository, shown};

use super::{Case, Judge};
use crate::Answer;

/// The question where the image comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(crate) struct Source {
    allow: Option<Vec<RepositoryPattern>>,
    deny: Vec<RepositoryPattern>,
    pinned: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Raw {
    #[serde(default)]
    allow: Option<Vec<RepositoryPattern>>,
    #[serde(default)]
    deny: Vec<RepositoryPattern>,
    #[serde(default)]
    pinned: bool,
}

schema_as!(Source, Raw);

impl TryFrom<Raw> for Source {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        match &raw {
            Raw { allow: Some(allow), .. } if allow.is_empty() => {
                Err("`allow` is empty: no repository would ever do".to_owned())
            }
            Raw { allow: None, deny, pinned: false } if deny.is_empty() => {
                Err("nothing is asked: write `allow`, `deny` or `pinned: true`".to_owned())
            }
            _ => Ok(Self { allow: raw.allow, deny: raw.deny, pinned: raw.pinned }),
        }
    }
}

impl Judge for Source {
    fn asks(&self) -> String {
        let list = |patterns: &[RepositoryPattern]| {
            patterns.iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(", ")
        };
        let mut parts = Vec::new();
        if let Some(allow) = &self.allow {
            parts.push(format!("comes from {}", list(allow)));
        }
        if !self.deny.is_empty() {
            parts.push(format!("does not come from {}", list(&self.deny)));
        }
        if self.pinned {
            parts.push("is named by its digest".to_owned());
        }
        format!("the image {}", parts.join(" and "))
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let subject = &case.evidence.subject;
        let Some(written) = &subject.repository else {
            answer.unknown("the image comes from an archive or a folder, not from a repository");
            answer.advise("judge the image where it is kept, by registry, repository and digest");
            return;
        };
        let repository = match Repository::read(written) {
            Ok(repository) => repository,
            Err(reason) => {
                answer.fail(format!("`{}` is no repository: {reason}", shown(written)));
                return;
            }
        };
        if let Some(pattern) = self.deny.iter().find(|pattern| pattern.matches(&repository)) {
            answer.fail(format!("`{repository}` is denied by `{pattern}`")).about = Some(repository.to_string());
        }
        match &self.allow {
            None => {
                answer.pass(format!("it comes from `{repository}`"));
            }
            Some(allow) => match allow.iter().find(|pattern| pattern.matches(&repository)) {
                Some(pattern) => {
                    answer.pass(format!("`{repository}` is allowed by `{pattern}`"));
                }
                None => {
                    answer.fail(format!("`{repository}` is allowed by no pattern")).about =
                        Some(repository.to_string());
                    answer.advise("take the image from an allowed repository, or allow this one in the policy");
                }
            },
        }
        if self.pinned {
            self.judge_pin(case, answer);
        }
    }
}

impl Source {
    #[expect(clippy::unused_self, reason = "a part of the question above")]
    fn judge_pin(&self, case: &Case<'_>, answer: &mut Answer) {
        let subject = &case.evidence.subject;
        match &subject.tag {
            None => {
                answer.pass(format!("the reference names the digest `{}`", subject.digest));
            }
            Some(tag) => {
                answer.fail(format!("the reference names the tag `{}`, which can move", shown(tag)));
                answer.advise(format!("write `@{}` instead of the tag", subject.digest));
            }
        }
    }
}
