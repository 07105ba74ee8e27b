//! Promise: what the real cosign signs with a key is verified. Without `cosign` on the path this is skipped, unless
//! `BOLTSEAL_VALIDATORS=required`.

use std::process::Command;

use crate::program::Program;

/// The first line of what cosign says of itself; none, with the reason printed, where it is not there.
fn cosign_version() -> Option<String> {
    match Command::new("cosign").arg("version").output() {
        Ok(output) => {
            Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
        }
        Err(error) => {
            assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`cosign`: {error}");
            println!("skipped: `cosign` cannot be run: {error}");
            None
        }
    }
}

fn cosign(program: &Program, arguments: &[&str]) {
    let output = Command::new("cosign")
        .args(arguments)
        .current_dir(program.path())
        .env("HOME", program.path())
        .env("COSIGN_PASSWORD", "a password")
        .output()
        .unwrap();
    assert!(output.status.success(), "cosign {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn blobs_that_the_real_cosign_signs_with_a_key_are_verified() {
    let Some(version) = cosign_version() else { return };
    let third = version.contains("v3.");
    let program = Program::new();
    cosign(&program, &["generate-key-pair"]);
    program.write("app.tar.gz", b"an artifact\n");
    let mut sign = vec!["sign-blob", "--yes", "--key", "cosign.key", "--tlog-upload=false"];
    sign.push(if third { "--use-signing-config=false" } else { "--new-bundle-format" });
    cosign(&program, &[&sign[..], &["--bundle", "app.tar.gz.sigstore.json", "app.tar.gz"]].concat());
    let verify = ["verify", "app.tar.gz", "--key", "cosign.pub", "--insecure-no-log"];
    let outcome = program.run(&verify).expect_status(0);
    assert!(outcome.stdout.contains("`cosign.pub` (ECDSA P-256)"), "{}", outcome.stdout);
    if !third {
        // The third version writes bundles alone.
        let detached =
            ["sign-blob", "--yes", "--key", "cosign.key", "--tlog-upload=false", "--output-signature", "app.sig"];
        cosign(&program, &[&detached[..], &["app.tar.gz"]].concat());
        program.run(&[&verify[..], &["--signature", "app.sig"]].concat()).expect_status(0);
    }
    program.write("app.tar.gz", b"another artifact\n");
    program.run(&verify).expect_status(1);
}
