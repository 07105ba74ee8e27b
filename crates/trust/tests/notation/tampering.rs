//! What an attacker or a careless signer does, and the step that must notice.

use boltseal_evidence::StepStatus;
use serde_json::json;

use super::draft::{Draft, Form, MANIFEST_TYPE, payload};
use super::forge::{ANY_USE, DAY, Paper, SERVER, Stamp, TIME_STAMPING, crl, extension};
use super::key::{Key, Kind};
use super::world::{Attempt, World, file, policy};
use der::Encode;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{CrlDistributionPoints, KeyUsages};

/// What the peer makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// The same.
    Rejects,
    /// It takes it, in both forms, though the specification forbids it or leaves it open; why.
    Takes(&'static str),
    /// It takes it in one form.
    TakesIn(Form, &'static str),
}

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&World, Form) -> Attempt,
    pub(crate) step: &'static str,
    pub(crate) status: StepStatus,
    pub(crate) peer: Peer,
    /// What the step's detail holds, where more than one thing could make it fail.
    pub(crate) says: &'static str,
}

impl Case {
    const fn new(name: &'static str, step: &'static str, make: fn(&World, Form) -> Attempt) -> Self {
        Self { name, make, step, status: StepStatus::Failed, peer: Peer::Rejects, says: "" }
    }

    const fn peer(self, peer: Peer) -> Self {
        Self { peer, ..self }
    }

    const fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }

    const fn unknown(self) -> Self {
        Self { status: StepStatus::Unknown, ..self }
    }
}

fn edited(world: &World, form: Form, edit: impl FnOnce(&mut Draft)) -> Attempt {
    let mut draft = world.draft();
    edit(&mut draft);
    world.attempt_of(&draft, form)
}

fn by(world: &World, form: Form, edit: impl FnOnce(&mut Paper)) -> Attempt {
    let mut paper = world.leaf_paper();
    edit(&mut paper);
    world.attempt_of(&world.draft_by(paper), form)
}

fn below(world: &World, form: Form, edit: impl FnOnce(&mut Paper)) -> Attempt {
    let mut paper = Paper::authority("other middle", world.now);
    edit(&mut paper);
    world.attempt_of(&world.draft_below(paper), form)
}

fn targeted(world: &World, form: Form, media_type: &str, digest: &str, size: usize) -> Attempt {
    edited(world, form, |draft| draft.payload = payload(media_type, digest, size))
}

fn own_digest() -> (String, usize) {
    let manifest = super::draft::manifest();
    (boltseal_evidence::Digest::sha256_of(&manifest).to_string(), manifest.len())
}

/// A leaf that is over, with a timestamp from when it was not.
pub(crate) fn old_leaf(world: &World) -> Draft {
    let paper = Paper { not_before: world.now - 100 * DAY, not_after: world.now - 10 * DAY, ..world.leaf_paper() };
    let mut draft = world.draft_by(paper);
    draft.signing_time = Some(world.now - 20 * DAY);
    draft
}

/// The good one of the timestamps' cases.
pub(crate) fn stamped(world: &World, form: Form, stamp: &Stamp) -> Attempt {
    // The middle is valid for thirty days.
    let stamp = |signature: &[u8]| stamp.over(signature, &world.tsa, &[&world.tsa_root]);
    world.stamped(old_leaf(world).stamped(form, stamp))
}

const DISTRIBUTION_POINT: &str = "2.5.29.31";
/// Where the leaf's revocation lists are.
pub(crate) const LISTS: &str = "http://lists.example/middle.crl";

