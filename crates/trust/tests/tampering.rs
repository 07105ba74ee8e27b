//! Whatever is changed in a bundle that holds, or in what is trusted: it is not verified, and the step that failed is
//! the right one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "lab/changes.rs"]
mod changes;
#[path = "lab/lab.rs"]
#[allow(dead_code, reason = "shared by several tests")]
mod lab;
#[path = "lab/step.rs"]
#[allow(dead_code, reason = "shared by several tests")]
mod step;

use boltseal_evidence::Standing;
use boltseal_fixture::authority::{Authority, Version};
use changes::tamperings;
use lab::{Good, good, lab, obstacle, told};

/// A person's and a workflow's certificates differ in nothing that is changed here: of a person's, the newest version.
fn ways(authority: &Authority) -> Vec<Good> {
    let is_person = |good: &Good| good.identity.as_ref().is_some_and(|identity| identity.claims.is_empty());
    good(authority).into_iter().filter(|good| !is_person(good) || good.version == Version::V03).collect()
}

#[test]
fn whatever_is_changed_is_noticed_by_the_right_step() {
    let authority = lab();
    let good = ways(&authority);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for tampering in tamperings() {
        let mut applied = 0;
        for good in good.iter().filter(|good| (tampering.applies)(good)) {
            let mut case = good.case.clone();
            let mut bundle = good.bundle.clone();
            (tampering.change)(good, &mut case, &mut bundle);
            case.signed = boltseal_trust::Signed::Bundle(bundle.to_string().into_bytes());
            let verification = case.verify();
            let noticed = tampering.steps.iter().any(|names| names.contains(&obstacle(&verification)));
            if verification.standing == Standing::Verified || !noticed {
                wrong.push(format!("{}, of {}: {}", tampering.name, good.name, told(&verification)));
            }
            applied += 1;
        }
        assert!(applied > 0, "{} is tried with nothing", tampering.name);
        tried += applied;
    }
    assert!(wrong.is_empty(), "{} of {tried} are not as they should be, first:\n{}", wrong.len(), sample(&wrong));
    assert!(tried > 1_000, "{tried}");
}

/// One of each kind.
fn sample(wrong: &[String]) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let first = wrong.iter().filter(|text| seen.insert(text.split(',').next().unwrap_or_default().to_owned()));
    first.cloned().collect::<Vec<_>>().join("\n")
}

/// What the library by itself says, which decides: none of it may hold. It knows nothing of what we are told of time
/// and keys, so those are left out.
#[test]
fn the_library_by_itself_accepts_none_of_it() {
    use sigstore_verify::types::{Bundle, DerPublicKey};
    use sigstore_verify::{PublicKeyVerificationPolicy, VerificationPolicy, trust_root::TrustedRoot, verify};
    // Without a media type the library takes a bundle for one of version 0.1.
    const OURS: [&str; 2] = ["verified before it was signed", "no media type"];
    let authority = lab();
    let good = ways(&authority);
    let mut accepted = std::collections::BTreeSet::new();
    for tampering in tamperings().iter().filter(|tampering| !OURS.contains(&tampering.name)) {
        for good in good.iter().filter(|good| (tampering.applies)(good)) {
            let mut case = good.case.clone();
            let mut bundle = good.bundle.clone();
            (tampering.change)(good, &mut case, &mut bundle);
            let Ok(bundle) = Bundle::from_json(&bundle.to_string()) else { continue };
            let root = TrustedRoot::from_json(&case.root.unwrap().to_string()).unwrap();
            let accepts = match case.keys.first() {
                None => verify(&case.artifact[..], &bundle, &VerificationPolicy::any_identity(), &root).is_ok(),
                Some((_, pem)) => {
                    let policy = PublicKeyVerificationPolicy::new(DerPublicKey::from_pem(pem).unwrap());
                    verify(&case.artifact[..], &bundle, &policy, &root).is_ok()
                }
            };
            if accepts {
                accepted.insert(format!("{}: {}", tampering.name, good.name));
            }
        }
    }
    assert!(accepted.is_empty(), "{} {accepted:#?}", accepted.len());
}
