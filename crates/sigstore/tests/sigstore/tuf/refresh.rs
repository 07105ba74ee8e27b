//! What a refresh brings when all is right.

use std::time::Duration;

use boltseal_sigstore::{Anchor, Connection, Folder, Http, Origin, Provenance, refresh};

use super::repository::{DAY, Lab, NOW, time, trusted_root};
use crate::canned::{Canned, Response};

#[test]
fn a_first_refresh_brings_the_root_and_the_services() {
    let lab = Lab::new();
    assert_eq!(lab.trust().trusted_root().unwrap(), None);
    let refreshed = lab.refresh(NOW).unwrap();
    assert!(refreshed.changed && refreshed.has_signing_config);
    assert!(lab.trusts("first"));
    assert!(lab.trust().signing_config().unwrap().is_some());
    let known: Provenance = lab.trust().provenance().unwrap().unwrap();
    assert_eq!(known, refreshed.provenance);
    assert_eq!(known.updated, time(NOW));
    let tuf = known.tuf.unwrap();
    assert_eq!((tuf.root, tuf.timestamp, tuf.snapshot, tuf.targets), (1, 1, 1, 1));
    assert_eq!(tuf.expires, time(NOW + 7 * DAY));
    let again = lab.refresh(NOW + DAY).unwrap();
    assert!(!again.changed);
    assert_eq!(lab.trust().provenance().unwrap().unwrap().updated, time(NOW + DAY));
}

#[test]
fn roots_are_followed_one_by_one_as_their_keys_change() {
    let mut lab = Lab::trusted();
    // Two: another key instead of `a`, signed by the old threshold and the new.
    lab.root.version = 2;
    lab.root.keys = ["b", "c", "d"].map(String::from).to_vec();
    lab.root.signers = ["b", "c", "d"].map(String::from).to_vec();
    lab.publish_root();
    // Three: nothing of the first is left, and the key of the other roles is new.
    lab.root.version = 3;
    lab.root.keys = ["d", "e", "f"].map(String::from).to_vec();
    lab.root.signers = ["c", "d", "e"].map(String::from).to_vec();
    lab.root.online = "online-2".to_owned();
    lab.publish_root();
    for role in lab.roles() {
        role.keys = vec!["online-2".to_owned()];
    }
    lab.advance("second");
    lab.publish();
    let refreshed = lab.refresh(NOW).unwrap();
    assert!(refreshed.changed);
    assert_eq!(refreshed.provenance.tuf.unwrap().root, 3);
    assert!(lab.trusts("second"));
}

#[test]
fn after_a_new_key_versions_may_begin_anew() {
    let mut lab = Lab::trusted();
    // A thief of the online key pushes versions up; the instance takes another key and goes on from where it was.
    for role in lab.roles() {
        role.version = 1_000_000;
    }
    lab.publish();
    lab.refresh(NOW).unwrap();
    lab.root.version = 2;
    lab.root.online = "online-2".to_owned();
    lab.publish_root();
    for role in lab.roles() {
        (role.version, role.keys) = (2, vec!["online-2".to_owned()]);
    }
    lab.files[0].1 = trusted_root("second");
    lab.publish();
    lab.refresh(NOW).unwrap();
    assert!(lab.trusts("second"));
}

#[test]
fn services_that_are_named_no_more_are_forgotten() {
    let mut lab = Lab::trusted();
    lab.advance("second");
    lab.files.truncate(1);
    lab.publish();
    let refreshed = lab.refresh(NOW).unwrap();
    assert!(!refreshed.has_signing_config);
    assert_eq!(lab.trust().signing_config().unwrap(), None);
}

