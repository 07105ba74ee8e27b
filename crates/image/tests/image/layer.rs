//! One pass over a well-made layer, however it is compressed.

use std::collections::HashSet;

use boltseal_evidence::Digest;
use boltseal_image::{Content, EntryKind, LayerDescriptor, Limits, read_files};

use crate::build::{Tar, descriptor, gzip, read, read_tar, zstd};

fn sample() -> Vec<u8> {
    Tar::new()
        .directory("./")
        .directory("./etc/")
        .file("./etc/os-release", "ID=debian\n")
        .executable("usr/bin/tool", b"\x7fELF and so on")
        .executable("usr/bin/script", b"#!/bin/sh\n")
        .file("large", &"0123456789".repeat(100_000))
        .symlink("etc/link", "../usr/bin/tool")
        .hard_link("usr/bin/second", "./usr/bin/tool")
        .file("etc/.wh.gone", "")
        .file("opt/.wh..wh..opq", "")
        .finish()
}

fn check(blob: &[u8], tar: &[u8], media_type: &str) {
    let descriptor = LayerDescriptor { media_type: media_type.to_owned(), ..descriptor(blob, tar) };
    let (result, notes) = read(blob, &descriptor, &Limits::DEFAULT);
    let summary = result.unwrap();
    assert_eq!(summary.digest, Digest::sha256_of(blob));
    assert_eq!(summary.compressed_size, blob.len() as u64);
    assert_eq!(summary.diff_id, Digest::sha256_of(tar));
    assert_eq!((summary.size, summary.entries), (tar.len() as u64, 10));
    let read: Vec<_> = notes.contents.iter().map(|(path, content)| (path.as_str(), content.len())).collect();
    assert_eq!(read, [("etc/os-release", 10), ("usr/bin/tool", 14), ("large", 1_000_000)]);
    assert!(notes.problems.is_empty(), "{:?}", notes.problems);
    let kinds: Vec<_> = notes.entries.iter().map(|(_, kind)| *kind).collect();
    use EntryKind::{Directory, File, HardLink, OpaqueWhiteout, Symlink, Whiteout};
    assert_eq!(kinds, [Directory, File, File, File, File, Symlink, HardLink, Whiteout, OpaqueWhiteout]);
}

#[test]
fn a_layer_reads_the_same_however_it_is_compressed() {
    let tar = sample();
    check(&tar, &tar, "application/vnd.oci.image.layer.v1.tar");
    check(&gzip(&tar), &tar, "application/vnd.docker.image.rootfs.diff.tar.gzip");
    check(&zstd(&tar), &tar, "application/vnd.oci.image.layer.v1.tar+zstd");
}

#[test]
fn several_gzip_members_and_zstd_frames_are_one_stream() {
    let tar = sample();
    let (first, second) = tar.split_at(700);
    check(&[gzip(first), gzip(second)].concat(), &tar, "");
    check(&[zstd(first), zstd(second)].concat(), &tar, "");
    let skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
    check(&[skippable.clone(), zstd(first), skippable, zstd(second)].concat(), &tar, "");
}

#[test]
fn a_lying_media_type_costs_a_problem() {
    let tar = sample();
    let media_type = "application/vnd.oci.image.layer.v1.tar+gzip".to_owned();
    let (result, notes) = read(&tar, &LayerDescriptor { media_type, ..descriptor(&tar, &tar) }, &Limits::DEFAULT);
    assert!(result.is_ok());
    assert!(notes.problems[0].message.contains("says gzip, and the blob is uncompressed"), "{:?}", notes.problems);
}

#[test]
fn an_empty_blob_is_an_empty_layer() {
    let (result, _) = read_tar(b"");
    assert_eq!(result.unwrap().entries, 0);
}

#[test]
fn what_follows_the_end_of_the_archive_counts_for_the_digest_only() {
    let tar = [Tar::new().file("a", "1").finish(), Tar::new().file("b", "2").finish()].concat();
    let (result, notes) = read(&gzip(&tar), &descriptor(&gzip(&tar), &tar), &Limits::DEFAULT);
    assert_eq!(result.unwrap().diff_id, Digest::sha256_of(&tar));
    assert_eq!(notes.contents.len(), 1);
}

