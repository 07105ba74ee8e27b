//! Signing in somebody's name, without a key: with services of our own on the loopback, and others as verifiers.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use boltseal_fixture::authority::{Authority, Identity, Services};
use boltseal_fixture::layout::{Image, Layer, TAG};
use boltseal_fixture::registry::{Options, Registry};

use crate::program::Program;

const ARTIFACT: &str = "an artifact\n";

/// Services with the clock of this machine, and a folder with what clients need to know of them.
fn serving() -> (Services, Program) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let services = Authority::random(i64::try_from(now).unwrap()).serve().unwrap();
    let program = Program::new();
    program.write("artifact", ARTIFACT);
    program.write("root.json", services.authority.trusted_root().to_string());
    for rekor in [1, 2] {
        program.write(&format!("config{rekor}.json"), services.authority.signing_config(rekor).to_string());
        program.write(&format!("trust{rekor}.json"), services.authority.trust_config(rekor).to_string());
    }
    (services, program)
}

/// Runs another program in the folder, if it is there; says so where it is not.
fn peer(program: &Program, name: &str, arguments: &[&str]) {
    let output = Command::new("timeout")
        .args(["60", name])
        .args(arguments)
        .current_dir(program.path())
        .env("HOME", program.path())
        .output()
        .unwrap();
    // What `timeout` says of a program that is not there.
    if output.status.code() == Some(127) {
        assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`{name}` is not on PATH");
        println!("skipped: `{name}` is not on PATH");
        return;
    }
    assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Others accept the bundle, offline.
fn others_accept(services: &Services, program: &Program, identity: &Identity, bundle: &str) {
    let (name, issuer) = (identity.name.as_str(), services.url());
    let given = format!("--bundle={bundle}");
    let arguments = [
        "verify-blob",
        &given,
        "--trusted-root=root.json",
        "--use-signed-timestamps",
        "--certificate-identity",
        name,
        "--certificate-oidc-issuer",
        &issuer,
        "artifact",
    ];
    peer(program, "cosign", &arguments);
    let arguments = [
        "--trust-config=trust1.json",
        "verify",
        "identity",
        "--offline",
        &given,
        "--cert-identity",
        name,
        "--cert-oidc-issuer",
        &issuer,
        "artifact",
    ];
    peer(program, "sigstore", &arguments);
}

/// The program itself says yes to who is wanted, no to anybody else, and no to another file.
fn we_accept(services: &Services, program: &Program, identity: &Identity, bundle: &str) {
    let (bundle, issuer) = (format!("--bundle={bundle}"), format!("--issuer={}", services.url()));
    let verify = |name: &str, file: &str| {
        let identity = format!("--identity={name}");
        let arguments = ["verify", &bundle, "--trusted-root=root.json", &identity, &issuer, file];
        program.run(&arguments)
    };
    verify(&identity.name, "artifact").expect_status(0);
    verify("somebody@example.com", "artifact").expect_status(1);
    program.write("other", "another artifact\n");
    verify(&identity.name, "other").expect_status(1);
    let stranger = Authority::new("stranger", services.authority.now()).trusted_root();
    program.write("stranger.json", stranger.to_string());
    let identity = format!("--identity={}", identity.name);
    let arguments = ["verify", &bundle, "--trusted-root=stranger.json", &identity, &issuer, "artifact"];
    program.run(&arguments).expect_status(1);
}

#[test]
fn a_file_is_signed_by_who_holds_a_token_and_verified_by_others_and_us() {
    for identity in [Identity::person("dev@example.com", "ignored"), Identity::workflow()] {
        for rekor in [1, 2] {
            let (services, program) = serving();
            let token = services.authority.token(&identity);
            program.write("token", &token);
            let config = format!("config{rekor}.json");
            let arguments =
                ["sign", "--identity-token=token", "--signing-config", &config, "--bundle=made.json", "blob:artifact"];
            let outcome = program.run(&arguments).expect_status(0);
            let said = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(!said.contains(&token) && !said.contains(token.rsplit('.').next().unwrap()), "{said}");
            others_accept(&services, &program, &identity, "made.json");
            we_accept(&services, &program, &identity, "made.json");
            let requests = services.requests();
            let asked = |path: &str| requests.iter().any(|request| request == path);
            assert!(asked("POST /api/v2/signingCert") && asked("POST /api/v1/timestamp"), "{requests:?}");
            assert!(asked(&format!("POST /api/v{rekor}/log/entries")), "{requests:?}");
        }
    }
}

#[test]
fn a_token_of_somebody_else_signs_nothing_and_is_not_told() {
    let (services, program) = serving();
    let stranger = Authority::new("stranger", services.authority.now()).at(services.authority.urls.clone());
    let token = stranger.token(&Identity::person("dev@example.com", "ignored"));
    program.write("token", &token);
    let arguments =
        ["sign", "--identity-token=token", "--signing-config=config1.json", "--bundle=made.json", "blob:artifact"];
    let outcome = program.run(&arguments).expect_status(3);
    assert!(outcome.stderr.contains("not signed by the issuer"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains(&token), "{}", outcome.stderr);
    assert!(!program.path().join("made.json").exists());
    assert!(!services.requests().iter().any(|request| request.contains("log/entries")), "it was logged");
}

#[test]
fn an_image_is_signed_by_who_holds_a_token_in_both_forms() {
    let identity = Identity::workflow();
    for (form, rekor) in [("bundle", 1), ("bundle", 2), ("legacy", 1)] {
        let (services, program) = serving();
        let layer = Layer::plain(&boltseal_fixture::entry::end());
        Image::new().layer(layer).write(&program.path().join("layout")).unwrap();
        let options = Options { referrers: true, writable: true, ..Options::default() };
        let registry = Registry::serve(&program.path().join("layout"), options).unwrap();
        let image = registry.reference("team/app", TAG);
        program.write("token", services.authority.token(&identity));
        let config = format!("--signing-config=config{rekor}.json");
        program.run(&["sign", "--identity-token=token", &config, "--format", form, &image]).expect_status(0);
        let named = [format!("--identity={}", identity.name), format!("--issuer={}", services.url())];
        let verify = ["verify", "--trusted-root=root.json", &named[0], &named[1]];
        program.run(&[&verify[..], &["--repository=https://github.com/example/app", &image]].concat()).expect_status(0);
        program.run(&[&verify[..], &["--repository=https://github.com/fork/app", &image]].concat()).expect_status(1);
        let name = format!("--certificate-identity={}", identity.name);
        let issuer = format!("--certificate-oidc-issuer={}", services.url());
        let mut arguments = vec!["verify", "--trusted-root=root.json", "--use-signed-timestamps", &name, &issuer];
        if form == "legacy" {
            arguments.push("--new-bundle-format=false");
        }
        arguments.push(&image);
        peer(&program, "cosign", &arguments);
    }
}
