//! Levels and versions of the standards, and how they are written on command lines and namespaces.

use std::fmt;
use std::str::FromStr;

use super::CONTROLS;
use super::control::{Control, Revision};
use crate::kubernetes::Object;

/// The newest minor version of Kubernetes 1 that changed the standards, as far as is known here.
pub const NEWEST: u32 = 37;

/// How strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Anything goes.
    Privileged,
    /// No known way to more privileges.
    Baseline,
    /// Today's practice of hardening pods.
    Restricted,
}

impl Level {
    /// As Kubernetes writes it: `baseline`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Privileged, Self::Baseline, Self::Restricted].into_iter().find(|level| level.name() == text)
    }
}

/// What pods are held to.
///
/// ```
/// use boltseal_posture::kubernetes::pod_security::{Level, Policy};
///
/// assert_eq!("baseline@v1.29".parse(), Ok(Policy { level: Level::Baseline, minor: Some(29) }));
/// assert_eq!("restricted".parse(), Ok(Policy { level: Level::Restricted, minor: None }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policy {
    /// How strict.
    pub level: Level,
    /// The minor version of Kubernetes 1 whose rules count; `None` for the latest known. A later one than [`NEWEST`]
    /// is judged as that, as the admission controller does it.
    pub minor: Option<u32>,
}

/// A text that names no policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    given: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no policy of the Pod Security Standards: write `privileged`, `baseline` or `restricted`, with \
             `@v1.29` or `@latest` after it for a version",
            self.given
        )
    }
}

impl std::error::Error for PolicyError {}

impl FromStr for Policy {
    type Err = PolicyError;

    /// `restricted`, `restricted@latest`, `baseline@v1.29`; `baseline@1.29` and Kubernetes' own `baseline:v1.29` too.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PolicyError { given: text.to_owned() };
        let (level, version) = text.split_once(['@', ':']).unwrap_or((text, "latest"));
        let level = Level::parse(level).ok_or_else(error)?;
        let minor = match version {
            "latest" => None,
            _ => Some(minor_of(version.strip_prefix('v').unwrap_or(version)).ok_or_else(error)?),
        };
        Ok(Self { level, minor })
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor {
            Some(minor) => write!(f, "{}@v1.{minor}", self.level.name()),
            None => write!(f, "{}@latest", self.level.name()),
        }
    }
}

impl Policy {
    /// The controls that count, each as it was in the version; those of the baseline that a stricter one takes the
    /// place of are left out.
    pub fn controls(&self) -> Vec<(&'static Control, &'static Revision)> {
        let minor = self.minor.unwrap_or(NEWEST).min(NEWEST);
        let mut controls: Vec<_> = CONTROLS
            .iter()
            .filter(|control| control.level <= self.level)
            .filter_map(|control| Some((control, control.revision(minor)?)))
            .collect();
        let replaced: Vec<&str> = controls.iter().flat_map(|(_, revision)| revision.overrides).copied().collect();
        controls.retain(|(control, _)| !replaced.contains(&control.id));
        controls
    }
}

/// `1.29` is 29.
fn minor_of(version: &str) -> Option<u32> {
    let digits = version.strip_prefix("1.")?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if plain { digits.parse().ok() } else { None }
}