#[test]
fn long_names_come_by_every_extension() {
    let long = "d/".repeat(100) + "file";
    let gnu = Tar::new().entry(b'L', b"././@LongLink", "", format!("{long}\0").as_bytes()).file("short", "1");
    let pax =
        gnu.pax(&[("path", &format!("x/{long}")), ("size", "3")]).header(b'0', b"short", "", 0, 0o644).bytes(b"abc");
    let link = pax.entry(b'K', b"././@LongLink", "", long.as_bytes()).symlink("link", "short");
    let mut ustar = tar::Header::new_ustar();
    ustar.set_path("p/".repeat(60) + "file").unwrap();
    ustar.set_size(0);
    ustar.set_cksum();
    let tar = link.bytes(ustar.as_bytes()).finish();
    let (result, notes) = read_tar(&tar);
    result.unwrap();
    let paths: Vec<_> = notes.entries.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(paths, [long.clone(), format!("x/{long}"), "link".to_owned(), "p/".repeat(60) + "file"]);
    assert_eq!(notes.contents[1].1, "abc");
}

#[test]
fn a_size_beyond_octal_is_base_256() {
    let mut header = tar::Header::new_gnu();
    header.set_path("big").unwrap();
    header.set_mode(0o644);
    header.as_old_mut().size = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
    header.set_cksum();
    let (result, notes) = read_tar(&Tar::new().bytes(header.as_bytes()).bytes(b"12345").file("next", "x").finish());
    result.unwrap();
    assert_eq!(notes.contents, [("big".to_owned(), "12345".to_owned()), ("next".to_owned(), "x".to_owned())]);
}

#[test]
fn large_files_are_spilled_and_too_large_ones_left() {
    let tar = Tar::new().file("small", "abc").file("large", &"x".repeat(5000)).finish();
    let limits = Limits { memory: 1000, ..Limits::DEFAULT };
    let (result, notes) = read(&tar, &LayerDescriptor::default(), &limits);
    result.unwrap();
    assert_eq!(notes.spilled, ["large"]);
    assert_eq!(notes.contents[1].1.len(), 5000);
}

#[test]
fn sparse_files_are_passed_over_and_told() {
    let pax =
        [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"), ("GNU.sparse.realsize", "99")];
    let tar = Tar::new().pax(&pax).file("GNUSparseFile.0/s", "map and data").file("after", "x").finish();
    let (result, notes) = read_tar(&tar);
    result.unwrap();
    assert_eq!(notes.entries[0].0, "s");
    assert_eq!(notes.unread[0].0, "s");
    assert_eq!(notes.contents, [("after".to_owned(), "x".to_owned())]);

    let mut old = tar::Header::new_gnu();
    old.set_entry_type(tar::EntryType::GNUSparse);
    old.set_path("old").unwrap();
    old.set_size(4);
    old.set_mode(0o644);
    old.as_gnu_mut().unwrap().set_is_extended(true);
    old.as_gnu_mut().unwrap().set_real_size(1 << 20);
    old.set_cksum();
    let tar = Tar::new().bytes(old.as_bytes()).bytes(&[0; 512]).bytes(b"data").file("after", "x").finish();
    let (result, notes) = read_tar(&tar);
    result.unwrap();
    assert_eq!(notes.unread[0].0, "old");
    assert_eq!(notes.contents, [("after".to_owned(), "x".to_owned())]);
}

#[test]
fn a_second_reading_fetches_only_what_is_named() {
    let tar = sample();
    let blob = gzip(&tar);
    let mut read = Vec::new();
    let paths = HashSet::from(["usr/bin/script".to_owned(), "nowhere".to_owned()]);
    let raw = Box::new(std::io::Cursor::new(blob.clone()));
    read_files(raw, &descriptor(&blob, &tar), &Limits::DEFAULT, &paths, 100, &mut |entry, content| {
        let Content::Memory(bytes) = content else { panic!("not in memory") };
        read.push((entry.path.to_owned(), bytes.clone()));
    })
    .unwrap();
    assert_eq!(read, [("usr/bin/script".to_owned(), b"#!/bin/sh\n".to_vec())]);
}
