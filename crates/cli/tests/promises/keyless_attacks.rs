//! Every attack on signatures that lies in a folder, through the program: never allowed.

use std::path::Path;

use crate::program::Program;

/// The folders of `boltseal-trust`.
fn folders() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../trust/tests/attacks");
    let mut all: Vec<_> = std::fs::read_dir(root).unwrap().map(|folder| folder.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn no_attack_makes_the_program_say_yes() {
    let program = Program::new();
    let mut tried = 0;
    for folder in folders() {
        let (bundle, signature) = (folder.join("bundle.sigstore.json"), folder.join("signature"));
        let mut arguments = match (bundle.exists(), signature.exists()) {
            (true, _) => vec!["verify".to_owned(), format!("--bundle={}", bundle.display())],
            (_, true) => vec!["verify".to_owned(), format!("--signature={}", signature.display())],
            // What cosign wrote before bundles hangs on images, and what is too large is made elsewhere.
            _ => continue,
        };
        let described = std::fs::read_to_string(folder.join("attack.toml")).unwrap();
        if described.contains("format = \"notation") {
            continue;
        }
        let root = folder.join("trusted_root.json");
        // Without one the program takes the root of the public instance, which knows none of these authorities.
        if root.exists() {
            arguments.push(format!("--trusted-root={}", root.display()));
        }
        let keys: Vec<_> = std::fs::read_dir(folder.join("keys")).into_iter().flatten().collect();
        for key in &keys {
            arguments.push(format!("--key={}", key.as_ref().unwrap().path().display()));
        }
        if keys.is_empty() {
            arguments.push("--any-identity".to_owned());
        }
        if described.contains("keys_need_no_log = true") {
            arguments.push("--insecure-no-log".to_owned());
        }
        arguments.push(folder.join("artifact").display().to_string());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let outcome = program.run(&arguments);
        // What was judged is a no; a folder without a root may also end with nobody being able to say.
        let fine = outcome.status == Some(1) || !root.exists() && outcome.status == Some(3);
        assert!(fine, "{}: {outcome:#?}", folder.display());
        tried += 1;
    }
    assert!(tried >= 60, "{tried}");
}
