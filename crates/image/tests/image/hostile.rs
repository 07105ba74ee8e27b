//! Layers made to break, fool or exhaust a reader.

use boltseal_evidence::Digest;
use boltseal_image::{LayerDescriptor, LayerFault, Limits};
use proptest::prelude::*;

use crate::build::{Tar, descriptor, gzip, read, read_tar, zstd};

fn check_fault(tar: &[u8], expect: &str) {
    let (result, _) = read_tar(tar);
    let text = result.unwrap_err().to_string();
    assert!(text.starts_with("layer 0: ") && text.contains(expect), "{text}");
}

#[test]
fn a_truncated_tar_is_an_error_with_its_place() {
    let tar = Tar::new().file("etc/passwd", &"x".repeat(3000)).unfinished();
    check_fault(&tar[..1000], "it ends at byte 1000, within `etc/passwd`");
    check_fault(&tar[..300], "it ends at byte 300, within a header");
    check_fault(&Tar::new().header(b'0', b"lie", "", 1 << 40, 0o644).bytes(b"little").unfinished(), "within `lie`");
    check_fault(&Tar::new().header(b'x', b"p", "", 1000, 0).bytes(b"little").unfinished(), "within an extended header");
    check_fault(&Tar::new().entry(b'L', b"l", "", b"name\0").unfinished(), "what an extended header announces");
}

#[test]
fn a_malformed_header_is_an_error() {
    let mut tar = Tar::new().file("a", "1").finish();
    tar[0] = b'b';
    check_fault(&tar, "checksum");
    check_fault(&[vec![0; 512], Tar::new().file("a", "1").finish()].concat(), "zeros is followed by more");
    check_fault(&Tar::new().entry(b'x', b"p", "", b"5 no\n").file("a", "1").finish(), "PAX record");
}

#[test]
fn a_huge_extended_header_is_not_read() {
    check_fault(&Tar::new().header(b'L', b"l", "", 1 << 33, 0).unfinished(), "the limit on extended headers");
}

#[test]
fn names_stay_inside_the_root_and_are_reported() {
    let tar = Tar::new()
        .file("../../etc/shadow", "1")
        .file("/etc/passwd", "2")
        .file("/etc/group", "3")
        .entry(b'0', b"caf\xe9", "", b"4")
        .entry(b'0', b"na\xefve", "", b"5")
        .finish();
    let (result, notes) = read_tar(&tar);
    result.unwrap();
    let paths: Vec<_> = notes.entries.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["etc/shadow", "etc/passwd", "etc/group", "caf\u{fffd}", "na\u{fffd}ve"]);
    let problems: Vec<_> = notes.problems.iter().map(|problem| problem.path.as_deref().unwrap()).collect();
    assert_eq!(problems, ["etc/shadow", "etc/passwd", "caf\u{fffd}"]);
}

#[test]
fn problems_are_counted_rather_than_told_without_end() {
    let tar = (0..50).fold(Tar::new(), |tar, number| tar.file(&format!("../{number}"), "")).finish();
    let (result, notes) = read(&tar, &LayerDescriptor::default(), &Limits { problems: 10, ..Limits::DEFAULT });
    result.unwrap();
    assert_eq!(notes.problems.len(), 11);
    assert!(notes.problems[10].message.starts_with("40 more"));
}

#[test]
fn deep_and_long_paths_are_left_out() {
    let long = "x".repeat(5000);
    let deep = "d/".repeat(300) + "f";
    let tar = Tar::new().pax(&[("path", &long)]).file("a", "1").pax(&[("path", &deep)]).file("b", "2").file("c", "3");
    let (result, notes) = read_tar(&tar.finish());
    assert_eq!(result.unwrap().entries, 3);
    assert_eq!(notes.entries.len(), 1);
    assert_eq!(notes.problems.len(), 2);
}

#[test]
fn limits_stop_the_pass() {
    let check = |blob: &[u8], limits: Limits, expect: &str| {
        let (result, _) = read(blob, &LayerDescriptor::default(), &limits);
        let error = result.unwrap_err();
        assert!(matches!(error.fault, LayerFault::Limit { .. }), "{error}");
        assert!(error.to_string().contains(expect), "{error}");
    };
    let tar = Tar::new().file("a", "").file("b", "").file("c", "").finish();
    check(&tar, Limits { entries: 2, ..Limits::DEFAULT }, "the limit on entries of 2");
    check(&tar, Limits { names: 2, ..Limits::DEFAULT }, "bytes of names");
    let bomb = vec![0; 20 << 20];
    for blob in [gzip(&bomb), zstd(&bomb), bomb] {
        check(&blob, Limits { uncompressed: 10 << 20, ..Limits::DEFAULT }, "uncompressed bytes");
    }
}