#[test]
fn a_repository_is_read_over_http_too_and_asked_again_when_it_is_busy() {
    let lab = Lab::new();
    let folder = lab.path().join("repository");
    let server = Canned::serve(move |request, before| {
        assert_eq!(request.method, "GET");
        match std::fs::read(folder.join(request.path.trim_start_matches("/mirror/"))) {
            _ if before == 1 => Response::new(503, "busy").with("retry-after", "0"),
            Ok(bytes) => Response::new(200, bytes),
            Err(_) => Response::new(404, "no such file"),
        }
    });
    let http = Http::new(&Connection::default()).unwrap();
    let origin = Origin::parse(&format!("{}/mirror", server.url())).unwrap();
    let refreshed = refresh(&http, &lab.trust(), &origin, &lab.anchor(), NOW).unwrap();
    assert_eq!(refreshed.provenance.source, format!("{}/mirror/", server.url()));
    assert!(lab.trusts("first"));
}

#[test]
fn a_mirror_that_never_ends_or_never_answers_is_left() {
    let lab = Lab::new();
    let http = Http::new(&Connection { retries: 0, timeout: Duration::from_secs(1), ..Connection::default() }).unwrap();
    let told = |server: &Canned| {
        let origin = Origin::parse(&server.url()).unwrap();
        refresh(&http, &lab.trust(), &origin, &lab.anchor(), NOW).unwrap_err().to_string()
    };
    let endless = Canned::serve(|_, _| Response::new(200, vec![b' '; 8 << 20]));
    let text = told(&endless);
    assert!(text.contains("2.root.json` sends more than the limit of 512000 bytes"), "{text}");
    let slow = Canned::serve(|_, _| Response { after: Duration::from_secs(5), ..Response::new(200, "") });
    let text = told(&slow);
    assert!(text.contains("did not answer in time"), "{text}");
    let elsewhere = Canned::serve(|_, _| Response::new(302, "").with("location", "http://localhost:1/2.root.json"));
    let text = told(&elsewhere);
    assert!(text.contains("redirects to another host are not followed"), "{text}");
}

#[test]
fn the_anchor_of_an_earlier_refresh_is_kept() {
    let lab = Lab::trusted();
    let state = lab.trust().provenance().unwrap().unwrap().tuf.unwrap();
    assert_eq!(Anchor::kept(&lab.trust(), &state.anchor).unwrap(), lab.anchor());
    let told = Anchor::kept(&lab.trust(), &"0".repeat(64)).unwrap_err().to_string();
    assert!(told.contains("missing or another"), "{told}");
    assert_eq!(Anchor::kept(&lab.trust(), "sigstore").unwrap(), Anchor::Public);
}

/// The program knows the public instance's root by what is signed in it; the library ships that root as a file.
#[test]
fn the_public_instance_is_known_by_its_root() {
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .other_options(vec!["--offline".to_owned()])
        .exec()
        .unwrap();
    let library = metadata.packages.iter().find(|package| package.name.as_str() == "sigstore-trust-root").unwrap();
    let root = library.manifest_path.parent().unwrap().join("repository/tuf_root.json");
    let root = std::fs::read(root).unwrap();
    let version = serde_json::from_slice::<serde_json::Value>(&root).unwrap()["signed"]["version"].clone();

    let lab = Lab::new();
    let public = |folder: &str| {
        let http = Http::new(&Connection::default()).unwrap();
        let told = refresh(&http, &Folder::at(lab.path().join(folder)), &lab.origin(), &Anchor::Public, NOW);
        told.unwrap_err().to_string()
    };
    let told = public("without");
    assert!(told.contains("no repository of the public Sigstore instance"), "{told}");
    assert!(told.contains(&format!("`{version}.root.json`")), "raise the pinned root: {told}");
    lab.write(&format!("{version}.root.json"), &lab.read("1.root.json"));
    assert!(public("another").contains("no repository of the public Sigstore instance"));
    // With spaces or without: what is signed is the same. The next thing missed is another file.
    let compact: serde_json::Value = serde_json::from_slice(&root).unwrap();
    for root in [root, compact.to_string().into_bytes()] {
        lab.write(&format!("{version}.root.json"), &root);
        let told = public("right");
        assert!(told.contains("signatures that it needs"), "{told}");
    }
}
