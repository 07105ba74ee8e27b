//! Archives of every kind, built here, and what damage to them costs.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

/// A zip archive of the given files; names that end in `!` are stored, all others deflated.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let method = if name.ends_with('!') { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name.trim_end_matches('!'), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read(path: &str, content: &[u8]) -> Records {
    Java.catalog(&File { path, content })
}

fn show(records: &Records) -> String {
    let packages =
        records.packages.iter().map(|package| format!("{} in {}", package.purl(), package.locations[0].path));
    let problems = records
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.path.clone().unwrap_or_default(), problem.message));
    packages.chain(problems).chain(records.unreadable.clone()).collect::<Vec<_>>().join("\n")
}

fn check(path: &str, files: &[(&str, &[u8])], expect: &str) {
    assert_eq!(show(&read(path, &zip(files))), expect);
}

const LOG4J: (&str, &[u8]) = (
    "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties",
    b"version=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n",
);
const CLASS: (&str, &[u8]) = ("a/B.class", b"\xca\xfe\xba\xbe");

#[test]
fn pom_properties_name_an_archive() {
    let expect = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 in";
    check("lib/log4j-core-2.14.1.jar", &[LOG4J, CLASS], &format!("{expect} lib/log4j-core-2.14.1.jar"));
    check("renamed.jar", &[LOG4J, CLASS], &format!("{expect} renamed.jar"));
}

#[test]
fn shaded_artifacts_are_packages_beside_the_archive_itself() {
    let shaded = ("META-INF/maven/org.jctools/jctools-core/pom.properties", &b"version=3.1.0\n"[..]);
    check(
        "elasticsearch-7.1.0.jar",
        &[LOG4J, CLASS, shaded],
        "pkg:maven/org.elasticsearch/elasticsearch@7.1.0 in elasticsearch-7.1.0.jar\n\
         pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 in elasticsearch-7.1.0.jar\n\
         pkg:maven/org.jctools/jctools-core@3.1.0 in elasticsearch-7.1.0.jar",
    );
}

#[test]
fn file_name_and_manifest_name_an_archive_without_maven() {
    let manifest = |text: &'static str| ("META-INF/MANIFEST.MF", text.as_bytes());
    for (path, text, expect) in [
        (
            "spring-core-5.3.17.jar",
            "Implementation-Title: spring-core\nImplementation-Version: 5.3.17\n",
            "pkg:maven/org.springframework/spring-core@5.3.17",
        ),
        (
            "catalina.jar",
            "Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.50\n",
            "pkg:maven/org.apache.tomcat/tomcat-catalina@9.0.50",
        ),
        (
            "app.jar",
            "Implementation-Title: shop\nImplementation-Version: 1.0\nImplementation-Vendor-Id: com.acme\n",
            "pkg:maven/com.acme/shop@1.0",
        ),
        (
            "bundle.jar",
            "Bundle-SymbolicName: org.acme.thing\nBundle-Version: 2.0.0\n",
            "pkg:maven/org.acme/thing@2.0.0",
        ),
        ("lib/org.springframework.spring-core-5.3.17.jar", "", "pkg:maven/org.springframework/spring-core@5.3.17"),
        ("tool.jar", "Main-Class: a.B\n", "pkg:maven/tool"),
    ] {
        check(path, &[manifest(text), CLASS], &format!("{expect} in {path}"));
    }
    check(
        "rt.jar",
        &[manifest("Implementation-Title: Java Runtime Environment\nImplementation-Version: 1.8\n"), CLASS],
        "",
    );
    check("resources.jar", &[("a.txt", b"x")], "");
}

#[test]
fn archives_are_found_within_archives_stored_or_deflated() {
    let inner = zip(&[LOG4J, CLASS]);
    let module = zip(&[("WEB-INF/lib/log4j-core-2.14.1.jar", &inner)]);
    let purl = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1";
    check(
        "opt/app.jar",
        &[("BOOT-INF/lib/log4j-core-2.14.1.jar!", &inner)],
        &format!("{purl} in opt/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar"),
    );
    check(
        "opt/app.ear",
        &[("web.war", &module)],
        &format!("{purl} in opt/app.ear!/web.war!/WEB-INF/lib/log4j-core-2.14.1.jar"),
    );
}

#[test]
fn an_executable_archive_begins_with_a_script() {
    let jar = [&b"#!/bin/sh\nexec java -jar \"$0\"\n"[..], &zip(&[LOG4J])].concat();
    assert_eq!(read("app.jar", &jar).packages.len(), 1);
}

