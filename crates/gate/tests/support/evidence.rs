//! Makes evidence, signatures and policies of one rule in a few words.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::collections::BTreeMap;

use base64::Engine;
use boltseal_evidence::{
    BuildClaims, Digest, JudgedSubject, RuleOutcome, RuleResult, SignatureFormat, Signer, Standing, Statement, Step,
    StepStatus, Tool, Verdict, Verification,
};
use boltseal_gate::{Evidence, ImageFacts, KnownBase, Policy, PolicyError, Sought, judge};

/// The moment of judgement.
pub(crate) const NOW: &str = "2026-11-24T12:00:00Z";
/// GitHub's issuer.
pub(crate) const GITHUB: &str = "https://token.actions.githubusercontent.com";
/// GitLab's issuer.
pub(crate) const GITLAB: &str = "https://gitlab.com";

/// A digest that nothing has.
pub(crate) fn digest(of: &str) -> Digest {
    Digest::sha256_of(of.as_bytes())
}

/// The digest that is judged.
pub(crate) fn subject() -> Digest {
    digest("the image")
}

/// `ghcr.io/example/app`, of which nothing is known.
pub(crate) fn evidence() -> Evidence {
    let missing = || "the test gives none".to_owned();
    Evidence {
        schema: 1,
        subject: JudgedSubject {
            digest: subject(),
            manifest: None,
            configuration: Some(digest("the configuration")),
            repository: Some("ghcr.io/example/app".to_owned()),
            tag: None,
        },
        image: Sought::Missing(missing()),
        report: Sought::Missing(missing()),
        check: Sought::Missing(missing()),
        signatures: Sought::Missing(missing()),
        bases: Sought::Missing(missing()),
        scorecards: Sought::Missing(missing()),
        now: NOW.to_owned(),
        problems: Vec::new(),
    }
}

/// The same, with these signatures.
pub(crate) fn with(signatures: impl IntoIterator<Item = Verification>) -> Evidence {
    Evidence { signatures: Sought::Found(signatures.into_iter().collect()), ..evidence() }
}

/// The same, an image that says this of itself.
pub(crate) fn image(facts: ImageFacts) -> Evidence {
    Evidence { image: Sought::Found(facts), ..evidence() }
}

/// A base of these layers.
pub(crate) fn base(name: &str, layers: &[&str], created: Option<&str>) -> KnownBase {
    KnownBase {
        name: name.to_owned(),
        digest: Some(digest(&format!("{name} {layers:?}"))),
        diff_ids: layers.iter().map(|layer| digest(layer)).collect(),
        created: created.map(str::to_owned),
    }
}

/// The bytes of the public key that policies of these tests know by a name.
fn der(name: &str) -> Vec<u8> {
    let mut der = vec![0x30];
    der.extend(name.bytes().cycle().take(64));
    der
}

/// Who holds the key of this name.
pub(crate) fn key(name: &str) -> Signer {
    Signer::Key { fingerprint: Digest::sha256_of(&der(name)), algorithm: "ECDSA P-256".to_owned(), name: None }
}

/// Whom an issuer vouches for, with no word about a build.
pub(crate) fn keyless(identity: &str, issuer: &str) -> Signer {
    Signer::Keyless { identity: identity.to_owned(), issuer: issuer.to_owned(), claims: Box::default() }
}

/// Whom a trust store vouches for.
pub(crate) fn certificate(subject: &str, trust_store: &str) -> Signer {
    Signer::Certificate {
        subject: subject.to_owned(),
        fingerprint: digest(subject),
        trust_store: trust_store.to_owned(),
    }
}

/// The commit that builds of these tests are of.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What GitHub's certificate says of a run of `workflow` for `https://github.com/example/app`.
pub(crate) fn claims(workflow: &str, reference: &str) -> BuildClaims {
    let some = |text: &str| Some(text.to_owned());
    BuildClaims {
        build_signer_uri: some(workflow),
        runner_environment: some("github-hosted"),
        source_repository_uri: some("https://github.com/example/app"),
        source_repository_digest: some(COMMIT),
        source_repository_ref: some(reference),
        build_config_uri: Some(format!("https://github.com/example/app/.github/workflows/release.yml@{reference}")),
        build_trigger: some("push"),
        run_invocation_uri: some("https://github.com/example/app/actions/runs/7/attempts/1"),
        ..BuildClaims::default()
    }
}

