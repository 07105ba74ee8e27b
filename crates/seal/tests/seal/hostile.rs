//! Registries that lie, loop, overflow and redirect.

use std::time::{Duration, Instant};

use boltseal_evidence::Digest;
use boltseal_fixture::layout::{TAG, descriptor, media_type};
use boltseal_fixture::registry::{Canned, Options as Serve, Registry, Token};
use boltseal_image::{Credentials, Limits, Options};
use boltseal_seal::{Discovered, discover};
use serde_json::{Value, json};

use crate::lab::{Lab, bundle, image, options, target, writable};

/// What is found where a registry gives these answers, and the registry.
fn with_canned(canned: impl FnOnce(&Digest) -> Vec<Canned>) -> (Discovered, Registry) {
    with(canned, Serve { referrers: true, ..writable() }, &options())
}

fn with(canned: impl FnOnce(&Digest) -> Vec<Canned>, serve: Serve, options: &Options) -> (Discovered, Registry) {
    let lab = Lab::new("a layout");
    lab.attach(&bundle(1));
    let canned = canned(&lab.digest());
    let registry = Registry::serve(lab.dir.path(), Serve { canned, ..serve }).unwrap();
    (discover(&target(&registry.reference("team/app", TAG)), options).unwrap(), registry)
}

fn list_path(digest: &Digest) -> String {
    format!("/v2/team/app/referrers/{digest}")
}

fn list(entries: &[Value]) -> String {
    json!({ "schemaVersion": 2, "mediaType": media_type::INDEX, "manifests": entries }).to_string()
}

fn says(found: &Discovered, expect: &str) {
    assert!(found.problems.iter().any(|problem| problem.message.contains(expect)), "{expect}: {:?}", found.problems);
}

#[test]
fn a_referrer_with_other_bytes_is_a_problem_and_not_believed() {
    let lab = Lab::new("a layout");
    let changed = lab.attach(&bundle(1)).manifest;
    lab.attach(&bundle(2));
    let serve = Serve { referrers: true, corrupt: Some(changed.clone()), ..writable() };
    let registry = Registry::serve(lab.dir.path(), serve).unwrap();
    let found = discover(&target(&registry.reference("team/app", TAG)), &options()).unwrap();
    assert_eq!(found.found.len(), 1);
    assert_eq!(found.found[0].signed, bundle(2));
    says(&found, &changed.to_string());
}

#[test]
fn ten_thousand_referrers_cost_a_bounded_number_of_requests() {
    let entries: Vec<Value> = (0..10_000_u32)
        .map(|number| descriptor(media_type::MANIFEST, &Digest::sha256_of(&number.to_be_bytes()), 500))
        .collect();
    let (found, registry) =
        with_canned(|digest| vec![Canned::json(list_path(digest), media_type::INDEX, list(&entries))]);
    says(&found, "10000 artifacts may refer");
    assert!(registry.requests().len() < 1100, "{}", registry.requests().len());
    assert!(found.problems.len() <= Limits::DEFAULT.problems + 2, "{}", found.problems.len());
}

#[test]
fn a_manifest_of_any_number_of_empty_signatures_costs_a_bounded_number_of_requests() {
    let nothing = Digest::sha256_of(b"");
    let layer = descriptor("application/vnd.dev.sigstore.bundle.v0.3+json", &nothing, 0);
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": media_type::MANIFEST,
        "config": descriptor("application/vnd.oci.empty.v1+json", &Digest::sha256_of(b"{}"), 2),
        "layers": vec![layer; 15_000],
    })
    .to_string();
    let name = Digest::sha256_of(manifest.as_bytes());
    let entry = descriptor(media_type::MANIFEST, &name, manifest.len() as u64);
    let (found, registry) = with_canned(|digest| {
        vec![
            Canned::json(list_path(digest), media_type::INDEX, list(&[entry])),
            Canned::json(format!("/v2/team/app/manifests/{name}"), media_type::MANIFEST, manifest),
            Canned {
                path: format!("/v2/team/app/blobs/{nothing}"),
                status: 200,
                headers: Vec::new(),
                body: Vec::new(),
            },
        ]
    });
    says(&found, "15000 signatures are there, and at most 2000 of all are read");
    assert!(registry.requests().len() < 2_200, "{}", registry.requests().len());
    assert_eq!(found.found.len(), 2_000);
    assert!(found.problems.len() <= Limits::DEFAULT.problems + 2, "{}", found.problems.len());
}

