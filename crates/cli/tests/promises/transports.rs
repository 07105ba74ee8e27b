//! The same image by every way, with the same report; registries that are slow, broken or lying.

use boltseal_fixture::registry::{Cut, Options, Registry, Token};

use crate::program::Program;

/// The demo's lab image as a layout in `lab`.
fn lab() -> Program {
    let program = Program::new();
    program.run(&["demo", "--keep", "lab"]).expect_status(0);
    program
}

fn scan(program: &Program, target: &str) -> String {
    program
        .run(&["scan", "--no-cache", "--platform", "linux/amd64", "--format", "json", target])
        .expect_status(0)
        .stdout
}

/// The digests of the layers, base first.
fn layers(program: &Program) -> Vec<String> {
    let read = |path: String| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(program.path().join("lab").join(path)).unwrap()).unwrap()
    };
    let index = read("index.json".to_owned());
    let manifest = index["manifests"][0]["digest"].as_str().unwrap().replace(':', "/");
    let manifest = read(format!("blobs/{manifest}"));
    manifest["layers"].as_array().unwrap().iter().map(|layer| layer["digest"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_registry_gives_the_same_report_as_the_layout() {
    let program = lab();
    let registry = Registry::serve(&program.path().join("lab"), Options::default()).unwrap();
    let layout = scan(&program, "oci:lab:lab");
    assert_eq!(scan(&program, &registry.reference("team/lab", "lab")), layout);
    let docker =
        Registry::serve(&program.path().join("lab"), Options { docker_media_types: true, ..Options::default() })
            .unwrap();
    assert_eq!(scan(&program, &docker.reference("team/lab", "lab")), layout);
}

#[test]
fn busy_registries_and_cut_connections_are_tried_again() {
    let program = lab();
    let layout = scan(&program, "oci:lab:lab");
    let faults = [
        Options { unavailable: 2, ..Options::default() },
        Options { too_many: 2, ..Options::default() },
        Options { cut: Some(Cut { after: 200, times: 2 }), ..Options::default() },
        Options { cut: Some(Cut { after: 200, times: 2 }), ignore_range: true, ..Options::default() },
    ];
    for options in faults {
        let shown = format!("{options:?}");
        let registry = Registry::serve(&program.path().join("lab"), options).unwrap();
        assert_eq!(scan(&program, &registry.reference("team/lab", "lab")), layout, "{shown}");
    }
}

#[test]
fn a_registry_that_changes_a_layer_is_found_out() {
    let program = lab();
    let changed = layers(&program).first().unwrap().parse().unwrap();
    let registry =
        Registry::serve(&program.path().join("lab"), Options { corrupt: Some(changed), ..Options::default() }).unwrap();
    let outcome = program.run(&["scan", "--no-cache", &registry.reference("team/lab", "lab")]).expect_status(3);
    assert!(outcome.stderr.contains("layer"), "{}", outcome.stderr);
}

#[test]
fn tokens_are_fetched_and_never_shown() {
    let program = lab();
    let secret = "s3cr3t-token-value";
    let token = Token { value: secret.to_owned(), credentials: Some("robot:hunter2".to_owned()) };
    let options = Options { token: Some(token), ..Options::default() };
    let registry = Registry::serve(&program.path().join("lab"), options).unwrap();
    let target = registry.reference("team/lab", "lab");
    let arguments = ["scan", "--no-cache", "--platform", "linux/amd64", "--format", "json", &target];
    let allowed = [("BOLTSEAL_REGISTRY_USERNAME", "robot"), ("BOLTSEAL_REGISTRY_PASSWORD", "hunter2")];
    let outcome = program.run_with(&arguments, &allowed).expect_status(0);
    assert_eq!(outcome.stdout, scan(&program, "oci:lab:lab"));
    let refused = program
        .run_with(&arguments, &[("BOLTSEAL_REGISTRY_USERNAME", "robot"), ("BOLTSEAL_REGISTRY_PASSWORD", "wr0ng")]);
    let refused = refused.expect_status(3);
    for text in [&outcome.stderr, &refused.stderr, &refused.stdout] {
        assert!(!text.contains(secret) && !text.contains("hunter2") && !text.contains("wr0ng"), "{text}");
    }
}

#[test]
fn a_second_scan_reads_no_layer_again() {
    let program = lab();
    let registry = Registry::serve(&program.path().join("lab"), Options::default()).unwrap();
    let target = registry.reference("team/lab", "lab");
    let run =
        || program.run(&["scan", "--platform", "linux/amd64", "--format", "json", &target]).expect_status(0).stdout;
    let first = run();
    let requests = registry.requests().len();
    assert_eq!(run(), first);
    let again = registry.requests().split_off(requests);
    let blobs = again.iter().filter(|request| request.contains("/blobs/")).count();
    assert!(blobs <= 1, "only the configuration may be fetched again: {again:?}");
}

#[test]
fn archives_give_the_same_report_as_the_layout() {
    let program = lab();
    let skopeo = std::process::Command::new("skopeo").arg("--version").output();
    if skopeo.is_err() {
        println!("skipped: skopeo is not installed, and it writes the archives");
        return;
    }
    let copy = |to: &str| {
        let from = format!("oci:{}:lab", program.path().join("lab").display());
        let output = std::process::Command::new("skopeo")
            .args(["--override-os", "linux", "--override-arch", "amd64", "copy", "-q", &from, to])
            .current_dir(program.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    copy("docker-archive:docker.tar:team/lab:1");
    copy("oci-archive:oci.tar:lab");
    let layout = scan(&program, "oci:lab:lab");
    assert_eq!(scan(&program, "docker-archive:docker.tar"), layout);
    assert_eq!(scan(&program, "oci-archive:oci.tar"), layout);
    // Bare paths are recognised by what they hold.
    assert_eq!(scan(&program, "docker.tar"), layout);
    assert_eq!(scan(&program, "oci.tar"), layout);
    assert_eq!(scan(&program, "lab"), layout);
}
