//! What a rule is: its text for people, its examples, and the function that judges.

use boltseal_evidence::{RuleInfo, Severity};

use crate::compose::Compose;
use crate::dockerfile::Dockerfile;
use crate::finding::{Found, SetFound};
use crate::host::Host;
use crate::image::Image;
use crate::kubernetes::{Object, Workload};
use crate::set::Set;

/// A rule.
///
/// Rules are constants beside the function that judges; [`crate::rules`] lists them all. The page of a rule under
/// `docs/rules/` is generated from it.
pub struct Rule {
    /// `BS-`, a letter for what it is about (`D` Dockerfile, `K` Kubernetes, `P` Pod Security Standards, `C` Compose,
    /// `I` image, `H` host and cluster configuration) and three digits. Never used again for another mistake.
    pub id: &'static str,
    /// The mistake in a few words, lower-case but for names: `base image by a tag that moves`.
    pub title: &'static str,
    /// How bad it usually is.
    pub severity: Severity,
    /// The same rule in other tools, so that their ignore comments keep working: `DL3007`, `DS-0001`, `CKV_DOCKER_7`,
    /// `KSV-0017`, `C-0057`.
    pub aliases: &'static [&'static str],
    /// Why it matters: one to three sentences for someone who has never heard of it.
    pub why: &'static str,
    /// How to fix it: one to three sentences.
    pub advice: &'static str,
    /// Addresses of the authoritative pages; the first is the best.
    pub references: &'static [&'static str],
    /// Files that have the mistake; at least one. What a file is called, and more files beside it, are said by lines
    /// `=== path`; without one it is called as [`Check::example_path`] says.
    pub bad: &'static [&'static str],
    /// The same, put right; at least one.
    pub good: &'static [&'static str],
    /// The function that judges.
    pub check: Check,
}

/// The function of a rule, by what it judges.
#[derive(Clone, Copy)]
pub enum Check {
    /// A Dockerfile.
    Dockerfile(fn(&Dockerfile<'_>, &mut Found<'_>)),
    /// Anything that makes pods.
    Workload(fn(&Workload<'_>, &mut Found<'_>)),
    /// Anything that makes pods, by the control of the Pod Security Standards that has the rule: see
    /// [`crate::kubernetes::pod_security`].
    PodSecurity,
    /// A Kubernetes object of one of these kinds, whatever its API version.
    Object(&'static [&'static str], fn(&Object<'_>, &mut Found<'_>)),
    /// A Compose file.
    Compose(fn(&Compose<'_>, &mut Found<'_>)),
    /// The configuration of an image and what stands out in its files.
    Image(fn(&Image<'_>, &mut Found<'_>)),
    /// A configuration file of a host or cluster component.
    Host(fn(&Host<'_>, &mut Found<'_>)),
    /// All files together.
    Set(fn(&Set<'_>, &mut SetFound<'_>)),
}

impl Check {
    /// The sort of thing that it judges, as counted in [`boltseal_evidence::CheckedFile::subjects`]. A rule on objects
    /// has several: any of them.
    pub fn subjects(&self) -> Vec<String> {
        match self {
            Self::Dockerfile(_) => vec!["dockerfile".to_owned()],
            Self::Workload(_) | Self::PodSecurity => vec!["workload".to_owned()],
            Self::Object(kinds, _) => kinds.iter().map(|kind| kind.to_ascii_lowercase()).collect(),
            Self::Compose(_) => vec!["compose".to_owned()],
            Self::Image(_) => vec!["image".to_owned()],
            Self::Host(_) => vec!["host".to_owned()],
            Self::Set(_) => vec!["set".to_owned()],
        }
    }

    /// What the file of an example is called unless it says otherwise.
    pub fn example_path(&self) -> &'static str {
        match self {
            Self::Dockerfile(_) => "Dockerfile",
            Self::Workload(_) | Self::PodSecurity | Self::Object(..) | Self::Set(_) => "manifest.yaml",
            Self::Compose(_) => "compose.yaml",
            Self::Image(_) => "image.json",
            Self::Host(_) => "daemon.json",
        }
    }
}

impl Rule {
    /// Its text as it stands in reports.
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            severity: self.severity,
            aliases: self.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            why: self.why.to_owned(),
            advice: self.advice.to_owned(),
            references: self.references.iter().map(|reference| (*reference).to_owned()).collect(),
        }
    }

    /// The rule is meant by `name`: its id or one of its aliases, in any case; Trivy's ids are known with and without
    /// `AVD-`, and in the form without the dash (`DS001`, `KSV017`) that older versions used.
    pub fn is_called(&self, name: &str) -> bool {
        let name = name.trim();
        if self.id.eq_ignore_ascii_case(name) {
            return true;
        }
        let wanted = normalised(name);
        self.aliases.iter().any(|alias| normalised(alias) == wanted)
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).finish_non_exhaustive()
    }
}

/// `AVD-KSV-0017`, `KSV-0017`, `KSV0017` and `KSV017` are one rule.
fn normalised(name: &str) -> String {
    let upper = name.trim().to_ascii_uppercase();
    let name = upper.strip_prefix("AVD-").unwrap_or(&upper);
    for prefix in ["DS", "KSV", "KCV"] {
        if let Some(rest) = name.strip_prefix(prefix) {
            let digits = rest.strip_prefix('-').unwrap_or(rest);
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return format!("{prefix}-{}", digits.trim_start_matches('0'));
            }
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn trivy_ids_of_all_times_are_one() {
        for name in ["AVD-KSV-0017", "KSV-0017", "ksv017", "KSV0017"] {
            assert_eq!(normalised(name), "KSV-17", "{name}");
        }
        assert_eq!(normalised("DL3007"), "DL3007");
        assert_eq!(normalised("DSL"), "DSL");
    }
}
