//! Databases of all forms, written here by the layouts' rules, and what is read from them whole and damaged.

use boltseal_evidence::SourcePackage;
use proptest::prelude::*;

use super::*;

/// A value to write into a header.
enum Value<'a> {
    Text(&'a str),
    Texts(&'a [&'a str]),
    Numbers(&'a [u32]),
    Shorts(&'a [u16]),
}

fn header(fields: &[(u32, Value<'_>)]) -> Vec<u8> {
    let (mut index, mut store) = (Vec::new(), Vec::new());
    for (tag, value) in fields {
        let offset = store.len();
        let (kind, count) = match value {
            Value::Text(text) => {
                store.extend(text.bytes().chain([0]));
                (6, 1)
            }
            Value::Texts(texts) => {
                texts.iter().for_each(|text| store.extend(text.bytes().chain([0])));
                (8, texts.len())
            }
            Value::Numbers(numbers) => {
                numbers.iter().for_each(|number| store.extend(number.to_be_bytes()));
                (4, numbers.len())
            }
            Value::Shorts(numbers) => {
                numbers.iter().for_each(|number| store.extend(number.to_be_bytes()));
                (3, numbers.len())
            }
        };
        for field in [*tag, kind, offset as u32, count as u32] {
            index.extend(field.to_be_bytes());
        }
    }
    let mut blob = Vec::new();
    blob.extend((fields.len() as u32).to_be_bytes());
    blob.extend((store.len() as u32).to_be_bytes());
    [blob, index, store].concat()
}

/// A package with all fields, one with few, one that is a key, and one large enough for several pages.
fn headers() -> Vec<Vec<u8>> {
    let long = "x".repeat(9000);
    vec![
        header(&[
            (tag::NAME, Value::Text("openssl-libs")),
            (tag::VERSION, Value::Text("3.0.7")),
            (tag::RELEASE, Value::Text("24.el9")),
            (tag::EPOCH, Value::Numbers(&[1])),
            (tag::ARCH, Value::Text("x86_64")),
            (tag::LICENSE, Value::Text("ASL 2.0")),
            (tag::SOURCERPM, Value::Text("openssl-3.0.7-24.el9.src.rpm")),
            (tag::MODULARITYLABEL, Value::Text("x:1:2:3")),
            (tag::BASENAMES, Value::Texts(&["tool", "java", "a.jar", "libssl.so.3", "lost"])),
            (tag::DIRINDEXES, Value::Numbers(&[0, 1, 2, 0, 9])),
            (tag::DIRNAMES, Value::Texts(&["/bin/", "/usr/share/", "/usr/share/java/"])),
            (tag::FILEMODES, Value::Shorts(&[0o100755, 0o040755, 0o100644, 0o100755, 0o100755])),
        ]),
        header(&[
            (tag::NAME, Value::Text("bash")),
            (tag::VERSION, Value::Text("5.1")),
            (tag::RELEASE, Value::Text("2")),
            (tag::SOURCERPM, Value::Text("(none)")),
        ]),
        header(&[
            (tag::NAME, Value::Text("gpg-pubkey")),
            (tag::VERSION, Value::Text("1")),
            (tag::RELEASE, Value::Text("1")),
        ]),
        header(&[
            (tag::NAME, Value::Text("large")),
            (tag::LICENSE, Value::Text(&long)),
            (tag::VERSION, Value::Text("1")),
            (tag::RELEASE, Value::Text("1")),
        ]),
    ]
}

fn ndb(blobs: &[Vec<u8>]) -> Vec<u8> {
    let mut file = vec![0u8; 4096];
    file[..4].copy_from_slice(b"RpmP");
    file[12] = 1;
    for slot in file[32..].chunks_exact_mut(16) {
        slot[..4].copy_from_slice(b"Slot");
    }
    for (number, blob) in blobs.iter().enumerate() {
        let block = file.len() / 16;
        let package = (number as u32 + 1).to_le_bytes();
        file.extend(b"BlbS");
        file.extend(package);
        file.extend([0; 4]);
        file.extend((blob.len() as u32).to_le_bytes());
        file.extend(blob);
        file.resize((file.len() + 12).next_multiple_of(16) - 12, 0);
        file.extend([0; 4]);
        file.extend((blob.len() as u32).to_le_bytes());
        file.extend(b"BlbE");
        let blocks = (file.len() / 16 - block) as u32;
        // The first slot stays free, as after a removal.
        let slot = &mut file[48 + 16 * number..][..16];
        slot[4..8].copy_from_slice(&package);
        slot[8..12].copy_from_slice(&(block as u32).to_le_bytes());
        slot[12..].copy_from_slice(&blocks.to_le_bytes());
    }
    file
}

const PAGE: usize = 512;

/// One page of items per value, then its overflow pages.
fn bdb(blobs: &[Vec<u8>], is_big_endian: bool) -> Vec<u8> {
    let long =
        |number: usize| if is_big_endian { (number as u32).to_be_bytes() } else { (number as u32).to_le_bytes() };
    let short =
        |number: usize| if is_big_endian { (number as u16).to_be_bytes() } else { (number as u16).to_le_bytes() };
    let page = |kind: u8, next: usize, entries: usize, free: usize| {
        let mut page = vec![0u8; PAGE];
        page[16..20].copy_from_slice(&long(next));
        page[20..22].copy_from_slice(&short(entries));
        page[22..24].copy_from_slice(&short(free));
        page[25] = kind;
        page
    };
    let mut pages = vec![vec![0u8; PAGE]];
    for (number, blob) in blobs.iter().enumerate() {
        let mut hash = page(13, 0, 2, 0);
        let (key, value) = (PAGE - 5, PAGE - 17);
        hash[26..28].copy_from_slice(&short(key));
        hash[28..30].copy_from_slice(&short(value));
        hash[key] = 1;
        hash[key + 1..].copy_from_slice(&long(number));
        hash[value] = 3;
        hash[value + 4..][..4].copy_from_slice(&long(pages.len() + 1));
        hash[value + 8..][..4].copy_from_slice(&long(blob.len()));
        pages.push(hash);
        let mut parts = blob.chunks(PAGE - 26).peekable();
        while let Some(part) = parts.next() {
            let next = if parts.peek().is_some() { pages.len() + 1 } else { 0 };
            let mut overflow = page(7, next, 1, part.len());
            overflow[26..26 + part.len()].copy_from_slice(part);
            pages.push(overflow);
        }
    }
    let last = pages.len() - 1;
    let head = &mut pages[0];
    head[12..16].copy_from_slice(&long(0x0006_1561));
    head[16..20].copy_from_slice(&long(9));
    head[20..24].copy_from_slice(&long(PAGE));
    head[25] = 8;
    head[32..36].copy_from_slice(&long(last));
    pages.concat()
}

fn sqlite(blobs: &[Vec<u8>]) -> Vec<u8> {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA page_size = 1024; CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)")
        .unwrap();
    for blob in blobs {
        connection.execute("INSERT INTO Packages (blob) VALUES (?1)", [blob]).unwrap();
    }
    let mut file = connection.serialize("main").unwrap().to_vec();
    // As rpm leaves it: in write-ahead mode.
    file[18..20].copy_from_slice(&[2, 2]);
    file
}

fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let headers = headers();
    vec![
        ("ndb", ndb(&headers)),
        ("bdb, little-endian", bdb(&headers, false)),
        ("bdb, big-endian", bdb(&headers, true)),
        ("sqlite", sqlite(&headers)),
    ]
}

fn catalog(content: &[u8]) -> Records {
    Rpm.catalog(&File { path: "var/lib/rpm/Packages", content })
}

fn versions(records: &Records) -> Vec<String> {
    let one = |package: &Package| format!("{} {}", package.name, package.version.as_deref().unwrap_or("?"));
    records.packages.iter().map(one).collect()
}

#[test]
fn every_form_gives_the_same_packages_and_files() {
    for (form, content) in forms() {
        let records = catalog(&content);
        assert_eq!((records.unreadable.as_deref(), &records.problems[..]), (None, &[][..]), "{form}");
        assert_eq!(versions(&records), ["openssl-libs 1:3.0.7-24.el9", "bash 5.1-2", "large 1-1"], "{form}");
        let package = &records.packages[0];
        assert_eq!(package.architecture.as_deref(), Some("x86_64"));
        assert_eq!(package.module.as_deref(), Some("x:1:2:3"));
        assert_eq!(package.licenses, ["ASL 2.0"]);
        let source = SourcePackage { name: "openssl".to_owned(), version: Some("1:3.0.7-24.el9".to_owned()) };
        assert_eq!(package.source, Some(source));
        assert_eq!(records.packages[1].source, None);
        assert_eq!(records.owned.len(), 1);
        assert_eq!(records.owned[0].paths, ["usr/bin/tool", "usr/share/java/a.jar"]);
    }
}

#[test]
fn a_broken_header_costs_itself_alone() {
    let mut headers = headers();
    headers[0].truncate(40);
    for content in [ndb(&headers), bdb(&headers, false), sqlite(&headers)] {
        let records = catalog(&content);
        assert_eq!(versions(&records), ["bash 5.1-2", "large 1-1"]);
        assert_eq!(records.problems.len(), 1);
        assert_eq!(records.problems[0].message, "a package is left out: its header is cut short");
    }
}

#[test]
fn databases_that_are_cut_short_are_never_shown_as_whole() {
    for (form, content) in forms() {
        for part in [0, 4, 16, 100, 600, content.len() / 2, content.len() - 20] {
            let records = catalog(&content[..part]);
            assert!(records.unreadable.is_some() || !records.problems.is_empty(), "{form} cut to {part} bytes");
        }
    }
}

#[test]
fn chains_that_turn_back_end() {
    let mut content = bdb(&headers(), false);
    // The first overflow page of the large package points to itself.
    let large = content.windows(6).position(|window| window == b"large\0").unwrap() / PAGE;
    content[large * PAGE + 16..][..4].copy_from_slice(&(large as u32).to_le_bytes());
    let records = catalog(&content);
    assert_eq!(records.packages.len(), 2);
    assert!(records.problems[0].message.contains("turns back"), "{:?}", records.problems);
}

#[test]
fn files_that_are_no_database_say_so() {
    for content in [b"".as_slice(), b"hello, this is no database", b"SQLite format 3\0 but no more", b"RpmP"] {
        assert!(catalog(content).unreadable.is_some(), "{content:?}");
    }
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let endless = "CREATE VIEW Packages AS WITH RECURSIVE n(blob) AS (SELECT x'00' UNION ALL SELECT blob FROM n) SELECT blob FROM n";
    connection.execute_batch(endless).unwrap();
    let reason = catalog(&connection.serialize("main").unwrap()).unreadable.unwrap();
    assert!(reason.contains("without a plain table"), "{reason}");
}

/// A database whose schema is a tree in which each page names the next one sixty times, fifteen levels deep: walking
/// it to the end takes longer than there is time.
fn endless_sqlite() -> Vec<u8> {
    const SIZE: usize = 512;
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let schema = "PRAGMA page_size = 512; CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB, x UNIQUE)";
    connection.execute_batch(schema).unwrap();
    let mut file = connection.serialize("main").unwrap().to_vec();
    assert_eq!(file.len(), 3 * SIZE);
    // The rows for the table and its index move to pages of their own.
    let mut both = file[..SIZE].to_vec();
    both.copy_within(100..112, 0);
    let mut index = both.clone();
    index[4] = 1;
    index.copy_within(10..12, 8);
    let branch = |start: usize, children: usize, child: u32, last: u32| {
        let mut page = vec![0u8; SIZE];
        page[start] = 5;
        page[start + 4] = children as u8;
        page[start + 5..start + 7].copy_from_slice(&500u16.to_be_bytes());
        page[start + 8..start + 12].copy_from_slice(&last.to_be_bytes());
        for cell in page[start + 12..][..2 * children].chunks_exact_mut(2) {
            cell.copy_from_slice(&500u16.to_be_bytes());
        }
        page[500..504].copy_from_slice(&child.to_be_bytes());
        page[504] = 1;
        page
    };
    file.extend(both);
    file.extend(index);
    for number in 6..=20 {
        let child = if number == 20 { 5 } else { number + 1 };
        file.extend(branch(0, 60, child, child));
    }
    let root = branch(100, 1, 4, 6);
    file[100..SIZE].copy_from_slice(&root[100..]);
    file[28..32].copy_from_slice(&20u32.to_be_bytes());
    file
}

#[test]
fn an_endless_schema_ends() {
    let reason = catalog(&endless_sqlite()).unreadable.unwrap();
    assert!(reason.contains("cannot be read as an SQLite database: interrupted"), "{reason}");
}

#[test]
fn a_log_with_changes_beside_the_database_is_a_problem() {
    let log = |content| Rpm.catalog(&File { path: "var/lib/rpm/rpmdb.sqlite-wal", content });
    assert!(log(b"").is_empty());
    assert_eq!(log(&[1; 4096]).problems.len(), 1);
}

#[test]
fn the_list_of_distroless_images_is_read() {
    let content = "bash\t5.1.8-1.cm2\t1653816591\t1653628955\tMicrosoft Corporation\t(none)\t35\tx86_64\t0\tbash-5.1.8-1.cm2.src.rpm\n\
                   tzdata\t2022a-1.cm2\t1\t1\tMicrosoft Corporation\t1\t35\tnoarch\t1\ttzdata-2022a-1.cm2.src.rpm\nbroken\n";
    let path = "var/lib/rpmmanifest/container-manifest-2";
    let records = Rpm.catalog(&File { path, content: content.as_bytes() });
    assert_eq!(versions(&records), ["bash 5.1.8-1.cm2", "tzdata 1:2022a-1.cm2"]);
    assert_eq!(records.packages[0].architecture.as_deref(), Some("x86_64"));
    assert_eq!(records.packages[0].source.as_ref().unwrap().name, "bash");
    assert_eq!(records.problems.len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(content: Vec<u8>, magic in 0..4usize) {
        let head = [b"".as_slice(), b"RpmP\0\0\0\0", b"SQLite format 3\0", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x61, 0x15, 6, 0]][magic];
        catalog(&[head, &content].concat());
        let path = "var/lib/rpmmanifest/container-manifest-2";
        Rpm.catalog(&File { path, content: &content });
        let _ = Header::parse(&content).map(|header| header.strings(tag::NAME).count() + header.numbers(tag::EPOCH).count());
    }

    #[test]
    fn damaged_databases_are_read_without_panic(form in 0..4usize, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut content = forms().swap_remove(form).1;
        for (at, byte) in damage {
            let at = at.index(content.len());
            content[at] = byte;
        }
        catalog(&content);
    }

    #[test]
    fn damaged_heads_are_read_without_panic(form in 0..4usize, at in 0..700usize, byte: u8) {
        let mut content = forms().swap_remove(form).1;
        content[at] = byte;
        catalog(&content);
    }
}
