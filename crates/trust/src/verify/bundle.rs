//! Sigstore bundles (<https://docs.sigstore.dev/about/bundle/>).

use std::collections::BTreeMap;

use boltseal_evidence::Standing;
use sigstore_verify::types::bundle::VerificationMaterialContent;
use sigstore_verify::types::{ArtifactDigest, Bundle, HashAlgorithm, SignatureContent};

use super::payload::{self, Stated};
use super::trail::{Obstacle, Outcome, Question, Trail};
use super::{bounds, by_key, by_root, fulcio, told};
use crate::{Artifact, Material};

/// Verifies the bytes of a bundle.
pub(super) fn verify(bytes: &[u8], artifact: Artifact<'_>, material: &Material) -> Outcome {
    match parse(bytes) {
        Ok(bundle) => verify_parsed(&bundle, artifact, material, None, None),
        Err(obstacle) => Trail::default().end(obstacle, order(true, true)),
    }
}

/// What the signed bytes say, where they are a payload that names the artifact.
#[derive(Debug)]
pub(super) struct Enclosed {
    /// What they are.
    pub(super) payload: String,
    /// What is said of the artifact where they name it.
    pub(super) about: String,
    /// They do not name it.
    pub(super) obstacle: Option<Obstacle>,
}

/// Verifies a bundle, parsed or put together; `artifact` is what is signed, `form` what the reader has before them where
/// that is no bundle.
pub(super) fn verify_parsed(
    bundle: &Bundle,
    artifact: Artifact<'_>,
    material: &Material,
    form: Option<&str>,
    enclosed: Option<Enclosed>,
) -> Outcome {
    let mut trail = Trail::default();
    let keyless = !matches!(bundle.verification_material.content, VerificationMaterialContent::PublicKey(_));
    let enveloped = enclosed.is_some() || matches!(bundle.content, SignatureContent::DsseEnvelope(_));
    let after = order(keyless, enveloped);
    if let Err(reason) = within_bounds(bundle) {
        return trail.end(hostile(reason), after);
    }
    trail.ask(Question::Form, form.map_or_else(|| told::form(bundle), str::to_owned));
    let stated = match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) => match payload::read(envelope) {
            Ok(stated) => {
                let kind = &stated.statement.predicate_type;
                trail.ask(Question::Payload, format!("an in-toto statement `{kind}` about {}", stated.told()));
                Some(stated)
            }
            Err(obstacle) => return trail.end(obstacle, after),
        },
        _ => {
            match &enclosed {
                Some(enclosed) => trail.ask(Question::Payload, enclosed.payload.as_str()),
                None => trail.skip(Question::Payload, "the bytes themselves are signed"),
            }
            None
        }
    };
    let (about, obstacle) = enclosed.map(|enclosed| (enclosed.about, enclosed.obstacle)).unzip();
    let case = Case { bundle, stated, about, artifact, material, after };
    let mut outcome = if keyless { by_root::verify(trail, case) } else { by_key::verify(trail, case) };
    if let Some(obstacle) = obstacle.flatten()
        && outcome.standing() == Standing::Verified
    {
        outcome.trail.meet(obstacle);
    }
    outcome
}

/// One bundle and everything that it is held against.
pub(super) struct Case<'a> {
    pub(super) bundle: &'a Bundle,
    pub(super) stated: Option<Stated>,
    about: Option<String>,
    pub(super) artifact: Artifact<'a>,
    pub(super) material: &'a Material,
    /// The questions of this kind of bundle, in order.
    pub(super) after: &'static [Question],
}

impl Case<'_> {
    /// What the signer added about the artifact.
    pub(super) fn annotations(&self) -> BTreeMap<String, String> {
        self.stated.as_ref().map(|stated| stated.annotations(self.artifact)).unwrap_or_default()
    }

    /// What is said of the artifact where it is the one.
    pub(super) fn about(&self) -> String {
        match (&self.about, &self.stated) {
            (Some(about), _) => about.clone(),
            (None, Some(_)) => format!("{} is a subject of the statement", told::artifact(self.artifact)),
            (None, None) => format!("{} is what is signed", told::artifact(self.artifact)),
        }
    }
}

