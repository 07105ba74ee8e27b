//! What expressions may name, made when it is named and once for all rules.

use std::sync::OnceLock;

use boltseal_evidence::{DatabaseKind, Report, Verification};
use cel::Value;
use cel::common::types::CelList;
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use serde_json::{Map, Value as Json, json};

use super::record::Record;
use crate::Evidence;

/// The names.
pub(super) const NAMES: [&str; 8] =
    ["subject", "image", "findings", "packages", "misconfigurations", "signatures", "attestations", "now"];

/// The values of the names.
#[derive(Debug)]
pub(in crate::ask) struct Variables<'a> {
    evidence: &'a Evidence,
    report: Result<&'a Report, String>,
    now: i64,
    values: [OnceLock<Made<'a>>; NAMES.len()],
}

/// A value, and how much hangs on it.
#[derive(Debug, Default)]
struct Made<'a> {
    value: Option<Box<dyn Val + 'a>>,
    within: Extent,
}

/// The most that is found at one place: whoever makes an image or an attestation decides how much that is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// Items of one list or map.
    pub(super) items: u64,
    /// Bytes of one text.
    pub(super) bytes: u64,
}

impl Extent {
    pub(super) fn max(self, other: Self) -> Self {
        Self { items: self.items.max(other.items), bytes: self.bytes.max(other.bytes) }
    }

    fn of(value: &Json) -> Self {
        match value {
            Json::Array(items) => items.iter().map(Self::of).fold(Self::items(items.len()), Self::max),
            Json::Object(fields) => fields.values().map(Self::of).fold(Self::items(fields.len()), Self::max),
            Json::String(text) => Self { items: 0, bytes: text.len() as u64 },
            _ => Self::default(),
        }
    }

    fn items(count: usize) -> Self {
        Self { items: count as u64, bytes: 0 }
    }
}

impl<'a> Variables<'a> {
    pub(in crate::ask) fn new(evidence: &'a Evidence, report: Result<&'a Report, String>, now: i64) -> Self {
        Self { evidence, report, now, values: Default::default() }
    }

