//! Updating a database: over HTTP on loopback and from a directory, with everything that can go wrong on the way.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "all of this file is a test, and clippy knows only the functions marked so"
)]

mod server;

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use boltseal_feed::{
    FeedReport, FeedState, Origin, Silent, UpdateError, UpdateOptions, UpdateReport, export, import, open, update,
};
use boltseal_store::Database;
use server::Server;
use time::macros::datetime;

const PYPI: &str = "osv/PyPI/all.zip";
const WOLFI: &str = "wolfi/os/security.json";
const SECDB: &[u8] = br#"{"packages":[{"pkg":{"name":"zlib","secfixes":{"1.3-r1":["CVE-2023-1"]}}}]}"#;

fn archive(records: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in records {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn record(id: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}","affected":[{{"package":{{"ecosystem":"PyPI","name":"a"}},
           "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

fn pypi(ids: &[&str]) -> Vec<u8> {
    let records: Vec<_> = ids.iter().map(|id| (format!("{id}.json"), record(id, "2"))).collect();
    archive(&records.iter().map(|(name, json)| (name.as_str(), json.as_str())).collect::<Vec<_>>())
}

fn run(directory: &Path, mirror: &str, only: &[&str]) -> Result<UpdateReport, UpdateError> {
    let mut options = UpdateOptions::new(Database::at(directory), Origin::of_mirror(mirror).unwrap());
    options.only = (!only.is_empty()).then(|| only.iter().map(|name| (*name).to_owned()).collect());
    options.now = Some(datetime!(2026-11-23 12:00:00 UTC));
    update(&options, &Silent)
}

fn feed<'a>(report: &'a UpdateReport, name: &str) -> &'a FeedReport {
    report.feeds.iter().find(|feed| feed.name == name).unwrap()
}

fn records(directory: &Path) -> usize {
    open(&Database::at(directory)).unwrap().unwrap().len()
}

#[test]
fn an_unchanged_feed_is_not_sent_again_and_a_changed_one_is() {
    let (server, home) = (Server::start(), tempfile::tempdir().unwrap());
    server.put(PYPI, &pypi(&["A-1"]), "one");
    let only = ["osv/PyPI"];
    let first = run(home.path(), &server.url, &only).unwrap();
    assert!(matches!(feed(&first, "osv/PyPI").state, FeedState::Fetched { .. }));
    let bytes = fs::read(Database::at(home.path()).index()).unwrap();
    let second = run(home.path(), &server.url, &only).unwrap();
    assert_eq!(feed(&second, "osv/PyPI").state, FeedState::Unchanged);
    assert_eq!(fs::read(Database::at(home.path()).index()).unwrap(), bytes, "the same input, the same bytes");
    server.put(PYPI, &pypi(&["A-1", "A-2"]), "two");
    run(home.path(), &server.url, &only).unwrap();
    assert_eq!(records(home.path()), 2);
    assert_eq!(server.log(PYPI), ["200", "304", "200"]);
}

#[test]
fn a_download_that_broke_off_is_resumed_where_it_stopped() {
    let (server, home) = (Server::start(), tempfile::tempdir().unwrap());
    server.put(PYPI, &pypi(&["A-1", "A-2", "A-3"]), "one");
    server.state.lock().unwrap().breaks.insert(PYPI.into(), vec![100, 150]);
    run(home.path(), &server.url, &["osv/PyPI"]).unwrap();
    assert_eq!(records(home.path()), 3);
    assert_eq!(server.log(PYPI), ["200", "206 bytes=150-", "206 bytes=250-"]);
}

#[test]
fn a_part_of_another_version_is_not_continued() {
    let (server, home) = (Server::start(), tempfile::tempdir().unwrap());
    server.put(PYPI, &pypi(&["A-1"]), "one");
    server.state.lock().unwrap().breaks.insert(PYPI.into(), vec![50; 4]);
    assert!(run(home.path(), &server.url, &["osv/PyPI"]).is_err());
    server.put(PYPI, &pypi(&["B-1", "B-2"]), "two");
    run(home.path(), &server.url, &["osv/PyPI"]).unwrap();
    assert_eq!(records(home.path()), 2);
    assert!(server.log(PYPI).last().unwrap().starts_with("200 bytes="), "the server saw that it had changed");
}