/// A workflow of GitHub, with what the certificate says.
pub(crate) fn workflow(claims: BuildClaims) -> Signer {
    Signer::Keyless {
        identity: claims.build_signer_uri.clone().unwrap_or_default(),
        issuer: GITHUB.to_owned(),
        claims: Box::new(claims),
    }
}

/// The release workflow of `example/app`, run for its branch `main`.
pub(crate) fn release_workflow() -> Signer {
    workflow(claims("https://github.com/example/app/.github/workflows/release.yml@refs/heads/main", "refs/heads/main"))
}

/// A signature of the subject that holds.
pub(crate) fn signature(signer: Signer) -> Verification {
    Verification {
        format: SignatureFormat::SigstoreBundle,
        source: "referrer sha256:5167".to_owned(),
        digest: digest("the bundle"),
        subject: subject(),
        standing: Standing::Verified,
        signer: Some(signer),
        signed_at: Some("2026-11-20T12:00:00Z".to_owned()),
        statement: None,
        annotations: BTreeMap::new(),
        steps: Vec::new(),
    }
}

/// An attestation about the subject that holds.
pub(crate) fn attestation(signer: Signer, predicate_type: &str, predicate: serde_json::Value) -> Verification {
    let statement = Statement { predicate_type: predicate_type.to_owned(), predicate };
    Verification { statement: Some(statement), ..signature(signer) }
}

/// The same, which does not hold.
pub(crate) fn rejected(verification: Verification) -> Verification {
    let step = step("subject", StepStatus::Failed, "the payload names another digest");
    Verification { standing: Standing::Rejected, signer: None, steps: vec![step], ..verification }
}

/// The same, with nothing to check it against.
pub(crate) fn unchecked(verification: Verification) -> Verification {
    let step = step("certificate chain", StepStatus::Unknown, "there is no trusted root");
    Verification { standing: Standing::Unknown, signer: None, steps: vec![step], ..verification }
}

fn step(name: &str, status: StepStatus, detail: &str) -> Step {
    Step {
        name: name.to_owned(),
        status,
        detail: detail.to_owned(),
        advice: Some("run `boltseal trust update`".to_owned()),
    }
}

/// A policy of one rule, whose ask is the YAML text, with keys called `release`, `other` and `chains`.
pub(crate) fn policy(ask: &str) -> Result<Policy, Vec<PolicyError>> {
    let ask: String = ask.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!(
        "version: 1\nkeys:\n  release: {{file: release}}\n  other: {{file: other}}\n  chains: {{file: chains}}\n\
         rules:\n  - id: rule\n{ask}"
    );
    let files = |name: &str| -> Result<Vec<u8>, String> {
        let body = base64::engine::general_purpose::STANDARD.encode(der(name));
        Ok(format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n").into_bytes())
    };
    Policy::parse("policy.yaml", text.as_bytes(), &files)
}

/// What is wrong with an ask.
#[track_caller]
pub(crate) fn mistake(ask: &str) -> String {
    match policy(ask) {
        Ok(_) => panic!("nothing is wrong with it:\n{ask}"),
        Err(errors) => errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("\n"),
    }
}

/// The verdict of a policy of one rule.
#[track_caller]
pub(crate) fn verdict(ask: &str, evidence: &Evidence) -> Verdict {
    let policy = policy(ask).unwrap_or_else(|errors| panic!("{ask}\n{}", errors[0]));
    judge(&policy, evidence, &Tool { name: "boltseal".to_owned(), version: "0".to_owned() })
}

/// What one rule says.
#[track_caller]
pub(crate) fn result(ask: &str, evidence: &Evidence) -> RuleResult {
    verdict(ask, evidence).rules.remove(0)
}

/// Checks what one rule says, and that its reasons, joined by lines, hold a text.
#[track_caller]
pub(crate) fn check(ask: &str, evidence: &Evidence, outcome: RuleOutcome, told: &str) {
    let result = result(ask, evidence);
    let reasons: Vec<&str> = result.reasons.iter().map(|reason| reason.message.as_str()).collect();
    let reasons = reasons.join("\n");
    assert_eq!(result.outcome, outcome, "{ask}\n{reasons}");
    assert!(reasons.contains(told), "{ask}\nwanted: {told}\ntold:\n{reasons}");
}