#[test]
fn a_list_that_runs_in_a_circle_ends() {
    let (found, registry) = with_canned(|digest| {
        let path = list_path(digest);
        let mut canned = Canned::json(&path, media_type::INDEX, list(&[]));
        canned.headers.push(("Link".to_owned(), format!("<{path}?again>; rel=\"next\"")));
        vec![canned]
    });
    says(&found, "runs in a circle");
    assert!(registry.requests().len() < 20);
}

#[test]
fn a_list_that_never_ends_is_given_up() {
    // Each part is of another address, so no circle is seen.
    let lab = Lab::new("a layout");
    for number in 0..30 {
        lab.attach(&bundle(number));
    }
    let limits = Limits { artifacts: 10, ..Limits::DEFAULT };
    let serve = Serve { referrers: true, page: Some(1), ..writable() };
    let registry = Registry::serve(lab.dir.path(), serve).unwrap();
    let options = Options { limits, ..options() };
    let found = discover(&target(&registry.reference("team/app", TAG)), &options).unwrap();
    assert_eq!(found.found.len(), 10);
    says(&found, "not read to its end");
}

#[test]
fn an_image_that_is_listed_as_its_own_referrer_is_passed_over() {
    let (found, _) = with_canned(|digest| {
        let entry = descriptor(media_type::MANIFEST, digest, 500);
        vec![Canned::json(list_path(digest), media_type::INDEX, list(&[entry]))]
    });
    assert!(found.found.is_empty() && found.problems.is_empty(), "{found:?}");
}

