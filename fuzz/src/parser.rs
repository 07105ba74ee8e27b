//! Parsers that are no catalogers: feeds, the index, the ignore file, versions, Dockerfiles and shell scripts.

use boltseal_advisory::{Index, debian, epss as scores, kev as catalogue, osv as records, secdb as fixes};
use boltseal_posture::dockerfile::{parse as read_dockerfile, shell};
use boltseal_posture::{Options, Source, Span, check};
use boltseal_report::IgnoreFile;
use boltseal_version::{Scheme, compare};

pub(crate) fn osv(data: &[u8]) -> usize {
    let mut reader = records::Records::new("osv/PyPI");
    reader.add("record.json", data);
    reader.finish().advisories.len()
}

pub(crate) fn secdb(data: &[u8]) -> usize {
    fixes::parse(data, "Alpine:v3.19").map_or(0, |parsed| parsed.advisories.len())
}

pub(crate) fn debian_tracker(data: &[u8]) -> usize {
    debian::parse(data).map_or(0, |parsed| parsed.advisories.len())
}

pub(crate) fn kev(data: &[u8]) -> usize {
    catalogue::parse(data).map_or(0, |catalogue| catalogue.entries.len())
}

pub(crate) fn epss(data: &[u8]) -> usize {
    scores::parse(data).map_or(0, |scores| scores.scores.len())
}

/// Opens the index and asks it everything, since an index may be opened before all of it is verified.
pub(crate) fn index(data: &[u8]) -> usize {
    let Ok(index) = Index::open(data.to_vec()) else { return 0 };
    let _ = index.verify();
    let _ = index.find("CVE-2021-44228");
    let _ = index.statements("Maven", "org.apache.logging.log4j:log4j-core");
    let ecosystems = index.ecosystems().count();
    let records = (0..index.len().min(1000) as u32).filter(|number| index.record(*number).is_ok()).count();
    ecosystems + records
}

pub(crate) fn ignore_file(data: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let Ok(file) = IgnoreFile::parse("ignore.toml", text) else { return 0 };
    let _ = file.apply(&mut [], "2026-01-01");
    file.len()
}

/// Two versions, one a line, under every scheme: whatever is a version equals itself, and order has two sides.
pub(crate) fn version(data: &[u8]) -> usize {
    let text = String::from_utf8_lossy(data);
    let (left, right) = text.split_once('\n').unwrap_or((&text, ""));
    let schemes = Scheme::ALL.iter().filter(|scheme| match compare(**scheme, left, right) {
        Ok(order) => {
            assert_eq!(compare(**scheme, right, left).ok(), Some(order.reverse()), "{scheme:?} `{left}` `{right}`");
            true
        }
        Err(_) => false,
    });
    schemes.count()
}

/// The tree of a Dockerfile, and what the rules make of it.
pub(crate) fn dockerfile(data: &[u8]) -> usize {
    let Ok(source) = Source::new("Dockerfile", data) else { return 0 };
    let file = read_dockerfile(&source);
    let mut end = 0;
    for instruction in &file.instructions {
        assert!(
            end <= instruction.span.start && source.text.get(instruction.span.range()).is_some(),
            "{instruction:?}"
        );
        end = instruction.span.end;
    }
    let _ = check("Dockerfile", data, &Options::default());
    file.instructions.len()
}

/// The commands of a script.
pub(crate) fn shell_script(data: &[u8]) -> usize {
    let Ok(source) = Source::new("script.sh", data) else { return 0 };
    let script = shell::parse(&source, Span::new(0, source.text.len()));
    for call in &script.commands {
        assert!(source.text.get(call.span.range()).is_some(), "{call:?}");
    }
    script.commands.len()
}
