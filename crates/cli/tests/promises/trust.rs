//! `boltseal trust`: from a TUF repository to what is trusted, looking at it, and machines without a network.

use std::time::{SystemTime, UNIX_EPOCH};

use boltseal_fixture::authority::{Authority, Identity};
use boltseal_fixture::tuf::Repository;

use crate::program::{Outcome, Program};

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// A repository of an instance of one's own in `tuf`, its first root in `root.json`.
fn with_repository() -> (Program, Repository) {
    let program = Program::new();
    let authority = Authority::new("promises", now());
    let files = vec![
        ("trusted_root.json".to_owned(), authority.trusted_root().to_string().into_bytes()),
        ("signing_config.v0.2.json".to_owned(), authority.signing_config(2).to_string().into_bytes()),
    ];
    let repository = Repository::new(program.path().join("tuf"), now(), files);
    program.write("root.json", repository.read("1.root.json"));
    (program, repository)
}

fn trust(program: &Program, arguments: &[&str]) -> Outcome {
    program.run(&[&["--trust-dir", "trust", "trust"], arguments].concat())
}

#[test]
fn an_update_begins_with_a_root_and_goes_on_by_itself() {
    let (program, mut repository) = with_repository();
    let first = trust(&program, &["update", "--tuf-url", "tuf", "--root", "root.json"]).expect_status(0);
    assert!(first.stderr.contains("wrote trust/trusted_root.json from tuf"), "{}", first.stderr);
    assert_eq!(program.read("trust/trusted_root.json"), repository.files[0].1);
    assert_eq!(program.read("trust/signing_config.v0.2.json"), repository.files[1].1);
    // The next one needs neither address nor root; and the given one is not needed any more.
    std::fs::remove_file(program.path().join("root.json")).unwrap();
    let again = trust(&program, &["update"]).expect_status(0);
    assert!(again.stderr.contains("asking `tuf`, as in the last update"), "{}", again.stderr);
    assert!(again.stderr.contains("is the newest of tuf"), "{}", again.stderr);
    repository.advance();
    repository.files[0].1 = Authority::new("next", now()).trusted_root().to_string().into_bytes();
    repository.publish();
    trust(&program, &["update", "--tuf-url", "tuf"]).expect_status(0);
    assert_eq!(program.read("trust/trusted_root.json"), repository.files[0].1);
}

#[test]
fn an_old_copy_is_refused_and_what_is_trusted_stays() {
    let (program, mut repository) = with_repository();
    trust(&program, &["update", "--tuf-url", "tuf", "--root", "root.json"]).expect_status(0);
    let old = repository.read("timestamp.json");
    repository.advance();
    repository.publish();
    trust(&program, &["update"]).expect_status(0);
    let before = program.read("trust/trusted_root.json");
    repository.write("timestamp.json", &old);
    let refused = trust(&program, &["update"]).expect_status(3);
    assert!(refused.stderr.contains("an old copy is replayed"), "{}", refused.stderr);
    assert!(refused.stderr.contains("what is trusted stays as it was just now"), "{}", refused.stderr);
    assert_eq!(program.read("trust/trusted_root.json"), before);
}