pub(crate) const CASES: &[Case] = &[
    Case::new("another digest", "artifact", |world, form| {
        let other = format!("sha256:{}", "0".repeat(64));
        targeted(world, form, MANIFEST_TYPE, &other, own_digest().1)
    }),
    Case::new("another size", "artifact", |world, form| {
        let (digest, size) = own_digest();
        targeted(world, form, MANIFEST_TYPE, &digest, size + 1)
    })
    .says("bytes, and the artifact"),
    Case::new("another media type", "artifact", |world, form| {
        let (digest, size) = own_digest();
        targeted(world, form, "application/vnd.oci.image.index.v1+json", &digest, size)
    })
    .says("the artifact is `application"),
    Case::new("no target in the payload", "artifact", |world, form| {
        edited(world, form, |draft| draft.payload = b"{\"target\":{}}".to_vec())
    }),
    Case::new("a payload that is no JSON", "artifact", |world, form| {
        edited(world, form, |draft| draft.payload = b"not JSON".to_vec())
    }),
    Case::new("two digests in the payload", "artifact", |world, form| {
        let (digest, size) = own_digest();
        let text = format!(
            "{{\"targetArtifact\":{{\"mediaType\":\"{MANIFEST_TYPE}\",\"digest\":\"sha256:00\",\"digest\":\"{digest}\",\
             \"size\":{size}}}}}"
        );
        edited(world, form, |draft| draft.payload = text.into_bytes())
    })
    .says("there twice")
    .peer(Peer::Takes("it reads the last of two fields with one name")),
    Case::new("a payload of endless depth", "artifact", |world, form| {
        edited(world, form, |draft| draft.payload = "[".repeat(100_000).into_bytes())
    })
    .says("recursion limit"),
    Case::new("an unknown critical attribute", "signed attributes", |world, form| {
        edited(world, form, |draft| {
            draft.extended.push(("example.must", "be understood"));
            draft.critical.push("example.must");
        })
    })
    .says("is not known")
    .peer(Peer::Takes("it leaves these to plug-ins, and passes over them without one")),
    Case::new("a critical attribute that is not there", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.critical.push("io.cncf.notary.expiry"))
    }),
    Case::new("no critical attributes", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.critical.clear())
    }),
    Case::new("an expiry that is not critical", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.expiry = Some(world.now + DAY))
    }),
    Case::new("a plug-in is asked for", "signed attributes", |world, form| {
        edited(world, form, |draft| {
            draft.extended.push(("io.cncf.notary.verificationPlugin", "example"));
            draft.critical.push("io.cncf.notary.verificationPlugin");
        })
    }),
    Case::new("no signing scheme", "signed attributes", |world, form| edited(world, form, |draft| draft.scheme = None)),
    Case::new("an unknown signing scheme", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.scheme = Some("notary.x510"))
    }),
    Case::new("no signing time", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.signing_time = None)
    }),
    Case::new("no authentic signing time of an authority", "signed attributes", |world, form| {
        let mut draft = world.draft().by_authority();
        draft.authentic_time = None;
        world.attempt_of(&draft, form)
    }),
    Case::new("both signing times", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.authentic_time = draft.signing_time)
    })
    .peer(Peer::TakesIn(Form::Cose, "it reads the one that the scheme names")),
    Case::new("an expiry before the signing time", "signed attributes", |world, form| {
        world.attempt_of(&world.draft().expires(world.now - 3600), form)
    }),
    Case::new("another type of payload", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.content_type = Some("application/vnd.cncf.notary.payload.v2+json"))
    }),
    Case::new("no type of payload", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.content_type = None)
    }),
    Case::new("no algorithm", "signed attributes", |world, form| edited(world, form, |draft| draft.algorithm = None)),
    Case::new("a symmetric algorithm", "signed attributes", |world, form| {
        edited(world, form, |draft| draft.algorithm = Some(("HS256", 5)))
    }),
    Case::new("the algorithm of another key", "signature", |world, form| {
        edited(world, form, |draft| draft.algorithm = Some(("ES384", -35)))
    })
    .says("the leaf's key is ECDSA P-256"),
    Case::new("signed by another key", "signature", |world, form| {
        edited(world, form, |draft| draft.key = world.spare.clone())
    }),
    Case::new("no certificates", "envelope", |world, form| edited(world, form, |draft| draft.chain.clear())),
    Case::new("more certificates than anybody needs", "envelope", |world, form| {
        edited(world, form, |draft| draft.chain = vec![world.leaf.der.clone(); 200])
    }),
    Case::new("a certificate that is none", "certificate chain", |world, form| {
        edited(world, form, |draft| draft.chain[1] = b"not a certificate".to_vec())
    }),
    Case::new("bytes after a certificate", "certificate chain", |world, form| {
        edited(world, form, |draft| draft.chain[0].push(0))
    }),
    Case::new("certificates in another order", "certificate chain", |world, form| {
        edited(world, form, |draft| draft.chain.swap(1, 2))
    })
    .says("issuer is"),
    Case::new("a chain without its root", "certificate chain", |world, form| {
        edited(world, form, |draft| drop(draft.chain.pop()))
    })
    .says("self-signed root"),
    Case::new("a chain without its middle", "certificate chain", |world, form| {
        edited(world, form, |draft| drop(draft.chain.remove(1)))
    }),
    Case::new("a root after the root", "certificate chain", |world, form| {
        edited(world, form, |draft| draft.chain.push(world.other_root.der.clone()))
    }),
    Case::new("an issuer of the same name with another key", "certificate chain", |world, form| {
        let impostor = Paper::authority("root", world.now).issue(&world.spare, None);
        edited(world, form, |draft| draft.chain[2] = impostor.der)
    })
    .says("did not sign it"),
    Case::new("a leaf for servers", "certificate chain", |world, form| {
        by(world, form, |paper| paper.extended = Some((vec![SERVER], false)))
    })
    .says("serverAuth"),
    Case::new("a leaf for timestamps", "certificate chain", |world, form| {
        by(world, form, |paper| paper.extended = Some((vec![TIME_STAMPING], false)))
    })
    .says("timeStamping"),
    Case::new("a leaf for anything", "certificate chain", |world, form| {
        by(world, form, |paper| paper.extended = Some((vec![ANY_USE], false)))
    })
    .says("anyExtended")
    .peer(Peer::Takes("it does not look for `anyExtendedKeyUsage`, which the specification forbids")),
    Case::new("an authority as the leaf", "certificate chain", |world, form| {
        by(world, form, |paper| paper.basic = Some((true, None, true)))
    })
    .says("certificate authority"),
    Case::new("a leaf without key usage", "certificate chain", |world, form| {
        by(world, form, |paper| paper.usage = None)
    })
    .says("no key usage"),
    Case::new("a leaf whose key usage is not critical", "certificate chain", |world, form| {
        by(world, form, |paper| paper.usage = Some((vec![KeyUsages::DigitalSignature], false)))
    })
    .says("not critical"),
    Case::new("a leaf that may encrypt too", "certificate chain", |world, form| {
        let usages = vec![KeyUsages::DigitalSignature, KeyUsages::KeyEncipherment];
        by(world, form, |paper| paper.usage = Some((usages, true)))
    })
    .says("more than digital signatures"),
    Case::new("a leaf that may not sign", "certificate chain", |world, form| {
        by(world, form, |paper| paper.usage = Some((vec![KeyUsages::KeyAgreement], true)))
    })
    .says("not for digital signatures"),
    Case::new("a leaf signed with SHA-1, as it says", "certificate chain", |world, form| {
        by(world, form, |paper| paper.algorithm = Some("1.2.840.10045.4.1"))
    })
    .says("SHA-1"),
    Case::new("a leaf with two subjects' worth of key usage", "certificate chain", |world, form| {
        let usage = x509_cert::ext::pkix::KeyUsage(KeyUsages::DigitalSignature.into());
        by(world, form, |paper| paper.extra.push(extension("2.5.29.15", true, &usage)))
    })
    .says("twice"),
    Case::new("a weak key", "certificate chain", |world, form| {
        let mut draft = world.draft();
        draft.chain[0] = weak(&draft.chain[0]);
        world.attempt_of(&draft, form)
    })
    .says("RSA 1024"),
    Case::new("an intermediate that is no authority", "certificate chain", |world, form| {
        below(world, form, |paper| paper.basic = None)
    })
    .says("no basic constraints"),
    Case::new("an intermediate that says it is no authority", "certificate chain", |world, form| {
        below(world, form, |paper| paper.basic = Some((false, None, true)))
    })
    .says("is not a certificate authority"),
    Case::new("an intermediate that may not sign certificates", "certificate chain", |world, form| {
        below(world, form, |paper| paper.usage = Some((vec![KeyUsages::DigitalSignature], true)))
    })
    .says("not for signing certificates"),
    Case::new("an intermediate whose constraints are not critical", "certificate chain", |world, form| {
        below(world, form, |paper| paper.basic = Some((true, None, false)))
    })
    .says("not critical")
    .peer(Peer::Takes("it does not look whether they are critical, which the specification asks for")),
    Case::new("more authorities than the root allows", "certificate chain", |world, form| {
        let root = Paper { basic: Some((true, Some(0), true)), ..Paper::authority("root", world.now) };
        let root = root.issue(&world.spare, None);
        let middle = Paper::authority("middle", world.now).issue(&world.spare, Some(&root));
        let leaf = world.leaf_paper().issue(&world.spare, Some(&middle));
        let mut attempt = world.attempt_of(&Draft::new(&leaf, &[&middle, &root], world.now), form);
        attempt.files = vec![file("ca:example", &root)];
        attempt
    })
    .says("allows 0"),
    Case::new("a self-signed leaf before other certificates", "certificate chain", |world, form| {
        let leaf = world.leaf_paper().issue(&world.spare, None);
        world.attempt_of(&Draft::new(&leaf, &[&world.root], world.now), form)
    })
    .says("it is self-signed"),
    Case::new("an expired leaf", "authentic timestamp", |world, form| {
        by(world, form, |paper| paper.not_after = world.now - DAY)
    })
    .says("was valid until"),
    Case::new("a leaf that is not valid yet", "authentic timestamp", |world, form| {
        by(world, form, |paper| paper.not_before = world.now + DAY)
    })
    .says("is valid from"),
    Case::new("an expired intermediate", "authentic timestamp", |world, form| {
        below(world, form, |paper| paper.not_after = world.now - DAY)
    }),
    Case::new("a root that nobody trusts", "trust store", |world, form| {
        let leaf = world.leaf_paper().issue(&world.spare, Some(&world.other_root));
        world.attempt_of(&Draft::new(&leaf, &[&world.other_root], world.now), form)
    }),
    Case::new("a root of the same name that nobody trusts", "trust store", |world, form| {
        let root = Paper::authority("root", world.now).issue(&world.spare, None);
        let leaf = world.leaf_paper().issue(&world.spare, Some(&root));
        world.attempt_of(&Draft::new(&leaf, &[&root], world.now), form)
    }),
    Case::new("a self-signed leaf that nobody trusts", "trust store", |world, form| {
        let leaf = world.leaf_paper().issue(&world.spare, None);
        world.attempt_of(&Draft::new(&leaf, &[], world.now), form)
    }),
    Case::new("a signer who claims to be a signing authority", "trust store", |world, form| {
        world.attempt_of(&world.draft().by_authority(), form)
    })
    .says("names no trust store"),
    Case::new("a signing authority's root where a signer's is needed", "trust store", |world, form| {
        let mut attempt = world.attempt_of(&world.draft(), form);
        attempt.policy = policy("strict", &["signingAuthority:example"], "*");
        attempt.files = vec![file("signingAuthority:example", &world.root)];
        attempt
    }),
    Case::new("a store that the statement does not name", "trust store", |world, form| {
        let mut attempt = world.attempt_of(&world.draft(), form);
        attempt.files = vec![file("ca:example", &world.other_root), file("ca:other", &world.root)];
        attempt
    }),
    Case::new("a store without certificates", "trust store", |world, form| {
        let mut attempt = world.attempt_of(&world.draft(), form);
        attempt.files.clear();
        attempt
    })
    .unknown(),
    Case::new("a signer whom the statement does not trust", "trusted identity", |world, form| {
        let mut attempt = world.attempt_of(&world.draft(), form);
        attempt.policy = policy("strict", &["ca:example"], "x509.subject: C=US, ST=WA, O=Example, CN=other");
        attempt
    }),
    Case::new("a signer with two organisations", "trusted identity", |world, form| {
        by(world, form, |paper| paper.subject.insert(2, ("O", "Stranger".to_owned())))
    })
    .says("has O twice"),
    Case::new("a signer whose organisation only looks right", "trusted identity", |world, form| {
        by(world, form, |paper| paper.subject[2] = ("O", "Example, OU=x".to_owned()))
    }),
    Case::new("a repository without a statement", "trust policy", |world, form| {
        let mut attempt = world.attempt_of(&world.draft(), form);
        attempt.policy["trustPolicies"][0]["registryScopes"] = json!(["registry.example/other"]);
        attempt
    })
    .unknown(),
    Case::new("a signature that is over", "expiry", |world, form| {
        let mut draft = world.draft().expires(world.now - 3600);
        draft.signing_time = Some(world.now - 7200);
        world.attempt_of(&draft, form)
    }),
    Case::new("an authority's time before the certificate", "authentic timestamp", |world, form| {
        let mut draft = world.draft().by_authority();
        draft.authentic_time = Some(world.now - 40 * DAY);
        authority(world, &draft, form)
    }),
    Case::new("an authority's time that is yet to come", "authentic timestamp", |world, form| {
        let mut draft = world.draft().by_authority();
        draft.authentic_time = Some(world.now + DAY);
        authority(world, &draft, form)
    })
    .peer(Peer::Takes("it believes a time that has not come")),
    Case::new("no timestamp where one is asked for", "authentic timestamp", |world, form| {
        world.stamped(world.draft().signed(form))
    })
    .says("there is none"),
    Case::new("a timestamp that is none", "authentic timestamp", |world, form| {
        world.stamped(old_leaf(world).stamped(form, |_| b"not a token".to_vec()))
    })
    .says("cannot be read"),
    Case::new("a timestamp of another signature", "authentic timestamp", |world, form| {
        let stamp = Stamp::at(world.now - 20 * DAY);
        world.stamped(old_leaf(world).stamped(form, |_| stamp.over(b"another", &world.tsa, &[&world.tsa_root])))
    })
    .says("of another signature"),
    Case::new("a timestamp whose time was changed", "authentic timestamp", |world, form| {
        stamped(world, form, &Stamp { altered: true, ..Stamp::at(world.now - 20 * DAY) })
    })
    .says("was changed"),
    Case::new("a timestamp that is tied to no certificate", "authentic timestamp", |world, form| {
        stamped(world, form, &Stamp { untied: true, ..Stamp::at(world.now - 20 * DAY) })
    })
    .says("which certificate it is by"),
    Case::new("a timestamp after the certificate was over", "authentic timestamp", |world, form| {
        stamped(world, form, &Stamp::at(world.now - 5 * DAY))
    })
    .says("was valid until"),
    Case::new("a timestamp that may be from after the certificate was over", "authentic timestamp", |world, form| {
        stamped(world, form, &Stamp { accuracy: 100, ..Stamp::at(world.now - 10 * DAY - 50) })
    })
    .says("was valid until"),
    Case::new("a timestamp of an authority that nobody trusts", "authentic timestamp", |world, form| {
        let tsa = Paper::timestamper("time", world.now).issue(&world.spare, Some(&world.other_root));
        let stamp = Stamp::at(world.now - 20 * DAY);
        world.stamped(old_leaf(world).stamped(form, |it| stamp.over(it, &tsa, &[&world.other_root])))
    })
    .says("does not lead to a root"),
    Case::new("a timestamp by a certificate for code", "authentic timestamp", |world, form| {
        let tsa = world.leaf_paper().issue(&world.spare, Some(&world.tsa_root));
        let stamp = Stamp::at(world.now - 20 * DAY);
        world.stamped(old_leaf(world).stamped(form, |it| stamp.over(it, &tsa, &[&world.tsa_root])))
    })
    .says("for timestamps alone"),
    Case::new("a revoked leaf", "revocation", |world, form| {
        let list = crl(&world.middle, &[9], world.now - DAY, world.now + DAY);
        revocable(world, form, vec![list])
    })
    .says("was revoked"),
    Case::new("a leaf that may be revoked, and no list", "revocation", |world, form| {
        revocable(world, form, Vec::new())
    })
    .says("no revocation list")
    .unknown(),
    Case::new("a revocation list that is over", "revocation", |world, form| {
        let list = crl(&world.middle, &[], world.now - 3 * DAY, world.now - DAY);
        revocable(world, form, vec![list])
    })
    .says("was good until")
    .unknown(),
    Case::new("a revocation list by another key", "revocation", |world, form| {
        let impostor = Paper::authority("middle", world.now).issue(&world.spare, None);
        let list = crl(&impostor, &[], world.now - DAY, world.now + DAY);
        revocable(world, form, vec![list])
    })
    .says("the list is not of")
    .unknown(),
];

