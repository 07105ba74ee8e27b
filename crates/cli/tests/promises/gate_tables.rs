//! `boltseal gate` again and elsewhere: the same image has the same verdict, and what was recorded can be asked again.

use boltseal_fixture::layout::TAG;
use boltseal_fixture::registry::{Options, Registry};
use serde_json::{Value, json};

use crate::gate::{Lab, image, outcome_of, tagged, valid};

const JSON: [&str; 4] = ["--policy", "policy.yaml", "--format", "json"];

#[test]
fn the_same_image_has_the_same_verdict_twice_and_wherever_it_lies() {
    let lab = Lab::of("1.1", |_| Options::default());
    lab.sign("release", &lab.image());
    lab.sign("other", &lab.image());
    let first = lab.gate(&JSON).expect_status(1);
    let again = lab.gate(&JSON).expect_status(1);
    assert_eq!(first.stdout, again.stdout, "twice in a row, byte for byte");
    // Without what the first run kept of the layers, too.
    let bare = lab.gate(&[&JSON[..], &["--no-cache"]].concat()).expect_status(1);
    assert_eq!(first.stdout, bare.stdout);

    // By digest, as an OCI layout with the same signatures, and from another registry that has copied it.
    let mut verdicts = vec![valid(&first)];
    let by_digest = lab.registry.reference("team/app", &lab.digest());
    verdicts.push(valid(&lab.gate_on(&by_digest, &JSON).expect_status(1)));
    let export = ["evidence", "export", "--with-layers", "--output", "copy", "--policy", "policy.yaml", &lab.image()];
    lab.program.run(&export).expect_status(0);
    let layout = format!("oci:copy@{}", lab.digest());
    verdicts.push(valid(&lab.gate_on(&layout, &JSON).expect_status(1)));
    let mirror = Registry::serve(&lab.program.path().join("copy"), Options { referrers: true, ..Options::default() });
    let mirror = mirror.unwrap();
    let elsewhere = mirror.reference("mirror/app", &lab.digest());
    verdicts.push(valid(&lab.gate_on(&elsewhere, &JSON).expect_status(1)));
    for verdict in &verdicts {
        for key in ["rules", "decision", "policy", "day", "database"] {
            assert_eq!(verdict[key], verdicts[0][key], "{key}");
        }
        assert_eq!(verdict["subject"]["digest"], verdicts[0]["subject"]["digest"]);
        assert_eq!(outcome_of(verdict, "signed"), "passed");
        assert_eq!(outcome_of(verdict, "no-exploited"), "failed");
    }
}

#[test]
fn everything_is_asked_of_the_digest_that_the_tag_named_first() {
    let lab = Lab::new();
    lab.sign("release", &lab.image());
    lab.gate(&JSON).expect_status(0);
    let requests = lab.registry.requests();
    let gated: Vec<&String> = requests.iter().rev().take_while(|line| !line.starts_with("PUT")).collect();
    let by_tag = |line: &&&String| line.contains("/manifests/") && line.ends_with(&format!("/manifests/{TAG}"));
    // The tag is read once, at the beginning; whoever moves it afterwards moves nothing that is judged.
    let first = gated.iter().rposition(|line| by_tag(&line)).unwrap();
    let names: Vec<&&String> = gated.iter().filter(by_tag).collect();
    assert!(names.len() <= 2, "{gated:?}");
    let before = gated.iter().rposition(|line| line.contains("/manifests/sha256:") || line.contains("/blobs/"));
    assert!(before < Some(first), "the tag was read after something was asked by digest: {gated:?}");
    for line in gated.iter().filter(|line| line.contains("/referrers/")) {
        assert!(line.contains(&lab.digest()), "{line}");
    }
}