#[test]
fn claims_that_do_not_hold_are_errors_that_name_both() {
    let tar = Tar::new().file("a", "1").finish();
    let other = Digest::sha256_of(b"other");
    for blob in [tar.clone(), gzip(&tar), zstd(&tar)] {
        let right = descriptor(&blob, &tar);
        let check = |descriptor: LayerDescriptor, actual: &Digest| {
            let text = read(&blob, &descriptor, &Limits::DEFAULT).0.unwrap_err().to_string();
            assert!(text.contains(&other.to_string()) && text.contains(&actual.to_string()), "{text}");
        };
        check(LayerDescriptor { digest: Some(other.clone()), ..right.clone() }, &Digest::sha256_of(&blob));
        check(LayerDescriptor { diff_id: Some(other.clone()), ..right.clone() }, &Digest::sha256_of(&tar));
        for size in [blob.len() as u64 - 1, blob.len() as u64 + 1] {
            let wrong = LayerDescriptor { size: Some(size), ..right.clone() };
            let error = read(&blob, &wrong, &Limits::DEFAULT).0.unwrap_err();
            assert!(matches!(error.fault, LayerFault::Size { .. }), "{error}");
        }
    }
}

#[test]
fn damage_in_transit_is_told_as_such_and_not_as_a_bad_archive() {
    let tar = Tar::new().file("a", &"content ".repeat(10_000)).finish();
    for blob in [tar.clone(), gzip(&tar), zstd(&tar)] {
        let descriptor = descriptor(&blob, &tar);
        let mut damaged = blob.clone();
        damaged[20] ^= 0x55;
        let error = read(&damaged, &descriptor, &Limits::DEFAULT).0.unwrap_err();
        assert!(matches!(error.fault, LayerFault::Digest { .. }), "{error}");
        let cut = &blob[..blob.len() / 2];
        let error = read(cut, &descriptor, &Limits::DEFAULT).0.unwrap_err();
        assert!(matches!(error.fault, LayerFault::Size { .. }), "{error}");
    }
}

#[test]
fn a_damaged_stream_of_which_nothing_is_claimed_is_an_error_too() {
    let tar = Tar::new().file("a", &"content ".repeat(10_000)).finish();
    for blob in [gzip(&tar), zstd(&tar)] {
        let error = read(&blob[..blob.len() / 2], &LayerDescriptor::default(), &Limits::DEFAULT).0.unwrap_err();
        assert!(matches!(error.fault, LayerFault::Inflate { .. }), "{error}");
    }
}

#[test]
fn compressions_that_images_must_not_have_are_named() {
    check_fault(b"\xfd7zXZ\0 and so on, long enough", "compressed with xz");
    check_fault(b"BZh91AY&SY and so on", "compressed with bzip2");
}

#[test]
fn whiteouts_that_name_nothing_are_left_out() {
    let tar = Tar::new().file("d/.wh.", "").file("d/.wh..", "").file("d/.wh...", "").finish();
    let (result, notes) = read_tar(&tar);
    result.unwrap();
    assert_eq!((notes.entries.len(), notes.problems.len()), (0, 3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let _ = read_tar(&bytes);
        let _ = read_tar(&gzip(&bytes));
    }

    #[test]
    fn a_tar_with_any_bytes_changed_is_read_or_refused(changes in proptest::collection::vec((0usize..4096, any::<u8>()), 1..20)) {
        let mut tar = Tar::new().pax(&[("path", "long")]).file("a", "1").symlink("b", "a").entry(b'L', b"l", "", b"n").file("c", "2").finish();
        for (place, byte) in changes {
            let place = place % tar.len();
            tar[place] = byte;
            // A right checksum lets the change through to the fields.
            let start = place - place % 512;
            if let Ok(block) = <[u8; 512]>::try_from(&tar[start..start + 512]) {
                let mut header = tar::Header::new_old();
                header.as_mut_bytes().copy_from_slice(&block);
                header.set_cksum();
                tar[start..start + 512].copy_from_slice(header.as_bytes());
            }
        }
        let _ = read_tar(&tar);
    }
}
