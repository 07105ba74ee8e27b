//! Every attack that TUF is made against: refused by name, and the old root stays as it was.

use serde_json::Value;

use boltseal_fixture::tuf::sign;

use super::repository::{DAY, Lab, NOW};

/// After a first refresh the repository is changed; the next refresh is refused.
#[track_caller]
fn refused(change: impl FnOnce(&mut Lab), expected: &str) {
    refused_at(NOW, change, expected);
}

#[track_caller]
fn refused_at(now: i64, change: impl FnOnce(&mut Lab), expected: &str) {
    let mut lab = Lab::trusted();
    let before = lab.trust().provenance().unwrap();
    let config = lab.trust().signing_config().unwrap();
    change(&mut lab);
    let told = lab.refresh(now).expect_err("nothing was noticed").to_string();
    println!("{told}");
    assert!(told.contains(expected), "{told}");
    assert!(told.contains("repository"), "{told}");
    assert!(!told.ends_with('.') && !told.contains('\n'), "{told}");
    assert!(lab.trusts("first"), "the old root did not stay");
    assert_eq!(lab.trust().signing_config().unwrap(), config);
    assert_eq!(lab.trust().provenance().unwrap(), before);
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_root_with_too_few_signatures_of_the_old_keys() {
    refused(
        |lab| {
            lab.root.version = 2;
            lab.root.signers = names(&["a"]);
            lab.publish_root();
        },
        "`root` has 1 of the 2 signatures that it needs",
    );
}

#[test]
fn a_root_that_only_its_own_new_keys_sign() {
    refused(
        |lab| {
            lab.root.version = 2;
            lab.root.keys = names(&["x", "y"]);
            lab.root.signers = names(&["x", "y"]);
            lab.publish_root();
        },
        "`root` has 0 of the 2 signatures that it needs",
    );
}

#[test]
fn a_root_whose_new_keys_do_not_sign_it() {
    refused(
        |lab| {
            lab.root.version = 2;
            lab.root.keys = names(&["x", "y"]);
            lab.publish_root();
        },
        "`root` has 0 of the 2 signatures that it needs",
    );
}

#[test]
fn a_root_that_counts_one_key_twice() {
    refused(
        |lab| {
            lab.root.version = 2;
            lab.root.signers = names(&["a", "a"]);
            lab.publish_root();
        },
        "`root` counts one key twice",
    );
}

#[test]
fn a_root_that_leaves_a_version_out_or_stays_at_the_old_one() {
    for (version, offered) in [(3, "it offers version 3"), (1, "it offers version 1")] {
        refused(
            |lab| {
                lab.root.version = version;
                let bytes = lab.root_bytes();
                lab.write("2.root.json", &bytes);
            },
            offered,
        );
    }
}

#[test]
fn more_roots_than_anybody_makes() {
    refused(
        |lab| {
            for version in 2..60 {
                lab.root.version = version;
                lab.publish_root();
            }
        },
        "exceeded 32 root rotations",
    );
}

#[test]
fn a_root_that_has_ended() {
    refused_at(NOW + 301 * DAY, |_| {}, "`root` ended at 2027-03-28T00:00:00Z");
}

#[test]
fn a_frozen_repository() {
    refused_at(NOW + 8 * DAY, |_| {}, "`timestamp` ended at 2026-06-08T00:00:00Z: the repository is not kept up");
}

#[test]
fn a_snapshot_or_targets_that_have_ended() {
    for (days, role) in [(31, "`snapshot` ended at"), (91, "`targets` ended at")] {
        refused_at(
            NOW + days * DAY,
            |lab| {
                lab.timestamp.version = 2;
                lab.timestamp.expires = NOW + 200 * DAY;
                if role.starts_with("`targets") {
                    lab.snapshot.version = 2;
                    lab.snapshot.expires = NOW + 200 * DAY;
                }
                lab.publish();
            },
            role,
        );
    }
}

/// The first version is replayed to a machine that has seen the second, by programs that were started anew.
#[test]
fn an_old_copy_that_is_replayed() {
    let mut lab = Lab::trusted();
    let old = lab.read("timestamp.json");
    lab.advance("second");
    lab.publish();
    lab.refresh(NOW).unwrap();
    lab.write("timestamp.json", &old);
    let told = lab.refresh(NOW).unwrap_err().to_string();
    assert!(
        told.contains("version 1 of `timestamp`, and version 2 was seen before: an old copy is replayed"),
        "{told}"
    );
    assert!(lab.trusts("second"));
    // Also where the metadata that was kept is lost.
    std::fs::remove_dir_all(lab.trust().path().join("tuf")).unwrap();
    let told = lab.refresh(NOW).unwrap_err().to_string();
    assert!(told.contains("version 1 of `timestamp`, and version 2 was seen before"), "{told}");
    assert!(lab.trusts("second"));
}

#[test]
fn a_new_timestamp_for_an_old_snapshot() {
    let mut lab = Lab::trusted();
    let old = lab.read("1.snapshot.json");
    lab.advance("second");
    lab.publish();
    lab.refresh(NOW).unwrap();
    lab.timestamp.version = 3;
    lab.snapshot.version = 1;
    lab.write("timestamp.json", &lab.timestamp_of(&old));
    let told = lab.refresh(NOW).unwrap_err().to_string();
    assert!(told.contains("version 1 of `snapshot (via timestamp)`, and version 2 was seen before"), "{told}");
    assert!(lab.trusts("second"));
}

#[test]
fn a_new_snapshot_for_old_targets() {
    let mut lab = Lab::trusted();
    lab.advance("second");
    lab.publish();
    lab.refresh(NOW).unwrap();
    lab.advance("first");
    lab.targets.version = 1;
    lab.publish();
    let told = lab.refresh(NOW).unwrap_err().to_string();
    assert!(told.contains("version 1 of `targets.json (via snapshot)`, and version 2 was seen before"), "{told}");
    assert!(lab.trusts("second"));
}

#[test]
fn files_of_two_versions_mixed() {
    refused(
        |lab| {
            let old = lab.read("1.snapshot.json");
            lab.advance("second");
            lab.publish();
            lab.write("2.snapshot.json", &old);
        },
        "a file is not the one that the signed metadata names (snapshot.json",
    );
    refused(
        |lab| {
            let old = lab.read("1.targets.json");
            lab.advance("second");
            lab.publish();
            lab.write("2.targets.json", &old);
        },
        "a file is not the one that the signed metadata names (targets.json",
    );
}

#[test]
fn a_snapshot_of_another_version_than_the_timestamp_says() {
    refused(
        |lab| {
            lab.advance("second");
            lab.publish();
            let snapshot = lab.read("2.snapshot.json");
            lab.timestamp.version = 3;
            lab.snapshot.version = 5;
            lab.write("timestamp.json", &lab.timestamp_of(&snapshot));
            lab.write("5.snapshot.json", &snapshot);
        },
        "snapshot version 2 does not match timestamp pin 5",
    );
}

#[test]
fn roles_that_another_key_signs() {
    for (role, expected) in [
        (0, "`timestamp` has 0 of the 1 signatures"),
        (1, "`snapshot` has 0 of the 1 signatures"),
        (2, "`targets` has 0 of the 1 signatures"),
    ] {
        refused(
            |lab| {
                lab.advance("second");
                lab.roles()[role].keys = names(&["thief"]);
                lab.publish();
            },
            expected,
        );
    }
}

#[test]
fn one_role_in_the_place_of_another() {
    refused(
        |lab| {
            let snapshot = lab.read("1.snapshot.json");
            lab.write("timestamp.json", &snapshot);
        },
        "a file is not TUF metadata (expected _type",
    );
}

#[test]
fn metadata_that_was_changed() {
    refused(
        |lab| {
            lab.timestamp.version = 2;
            lab.publish();
            let text = String::from_utf8(lab.read("timestamp.json")).unwrap();
            let later = text.replace("2026-06-08", "2036-06-08");
            assert_ne!(text, later);
            lab.write("timestamp.json", later.as_bytes());
        },
        "`timestamp` has 0 of the 1 signatures",
    );
    for (bytes, expected) in [
        (&b"not json"[..], "a file is not JSON"),
        (b"[]", "a file is not TUF metadata"),
        (b"{\"signed\":{},\"signatures\":[]}", "a file is not JSON"),
    ] {
        refused(|lab| lab.write("timestamp.json", bytes), expected);
    }
    // Deeper than anything may be.
    refused(|lab| lab.write("timestamp.json", "[".repeat(10_000).as_bytes()), "a file is not JSON");
}

#[test]
fn metadata_of_a_future_specification() {
    refused(
        |lab| {
            let mut value: Value = serde_json::from_slice(&lab.read("timestamp.json")).unwrap();
            value["signed"]["spec_version"] = "2.0.0".into();
            value["signed"]["version"] = 2.into();
            lab.write("timestamp.json", &sign(&value["signed"], &names(&["online"])));
        },
        "unsupported TUF spec_version",
    );
}

#[test]
fn data_without_end() {
    for (file, limit) in [("2.root.json", "512000"), ("timestamp.json", "16384")] {
        refused(|lab| lab.write(file, &vec![b' '; 3 << 20]), &format!("is larger than the limit of {limit} bytes"));
    }
    refused(
        |lab| {
            lab.advance("second");
            lab.publish();
            let hash = sigstore_verify::crypto::sha256(&lab.files[0].1).to_hex();
            let mut longer = lab.files[0].1.clone();
            longer.push(b' ');
            lab.write(&format!("targets/{hash}.trusted_root.json"), &longer);
        },
        "is larger than the limit of",
    );
}

#[test]
fn a_target_that_was_changed() {
    refused(
        |lab| {
            lab.advance("second");
            lab.publish();
            let hash = sigstore_verify::crypto::sha256(&lab.files[0].1).to_hex();
            let mut other = lab.files[0].1.clone();
            *other.last_mut().unwrap() = b' ';
            lab.write(&format!("targets/{hash}.trusted_root.json"), &other);
        },
        "a file is not the one that the signed metadata names (trusted_root.json",
    );
}

#[test]
fn files_that_are_missing() {
    refused(|lab| lab.remove("timestamp.json"), "timestamp.json not found");
    for file in ["2.snapshot.json", "2.targets.json"] {
        refused(
            |lab| {
                lab.advance("second");
                lab.publish();
                lab.remove(file);
            },
            &format!("{file} not found"),
        );
    }
    refused(
        |lab| {
            lab.advance("second");
            lab.publish();
            let hash = sigstore_verify::crypto::sha256(&lab.files[0].1).to_hex();
            lab.remove(&format!("targets/{hash}.trusted_root.json"));
        },
        "trusted_root.json not found",
    );
    refused(
        |lab| {
            lab.advance("second");
            lab.files.remove(0);
            lab.publish();
        },
        "it has no `trusted_root.json`: it is no repository of a Sigstore instance",
    );
}

#[test]
fn a_target_that_is_no_trusted_root() {
    for (bytes, expected) in [
        (&b"{}"[..], "its media type is ``"),
        (b"not json", "is not a trusted root that can be read"),
        (
            br#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}"#,
            "without a usable log or timestamp authority",
        ),
    ] {
        refused(
            |lab| {
                lab.advance("second");
                lab.files[0].1 = bytes.to_vec();
                lab.publish();
            },
            expected,
        );
    }
}

#[test]
fn services_that_cannot_be_read() {
    refused(
        |lab| {
            lab.advance("second");
            lab.files[1].1 = b"{}".to_vec();
            lab.publish();
        },
        "`signing_config.v0.2.json` of the TUF repository",
    );
}

#[test]
fn what_cannot_be_kept_fails_the_refresh() {
    let mut lab = Lab::trusted();
    let state = lab.trust().provenance().unwrap().unwrap().tuf.unwrap();
    let kept = lab.trust().path().join("tuf").join(state.anchor).join("timestamp.json");
    std::fs::remove_file(&kept).unwrap();
    std::fs::create_dir_all(kept.join("in the way")).unwrap();
    lab.advance("second");
    lab.publish();
    let told = lab.refresh(NOW).unwrap_err().to_string();
    assert!(told.contains("without it a replay could not be noticed") && told.contains("timestamp.json"), "{told}");
    assert!(lab.trusts("first"));
}