#[test]
fn overlapping_entries_are_reported_with_the_path_of_their_archive() {
    let mut jar = zip(&[("META-INF/maven/com.acme/a/pom.properties", b"version=1.0\n"), LOG4J]);
    assert!(read("a.jar", &jar).problems.is_empty());
    // The second entry of the directory leads to the bytes of the first.
    let second = memchr::memmem::rfind(&jar, b"PK\x01\x02").unwrap();
    jar[second + 42..second + 46].fill(0);
    let shown = |records: &Records| {
        let [problem] = records.problems.as_slice() else { panic!("{:?}", records.problems) };
        format!("{}: {}", problem.path.as_deref().unwrap(), problem.message)
    };
    let told = "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties: the entry cannot be read: \
                the entry overlaps another, as in decompression bombs";
    assert_eq!(shown(&read("a.jar", &jar)), format!("a.jar!/{told}"));
    let outer = zip(&[("lib/a.jar", &jar)]);
    assert_eq!(shown(&read("outer.jar", &outer)), format!("outer.jar!/lib/a.jar!/{told}"));
}

#[test]
fn a_web_archive_says_its_type() {
    let properties = ("META-INF/maven/com.acme/shop/pom.properties", &b"version=1.0\n"[..]);
    check("shop.war", &[properties], "pkg:maven/com.acme/shop@1.0?type=war in shop.war");
}

#[test]
fn what_is_no_archive_is_not_assessed() {
    let jar = zip(&[LOG4J, CLASS]);
    assert!(read("a.jar", &jar[..jar.len() - 30]).unreadable.is_some());
    assert!(read("a.jar", b"not a zip").unreadable.is_some());
    assert!(read("a.jar", b"").is_empty());
    assert!(read("a.par", b"PAR2\0PKT").is_empty());
}

#[test]
fn a_damaged_entry_costs_a_problem_that_names_it() {
    let inner = zip(&[LOG4J]);
    let mut outer = zip(&[("lib/broken.jar!", &inner), ("lib/log4j-core-2.14.1.jar", &inner)]);
    let at = memchr::memmem::find(&outer, &inner).unwrap();
    outer[at + 60] ^= 0xff;
    let records = read("app.war", &outer);
    assert_eq!(records.packages.len(), 1);
    assert_eq!(
        records.problems,
        [Problem::at("app.war!/lib/broken.jar", "the nested archive cannot be read: the entry's data is damaged")]
    );
}

#[test]
fn a_bomb_costs_a_problem_and_not_the_archive() {
    let zeroes = vec![0; 8 << 20];
    let inner = zip(&[LOG4J]);
    let outer = zip(&[("lib/bomb.jar", &zeroes), ("lib/log4j-core-2.14.1.jar", &inner)]);
    let records = read("app.war", &outer);
    assert_eq!(records.packages.len(), 1);
    assert_eq!(records.problems.len(), 1);
    assert!(records.problems[0].message.contains("decompression bombs"), "{:?}", records.problems);
}

#[test]
fn nesting_ends_at_its_limit() {
    let mut jar = zip(&[LOG4J]);
    for _ in 0..10 {
        jar = zip(&[("x.jar", &jar)]);
    }
    let records = read("app.jar", &jar);
    assert_eq!((records.packages.len(), records.problems.len()), (0, 1));
    assert_eq!(records.problems[0].path.as_deref(), Some("app.jar!/x.jar!/x.jar!/x.jar!/x.jar!/x.jar"));
}

#[test]
fn the_budget_holds_for_all_nested_archives_together() {
    let inner = zip(&[LOG4J]);
    let content = zip(&[("a.jar!", &inner), ("b.jar!", &inner), ("c.jar!", &inner)]);
    let mut walk = Walk {
        records: Records::default(),
        budget: Budget { entries: 5, bytes: 2 * inner.len() as u64 + 200 },
        limits: Limits::DEFAULT,
        full: false,
    };
    walk.archive(&Archive::open(&content).unwrap(), "app.war", 0);
    let shown = show(&walk.records);
    assert_eq!(walk.records.packages.len(), 2, "{shown}");
    assert!(
        shown.contains("app.war!/c.jar: the nested archive cannot be read: the archive and those within"),
        "{shown}"
    );
}

#[test]
fn large_archives_of_zip64_are_read() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    writer.start_file(LOG4J.0, options).unwrap();
    writer.write_all(LOG4J.1).unwrap();
    for number in 0..66_000 {
        writer.start_file(format!("{number}"), SimpleFileOptions::default()).unwrap();
    }
    let jar = writer.finish().unwrap().into_inner();
    assert_eq!(read("a.jar", &jar).packages.len(), 1);
    assert_eq!(read("a.jar", &[&b"#!/bin/sh\n"[..], &jar].concat()).packages.len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        let records = read("a.jar", &content);
        prop_assert!(records.packages.is_empty());
    }

    #[test]
    fn flipped_bits_give_an_answer(flips in proptest::collection::vec((any::<prop::sample::Index>(), 0..8u8), 1..6)) {
        let inner = zip(&[LOG4J, CLASS]);
        let mut content = zip(&[LOG4J, ("lib/x-1.jar", &inner), ("lib/y-1.jar!", &inner)]);
        for (at, bit) in flips {
            let at = at.index(content.len());
            content[at] ^= 1 << bit;
        }
        prop_assert!(read("a.jar", &content).packages.len() <= 6);
    }
}