#[test]
fn a_feed_that_breaks_costs_that_feed_and_its_last_good_copy_serves_on() {
    let (server, home) = (Server::start(), tempfile::tempdir().unwrap());
    let only = ["osv/PyPI", "wolfi", "debian"];
    server.put(PYPI, &pypi(&["A-1"]), "one");
    server.put(WOLFI, SECDB, "one");
    let report = run(home.path(), &server.url, &only).unwrap();
    assert_eq!(feed(&report, "debian").state, FeedState::Missing, "listed, not fatal");
    assert_eq!(records(home.path()), 2);

    server.put(PYPI, b"<html>we moved</html>", "two");
    server.state.lock().unwrap().statuses.insert(WOLFI.into(), 403);
    let report = run(home.path(), &server.url, &only).unwrap();
    for name in ["osv/PyPI", "wolfi"] {
        let FeedState::Failed { reason, kept } = &feed(&report, name).state else { panic!("{report:#?}") };
        assert_eq!(kept.as_deref(), Some("2026-11-23T12:00:00Z"), "{reason}");
    }
    assert_eq!(records(home.path()), 2);
    assert_eq!(report.failed().count(), 2);
}

#[test]
fn a_broken_record_is_named_and_an_archive_of_nothing_but_broken_records_is_a_broken_feed() {
    let (server, home) = (Server::start(), tempfile::tempdir().unwrap());
    server.put(PYPI, &archive(&[("A-1.json", &record("A-1", "2")), ("bad.json", "{")]), "one");
    let report = run(home.path(), &server.url, &["osv/PyPI"]).unwrap();
    assert_eq!(feed(&report, "osv/PyPI").skipped.broken, 1);
    assert_eq!(feed(&report, "osv/PyPI").problems[0].path.as_deref(), Some("bad.json"));
    server.put(PYPI, &archive(&[("bad.json", "{")]), "two");
    let report = run(home.path(), &server.url, &["osv/PyPI"]).unwrap();
    assert!(matches!(feed(&report, "osv/PyPI").state, FeedState::Failed { .. }));
    assert_eq!(records(home.path()), 1);
}

#[test]
fn a_feed_that_is_not_asked_for_stays_as_it_was() {
    let (server, home) = (Server::start(), tempfile::tempdir().unwrap());
    server.put(PYPI, &pypi(&["A-1"]), "one");
    server.put(WOLFI, SECDB, "one");
    run(home.path(), &server.url, &[]).unwrap();
    server.put(PYPI, &pypi(&["A-1", "A-2"]), "two");
    let report = run(home.path(), &server.url, &["osv/PyPI"]).unwrap();
    assert_eq!(feed(&report, "wolfi").state, FeedState::NotAsked);
    assert_eq!((records(home.path()), server.log(WOLFI).len()), (3, 1));
}