#[test]
fn what_is_trusted_is_shown_with_names_validity_keys_and_age() {
    let (program, repository) = with_repository();
    let nothing = trust(&program, &["show"]).expect_status(3);
    assert!(nothing.stderr.contains("run `boltseal trust update`, or `boltseal trust import FILE`"));
    trust(&program, &["update", "--tuf-url", "tuf", "--root", "root.json"]).expect_status(0);
    let text = trust(&program, &["show"]).expect_status(0).stdout;
    for expected in [
        "from tuf, root version 1, current just now, to be asked again by 20",
        "sigstore.example / promises root at https://fulcio.sigstore.example",
        "https://rekor.sigstore.example\n",
        "https://log2025-1.rekor.sigstore.example\n",
        "https://ctfe.sigstore.example/test\n",
        "sigstore.example / timestamp at https://timestamp.sigstore.example/api/v1/timestamp",
        "in use, PKIX_ED25519",
        "in use, PKIX_ECDSA_P256_SHA_256",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let shown = trust(&program, &["show", "--format", "json"]).expect_status(0).json();
    assert_eq!(shown["provenance"]["tuf"]["timestamp"], 1);
    assert_eq!(shown["certificate-authorities"][0]["fingerprints"].as_array().unwrap().len(), 2);
    let log = shown["transparency-logs"][0]["key-id"].as_str().unwrap();
    assert!(text.contains(log) && log.len() == 64, "{log}");
    assert_eq!(shown["path"], "trust/trusted_root.json");
    assert_eq!(shown["problems"].as_array().unwrap().len(), 0);
    drop(repository);
}

#[test]
fn a_machine_without_a_network_takes_over_a_file() {
    let program = Program::new();
    let authority = Authority::new("island", now());
    program.write("trusted_root.json", authority.trusted_root().to_string());
    let taken = trust(&program, &["import", "trusted_root.json"]).expect_status(0);
    assert!(taken.stderr.contains("took over 1 certificate authorities, 2 logs and 1 timestamp"), "{}", taken.stderr);
    let text = trust(&program, &["show"]).expect_status(0).stdout;
    assert!(text.contains("taken over from trusted_root.json just now"), "{text}");
    program.write("both.json", authority.trust_config(1).to_string());
    trust(&program, &["import", "both.json"]).expect_status(0);
    assert!(program.path().join("trust/signing_config.v0.2.json").is_file());
    let before = program.read("trust/trusted_root.json");
    for (name, content) in [("no.json", "{"), ("other.json", "{\"mediaType\":\"text/plain\"}")] {
        program.write(name, content);
        let refused = trust(&program, &["import", name]).expect_status(3);
        assert!(refused.stderr.contains(&format!("`{name}` was not taken over")), "{}", refused.stderr);
    }
    assert_eq!(program.read("trust/trusted_root.json"), before);
}

#[test]
fn wrong_usage_is_told_from_what_could_not_be_done() {
    let (program, _repository) = with_repository();
    for (arguments, status, expected) in [
        (&["update", "--tuf-url", "nowhere"][..], 2, "neither an http or https URL nor a directory"),
        (&["update", "--tuf-url", "tuf", "--root", "none.json"], 2, "cannot read `none.json`"),
        (&["update", "--root", "root.json"], 2, "name that with `--tuf-url`"),
        // A repository that is not the public instance's, and nothing to begin with.
        (&["update", "--tuf-url", "tuf"], 3, "give its first root with `--root FILE`"),
        (&["update", "--tuf-url", "tuf", "--root", "tuf/timestamp.json"], 3, "is refused"),
        (&["import", "none.json"], 3, "there is no file `none.json`"),
        (&["show", "--format", "yaml"], 2, "yaml"),
    ] {
        let outcome = trust(&program, arguments).expect_status(status);
        assert!(outcome.stderr.contains(expected), "{arguments:?}: {}", outcome.stderr);
    }
    assert!(!program.path().join("trust/trusted_root.json").exists());
}

#[test]
fn nothing_is_asked_of_anybody_to_show_or_import() {
    let program = Program::new();
    program.write("trusted_root.json", Authority::new("island", now()).trusted_root().to_string());
    // A proxy that nobody answers at: whoever used the network would fail.
    let nowhere = [("https_proxy", "http://127.0.0.1:1"), ("http_proxy", "http://127.0.0.1:1")];
    for arguments in [&["import", "trusted_root.json"][..], &["show"]] {
        let all = [&["--trust-dir", "trust", "trust"], arguments].concat();
        program.run_with(&all, &nowhere).expect_status(0);
    }
}

#[test]
fn what_services_gave_is_verified_against_what_is_trusted_before_it_is_given_out() {
    let program = Program::new();
    let served = Authority::new("signing", now()).serve().unwrap();
    let token = served.authority.token(&Identity::person("dev@mail.example", &served.url()));
    let sign = || {
        let all = ["--trust-dir", "trust", "sign", "blob:file"];
        let outcome = program.run_with(&all, &[("SIGSTORE_ID_TOKEN", &token)]);
        assert!(!outcome.stderr.contains("eyJ") && !outcome.stdout.contains("eyJ"), "{outcome:?}");
        outcome
    };
    program.write("file", "content");
    program.write("config.json", served.authority.trust_config(2).to_string());
    trust(&program, &["import", "config.json"]).expect_status(0);
    sign().expect_status(0);
    assert!(String::from_utf8(program.read("file.sigstore.json")).unwrap().contains("bundle.v0.3+json"));
    // The services are those of another instance than the root.
    std::fs::remove_file(program.path().join("file.sigstore.json")).unwrap();
    program.write("trust/trusted_root.json", Authority::new("other", now()).trusted_root().to_string());
    let refused = sign().expect_status(3);
    assert!(refused.stderr.contains("does not hold against the trusted root"), "{}", refused.stderr);
    assert!(!program.path().join("file.sigstore.json").exists());
}
