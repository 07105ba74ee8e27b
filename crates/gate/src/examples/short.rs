//! What a case says in a few words, and the evidence that it stands for.

use std::collections::BTreeMap;

use boltseal_evidence::{
    CheckReport, CheckedFile, Database, DatabaseKind, Decision, Digest, Epss, FeedInfo, Finding, FixState, Inventory,
    JudgedSubject, KnownExploited, Location, Misconfiguration, NotAssessed, NotAssessedReason, Package, PackageRef,
    PackageType, Report, RuleInfo, RuleOutcome, Severity, Status, Subject, SubjectKind, Suppression, Tool, Why,
};
use serde::Deserialize;
use serde_json::Value as Json;

use super::signed::ShortSignature;
use crate::{Evidence, Sought};

/// What a case says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Short {
    pub(super) name: String,
    pub(super) subject: Option<String>,
    pub(super) with: Option<Json>,
    pub(super) expect: Option<Decision>,
    #[serde(default)]
    pub(super) rules: BTreeMap<String, RuleOutcome>,
    /// The moment of judgement, RFC 3339.
    now: Option<String>,
    /// Registry and repository; `null` is none.
    #[serde(default, deserialize_with = "present")]
    repository: Option<Option<String>>,
    findings: Option<Vec<ShortFinding>>,
    packages: Option<Vec<ShortPackage>>,
    /// What the scan could not assess.
    not_assessed: Option<Vec<String>>,
    misconfigurations: Option<Vec<ShortMisconfiguration>>,
    signatures: Option<Vec<ShortSignature>>,
}

