//! Images: the configuration and the files that a container would see.

use boltseal_fixture::attacks::{self, Outcome};
use boltseal_image::build::{ImageBuilder, LayerBuilder};

use super::{findings, holds};
use crate::program::{Program, public_data};

fn image() -> ImageBuilder {
    let base = LayerBuilder::new()
        .directory("srv/open", 0o777)
        .directory("srv/closed", 0o777)
        .file("etc/passwd", "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n", 0o644)
        .file("usr/bin/sudo", "x", 0o4755)
        .file("usr/bin/gone", "x", 0o4755)
        .file("usr/bin/tamed", "x", 0o4755)
        .hardlink("usr/bin/again", "usr/bin/sudo")
        .file("root/.ssh/id_ed25519", "x", 0o600)
        .file("app/.env", "x", 0o600);
    let top = LayerBuilder::new()
        .whiteout("usr/bin/gone")
        .file("usr/bin/tamed", "x", 0o755)
        .directory("srv/closed", 0o755)
        .opaque("root/.ssh")
        .file("etc/passwd", "root:x:0:0::/:/bin/sh\napp:x:1000:0::/:/bin/sh\n", 0o644);
    ImageBuilder::new().layer(base, "base").layer(top, "top").user("1000").cmd(["/app/run"])
}

#[test]
fn what_a_container_would_see_is_judged_and_what_a_later_layer_took_away_is_not() {
    let program = Program::new();
    let layout = program.path().join("layout");
    image().write_oci_layout(&layout, "v1").unwrap();
    image().write_docker_archive(&program.path().join("image.tar"), "a/b:v1").unwrap();
    image().write_oci_archive(&program.path().join("oci.tar"), "v1").unwrap();
    for target in ["oci:layout:v1", "docker-archive:image.tar", "oci-archive:oci.tar"] {
        let outcome = program.run(&["check", "--format", "json", target]).expect_status(0);
        let messages: Vec<String> = outcome.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| format!("{} {}", finding["rule"].as_str().unwrap(), finding["message"].as_str().unwrap()))
            .collect();
        holds(&messages, &["BS-I020", "/usr/bin/sudo"]);
        holds(&messages, &["BS-I020", "/usr/bin/again"]);
        holds(&messages, &["BS-I023", "/srv/open"]);
        holds(&messages, &["BS-I024", "/app/.env"]);
        let all = messages.join("\n");
        for gone in ["/usr/bin/gone", "tamed", "/srv/closed", "id_ed25519", "toor"] {
            assert!(!all.contains(gone), "{gone}:\n{all}");
        }
        assert!(findings(&outcome).iter().all(|finding| finding.starts_with(&format!("{target}:"))), "{target}");
        let text = program.run(&["check", target]).expect_status(0);
        assert!(text.stdout.contains(&format!("--> {target}:")), "{}", text.stdout);
    }
    program.run(&["check", "oci:layout:other"]).expect_status(3);
}

#[test]
fn hostile_images_are_refused_or_judged_within_bounds() {
    for attack in attacks::all() {
        let program = Program::new();
        let folder = program.path().join("target");
        std::fs::create_dir(&folder).unwrap();
        let target = (attack.build)(&folder).unwrap();
        if !["oci", "docker-archive"].contains(&target.scheme) {
            continue;
        }
        let outcome = program.run(&["check", "--format", "json", &target.to_string()]);
        assert!(!outcome.stderr.contains("panicked"), "{}: {}", attack.name, outcome.stderr);
        assert!(outcome.peak_mib < 400, "{}: {} MiB", attack.name, outcome.peak_mib);
        match outcome.status {
            Some(3) => assert!(outcome.stderr.starts_with("error: "), "{}: {outcome:#?}", attack.name),
            status => {
                assert_eq!(status, Some(0), "{}: {outcome:#?}", attack.name);
                assert!(attack.outcome != Outcome::Refused, "{} was not refused", attack.name);
            }
        }
    }
}

#[test]
fn a_debian_image_is_judged_by_its_files() {
    let Some(real) = public_data("BOLTSEAL_REAL", "testdata/real") else { return };
    let program = Program::new();
    let target = format!("oci:{}", real.join("oci").display());
    let outcome = program.run(&["check", "--format", "json", &target]);
    println!("{:?} {}", outcome.status, outcome.stderr);
    let outcome = outcome.expect_status(0);
    assert!(!findings(&outcome).is_empty());
}