    /// Seconds since 1970 of the moment of judgement.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// A variable has a value, and (`strictly`) one that leaves nothing out.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn known(&self, name: &str, strictly: bool) -> Result<(), String> {
        let evidence = self.evidence;
        match name {
            "image" => evidence.image.as_result().map(|_| ()).map_err(str::to_owned),
            "findings" | "packages" => {
                let report = self.report.clone()?;
                let first = report.inventory.not_assessed.first();
                match first {
                    Some(first) if strictly => Err(format!("not assessed: {}: {}", first.what, first.detail)),
                    _ if name == "findings" && report.database.kind == DatabaseKind::Starter => {
                        Err("the database is the starter set, which says nothing of most vulnerabilities".to_owned())
                    }
                    _ => Ok(()),
                }
            }
            "misconfigurations" => {
                let check = evidence.check.as_result()?;
                match check.not_assessed.first() {
                    Some(first) if strictly => Err(format!("not assessed: {}: {}", first.what, first.detail)),
                    _ => Ok(()),
                }
            }
            "signatures" | "attestations" => evidence.signatures.as_result().map(|_| ()).map_err(str::to_owned),
            _ => Ok(()),
        }
    }

    /// The number of items of a variable that is a list.
    pub(super) fn length(&self, name: &str) -> Option<u64> {
        let evidence = self.evidence;
        let length = match name {
            "findings" => self.report.as_ref().ok()?.findings.len(),
            "packages" => self.report.as_ref().ok()?.inventory.packages.len(),
            "misconfigurations" => evidence.check.as_result().ok()?.findings.len(),
            "signatures" | "attestations" => evidence.signatures.as_result().ok()?.len(),
            _ => return None,
        };
        Some(length as u64)
    }

    /// How much hangs on a variable; of one that is a list, on its items.
    pub(super) fn within(&self, name: &str) -> Extent {
        self.made(name).map(|made| made.within).unwrap_or_default()
    }

    fn made(&self, name: &str) -> Option<&Made<'a>> {
        let place = NAMES.iter().position(|known| *known == name)?;
        Some(self.values.get(place)?.get_or_init(|| {
            if let Some(records) = self.records(name) {
                let within = records.iter().map(|record| record.extent()).fold(Extent::default(), Extent::max);
                let boxed = |record| Box::new(record) as Box<dyn Val + 'a>;
                let list: Vec<Box<dyn Val + 'a>> = records.into_iter().map(boxed).collect();
                return Made { value: Some(Box::new(CelList::from(list))), within };
            }
            let Some(json) = self.value(name) else { return Made::default() };
            let within = match &json {
                Json::Array(items) => items.iter().map(Extent::of).fold(Extent::default(), Extent::max),
                other => Extent::of(other),
            };
            let value: Option<Box<dyn Val>> = cel::to_value(json).ok().and_then(|value: Value| value.try_into().ok());
            Made { value: value.map(|value| value as Box<dyn Val + 'a>), within }
        }))
    }

    /// The items of a variable that is a list of what there are many of.
    fn records(&self, name: &str) -> Option<Vec<Record<'a>>> {
        let report = || self.report.as_ref().ok();
        Some(match name {
            "findings" => report()?.findings.iter().map(Record::Finding).collect(),
            "packages" => report()?.inventory.packages.iter().map(Record::Package).collect(),
            "misconfigurations" => {
                self.evidence.check.as_result().ok()?.findings.iter().map(Record::Misconfiguration).collect()
            }
            _ => return None,
        })
    }

    fn value(&self, name: &str) -> Option<Json> {
        let evidence = self.evidence;
        let report = self.report.as_ref().ok();
        let holds = |verification: &&Verification| {
            let subject = &evidence.subject;
            verification.is_verified()
                && (verification.subject == subject.digest || Some(&verification.subject) == subject.manifest.as_ref())
        };
        Some(match name {
            "now" => Json::from(self.now),
            "subject" => {
                let subject = &evidence.subject;
                object([
                    ("digest", Some(subject.digest.to_string().into())),
                    ("manifest", subject.manifest.as_ref().map(|digest| digest.to_string().into())),
                    ("configuration", subject.configuration.as_ref().map(|digest| digest.to_string().into())),
                    ("repository", subject.repository.clone().map(Json::from)),
                ])
            }
            "image" => {
                let image = evidence.image.as_result().ok()?;
                object([
                    ("created", image.created.clone().map(Json::from)),
                    ("platform", Some(image.platform.clone().into())),
                    ("labels", serde_json::to_value(&image.labels).ok()),
                    ("annotations", serde_json::to_value(&image.annotations).ok()),
                    // Layers that nobody read are not layers that are not there.
                    ("layers", report.map(|_| image.diff_ids.len().into())),
                ])
            }
            "signatures" => evidence.signatures.as_result().ok()?.iter().filter(holds).map(signature).collect(),
            "attestations" => {
                let stated = |verification: &&Verification| verification.statement.is_some();
                let signatures = evidence.signatures.as_result().ok()?.iter();
                signatures.filter(holds).filter(stated).map(signature).collect()
            }
            _ => return None,
        })
    }
}

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        self.made(variable)?.value.as_deref().map(CowVal::Borrowed)
    }
}

/// What is absent is left out, so that `has(…)` tells.
fn object<const N: usize>(fields: [(&str, Option<Json>); N]) -> Json {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(fields.collect::<Map<String, Json>>())
}

fn signature(found: &Verification) -> Json {
    object([
        ("format", serde_json::to_value(found.format).ok()),
        ("digest", Some(found.digest.to_string().into())),
        ("subject", Some(found.subject.to_string().into())),
        ("signer", found.signer.as_ref().and_then(|signer| serde_json::to_value(signer).ok())),
        ("signed_at", found.signed_at.clone().map(Json::from)),
        ("annotations", Some(json!(found.annotations))),
        ("predicate_type", found.statement.as_ref().map(|statement| statement.predicate_type.clone().into())),
        ("predicate", found.statement.as_ref().map(|statement| statement.predicate.clone())),
    ])
}