/// Tells `null` from what is not written.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ShortFinding {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default = "example")]
    package: String,
    #[serde(default = "one")]
    version: String,
    #[serde(default)]
    severity: Severity,
    /// The version that fixes it.
    fixed: Option<String>,
    #[serde(default)]
    kev: bool,
    epss: Option<f64>,
    published: Option<String>,
    /// Why somebody suppressed it.
    suppressed: Option<String>,
    /// The distribution answers for it.
    #[serde(default)]
    vendor_answers: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ShortPackage {
    name: String,
    #[serde(default = "one")]
    version: String,
    #[serde(default = "generic", rename = "type")]
    kind: PackageType,
    #[serde(default)]
    licenses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ShortMisconfiguration {
    check: String,
    severity: Option<Severity>,
    suppressed: Option<String>,
}

fn example() -> String {
    "example".to_owned()
}

fn one() -> String {
    "1.0".to_owned()
}

fn generic() -> PackageType {
    PackageType::Generic
}

/// The moment of judgement where a case says none.
const NOW: &str = "2026-11-24T12:00:00Z";

fn tool() -> Tool {
    Tool { name: "boltseal".to_owned(), version: "0.0.0".to_owned() }
}

fn configuration() -> Digest {
    Digest::sha256_of(b"the configuration of an example")
}

fn missing<T>(what: &str) -> Sought<T> {
    Sought::Missing(format!("the example has no {what}"))
}

/// An image of which nothing is known.
pub(super) fn blank() -> Evidence {
    Evidence {
        schema: 1,
        subject: JudgedSubject {
            digest: Digest::sha256_of(b"the manifest of an example"),
            manifest: None,
            configuration: Some(configuration()),
            repository: Some("registry.example/app".to_owned()),
            tag: None,
        },
        image: missing("image"),
        report: missing("report"),
        check: missing("check"),
        signatures: missing("signatures"),
        bases: missing("bases"),
        scorecards: missing("scorecards"),
        now: NOW.to_owned(),
        problems: Vec::new(),
    }
}

impl Short {
    /// Puts what the case says into the evidence.
    pub(super) fn apply(self, mut evidence: Evidence) -> Result<Evidence, String> {
        if let Some(now) = self.now {
            evidence.now = now;
        }
        if let Some(repository) = self.repository {
            evidence.subject.repository = repository;
        }
        if self.findings.is_some() || self.packages.is_some() || self.not_assessed.is_some() {
            let mut report = match evidence.report {
                Sought::Found(report) => report,
                Sought::Missing(_) => blank_report(&evidence),
            };
            if let Some(findings) = self.findings {
                report.findings = findings.into_iter().map(ShortFinding::full).collect();
            }
            if let Some(packages) = self.packages {
                report.inventory.packages = packages.into_iter().map(ShortPackage::full).collect();
            }
            let gap = |what: String| NotAssessed {
                reason: NotAssessedReason::NoFeed,
                what,
                detail: "the database holds no feed for it".to_owned(),
                packages: 1,
            };
            if let Some(gaps) = self.not_assessed {
                report.inventory.not_assessed = gaps.into_iter().map(gap).collect();
            }
            evidence.report = Sought::Found(report);
        }
        if let Some(found) = self.misconfigurations {
            evidence.check = Sought::Found(check(found)?);
        }
        if let Some(signatures) = self.signatures {
            let subject = &evidence.subject.digest;
            let full = signatures.into_iter().enumerate().map(|(number, short)| short.full(number, subject));
            evidence.signatures = Sought::Found(full.collect::<Result<_, _>>()?);
        }
        Ok(evidence)
    }
}

/// A report with nothing in it, by a database as one would wish it.
fn blank_report(evidence: &Evidence) -> Report {
    let feed = |name: &str| FeedInfo {
        name: name.to_owned(),
        source: format!("https://feeds.example/{name}"),
        advisories: 1,
        modified: None,
        fetched: Some(evidence.now.clone()),
    };
    Report {
        schema: 1,
        tool: tool(),
        source: None,
        inventory: Inventory {
            subject: Subject {
                kind: SubjectKind::Image,
                id: evidence.subject.configuration.clone(),
                platform: None,
                created: None,
            },
            os: None,
            layers: Vec::new(),
            packages: Vec::new(),
            not_assessed: Vec::new(),
            problems: Vec::new(),
        },
        database: Database {
            kind: DatabaseKind::Full,
            digest: Digest::sha256_of(b"the database of an example"),
            built: Some(evidence.now.clone()),
            feeds: ["cisa-kev", "epss", "osv/PyPI"].map(feed).into(),
        },
        findings: Vec::new(),
    }
}

fn suppression(reason: String) -> Suppression {
    Suppression { reason, owner: None, until: None, source: "ignore.toml:1".to_owned() }
}

impl ShortFinding {
    fn full(self) -> Finding {
        let purl = format!("pkg:generic/{}@{}", self.package, self.version);
        let status = match self.suppressed {
            Some(reason) => Status::Suppressed(suppression(reason)),
            None if self.vendor_answers => {
                Status::VendorAnswers { owner: purl.clone(), detail: "the distribution fixed it".to_owned() }
            }
            None => Status::Affected,
        };
        Finding {
            why: vec![Why {
                feed: "example".to_owned(),
                advisory: self.id.clone(),
                matched_name: self.package.clone(),
                matched_version: self.version.clone(),
                range: "any".to_owned(),
            }],
            id: self.id,
            aliases: self.aliases,
            package: PackageRef {
                purl,
                kind: PackageType::Generic,
                name: self.package,
                version: self.version,
                location: None,
                layer: None,
            },
            severity: self.severity,
            ratings: Vec::new(),
            fix: self.fixed.map_or(FixState::NotFixed, |version| FixState::Fixed { versions: vec![version] }),
            title: String::new(),
            references: Vec::new(),
            published: self.published,
            known_exploited: self.kev.then(|| KnownExploited {
                date_added: "2026-11-01".to_owned(),
                due_date: "2026-11-22".to_owned(),
                ransomware: false,
            }),
            epss: self.epss.map(|probability| Epss { probability, percentile: probability }),
            status,
        }
    }
}

impl ShortPackage {
    fn full(self) -> Package {
        let mut package = Package::new(self.kind, self.name);
        package.version = Some(self.version);
        package.licenses = self.licenses;
        package.found_by = "example".to_owned();
        package.locations = vec![Location::at("example")];
        package
    }
}

/// A check of one image.
fn check(found: Vec<ShortMisconfiguration>) -> Result<CheckReport, String> {
    let mut rules: BTreeMap<String, RuleInfo> = BTreeMap::new();
    let mut findings = Vec::new();
    for short in found {
        let known = boltseal_posture::rule(&short.check);
        if known.is_none() && short.check.starts_with("BS-") {
            return Err(format!("`{}` is no check: docs/rules lists them", short.check));
        }
        let info = known.map_or_else(
            || RuleInfo {
                id: short.check.clone(),
                title: "a check of one's own".to_owned(),
                severity: short.severity.unwrap_or(Severity::Medium),
                aliases: Vec::new(),
                why: String::new(),
                advice: String::new(),
                references: Vec::new(),
            },
            boltseal_posture::Rule::info,
        );
        findings.push(Misconfiguration {
            rule: short.check.clone(),
            severity: short.severity.unwrap_or(info.severity),
            message: info.title.clone(),
            path: "image.json".to_owned(),
            region: None,
            subject: String::new(),
            notes: Vec::new(),
            fix: None,
            suppression: short.suppressed.map(suppression),
        });
        rules.insert(short.check, info);
    }
    Ok(CheckReport {
        schema: 1,
        tool: tool(),
        files: vec![CheckedFile {
            path: "image.json".to_owned(),
            kind: "image".to_owned(),
            subjects: [("image".to_owned(), 1)].into(),
        }],
        findings,
        rules: rules.into_values().collect(),
        not_assessed: Vec::new(),
        problems: Vec::new(),
    })
}