#[test]
fn a_tag_that_is_moved_while_the_gate_judges_changes_nothing() {
    let lab = Lab::new();
    lab.sign("release", &lab.image());
    let stop = std::sync::atomic::AtomicBool::new(false);
    // Another image, exploited and not signed, in the same layout; the tag goes to and fro between both.
    let digest = lab.digest();
    image("1.1").write(&lab.program.path().join("second")).unwrap();
    let second = tagged(&lab.program, "second");
    for file in std::fs::read_dir(lab.program.path().join("second/blobs/sha256")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), lab.program.path().join("layout/blobs/sha256").join(file.file_name())).unwrap();
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                for target in [&second, &digest] {
                    crate::gate::move_tag(&lab, target, TAG);
                }
            }
        });
        for _ in 0..6 {
            let told = lab.gate(&JSON);
            let verdict = valid(&told);
            // Whichever image it was: that one's whole verdict, never a mixture.
            let (decision, signed, exploited) = match verdict["subject"]["digest"].as_str() {
                Some(named) if named == digest => ("allowed", "passed", "passed"),
                Some(named) if named == second => ("denied", "failed", "failed"),
                other => panic!("{other:?}"),
            };
            assert_eq!(verdict["decision"], decision, "{verdict:#}");
            assert_eq!(
                (outcome_of(&verdict, "signed"), outcome_of(&verdict, "no-exploited")),
                (signed.into(), exploited.into())
            );
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn what_was_recorded_is_asked_again_by_another_policy_and_by_examples() {
    let lab = Lab::of("1.1", |_| Options::default());
    lab.sign("release", &lab.image());
    let record = [&JSON[..], &["--record", "recorded/app.json"]].concat();
    std::fs::create_dir(lab.program.path().join("recorded")).unwrap();
    let told = lab.gate(&record).expect_status(1);
    lab.program
        .write("milder.yaml", "version: 1\nrules:\n- id: no-exploited\n  mode: warn\n  vulnerabilities: {kev: true}\n");
    let diff = |format: &str| {
        lab.program
            .run(&["gate", "diff", "policy.yaml", "milder.yaml", "recorded", "--format", format])
            .expect_status(0)
    };
    let text = diff("text").stdout;
    assert!(text.contains("denied → allowed") && text.contains(&lab.digest()), "{text}");
    let differences = diff("json").json();
    assert_eq!((&differences[0]["before"], &differences[0]["after"]), (&json!("denied"), &json!("allowed")));
    let gone = differences[0]["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "signed").unwrap();
    assert_eq!((&gone["before"]["outcome"], &gone["after"]), (&json!("passed"), &Value::Null));
    lab.program.run(&["gate", "diff", "policy.yaml", "milder.yaml", "policy.yaml"]).expect_status(3);
    lab.program.write("empty/.keep", "");
    lab.program.run(&["gate", "diff", "policy.yaml", "milder.yaml", "empty"]).expect_status(2);

    let examples = |expect: &str, outcome: &str| {
        lab.program.write(
            "examples.yaml",
            format!(
                "version: 1\ncases:\n- name: the image of today\n  subject: recorded/app.json\n  expect: {expect}\n  \
                 rules: {{signed: passed, no-exploited: {outcome}}}\n"
            ),
        );
        lab.program.run(&["gate", "test", "policy.yaml", "examples.yaml"])
    };
    assert!(examples("denied", "failed").expect_status(0).stdout.contains("1 examples, 0 not as expected"));
    let wrong = examples("allowed", "passed").expect_status(1).stdout;
    assert!(wrong.contains("✗ the image of today") && wrong.contains("denied"), "{wrong}");
    lab.program.write("examples.yaml", "version: 1\ncases:\n- name: a\n  expects: allowed\n");
    let wrong = lab.program.run(&["gate", "test", "policy.yaml", "examples.yaml"]).expect_status(2).stderr;
    assert!(wrong.contains("examples.yaml:4:"), "{wrong}");
    // What is recorded holds no secret, and the verdict on it is the one of then.
    let recorded = String::from_utf8(lab.program.read("recorded/app.json")).unwrap();
    assert!(!recorded.contains(crate::gate::PASSWORD));
    assert_eq!(valid(&told)["decision"], "denied");
}

#[test]
fn a_policy_that_was_begun_with_init_is_read_and_not_replaced() {
    let lab = Lab::new();
    for profile in ["observe", "baseline", "strict"] {
        let file = format!("{profile}.yaml");
        lab.program.run(&["gate", "init", &file, "--profile", profile]).expect_status(0);
        lab.program.run(&["gate", "init", &file]).expect_status(2);
        let verdict = valid(&lab.gate(&["--policy", &file, "--format", "json"]));
        assert!(verdict["rules"].as_array().unwrap().len() >= 3, "{verdict:#}");
        // Observing lets everything pass.
        assert!(profile != "observe" || verdict["decision"] == "allowed", "{verdict:#}");
    }
    lab.program.run(&["gate", "init", "x.yaml", "--profile", "mild"]).expect_status(2);
}

#[test]
fn a_token_for_the_registry_is_told_to_nobody() {
    let lab = Lab::new();
    lab.sign("release", &lab.image());
    let token = boltseal_fixture::registry::Token {
        value: "t0ken-of-the-lab".to_owned(),
        credentials: Some("lab:s3cret-word".to_owned()),
    };
    let options = Options { referrers: true, token: Some(token), ..Options::default() };
    let registry = Registry::serve(&lab.program.path().join("layout"), options).unwrap();
    let host = registry.address().to_string();
    let auth = "bGFiOnMzY3JldC13b3Jk";
    lab.program.write("docker/config.json", json!({ "auths": { host: { "auth": auth } } }).to_string());
    let folder = lab.program.path().join("docker").display().to_string();
    let image = registry.reference("team/app", TAG);
    for command in [
        &["gate", "--policy", "policy.yaml", "--format", "json", "--record", "recorded.json", &image][..],
        &["gate", "--policy", "policy.yaml", "--all", &image],
        &["explain", "--policy", "policy.yaml", &image],
        &["evidence", "export", "--output", "out", "--policy", "policy.yaml", &image],
    ] {
        let told = lab.program.run_with(command, &[("DOCKER_CONFIG", &folder)]);
        assert!(told.status == Some(0) || told.status == Some(1), "{command:?}: {told:#?}");
        for secret in ["t0ken-of-the-lab", "s3cret-word", auth] {
            assert!(!format!("{}{}", told.stdout, told.stderr).contains(secret), "{command:?}: {told:#?}");
        }
    }
    // Nor is one in what was written.
    let mut files = vec![lab.program.path().join("recorded.json")];
    files.extend(
        std::fs::read_dir(lab.program.path().join("out/blobs/sha256")).unwrap().map(|file| file.unwrap().path()),
    );
    assert!(files.len() > 5);
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(
            !["t0ken-of-the-lab", "s3cret-word", auth].iter().any(|secret| text.contains(secret)),
            "{}",
            file.display()
        );
    }
}

#[test]
fn an_image_for_several_platforms_is_judged_by_the_platform_that_is_asked_for() {
    let lab = Lab::new();
    let folder = lab.program.path().join("platforms");
    boltseal_fixture::layout::write_platforms(&folder, [("amd64", image("1.3")), ("arm64", image("1.1"))]).unwrap();
    lab.sign("release", &format!("oci:platforms:{TAG}"));
    let ask = |platform: &str| {
        let more = [&JSON[..], &["--platform", platform]].concat();
        lab.gate_on(&format!("oci:platforms:{TAG}"), &more)
    };
    let (sound, bad) = (valid(&ask("linux/amd64").expect_status(0)), valid(&ask("linux/arm64").expect_status(1)));
    // The signature is about the index; the report is about the platform's image.
    assert_eq!(sound["subject"]["digest"], bad["subject"]["digest"]);
    assert_ne!(sound["subject"]["manifest"], bad["subject"]["manifest"]);
}
