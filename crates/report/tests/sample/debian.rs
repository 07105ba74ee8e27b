//! A realistic report: a Debian 11 image past its end of life, with Python, Node.js and Java on top, and 32 findings.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test crate uses its part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use boltseal_evidence::*;

pub const TARGET: &str = "registry.example/shop/checkout:1.4";
pub const TODAY: &str = "2026-11-23";

const DPKG: &str = "var/lib/dpkg/status";

/// Compares versions well enough for the fixture: by their runs of digits.
pub fn compare(_: PackageType, a: &str, b: &str) -> Option<std::cmp::Ordering> {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
    };
    Some(numbers(a).cmp(&numbers(b)))
}

pub fn package(kind: PackageType, name: &str, version: &str, path: &str, layer: usize) -> Package {
    let mut package = Package::new(kind, name);
    if let Some((scope, rest)) = name.rsplit_once('/').filter(|_| kind == PackageType::Npm) {
        (package.namespace, package.name) = (Some(scope.to_owned()), rest.to_owned());
    }
    if let Some((group, rest)) = name.split_once(':') {
        (package.namespace, package.name) = (Some(group.to_owned()), rest.to_owned());
    }
    package.version = Some(version.to_owned());
    package.found_by = if kind == PackageType::Deb { "dpkg".to_owned() } else { format!("{kind}-installed") };
    package.locations = vec![Location { path: path.to_owned(), layer: Some(layer), line: None }];
    package.layer = Some(layer);
    if kind == PackageType::Deb {
        package.namespace = Some("debian".to_owned());
        package.architecture = Some("amd64".to_owned());
        package.qualifiers.insert("distro".to_owned(), "debian-11".to_owned());
    }
    package
}

fn packages() -> Vec<Package> {
    use PackageType::*;
    let site = "usr/local/lib/python3.9/site-packages";
    let mut list: Vec<Package> = [
        ("bash", "5.1-2+deb11u1", "bash", "GPL-3.0-or-later"),
        ("libc6", "2.31-13+deb11u3", "glibc", "LGPL-2.1-or-later and GPL-2.0+"),
        ("libexpat1", "2.2.10-2+deb11u3", "expat", "MIT"),
        ("libssl1.1", "1.1.1n-0+deb11u1", "openssl", "OpenSSL"),
        ("libxml2", "2.9.10+dfsg-6.7+deb11u2", "libxml2", "MIT"),
        ("openssl", "1.1.1n-0+deb11u1", "openssl", "OpenSSL"),
        ("perl-base", "5.32.1-4+deb11u2", "perl", "Artistic or GPL-1+ or Artistic-dist"),
        ("tar", "1.34+dfsg-1", "tar", "GPL-3"),
        ("zlib1g", "1:1.2.11.dfsg-2+deb11u1", "zlib", "Zlib"),
        ("g++-10", "10.2.1-6", "gcc-10", ""),
    ]
    .into_iter()
    .map(|(name, version, source, license)| {
        let mut package = package(Deb, name, version, DPKG, 0);
        package.source = Some(SourcePackage { name: source.to_owned(), version: Some(version.to_owned()) });
        package.licenses = vec![license.to_owned()];
        package
    })
    .collect();
    let language = [
        (PyPi, "Django", "3.2.1", format!("{site}/Django-3.2.1.dist-info/METADATA"), 2, "BSD-3-Clause"),
        (PyPi, "requests", "2.25.1", format!("{site}/requests-2.25.1.dist-info/METADATA"), 2, "Apache 2.0"),
        (PyPi, "PyYAML", "5.3.1", format!("{site}/PyYAML-5.3.1.dist-info/METADATA"), 2, "MIT"),
        (PyPi, "urllib3", "1.26.5", "usr/lib/python3/dist-packages/urllib3-1.26.5.egg-info".to_owned(), 1, "MIT"),
        (Npm, "lodash", "4.17.15", "srv/app/package-lock.json".to_owned(), 3, "MIT"),
        (Npm, "@babel/traverse", "7.20.1", "srv/app/package-lock.json".to_owned(), 3, "MIT OR Apache-2.0"),
        (Npm, "ünïcode-包裹", "1.0.0", "srv/app/node_modules/包裹/package.json".to_owned(), 3, "MIT"),
        (
            Maven,
            "org.apache.logging.log4j:log4j-core",
            "2.14.1",
            "opt/shop/checkout.war!/WEB-INF/lib/log4j-core-2.14.1.jar".to_owned(),
            4,
            "Apache-2.0",
        ),
    ];
    for (kind, name, version, path, layer, license) in language {
        let mut package = package(kind, name, version, &path, layer);
        package.licenses = vec![license.to_owned()];
        if path.ends_with("lock.json") {
            package.locations[0].line = Some(40 + name.len() as u32);
            package.scope = Some(Scope::Runtime);
        }
        list.push(package);
    }
    let owner = list[0].purl();
    for package in list.iter_mut().filter(|package| package.name == "urllib3") {
        package.owner = Some(owner.clone());
    }
    list[15].licenses.push("ISC".to_owned());
    let mut again = list[14].clone();
    again.locations[0].path = "srv/app/old/package-lock.json".to_owned();
    list.push(again);
    let mut devel = Package::new(Golang, "checkout");
    devel.namespace = Some("example.com/shop".to_owned());
    devel.locations = vec![Location::at("usr/local/bin/checkout")];
    list.push(devel);
    list
}