/// The artifact for the library.
pub(super) fn input(artifact: Artifact<'_>) -> Option<sigstore_verify::types::Artifact<'_>> {
    match artifact {
        Artifact::Bytes(bytes) => Some(sigstore_verify::types::Artifact::Blob(bytes)),
        Artifact::Digest(digest) => {
            let algorithm: HashAlgorithm = digest.algorithm().name().parse().ok()?;
            let value = sigstore_verify::types::DigestBytes::from_hex(digest.hex()).ok()?;
            ArtifactDigest::new(algorithm, value).ok().map(sigstore_verify::types::Artifact::Digest)
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Bundle, Obstacle> {
    bounds::check("bundle", bytes, bounds::MAX_DEPTH).map_err(hostile)?;
    let text = std::str::from_utf8(bytes).map_err(|_| hostile("the bundle is not UTF-8".to_owned()))?;
    one_of_each(text)?;
    Bundle::from_json(text).map_err(|error| {
        let error = error.to_string();
        if error.contains("checkpoint") {
            return Obstacle::failed(
                Question::Log,
                format!("the checkpoint of the log cannot be read: {error}"),
                "sign again with a client that puts the log's proof into the bundle",
            );
        }
        Obstacle::failed(
            Question::Form,
            format!("it is not a Sigstore bundle of a known version: {error}"),
            "versions 0.1, 0.2 and 0.3 are known: get the bundle again from where it was published, or sign anew",
        )
    })
}

/// A bundle says its version and has one content and one kind of verification material; of two, readers would take
/// different ones.
fn one_of_each(text: &str) -> Result<(), Obstacle> {
    use std::borrow::Cow;
    type Fields<'a> = BTreeMap<Cow<'a, str>, &'a serde_json::value::RawValue>;
    // What is no object is told by the parser proper.
    let Ok(fields) = serde_json::from_str::<Fields<'_>>(text) else { return Ok(()) };
    if !fields.contains_key("mediaType") {
        // The library would take it for version 0.1.
        return Err(hostile("the bundle does not say of which version it is: `mediaType` is missing".to_owned()));
    }
    let count = |fields: &Fields<'_>, names: &[&str]| names.iter().filter(|name| fields.contains_key(**name)).count();
    if count(&fields, &["messageSignature", "dsseEnvelope", "message_signature", "dsse_envelope"]) > 1 {
        return Err(hostile("the bundle has a message signature and an envelope: one of them is allowed".to_owned()));
    }
    let material = fields.get("verificationMaterial").map(|material| material.get()).unwrap_or_default();
    let Ok(material) = serde_json::from_str::<Fields<'_>>(material) else { return Ok(()) };
    if count(&material, &["certificate", "x509CertificateChain", "publicKey"]) > 1 {
        return Err(hostile("the bundle names two signers, a certificate and another: one is allowed".to_owned()));
    }
    Ok(())
}

fn hostile(reason: String) -> Obstacle {
    Obstacle::failed(Question::Form, reason, "no client writes such: get the bundle again from where it was published")
}

fn within_bounds(bundle: &Bundle) -> Result<(), String> {
    let material = &bundle.verification_material;
    let most = |what: &str, count: usize, most: usize| {
        if count > most { Err(format!("the bundle has {count} {what}, at most {most} are read")) } else { Ok(()) }
    };
    if let VerificationMaterialContent::X509CertificateChain { certificates } = &material.content {
        most("certificates", certificates.len(), bounds::MAX_CERTIFICATES)?;
        if certificates.is_empty() {
            return Err("the chain of certificates is empty".to_owned());
        }
        // "MUST NOT include root CA certificates": what is trusted never comes along.
        if certificates.iter().skip(1).any(|certificate| fulcio::is_root(certificate.raw_bytes.as_bytes())) {
            return Err("a root certificate comes along in the chain".to_owned());
        }
    }
    most("entries of logs", material.tlog_entries.len(), bounds::MAX_ENTRIES)?;
    let stamps = &material.timestamp_verification_data.rfc3161_timestamps;
    most("timestamps", stamps.len(), bounds::MAX_TIMESTAMPS)?;
    for proof in material.tlog_entries.iter().filter_map(|entry| entry.inclusion_proof.as_ref()) {
        most("hashes in a proof", proof.hashes.len(), bounds::MAX_PROOF)?;
        let lines = proof.checkpoint.envelope().lines().take(bounds::MAX_CHECKPOINT_LINES + 1).count();
        most("lines in a checkpoint", lines, bounds::MAX_CHECKPOINT_LINES)?;
    }
    Ok(())
}

/// The questions in the order in which the library asks them: what is enclosed counts once the signature holds.
fn order(keyless: bool, enveloped: bool) -> &'static [Question] {
    use Question::{Artifact, Certificate, CertificateLog, Entry, Form, Key, Log, Payload, Root, Signature, Time};
    match (keyless, enveloped) {
        (true, false) => &[Form, Payload, Root, Time, Certificate, CertificateLog, Log, Artifact, Signature, Entry],
        (true, true) => &[Form, Payload, Root, Time, Certificate, CertificateLog, Log, Signature, Artifact, Entry],
        (false, false) => &[Form, Payload, Key, Root, Log, Time, Artifact, Signature, Entry],
        (false, true) => &[Form, Payload, Key, Root, Log, Time, Signature, Artifact, Entry],
    }
}