#[test]
fn with_nothing_to_read_the_old_database_stays() {
    let (mirror, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let error = run(home.path(), mirror.path().to_str().unwrap(), &[]).unwrap_err();
    assert!(error.to_string().starts_with("no advisory feed could be read from `"), "{error}");
    assert!(open(&Database::at(home.path())).unwrap().is_none());
    assert!(matches!(run(home.path(), mirror.path().to_str().unwrap(), &["x"]), Err(UpdateError::UnknownFeed(_))));
}

#[test]
fn a_directory_is_a_mirror_too_and_every_format_is_read_from_it() {
    let (mirror, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut epss = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    epss.write_all(b"cve,epss,percentile\nCVE-2023-1,0.5,0.9\n").unwrap();
    for (path, content) in [
        (PYPI, pypi(&["A-1"])),
        (WOLFI, SECDB.to_vec()),
        ("chainguard/security.json", SECDB.to_vec()),
        ("alpine/v3.19/main.json", SECDB.to_vec()),
        ("debian/tracker.json", br#"{"zlib":{"CVE-2023-1":{"releases":{"bookworm":{"status":"open"}}}}}"#.to_vec()),
        (
            "cisa/known_exploited_vulnerabilities.json",
            br#"{"vulnerabilities":[{"cveID":"CVE-2023-1","dateAdded":"2024-01-01"}]}"#.to_vec(),
        ),
        ("epss/epss_scores-current.csv.gz", epss.finish().unwrap()),
    ] {
        let path = mirror.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let report = run(home.path(), mirror.path().to_str().unwrap(), &[]).unwrap();
    assert_eq!(report.failed().count(), 0, "{report:#?}");
    let index = open(&Database::at(home.path())).unwrap().unwrap();
    let names: Vec<_> = index.feeds().iter().map(|feed| feed.name.as_str()).collect();
    assert_eq!(names, ["alpine/v3.19/main", "chainguard", "cisa-kev", "debian", "epss", "osv/PyPI", "wolfi"]);
    let known = index.find("CVE-2023-1").unwrap();
    assert_eq!(known.len(), 4);
    assert!(known.iter().all(|record| record.known_exploited.is_some() && record.epss.is_some()));
    assert!(
        report.feeds.iter().all(|feed| !feed.name.starts_with("alpine/v3.9")),
        "an absent release is not worth telling"
    );
}

#[test]
fn an_export_gives_another_machine_the_same_database_and_a_damaged_one_is_refused() {
    let (server, home, other) = (Server::start(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (Database::at(home.path()), Database::at(other.path().join("db")));
    let file = other.path().join("advisories.export");
    assert!(export(&here, &file).unwrap_err().to_string().contains("boltseal db update"));
    server.put(PYPI, &pypi(&["A-1"]), "one");
    run(home.path(), &server.url, &["osv/PyPI"]).unwrap();
    export(&here, &file).unwrap();
    import(&there, &file, false).unwrap();
    assert_eq!(fs::read(there.index()).unwrap(), fs::read(here.index()).unwrap());

    let good = fs::read(&file).unwrap();
    for place in [0, 9, 100, good.len() / 2, good.len() - 1] {
        let mut damaged = good.clone();
        damaged[place] ^= 1;
        fs::write(&file, damaged).unwrap();
        let error = import(&there, &file, false).unwrap_err().to_string();
        assert!(error.contains("was not imported"), "{error}");
    }
    assert_eq!(fs::read(there.index()).unwrap(), good);
}

#[test]
fn a_damaged_database_is_an_error_that_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let database = Database::at(home.path());
    fs::write(database.index(), b"BSADVIDX").unwrap();
    let error = open(&database).unwrap_err().to_string();
    assert!(error.contains("damaged") && error.contains("boltseal db update"), "{error}");
}

#[test]
fn several_updates_at_once_take_turns_and_readers_do_not_wait() {
    let (server, home) = (Server::start(), tempfile::tempdir().unwrap());
    server.put(PYPI, &pypi(&["A-1"]), "one");
    run(home.path(), &server.url, &["osv/PyPI"]).unwrap();
    let reader = open(&Database::at(home.path())).unwrap().unwrap();
    server.put(PYPI, &pypi(&["A-1", "A-2"]), "two");
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| run(home.path(), &server.url, &["osv/PyPI"]).unwrap());
        }
    });
    assert_eq!((reader.len(), records(home.path())), (1, 2));
    reader.verify().unwrap();
    let database = Database::at(home.path());
    let held = database.lock(false).unwrap();
    let mut options = UpdateOptions::new(Database::at(home.path()), Origin::of_mirror(&server.url).unwrap());
    options.wait = false;
    let error = update(&options, &Silent).unwrap_err();
    assert!(error.to_string().contains("another process"), "{error}");
    drop(held);
}