#[test]
fn pages_of_html_and_lists_of_nonsense_are_problems() {
    let html = |path: String| Canned {
        path,
        status: 200,
        headers: vec![("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned())],
        body: b"<!DOCTYPE html><title>Sign in</title>".to_vec(),
    };
    let (found, _) = with_canned(|digest| vec![html(list_path(digest))]);
    says(&found, "a page of HTML");
    let (found, _) = with_canned(|digest| vec![html(format!("/v2/team/app/manifests/sha256-{}", digest.hex()))]);
    says(&found, "is malformed");
    let (found, _) = with_canned(|digest| vec![html(format!("/v2/team/app/manifests/sha256-{}.sig", digest.hex()))]);
    says(&found, ".sig` cannot be read");
    for body in ["[", "{\"manifests\":{}}", "{\"manifests\":[{\"digest\":\"sha256:../../x\"}]}", &"[".repeat(100_000)] {
        let (found, _) = with_canned(|digest| vec![Canned::json(list_path(digest), media_type::INDEX, body)]);
        assert_eq!(found.problems.len(), 1, "{body:.40}: {:?}", found.problems);
    }
}

#[test]
fn an_access_that_is_denied_is_not_an_empty_list() {
    for status in [401, 403, 429, 500, 503] {
        let denied = |path| Canned { path, status, headers: Vec::new(), body: b"{}".to_vec() };
        let (found, _) = with_canned(|digest| vec![denied(list_path(digest))]);
        says(&found, "cannot be listed");
        let (found, _) = with_canned(|digest| vec![denied(format!("/v2/team/app/manifests/sha256-{}", digest.hex()))]);
        says(&found, "cannot be read");
    }
    // These say that the registry has no such API.
    for status in [400, 404, 405, 406, 501] {
        let unsupported = |path| Canned { path, status, headers: Vec::new(), body: b"{}".to_vec() };
        let (found, _) = with_canned(|digest| vec![unsupported(list_path(digest))]);
        assert_eq!(found.problems, [], "{status}");
    }
}

#[test]
fn huge_signatures_are_problems() {
    let referrer = |digest: &Digest, size: u64| {
        let layer = descriptor("application/vnd.dev.sigstore.bundle.v0.3+json", &Digest::sha256_of(b"{}"), size);
        let empty = descriptor("application/vnd.oci.empty.v1+json", &Digest::sha256_of(b"{}"), 2);
        let subject = descriptor(media_type::MANIFEST, digest, 500);
        json!({ "schemaVersion": 2, "mediaType": media_type::MANIFEST, "config": empty, "layers": [layer], "subject": subject })
            .to_string()
    };
    let answers = |digest: &Digest, size: u64| {
        let manifest = referrer(digest, size);
        let named = Digest::sha256_of(manifest.as_bytes());
        let entry = descriptor(media_type::MANIFEST, &named, manifest.len() as u64);
        let blob = format!("/v2/team/app/blobs/{}", Digest::sha256_of(b"{}"));
        vec![
            Canned::json(list_path(digest), media_type::INDEX, list(&[entry])),
            Canned::json(format!("/v2/team/app/manifests/{named}"), media_type::MANIFEST, manifest),
            Canned::json(blob, "application/octet-stream", vec![b'x'; 4096]),
        ]
    };
    let (found, registry) = with_canned(|digest| answers(digest, 17 << 20));
    says(&found, "beyond the limit");
    assert!(!registry.requests().iter().any(|line| line.contains("/blobs/")), "it is not even asked for");
    // More than the descriptor says, and less.
    for (size, expect) in [(2, "beyond the limit of 2 bytes"), (5000, "has 4096 bytes"), (4096, "not what it claims")] {
        let (found, _) = with_canned(|digest| answers(digest, size));
        says(&found, expect);
        assert!(found.found.is_empty());
    }
}

#[test]
fn all_signatures_together_are_bounded() {
    let lab = Lab::new("a registry with the referrers API");
    for number in 0..5_u8 {
        lab.attach(&boltseal_trust::Signed::Bundle(vec![number; 10_000]));
    }
    // Blobs count, and manifests do.
    for (artifacts_total, expect) in [(1 << 20, 5..=5), (35_000, 2..=3), (2_500, 0..=0)] {
        let limits = Limits { artifacts_total, ..Limits::DEFAULT };
        let found = discover(&lab.target(), &Options { limits, ..options() }).unwrap();
        assert!(expect.contains(&found.found.len()), "{artifacts_total}: {}", found.found.len());
        if found.found.len() < 5 {
            says(&found, "total of signatures and attestations");
        }
    }
}

#[test]
fn another_manifest_under_the_digest_of_a_referrer_is_not_believed() {
    let lab = Lab::new("a layout");
    let (listed, other) = (lab.attach(&bundle(1)).manifest, lab.attach(&bundle(2)).manifest);
    let bytes = std::fs::read(lab.dir.path().join("blobs/sha256").join(other.hex())).unwrap();
    let entry = descriptor(media_type::MANIFEST, &listed, bytes.len() as u64);
    let canned = vec![
        Canned::json(list_path(&lab.digest()), media_type::INDEX, list(&[entry])),
        Canned::json(format!("/v2/team/app/manifests/{listed}"), media_type::MANIFEST, bytes.clone()),
        Canned::json(format!("/v2/team/app/manifests/sha256-{}.sig", lab.digest().hex()), media_type::MANIFEST, bytes),
    ];
    let registry = Registry::serve(lab.dir.path(), Serve { canned, ..writable() }).unwrap();
    let found = discover(&target(&registry.reference("team/app", TAG)), &options()).unwrap();
    says(&found, "not what it claims to be");
    // Under the tag, which promises no digest, it is what it is.
    assert_eq!(found.found.iter().map(|found| &found.signed).collect::<Vec<_>>(), [&bundle(2)]);
}

#[test]
fn manifests_beyond_the_limit_are_problems() {
    let (found, _) = with_canned(|digest| {
        let name = Digest::sha256_of(b"huge");
        let entry = descriptor(media_type::MANIFEST, &name, 500);
        vec![
            Canned::json(list_path(digest), media_type::INDEX, list(&[entry])),
            Canned::json(format!("/v2/team/app/manifests/{name}"), media_type::MANIFEST, vec![b' '; 5 << 20]),
        ]
    });
    says(&found, "beyond the limit");
}

#[test]
fn a_list_that_goes_on_elsewhere_is_not_followed() {
    let elsewhere = tempfile::tempdir().unwrap();
    image(elsewhere.path());
    let other = Registry::serve(elsewhere.path(), Serve::default()).unwrap();
    let address = other.address();
    let (found, _) = with_canned(|digest| {
        let mut canned = Canned::json(list_path(digest), media_type::INDEX, list(&[]));
        canned.headers.push(("Link".to_owned(), format!("<http://{address}/v2/x>; rel=\"next\"")));
        vec![canned]
    });
    says(&found, "not the registry's");
    assert!(other.requests().is_empty(), "{:?}", other.requests());
}

#[test]
fn a_redirect_elsewhere_takes_no_credentials_along() {
    let elsewhere = tempfile::tempdir().unwrap();
    image(elsewhere.path());
    let other = Registry::serve(elsewhere.path(), Serve { referrers: true, ..Serve::default() }).unwrap();
    let address = other.address();
    let serve = Serve { token: Some(Token { value: "opens".to_owned(), credentials: None }), ..writable() };
    let credentials = Credentials { username: "robot".to_owned(), password: "hunter2".to_owned() };
    let (_, registry) = with(
        |digest| {
            let path = list_path(digest);
            let headers = vec![("Location".to_owned(), format!("http://{address}{path}"))];
            vec![Canned { path, status: 307, headers, body: Vec::new() }]
        },
        serve,
        &Options { credentials: Some(credentials), ..options() },
    );
    assert!(other.requests().iter().any(|line| line.contains("/referrers/")), "it is followed");
    assert_eq!(other.authorized(), Vec::<String>::new());
    assert!(!registry.authorized().is_empty());
}

#[test]
fn an_upload_that_goes_on_elsewhere_takes_no_credentials_along() {
    let elsewhere = tempfile::tempdir().unwrap();
    image(elsewhere.path());
    let other = Registry::serve(elsewhere.path(), writable()).unwrap();
    let location = format!("http://{}/v2/x/blobs/uploads/7", other.address());
    let canned = Canned {
        path: "/v2/team/app/blobs/uploads/".to_owned(),
        status: 202,
        headers: vec![("Location".to_owned(), location)],
        body: Vec::new(),
    };
    let token = Token { value: "opens".to_owned(), credentials: None };
    let lab = Lab::served(Serve { canned: vec![canned], token: Some(token), ..writable() });
    let signed = bundle(1);
    let attachment = boltseal_seal::Attachment::Signed(&signed);
    boltseal_seal::attach(&lab.target(), &options(), &lab.digest(), attachment, None).unwrap_err();
    assert!(other.requests().iter().any(|line| line.starts_with("PUT")), "{:?}", other.requests());
    assert_eq!(other.authorized(), Vec::<String>::new());
}

#[test]
fn a_signature_of_another_digest_is_found_and_left_to_the_verification() {
    let lab = Lab::new("a registry without it");
    let payload =
        format!(r#"{{"critical":{{"image":{{"docker-manifest-digest":"{}"}}}}}}"#, Digest::sha256_of(b"another image"));
    let signed = boltseal_trust::Signed::CosignSignature { payload: payload.into(), annotations: Default::default() };
    lab.attach(&signed);
    let found = lab.discover();
    assert_eq!(found.found.len(), 1);
    assert_eq!((&found.found[0].subject, &found.found[0].signed), (&lab.digest(), &signed));
    let verified = boltseal_seal::verify_all(&found, &Default::default());
    assert!(verified.iter().all(|verification| !verification.is_verified()));
}

#[test]
fn a_registry_that_says_nothing_costs_a_bounded_time() {
    let begun = Instant::now();
    let lab = Lab::served(Serve { delay: Duration::from_millis(50), ..writable() });
    lab.discover();
    assert!(begun.elapsed() < Duration::from_secs(20));
}