fn authority(world: &World, draft: &Draft, form: Form) -> Attempt {
    let mut attempt = world.attempt_of(draft, form);
    attempt.policy = policy("strict", &["signingAuthority:example"], "*");
    attempt.files = vec![file("signingAuthority:example", &world.root)];
    attempt
}

/// One place of revocation lists.
pub(crate) fn place(address: &str) -> DistributionPointName {
    let address = der::asn1::Ia5String::new(address).unwrap();
    DistributionPointName::FullName(vec![GeneralName::UniformResourceIdentifier(address)])
}

/// What says where a certificate's revocation lists are.
pub(crate) fn listed() -> x509_cert::ext::Extension {
    extension(DISTRIBUTION_POINT, false, &distribution_points())
}

fn distribution_points() -> CrlDistributionPoints {
    let distribution_point = Some(place(LISTS));
    CrlDistributionPoints(vec![DistributionPoint { distribution_point, reasons: None, crl_issuer: None }])
}

/// By a leaf that names a revocation list.
pub(crate) fn revocable(world: &World, form: Form, lists: Vec<Vec<u8>>) -> Attempt {
    let paper = Paper { serial: 9, extra: vec![listed()], ..world.leaf_paper() };
    let mut attempt = world.attempt_of(&world.draft_by(paper), form);
    attempt.files.extend(lists.into_iter().enumerate().map(|(at, list)| (format!("crl/{at}.crl"), list)));
    attempt
}

/// The same certificate with a key of 1024 bits, which no library makes any more.
fn weak(certificate: &[u8]) -> Vec<u8> {
    use der::Decode;
    let mut certificate = x509_cert::Certificate::from_der(certificate).unwrap();
    let modulus = [0xc5; 128];
    let integer = |bytes: &[u8]| der::asn1::UintRef::new(bytes).unwrap().to_der().unwrap();
    let key = der::asn1::Any::new(der::Tag::Sequence, [integer(&modulus), integer(&[1, 0, 1])].concat()).unwrap();
    let mut info = Key::new(Kind::Rsa2048).spki();
    info.subject_public_key = der::asn1::BitString::from_bytes(&key.to_der().unwrap()).unwrap();
    certificate.tbs_certificate.subject_public_key_info = info;
    let signed = certificate.tbs_certificate.to_der().unwrap();
    let signature = super::world::WORLD.middle.key.x509_sign(&signed);
    certificate.signature = der::asn1::BitString::from_bytes(&signature).unwrap();
    certificate.to_der().unwrap()
}