/// name, id, severity, fixed version or `-` (none) or `!` (will not be fixed), title
const FINDINGS: &[(&str, &str, Severity, &str, &str)] = {
    use Severity::*;
    &[
        (
            "libc6",
            "CVE-2023-4911",
            High,
            "2.31-13+deb11u7",
            "buffer overflow in ld.so while processing the GLIBC_TUNABLES environment variable",
        ),
        (
            "libc6",
            "CVE-2024-2961",
            High,
            "2.31-13+deb11u9",
            "iconv() out-of-bounds write when converting to ISO-2022-CN-EXT",
        ),
        (
            "libc6",
            "CVE-2024-33599",
            Medium,
            "2.31-13+deb11u10",
            "nscd: stack-based buffer overflow in the netgroup cache",
        ),
        ("libc6", "CVE-2019-1010022", Negligible, "-", "stack guard protection bypass"),
        ("libc6", "CVE-2021-3999", Medium, "!", "off-by-one buffer overflow and underflow in getcwd()"),
        ("libexpat1", "CVE-2022-40674", Critical, "2.2.10-2+deb11u4", "use-after-free in doContent in xmlparse.c"),
        (
            "libexpat1",
            "CVE-2024-45491",
            Critical,
            "2.2.10-2+deb11u6",
            "integer overflow for nDefaultAtts on 32-bit platforms",
        ),
        ("libexpat1", "CVE-2023-52425", High, "-", "denial of service by large tokens that are parsed again and again"),
        ("libssl1.1", "CVE-2022-1292", Critical, "1.1.1n-0+deb11u2", "c_rehash allows command injection"),
        ("openssl", "CVE-2022-1292", Critical, "1.1.1n-0+deb11u2", "c_rehash allows command injection"),
        ("libssl1.1", "CVE-2022-2097", Medium, "1.1.1n-0+deb11u4", "AES OCB fails to encrypt some bytes on 32-bit x86"),
        ("openssl", "CVE-2022-2097", Medium, "1.1.1n-0+deb11u4", "AES OCB fails to encrypt some bytes on 32-bit x86"),
        ("libssl1.1", "CVE-2023-0286", High, "1.1.1n-0+deb11u4", "X.400 address type confusion in X.509 GeneralName"),
        ("openssl", "CVE-2023-0286", High, "1.1.1n-0+deb11u4", "X.400 address type confusion in X.509 GeneralName"),
        ("openssl", "CVE-2024-5535", Low, "-", "SSL_select_next_proto buffer overread"),
        ("libxml2", "CVE-2022-40303", High, "2.9.10+dfsg-6.7+deb11u3", "integer overflow with XML_PARSE_HUGE"),
        ("libxml2", "CVE-2025-6021", Unknown, "-", ""),
        ("perl-base", "CVE-2020-16156", Medium, "-", "CPAN allows bypass of signature verification"),
        ("tar", "CVE-2005-2541", Negligible, "-", "does not warn about setuid when extracting"),
        (
            "zlib1g",
            "CVE-2022-37434",
            Critical,
            "1:1.2.11.dfsg-2+deb11u2",
            "heap-based buffer over-read or overflow in inflate() by a large gzip header extra field",
        ),
        ("zlib1g", "CVE-2023-45853", Critical, "!", "MiniZip: integer overflow in zipOpenNewFileInZip4_64"),
        ("Django", "CVE-2021-35042", Critical, "3.2.5", "SQL injection by unsanitised QuerySet.order_by() input"),
        (
            "Django",
            "CVE-2022-28346",
            Critical,
            "3.2.13",
            "SQL injection in QuerySet.annotate(), aggregate() and extra()",
        ),
        (
            "Django",
            "CVE-2023-31047",
            Critical,
            "3.2.19",
            "validation bypassed when uploading several files with one form field",
        ),
        (
            "requests",
            "CVE-2023-32681",
            Medium,
            "2.31.0",
            "Proxy-Authorization header leaked to destination servers when redirected",
        ),
        ("PyYAML", "CVE-2020-14343", Critical, "5.4", "arbitrary code execution by full_load of untrusted input"),
        ("urllib3", "CVE-2023-43804", High, "1.26.17", "Cookie header not stripped on cross-origin redirects"),
        ("lodash", "CVE-2020-8203", High, "4.17.20", "prototype pollution in zipObjectDeep"),
        ("lodash", "CVE-2021-23337", High, "4.17.21", "command injection by template"),
        (
            "@babel/traverse",
            "CVE-2023-45133",
            Critical,
            "7.23.2",
            "arbitrary code execution when compiling crafted code",
        ),
        (
            "ünïcode-包裹",
            "GHSA-aaaa-bbbb-cccc",
            Medium,
            "-",
            "恶意代码:安装时执行任意命令并将环境变量发送到远程服务器的软件包",
        ),
        (
            "org.apache.logging.log4j:log4j-core",
            "CVE-2021-44228",
            Critical,
            "2.15.0",
            "remote code execution by JNDI lookups in log messages (Log4Shell)",
        ),
        (
            "org.apache.logging.log4j:log4j-core",
            "CVE-2021-45046",
            Critical,
            "2.16.0",
            "incomplete fix for CVE-2021-44228 in certain non-default configurations",
        ),
    ]
};

