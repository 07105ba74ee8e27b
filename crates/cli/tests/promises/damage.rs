//! Archives of images that are cut off: never read as less, never a panic.

use boltseal_fixture::attacks;
use boltseal_fixture::entry::{self, Entry};
use boltseal_fixture::layout::{self, Image};

use crate::program::Program;

/// An archive as `docker save` writes it.
fn docker_archive() -> Vec<u8> {
    let layer = attacks::witness();
    let config = serde_json::to_vec(&layout::config(std::slice::from_ref(&layer))).unwrap();
    entry::tar(&[
        Entry::file("a/layer.tar", layer.bytes),
        Entry::file("config.json", config),
        Entry::file("manifest.json", r#"[{"Config":"config.json","RepoTags":null,"Layers":["a/layer.tar"]}]"#),
    ])
}

/// An OCI layout in a tar, its index last.
fn oci_archive(program: &Program) -> Vec<u8> {
    let folder = program.path().join("layout");
    Image::new().layer(attacks::witness()).write(&folder).unwrap();
    let file = |path: &str| Entry::file(path, std::fs::read(folder.join(path)).unwrap());
    let mut blobs: Vec<String> = std::fs::read_dir(folder.join("blobs/sha256"))
        .unwrap()
        .map(|blob| format!("blobs/sha256/{}", blob.unwrap().file_name().to_string_lossy()))
        .collect();
    blobs.sort();
    let mut entries: Vec<Entry> = blobs.iter().map(|path| file(path)).collect();
    entries.extend([file("oci-layout"), file("index.json")]);
    entry::tar(&entries)
}

#[test]
fn a_cut_archive_is_3_and_named_wherever_it_is_cut() {
    let program = Program::new();
    for (scheme, whole) in [("docker-archive", docker_archive()), ("oci-archive", oci_archive(&program))] {
        let name = format!("{scheme}.tar");
        let scan = |bytes: &[u8]| {
            std::fs::write(program.path().join(&name), bytes).unwrap();
            program.run(&["scan", "--format", "json", &format!("{scheme}:{name}")])
        };
        assert!(scan(&whole).expect_status(0).stdout.contains(attacks::WITNESS));
        // Behind the last entry's content there are only zeros, without which the archive is still whole.
        let content = whole.iter().rposition(|&byte| byte != 0).unwrap();
        for cut in [0, 1, 511, 512, 700, 1024, content / 3, content / 2, content - 600, content - 100, content] {
            let outcome = scan(&whole[..cut]);
            assert!(!outcome.stderr.contains("panicked"), "{scheme} at {cut}: {}", outcome.stderr);
            assert_eq!(
                (outcome.status, outcome.stdout.as_str()),
                (Some(3), ""),
                "{scheme} at {cut}: {}",
                outcome.stderr
            );
            assert!(outcome.stderr.contains(&name), "{scheme} at {cut}: {}", outcome.stderr);
        }
    }
}

#[test]
fn a_changed_byte_is_never_read_as_another_image() {
    let program = Program::new();
    for (scheme, whole) in [("docker-archive", docker_archive()), ("oci-archive", oci_archive(&program))] {
        let path = program.path().join("changed.tar");
        for place in (0..whole.len()).step_by(whole.len() / 24) {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x41;
            std::fs::write(&path, &bytes).unwrap();
            let outcome = program.run(&["scan", "--no-cache", "--format", "json", &format!("{scheme}:changed.tar")]);
            assert!(!outcome.stderr.contains("panicked"), "{scheme} at {place}: {}", outcome.stderr);
            match outcome.status {
                Some(3) => assert!(outcome.stderr.starts_with("error: "), "{scheme} at {place}: {}", outcome.stderr),
                // A byte that nobody reads: padding, a time stamp, an unused name.
                status => assert_eq!(
                    (status, crate::program::packages(&outcome.json())),
                    (Some(0), vec![format!("deb {} 1.0-1", attacks::WITNESS)]),
                    "{scheme} at {place}"
                ),
            }
        }
    }
}
