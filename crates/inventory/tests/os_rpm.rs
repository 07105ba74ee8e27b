//! The rpm cataloger against databases that rpm itself and Berkeley DB's own `db_load` wrote.
//!
//! Needs Debian's packages `rpm` and `db-util`; a test that lacks its tool says so and passes over.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking and says why it was skipped"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use boltseal_inventory::{Catalogers, File, FileMeta, Records};

const SPEC: &str = "\
Name: alpha
Version: 1.2
Release: 3.el9
Epoch: 2
Summary: a
License: MIT AND GPL-2.0-or-later
Vendor: Example
ModularityLabel: alpha:stable:1:abc
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/java/sub %{buildroot}/lib
echo x > %{buildroot}/usr/bin/alpha
echo x > %{buildroot}/usr/share/java/alpha.jar
echo x > %{buildroot}/lib/tool
%files
%dir /usr/share/java/sub
/usr/bin/alpha
/usr/share/java/alpha.jar
/lib/tool
%package libs
Summary: b
License: BSD
Epoch: 0
%description libs
b
%files libs
";

/// A directory of this test's own, removed when it goes out of scope.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("boltseal-os-rpm-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a tool; `None`, with the reason, where it is not installed.
fn run(command: &mut Command) -> Option<Vec<u8>> {
    match command.stderr(Stdio::piped()).output() {
        Ok(output) => {
            assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) => {
            println!("skipped: {command:?} does not run here: {error}");
            None
        }
    }
}

/// An SQLite database with two packages, written by rpm.
fn rpm_database(directory: &Path) -> Option<PathBuf> {
    let spec = directory.join("alpha.spec");
    std::fs::write(&spec, SPEC).unwrap();
    let top = format!("_topdir {}", directory.join("top").display());
    run(Command::new("rpmbuild").args(["-bb", "--define", &top]).arg(&spec))?;
    let packages = directory.join("top/RPMS/noarch");
    let files = std::fs::read_dir(packages).unwrap().map(|entry| entry.unwrap().path());
    let root = directory.join("root");
    std::fs::create_dir_all(&root).unwrap();
    let mut install = Command::new("rpm");
    install.arg("--root").arg(&root).args(["--define", "_db_backend sqlite", "--dbpath", "/var/lib/rpm"]);
    run(install.args(["--nodeps", "--justdb", "-i"]).args(files))?;
    Some(root.join("var/lib/rpm/rpmdb.sqlite"))
}

/// The headers in a database that rpm wrote.
fn headers(database: &Path) -> Vec<Vec<u8>> {
    let connection = rusqlite::Connection::open(database).unwrap();
    let mut statement = connection.prepare("SELECT blob FROM Packages").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn catalog(path: &str, content: &[u8]) -> Records {
    let catalogers = Catalogers::for_images();
    let wanting = catalogers.wanting(&FileMeta { path, size: 1, executable: false });
    catalogers.catalog(wanting[0], &File { path, content })
}

fn check(records: &Records) {
    assert_eq!((records.unreadable.as_deref(), &records.problems[..]), (None, &[][..]));
    let mut lines: Vec<String> = records
        .packages
        .iter()
        .map(|package| {
            let source = package.source.as_ref().unwrap();
            format!(
                "{} {} {} {:?} {:?} <- {} {}",
                package.name,
                package.version.as_deref().unwrap(),
                package.architecture.as_deref().unwrap(),
                package.licenses,
                package.module,
                source.name,
                source.version.as_deref().unwrap(),
            )
        })
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "alpha 2:1.2-3.el9 noarch [\"MIT AND GPL-2.0-or-later\"] Some(\"alpha:stable:1:abc\") <- alpha 2:1.2-3.el9",
            "alpha-libs 1.2-3.el9 noarch [\"BSD\"] Some(\"alpha:stable:1:abc\") <- alpha 1.2-3.el9",
        ]
    );
    let mut paths = records.owned[0].paths.clone();
    paths.sort();
    assert_eq!(paths, ["usr/bin/alpha", "usr/lib/tool", "usr/share/java/alpha.jar"]);
}

#[test]
fn a_database_that_rpm_wrote_is_read() {
    let scratch = Scratch::new("sqlite");
    let Some(database) = rpm_database(&scratch.0) else { return };
    check(&catalog("var/lib/rpm/rpmdb.sqlite", &std::fs::read(database).unwrap()));
}

#[test]
fn hash_databases_that_berkeley_db_wrote_are_read_in_both_byte_orders() {
    let scratch = Scratch::new("bdb");
    let Some(database) = rpm_database(&scratch.0) else { return };
    let headers = headers(&database);
    for order in [1234, 4321] {
        // In pages this small every header is a chain of overflow pages, in pages this large it is on the hash page.
        for page_size in [512, 4096, 65536] {
            let file = scratch.0.join(format!("Packages-{order}-{page_size}"));
            if !db_load(&file, order, page_size, &headers) {
                return;
            }
            check(&catalog("var/lib/rpm/Packages", &std::fs::read(file).unwrap()));
        }
    }
}

#[test]
fn hash_databases_of_many_buckets_are_read_whole() {
    let scratch = Scratch::new("buckets");
    let Some(database) = rpm_database(&scratch.0) else { return };
    let headers: Vec<Vec<u8>> = headers(&database).into_iter().cycle().take(1500).collect();
    let file = scratch.0.join("Packages");
    if db_load(&file, 1234, 4096, &headers) {
        let records = catalog("var/lib/rpm/Packages", &std::fs::read(file).unwrap());
        assert_eq!((records.packages.len(), records.problems.len(), records.unreadable), (1500, 0, None));
    }
}

/// Has `db_load` write a hash database as rpm does: a counter under key 0, then the headers by number.
fn db_load(file: &Path, order: u32, page_size: u32, headers: &[Vec<u8>]) -> bool {
    let mut dump =
        format!("VERSION=3\nformat=bytevalue\ntype=hash\ndb_lorder={order}\ndb_pagesize={page_size}\nHEADER=END\n");
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    writeln!(dump, " 00000000\n 00000003").unwrap();
    for (number, header) in headers.iter().enumerate() {
        writeln!(dump, " {}\n {}", hex(&(number as u32 + 1).to_le_bytes()), hex(header)).unwrap();
    }
    dump.push_str("DATA=END\n");
    let started = Command::new("db_load").arg(file).stdin(Stdio::piped()).spawn();
    let Ok(mut child) = started.map_err(|error| println!("skipped: db_load does not run here: {error}")) else {
        return false;
    };
    child.stdin.take().unwrap().write_all(dump.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    true
}