fn finding(package: &Package, row: &(&str, &str, Severity, &str, &str)) -> Finding {
    let (name, id, severity, fix, title) = *row;
    let feed = match package.kind {
        PackageType::Deb => "osv/Debian",
        PackageType::PyPi => "osv/PyPI",
        PackageType::Npm => "osv/npm",
        _ => "osv/Maven",
    };
    let version = package.version.clone().unwrap();
    let score = match severity {
        Severity::Critical => Some(9.8),
        Severity::High => Some(7.5),
        _ => None,
    };
    Finding {
        id: id.to_owned(),
        aliases: if id == "CVE-2021-44228" { vec!["GHSA-jfh8-c2jp-5v3q".to_owned()] } else { Vec::new() },
        package: PackageRef {
            purl: package.purl(),
            kind: package.kind,
            name: name.to_owned(),
            version: version.clone(),
            location: package.locations.first().cloned(),
            layer: package.layer,
        },
        severity,
        ratings: vec![Rating {
            source: if package.kind == PackageType::Deb { "debian".to_owned() } else { "ghsa".to_owned() },
            severity,
            score,
            vector: score.map(|_| "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned()),
        }],
        fix: match fix {
            "-" => FixState::NotFixed,
            "!" => FixState::WontFix,
            version => FixState::Fixed { versions: vec![version.to_owned()] },
        },
        title: title.to_owned(),
        references: vec![format!("https://osv.dev/vulnerability/{id}"), "not a link".to_owned()],
        published: Some("2022-05-03".to_owned()),
        why: vec![Why {
            feed: feed.to_owned(),
            advisory: if package.kind == PackageType::Deb { format!("DEBIAN-{id}") } else { id.to_owned() },
            matched_name: package.source.as_ref().map_or(name, |source| &source.name).to_owned(),
            matched_version: version,
            range: if fix.len() > 1 { format!("< {fix}") } else { ">= 0".to_owned() },
        }],
        known_exploited: matches!(id, "CVE-2021-44228" | "CVE-2023-4911").then(|| KnownExploited {
            date_added: "2021-12-10".to_owned(),
            due_date: "2021-12-24".to_owned(),
            ransomware: true,
        }),
        epss: matches!(id, "CVE-2021-44228" | "CVE-2022-1292" | "CVE-2020-8203")
            .then_some(Epss { probability: 0.944, percentile: 0.999 }),
        status: Status::Affected,
    }
}

/// The report.
pub fn report() -> Report {
    let packages = packages();
    let mut findings: Vec<Finding> = FINDINGS
        .iter()
        .map(|row| finding(packages.iter().find(|package| package.full_name() == row.0).unwrap(), row))
        .collect();
    for finding in &mut findings {
        match finding.id.as_str() {
            "CVE-2023-43804" => {
                finding.status = Status::VendorAnswers {
                    owner: "pkg:deb/debian/python3-urllib3@1.26.5-1~exp1+deb11u1".to_owned(),
                    detail: "fixed in 1.26.5-1~exp1+deb11u1".to_owned(),
                };
            }
            "CVE-2005-2541" => {
                finding.status = Status::Suppressed(Suppression {
                    reason: "intended behaviour of tar".to_owned(),
                    owner: Some("platform@shop.example".to_owned()),
                    until: Some("2027-01-31".to_owned()),
                    source: ".boltseal-ignore.toml:3".to_owned(),
                });
            }
            _ => {}
        }
    }
    let layer = |index: usize, created_by: &str| Layer {
        index,
        diff_id: Digest::sha256_of(&[index as u8]),
        created_by: Some(created_by.to_owned()),
        entries: 9_000,
        size: 120_000_000,
    };
    Report {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: "0.1.0".to_owned() },
        source: None,
        inventory: Inventory {
            subject: Subject {
                kind: SubjectKind::Image,
                id: Some(Digest::sha256_of(b"config")),
                platform: Some(Platform { os: "linux".to_owned(), architecture: "amd64".to_owned(), variant: None }),
                created: Some("2022-06-01T12:00:00.123456789Z".to_owned()),
            },
            os: Some(OperatingSystem {
                id: "debian".to_owned(),
                version: Some("11".to_owned()),
                codename: Some("bullseye".to_owned()),
                pretty_name: Some("Debian GNU/Linux 11 (bullseye)".to_owned()),
                end_of_life: Some("2026-08-31".to_owned()),
                ..OperatingSystem::default()
            }),
            layers: vec![
                layer(0, "/bin/sh -c #(nop) ADD file:0e0f1a2b3c4d in /"),
                layer(1, "RUN /bin/sh -c apt-get update && apt-get install -y python3 # buildkit"),
                layer(2, "RUN /bin/sh -c pip install -r requirements.txt # buildkit"),
                layer(3, "RUN /bin/sh -c npm ci # buildkit"),
                layer(4, "COPY checkout.war /opt/shop/ # buildkit"),
            ],
            packages,
            not_assessed: vec![
                NotAssessed {
                    reason: NotAssessedReason::NoVersion,
                    what: "pkg:golang/example.com/shop/checkout".to_owned(),
                    detail: "the binary was built from a working copy and states no version; build it with `-buildvcs` from a tag".to_owned(),
                    packages: 1,
                },
                NotAssessed {
                    reason: NotAssessedReason::Unreadable,
                    what: "srv/app/yarn.lock".to_owned(),
                    detail: "line 12 is not of yarn's format; write the file anew with `yarn install`".to_owned(),
                    packages: 0,
                },
            ],
            problems: vec![Problem::at("opt/shop/broken.jar", "the archive's directory is truncated; its packages are missing here")],
        },
        database: Database {
            kind: DatabaseKind::Full,
            digest: Digest::sha256_of(b"index"),
            built: Some("2026-11-20T04:00:00Z".to_owned()),
            feeds: vec![FeedInfo {
                name: "osv/Debian".to_owned(),
                source: "https://example.com/Debian/all.zip".to_owned(),
                advisories: 28_113,
                modified: None,
                fetched: None,
            }],
        },
        findings,
    }
}