/// What a Namespace holds its pods to: the labels `pod-security.kubernetes.io/enforce` and `…/enforce-version`.
///
/// `None` of anything but a Namespace, and of one without the first label: the cluster's configuration decides there.
/// As in the API server, a level that does not exist is read as `restricted`, a version as `latest`.
pub fn policy_of_namespace(object: &Object<'_>) -> Option<Policy> {
    if object.kind != "Namespace" || !object.group().is_empty() {
        return None;
    }
    let labels = object.node.at(&["metadata", "labels"])?;
    let level = labels.get("pod-security.kubernetes.io/enforce")?.as_str().and_then(Level::parse);
    let minor = labels.text("pod-security.kubernetes.io/enforce-version").and_then(|version| version.strip_prefix('v'));
    Some(Policy { level: level.unwrap_or(Level::Restricted), minor: minor.and_then(minor_of) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::yaml::{Limits, parse};

    #[test]
    fn policies_are_read_as_they_are_written() {
        for (text, level, minor) in [
            ("privileged", Level::Privileged, None),
            ("baseline@latest", Level::Baseline, None),
            ("baseline@v1.0", Level::Baseline, Some(0)),
            ("restricted@1.29", Level::Restricted, Some(29)),
            ("restricted:v1.120", Level::Restricted, Some(120)),
        ] {
            assert_eq!(text.parse(), Ok(Policy { level, minor }), "{text}");
        }
        for text in ["", "Baseline", "latest", "baseline@", "baseline@v2.1", "baseline@v1.01", "baseline@v1.+1"] {
            assert!(text.parse::<Policy>().is_err(), "{text}");
        }
        let error = "strict".parse::<Policy>().unwrap_err().to_string();
        assert!(error.starts_with("`strict` is no policy"), "{error}");
        assert_eq!("restricted@1.29".parse::<Policy>().unwrap().to_string(), "restricted@v1.29");
    }

    #[test]
    fn the_newest_version_is_the_last_that_changed_anything() {
        let newest = CONTROLS.iter().flat_map(|control| control.revisions).map(|revision| revision.since).max();
        assert_eq!(newest, Some(NEWEST));
        let ids = |text: &str| -> Vec<&str> {
            let policy: Policy = text.parse().unwrap();
            policy.controls().iter().map(|(control, _)| control.id).collect()
        };
        assert!(ids("privileged").is_empty());
        assert_eq!(ids("restricted@v1.500"), ids("restricted"));
        assert!(ids("restricted@v1.21").contains(&"capabilities_baseline"));
        assert!(!ids("restricted@v1.22").contains(&"capabilities_baseline"));
    }

    #[test]
    fn revisions_stand_in_order_and_replace_only_controls_of_the_baseline() {
        for control in CONTROLS {
            assert!(control.revisions.windows(2).all(|pair| pair[0].since < pair[1].since), "{}", control.id);
            for replaced in control.revisions.iter().flat_map(|revision| revision.overrides) {
                assert_eq!(control.level, Level::Restricted, "{}", control.id);
                let other = CONTROLS.iter().find(|other| other.id == *replaced).unwrap();
                assert_eq!(other.level, Level::Baseline, "{}", control.id);
                assert!(control.rule.is_called(replaced), "{} answers for {replaced} too", control.id);
            }
            assert_eq!(control.rule.aliases.first(), Some(&control.id), "the first alias is the id");
        }
    }

    #[test]
    fn labels_of_a_namespace_say_its_policy() {
        let policy = |labels: &str| {
            let text = format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {labels}\n");
            let parsed = parse(&Source::from_text("a.yaml", &text), Limits::default());
            policy_of_namespace(&Object::new(&parsed.documents[0]).unwrap()).map(|policy| policy.to_string())
        };
        let enforce = "pod-security.kubernetes.io/enforce";
        for (labels, expected) in [
            ("{}".to_owned(), None),
            ("{app: shop}".to_owned(), None),
            (format!("{{{enforce}: baseline}}"), Some("baseline@latest")),
            (format!("{{{enforce}: baseline, {enforce}-version: v1.29}}"), Some("baseline@v1.29")),
            (format!("{{{enforce}: privileged, {enforce}-version: latest}}"), Some("privileged@latest")),
            (format!("{{{enforce}: baseline, {enforce}-version: 1.29}}"), Some("baseline@latest")),
            (format!("{{{enforce}: strict}}"), Some("restricted@latest")),
            (format!("{{{enforce}: }}"), Some("restricted@latest")),
            (format!("{{{enforce}-version: v1.29}}"), None),
        ] {
            assert_eq!(policy(&labels).as_deref(), expected, "{labels}");
        }
    }
}
