//! Whether an attested SBOM lists what was found in the image.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::ask::Case;
use crate::ask::signature::Weight;
use crate::ask::source::shown;

/// The most components of an SBOM that are looked at.
const MOST_COMPONENTS: usize = 200_000;

/// How an SBOM and what was found have to agree. Packages are compared by type, namespace, name and version of their
/// package URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) enum Matching {
    /// It lists every package that was found, and perhaps more.
    Contains,
    /// It lists the same packages.
    Equals,
}

impl std::fmt::Display for Matching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Contains => "contains",
            Self::Equals => "equals",
        })
    }
}

impl Matching {
    /// What agreement comes to.
    pub(super) fn weigh(self, predicate: &Value, case: &Case<'_>) -> Result<String, Weight> {
        let report =
            case.report().map_err(|reason| Weight::Open(format!("what is in the image is not known: {reason}")))?;
        let attested = attested(predicate)?;
        let found: BTreeSet<String> =
            report.inventory.packages.iter().filter_map(|package| plain(&package.purl())).collect();
        let absent: Vec<&String> = found.difference(&attested).collect();
        if let [first, ..] = absent.as_slice() {
            return Err(Weight::Out(format!(
                "it does not list {} of {} packages that were found, `{}` among them",
                absent.len(),
                found.len(),
                shown(first)
            )));
        }
        let added: Vec<&String> = attested.difference(&found).collect();
        if let (Self::Equals, [first, ..]) = (self, added.as_slice()) {
            return Err(Weight::Out(format!(
                "it lists {} packages that were not found, `{}` among them",
                added.len(),
                shown(first)
            )));
        }
        // A report that could not look at everything does not show that the SBOM lists it.
        if let Some(gap) = report.inventory.not_assessed.iter().find(|gap| leaves_out_packages(gap.reason)) {
            return Err(Weight::Open(format!("the image was not looked at as a whole: {}: {}", gap.what, gap.detail)));
        }
        Ok(format!("it lists all {} packages that were found", found.len()))
    }
}

fn leaves_out_packages(reason: boltseal_evidence::NotAssessedReason) -> bool {
    use boltseal_evidence::NotAssessedReason as Reason;
    matches!(reason, Reason::Unreadable | Reason::Limit | Reason::Unpinned)
}

/// The package URLs of CycloneDX components, nested ones too, or of SPDX packages.
fn attested(predicate: &Value) -> Result<BTreeSet<String>, Weight> {
    let mut purls = BTreeSet::new();
    let mut left = MOST_COMPONENTS;
    if let Some(components) = predicate.get("components").and_then(Value::as_array) {
        let mut waiting: Vec<&Value> = components.iter().collect();
        while let Some(component) = waiting.pop() {
            left = left.checked_sub(1).ok_or_else(too_many)?;
            purls.extend(component.get("purl").and_then(Value::as_str).and_then(plain));
            waiting.extend(component.get("components").and_then(Value::as_array).into_iter().flatten());
        }
        return Ok(purls);
    }
    if let Some(packages) = predicate.get("packages").and_then(Value::as_array) {
        for package in packages {
            let references = package.get("externalRefs").and_then(Value::as_array);
            for reference in references.into_iter().flatten() {
                left = left.checked_sub(1).ok_or_else(too_many)?;
                if reference.get("referenceType").and_then(Value::as_str) == Some("purl") {
                    purls.extend(reference.get("referenceLocator").and_then(Value::as_str).and_then(plain));
                }
            }
        }
        return Ok(purls);
    }
    Err(Weight::Open("it is neither CycloneDX nor SPDX in JSON, as far as can be read".to_owned()))
}

fn too_many() -> Weight {
    Weight::Out(format!("it lists more than {MOST_COMPONENTS} components"))
}

/// A package URL without qualifiers and path, in one spelling: decoded, the scheme and type in lower case. An image
/// itself (`pkg:oci`, `pkg:docker`) is no package of it.
fn plain(purl: &str) -> Option<String> {
    let purl = purl.split_once('#').map_or(purl, |(purl, _)| purl);
    let purl = purl.split_once('?').map_or(purl, |(purl, _)| purl);
    let rest = purl.strip_prefix("pkg:")?.trim_start_matches('/');
    let (kind, rest) = rest.split_once('/')?;
    let kind = kind.to_ascii_lowercase();
    if matches!(kind.as_str(), "oci" | "docker") {
        return None;
    }
    Some(format!("pkg:{kind}/{}", decoded(rest)))
}

/// Percent-decoded where that is possible; a broken escape stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
