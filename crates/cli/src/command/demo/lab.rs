//! The lab image: what an application image looks like that nobody has rebuilt since 2021.
//!
//! Every file is made here from a few lines of text; nothing is downloaded and nothing in it can run. What a scanner
//! reads (package databases, package metadata) is in the form that the real package managers write.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use boltseal_image::build::{Compression, ImageBuilder, LayerBuilder};

/// Debian 11 packages as its first release had them: name, source, version.
const DEBIAN: &[(&str, &str, &str)] = &[
    ("base-files", "base-files", "11.1"),
    ("bash", "bash", "5.1-2+b3"),
    ("ca-certificates", "ca-certificates", "20210119"),
    ("coreutils", "coreutils", "8.32-4+b1"),
    ("curl", "curl", "7.74.0-1.3"),
    ("dpkg", "dpkg", "1.20.9"),
    ("git", "git", "1:2.30.2-1"),
    ("gzip", "gzip", "1.10-4"),
    ("libc6", "glibc", "2.31-13"),
    ("libcurl4", "curl", "7.74.0-1.3"),
    ("libexpat1", "expat", "2.2.10-2"),
    ("libgssapi-krb5-2", "krb5", "1.18.3-6"),
    ("libssl1.1", "openssl", "1.1.1k-1"),
    ("libwebp6", "libwebp", "0.6.1-2.1"),
    ("libxml2", "libxml2", "2.9.10+dfsg-6.7"),
    ("openssl", "openssl", "1.1.1k-1"),
    ("zlib1g", "zlib", "1:1.2.11.dfsg-2"),
];

/// Python projects in the application's own site-packages.
const PYTHON: &[(&str, &str, &str)] = &[
    ("Django", "3.2.1", "BSD-3-Clause"),
    ("Jinja2", "2.11.2", "BSD-3-Clause"),
    ("PyYAML", "5.3", "MIT"),
    ("requests", "2.19.1", "Apache 2.0"),
    ("urllib3", "1.23", "MIT"),
];

/// npm packages of the front end.
const NPM: &[(&str, &str, &str)] =
    &[("lodash", "4.17.15", "MIT"), ("minimist", "1.2.0", "MIT"), ("node-fetch", "2.6.0", "MIT")];

/// Gems of a worker.
const GEMS: &[(&str, &str, &str)] = &[("nokogiri", "1.10.9", "MIT"), ("rack", "2.0.6", "MIT")];

/// The lab image with its layers and history.
pub(super) fn image() -> anyhow::Result<ImageBuilder> {
    Ok(ImageBuilder::new()
        .platform("linux", "amd64")
        .created("2021-08-17T00:00:00Z")
        .compression(Compression::Gzip)
        .layer(base(), "ADD debian-11.0-rootfs.tar / # buildkit")
        .history("ENV PYTHONUNBUFFERED=1")
        .layer(python(), "RUN pip install --no-cache-dir -r requirements.txt # buildkit")
        .layer(node(), "RUN npm ci --omit=dev # buildkit")
        .layer(gems(), "RUN bundle install --without development # buildkit")
        .layer(java()?, "COPY target/worker.jar /opt/worker/worker.jar # buildkit")
        .env("PYTHONUNBUFFERED", "1")
        .cmd(["python3", "-m", "shop"]))
}

fn base() -> LayerBuilder {
    let mut status = String::new();
    for (name, source, version) in DEBIAN {
        let _ = write!(
            status,
            "Package: {name}\nStatus: install ok installed\nPriority: required\nSection: admin\n\
             Maintainer: Lab <lab@example.org>\nArchitecture: amd64\nSource: {source}\nVersion: {version}\n\
             Description: {name} as the lab image has it\n\n"
        );
    }
    let release = "PRETTY_NAME=\"Debian GNU/Linux 11 (bullseye)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"11\"\n\
                   VERSION=\"11 (bullseye)\"\nVERSION_CODENAME=bullseye\nID=debian\n";
    LayerBuilder::new()
        .file("usr/lib/os-release", release, 0o644)
        .symlink("etc/os-release", "../usr/lib/os-release")
        .file("var/lib/dpkg/status", status, 0o644)
}

fn python() -> LayerBuilder {
    PYTHON.iter().fold(LayerBuilder::new(), |layer, (name, version, license)| {
        let folder = format!("usr/local/lib/python3.9/site-packages/{name}-{version}.dist-info");
        let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: {license}\n");
        layer.file(format!("{folder}/METADATA"), metadata, 0o644).file(format!("{folder}/INSTALLER"), "pip\n", 0o644)
    })
}

fn node() -> LayerBuilder {
    NPM.iter().fold(LayerBuilder::new(), |layer, (name, version, license)| {
        let manifest = format!("{{\"name\":\"{name}\",\"version\":\"{version}\",\"license\":\"{license}\"}}\n");
        layer.file(format!("srv/web/node_modules/{name}/package.json"), manifest, 0o644)
    })
}

fn gems() -> LayerBuilder {
    GEMS.iter().fold(LayerBuilder::new(), |layer, (name, version, license)| {
        let specification = format!(
            "# -*- encoding: utf-8 -*-\n# stub: {name} {version} ruby lib\n\nGem::Specification.new do |s|\n  \
             s.name = \"{name}\".freeze\n  s.version = \"{version}\"\n  s.licenses = [\"{license}\".freeze]\nend\n"
        );
        layer.file(format!("var/lib/gems/2.7.0/specifications/{name}-{version}.gemspec"), specification, 0o644)
    })
}

/// A Spring Boot style archive with libraries inside.
fn java() -> anyhow::Result<LayerBuilder> {
    let log4j = jar(&[properties("org.apache.logging.log4j", "log4j-core", "2.14.1")])?;
    let text = jar(&[properties("org.apache.commons", "commons-text", "1.9")])?;
    let worker = jar(&[
        ("META-INF/MANIFEST.MF".to_owned(), b"Manifest-Version: 1.0\r\nMain-Class: Worker\r\n\r\n".to_vec()),
        ("BOOT-INF/lib/log4j-core-2.14.1.jar".to_owned(), log4j),
        ("BOOT-INF/lib/commons-text-1.9.jar".to_owned(), text),
    ])?;
    Ok(LayerBuilder::new().file("opt/worker/worker.jar", worker, 0o644))
}

fn properties(group: &str, artifact: &str, version: &str) -> (String, Vec<u8>) {
    let path = format!("META-INF/maven/{group}/{artifact}/pom.properties");
    (path, format!("groupId={group}\nartifactId={artifact}\nversion={version}\n").into_bytes())
}

fn jar(entries: &[(String, Vec<u8>)]) -> anyhow::Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in entries {
        archive.start_file(path.as_str(), zip::write::SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
