//! The audit data of `cargo auditable`: the crates that a Rust program was built from, as compressed JSON in a section
//! named `.dep-v0`.

use std::io::Read;

use boltseal_evidence::{Package, PackageType, Scope};
use flate2::read::ZlibDecoder;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Image;
use crate::cataloger::Records;
use crate::installed::field;
use crate::limits::Limits;

/// Bytes of the inflated JSON; a program of a thousand crates has some hundred kilobytes.
const MAX_JSON: u64 = 8 * 1024 * 1024;

/// The document; each crate is read by itself, so that a broken one costs only itself.
#[derive(Deserialize)]
struct AuditData<'a> {
    #[serde(borrow)]
    packages: Vec<&'a RawValue>,
}

/// One crate.
#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    /// `build` or `runtime`, the default.
    kind: Option<String>,
}

/// Adds the crates of a Rust program that was built with audit data; does nothing with any other.
pub(super) fn read(image: &Image<'_>, records: &mut Records) {
    let outcome = match &image.audit_data {
        None => return,
        Some(Ok(section)) => collect(section, records),
        Some(Err(_)) => Err("its section lies outside the file".to_owned()),
    };
    if let Err(reason) = outcome {
        field::report(
            records,
            format!("the audit data in `.dep-v0` cannot be read: {reason}; its crates are not known"),
        );
    }
}

fn collect(section: &[u8], records: &mut Records) -> Result<(), String> {
    let mut json = Vec::new();
    let mut decoder = ZlibDecoder::new(section).take(MAX_JSON + 1);
    decoder.read_to_end(&mut json).map_err(|error| format!("its compression is damaged ({error})"))?;
    if json.len() as u64 > MAX_JSON {
        return Err(format!("it inflates to more than {} MiB", MAX_JSON >> 20));
    }
    let data: AuditData<'_> = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    if data.packages.len() > Limits::DEFAULT.packages {
        field::report(records, format!("the audit data lists more than {} crates", Limits::DEFAULT.packages));
    }
    for raw in data.packages.iter().take(Limits::DEFAULT.packages) {
        match serde_json::from_str::<Crate>(raw.get()) {
            Ok(found) => records.packages.extend(package(&found, &mut records.problems)),
            Err(error) => {
                let message = format!("the audit data's record {} is no crate: {error}", field::quoted(raw.get()));
                field::report(records, message);
            }
        }
    }
    Ok(())
}

fn package(found: &Crate, problems: &mut Vec<boltseal_evidence::Problem>) -> Option<Package> {
    let mut package = Package::new(PackageType::Cargo, field::bounded("crate name", &found.name, problems)?);
    package.version = field::bounded("crate version", &found.version, problems);
    package.scope = (found.kind.as_deref() == Some("build")).then_some(Scope::Development);
    "rust-binary".clone_into(&mut package.found_by);
    Some(package)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cataloger::{Cataloger, File};
    use crate::installed::binary::{Binary, elf::Elf};
    use std::io::Write;

    /// Audit data as `cargo auditable` stores it.
    pub(in crate::installed::binary) fn compressed(json: &str) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(json.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn catalog(section: &[u8]) -> Records {
        Binary.catalog(&File { path: "app", content: &Elf::default().section(".dep-v0", section).build() })
    }

    #[test]
    fn crates_are_read_with_their_kind() {
        let records = catalog(&compressed(
            r#"{"packages":[
                {"name":"app","version":"0.1.0","source":"local","dependencies":[1,2],"root":true},
                {"name":"time","version":"0.1.42","source":"crates.io"},
                {"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"},
                {"name":"odd","source":"registry"}],"format":1}"#,
        ));
        let found: Vec<_> = records.packages.iter().map(|p| (p.purl(), p.scope)).collect();
        assert_eq!(
            found,
            [
                ("pkg:cargo/app@0.1.0".to_owned(), None),
                ("pkg:cargo/time@0.1.42".to_owned(), None),
                ("pkg:cargo/cc@1.0.0".to_owned(), Some(Scope::Development)),
            ]
        );
        assert_eq!(records.problems.len(), 1);
    }

    #[test]
    fn audit_data_that_cannot_be_read_is_a_problem() {
        let bomb = compressed(&" ".repeat(MAX_JSON as usize + 1));
        for section in [&b""[..], b"garbage", &compressed("[]"), &compressed("{"), &bomb] {
            let records = catalog(section);
            assert_eq!((records.packages.len(), records.problems.len()), (0, 1));
        }
    }
}
