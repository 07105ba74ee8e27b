//! Attacks with what cosign wrote before bundles, and with bare signatures.

use std::collections::BTreeMap;

use boltseal_fixture::authority::{
    Authority, Curve, Identity, Key, Kind, Logged, Made, Signing, What, Who, simple_signing, statement,
};
use boltseal_trust::Signed;
use serde_json::{Value, json};

use crate::attack::Attack;
use crate::lab::{ARTIFACT, Case, NOW, PROVENANCE, lab, release_key, sha256};
use crate::step;

const OTHER: &[u8] = b"{\"another\":\"manifest\"}";
const BUNDLE: &str = "dev.sigstore.cosign/bundle";
const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

pub(crate) fn all() -> Vec<Attack> {
    [signatures(), attestations(), detached()].into_iter().flatten().collect()
}

/// A payload about the artifact, which stands for an image's manifest here.
fn payload(manifest: &[u8]) -> Vec<u8> {
    simple_signing("registry.example/app", &format!("sha256:{}", sha256(manifest)), &Value::Null)
}

fn keyless(authority: &Authority, payload: Vec<u8>, depart: impl FnOnce(&mut Signing<'_>)) -> Made {
    let identity = Identity::workflow();
    let mut signing = Signing::new(Who::Identity(&identity), What::Blob(payload));
    depart(&mut signing);
    authority.sign(&signing)
}

fn by_key(payload: Vec<u8>, logged: Logged) -> Made {
    let key = release_key();
    lab().sign(&Signing::new(Who::Key(&key), What::Blob(payload)).logged(logged))
}

fn case(payload: Vec<u8>, annotations: BTreeMap<String, String>) -> Case {
    Case::of(Signed::CosignSignature { payload, annotations }, &lab())
}

/// Signed by an identity, annotations changed afterwards.
fn changed(change: impl FnOnce(&mut BTreeMap<String, String>)) -> Case {
    let made = keyless(&lab(), payload(ARTIFACT), |_| ());
    let mut annotations = made.annotations();
    change(&mut annotations);
    case(payload(ARTIFACT), annotations)
}

fn signatures() -> Vec<Attack> {
    let other = || keyless(&lab(), payload(OTHER), |signing| signing.logged_after = 1).annotations();
    let of = |payload: Vec<u8>| {
        let made = keyless(&lab(), payload.clone(), |_| ());
        case(payload, made.annotations())
    };
    let digest = format!("sha256:{}", sha256(ARTIFACT));
    vec![
        Attack::new(
            "legacy-swapped-between-tags",
            "The signature of another image was pushed under this image's tag.",
            of(payload(OTHER)),
            &[step::ARTIFACT],
        ),
        Attack::new(
            "legacy-payload-replaced",
            "The payload is about this image, the signature over one about another.",
            case(payload(ARTIFACT), other()),
            &[step::SIGNATURE, step::ENTRY],
        ),
        Attack::new(
            "legacy-log-entry-of-another",
            "Never logged: the annotation has the entry of another signature.",
            {
                let made = by_key(payload(ARTIFACT), Logged::Nowhere);
                let mut annotations = made.annotations();
                let other = by_key(payload(OTHER), Logged::First(Kind::HashedRekord)).annotations();
                annotations.insert(BUNDLE.to_owned(), other[BUNDLE].clone());
                case(payload(ARTIFACT), annotations).trusting("release.pub", &release_key())
            },
            &[step::ENTRY, step::PROMISE],
        )
        .see("CVE-2022-23649"),
        Attack::new(
            "legacy-certificate-swapped",
            "The certificate is a stranger's, by an authority that is not trusted.",
            changed(|annotations| {
                let theirs = keyless(&Authority::new("stranger", NOW), payload(ARTIFACT), |_| ()).annotations();
                annotations.insert(CERTIFICATE.to_owned(), theirs[CERTIFICATE].clone());
            }),
            &[step::CHAIN, step::SIGNATURE, step::ENTRY],
        ),
        Attack::new(
            "legacy-all-by-stranger",
            "Everything is right, by an authority and a log that nobody trusts, whose root is in the chain.",
            {
                let theirs = keyless(&Authority::new("stranger", NOW), payload(ARTIFACT), |_| ());
                case(payload(ARTIFACT), theirs.annotations())
            },
            &[step::CHAIN, step::PROMISE, step::ENTRY],
        ),
        Attack::new(
            "legacy-promise-moved",
            "The time at which it was logged was moved.",
            changed(|annotations| {
                let text = annotations[BUNDLE].replace(&NOW.to_string(), &(NOW + 1).to_string());
                assert_ne!(text, annotations[BUNDLE]);
                annotations.insert(BUNDLE.to_owned(), text);
            }),
            &[step::PROMISE],
        ),
        Attack::new(
            "legacy-certificate-expired",
            "It was signed an hour after the certificate had ended.",
            {
                let made = keyless(&lab(), payload(ARTIFACT), |signing| signing.logged_after = 3_600);
                case(payload(ARTIFACT), made.annotations())
            },
            &[step::VALIDITY],
        ),
        Attack::new(
            "legacy-without-log",
            "Signed by an identity and never logged.",
            changed(|annotations| drop(annotations.remove(BUNDLE))),
            &[step::LOG, step::PROMISE, step::TIMESTAMP],
        ),
        Attack::new(
            "legacy-without-signature",
            "The annotation that holds the signature is missing.",
            changed(|annotations| drop(annotations.remove(SIGNATURE))),
            &[step::FORMAT, step::SIGNATURE],
        ),
        Attack::new(
            "legacy-payload-of-another-type",
            "What is signed is no claim about an image.",
            of({
                let text = String::from_utf8(payload(ARTIFACT)).unwrap();
                text.replace("cosign container image signature", "some other claim").into_bytes()
            }),
            &[step::ARTIFACT, step::STATEMENT],
        ),
        Attack::new(
            "legacy-payload-digest-twice",
            "The payload has two digests: readers may differ in which they take.",
            of({
                let image = format!("\"image\":{{\"docker-manifest-digest\":\"sha256:{}\"}}", sha256(OTHER));
                let text = String::from_utf8(payload(ARTIFACT)).unwrap();
                text.replacen("\"critical\":{", &format!("\"critical\":{{{image},"), 1).into_bytes()
            }),
            &[step::ARTIFACT, step::STATEMENT],
        ),
        Attack::new(
            "legacy-payload-digest-elsewhere",
            "The image's digest stands only among the annotations, which claim nothing.",
            of(simple_signing("registry.example/app", "sha256:", &json!({ "docker-manifest-digest": digest }))),
            &[step::ARTIFACT, step::STATEMENT],
        ),
        Attack::new(
            "legacy-by-another-key",
            "Signed with a stranger's key.",
            {
                let made = by_key(payload(ARTIFACT), Logged::First(Kind::HashedRekord));
                case(payload(ARTIFACT), made.annotations())
                    .trusting("other.pub", &Key::from_seed(Curve::P256, "lab", "other"))
            },
            &[step::KEY, step::ENTRY],
        ),
    ]
}

fn attestations() -> Vec<Attack> {
    let of = |statement: Value| {
        let made = keyless(&lab(), Vec::new(), |signing| {
            signing.what = What::Statement(statement);
            signing.logged = Logged::First(Kind::Dsse);
        });
        (made.envelope().to_string().into_bytes(), made.annotations())
    };
    let about = |manifest: &[u8]| statement(&[("registry.example/app", &sha256(manifest))], PROVENANCE, &json!({}));
    let case = |(envelope, annotations)| Case::of(Signed::CosignAttestation { envelope, annotations }, &lab());
    vec![
        Attack::new(
            "legacy-attestation-of-another",
            "The attestation of another image was pushed under this image's tag.",
            case(of(about(OTHER))),
            &[step::ARTIFACT, step::STATEMENT],
        ),
        Attack::new(
            "legacy-attestation-payload-replaced",
            "The envelope's payload is another than what was signed.",
            {
                let (envelope, annotations) = of(about(OTHER));
                let mut envelope: Value = serde_json::from_slice(&envelope).unwrap();
                let (ours, _) = of(about(ARTIFACT));
                envelope["payload"] = serde_json::from_slice::<Value>(&ours).unwrap()["payload"].clone();
                case((envelope.to_string().into_bytes(), annotations))
            },
            &[step::SIGNATURE, step::ENTRY],
        ),
        Attack::new(
            "legacy-attestation-log-entry-of-another",
            "The annotation has the entry of another attestation.",
            {
                let (envelope, mut annotations) = of(about(ARTIFACT));
                let (_, other) = of(about(OTHER));
                annotations.insert(BUNDLE.to_owned(), other[BUNDLE].clone());
                case((envelope, annotations))
            },
            &[step::ENTRY],
        ),
    ]
}

fn detached() -> Vec<Attack> {
    let of = |signature: Vec<u8>| {
        let mut case = Case::of(Signed::Detached(signature), &lab()).trusting("release.pub", &release_key());
        case.keys_need_no_log = true;
        case
    };
    vec![
        Attack::new(
            "detached-by-another-key",
            "A bare signature with a stranger's key.",
            of(Key::from_seed(Curve::P256, "stranger", "mallory").sign(ARTIFACT)),
            &[step::KEY],
        ),
        Attack::new(
            "detached-over-another",
            "A bare signature over other bytes.",
            of(release_key().sign(OTHER)),
            &[step::KEY],
        ),
        Attack::new("detached-empty", "A bare signature of no bytes.", of(Vec::new()), &[step::KEY, step::FORMAT]),
    ]
}
