//! Executables that carry the list of what was linked into them: Go's build info and `cargo auditable`'s audit data.
//!
//! Most executables carry neither. They are told apart by their section table alone, which takes microseconds.

use boltseal_evidence::Package;
use object::macho::{FatArch32, FatArch64};
use object::read::macho::{FatArch, MachOFatFile};
use object::{FileKind, Object, ObjectSection, ObjectSegment};

use crate::cataloger::{Cataloger, File, Pattern, Records};
use crate::installed::field;

mod go;
mod rust;

#[cfg(test)]
mod elf;

/// Architectures of one universal Mach-O file.
const MAX_ARCHITECTURES: usize = 16;

/// The cataloger of executables.
pub(crate) struct Binary;

impl Cataloger for Binary {
    fn name(&self) -> &'static str {
        "binary"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Executable]
    }

    fn max_size(&self) -> u64 {
        400 * 1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let mut records = Records::default();
        match FileKind::parse(file.content) {
            Ok(FileKind::MachOFat32) => universal::<FatArch32>(file.content, &mut records),
            Ok(FileKind::MachOFat64) => universal::<FatArch64>(file.content, &mut records),
            Ok(
                FileKind::Elf32
                | FileKind::Elf64
                | FileKind::Pe32
                | FileKind::Pe64
                | FileKind::MachO32
                | FileKind::MachO64,
            ) => read(file.content, &mut records),
            // Something else, that holds no list of packages: a DOS program, an object file, no executable at all.
            Ok(_) | Err(_) => {}
        }
        records
    }
}

/// Reads the image of each architecture; they were built from the same modules, so each package is kept once.
fn universal<Fat: FatArch>(content: &[u8], records: &mut Records) {
    let file = match MachOFatFile::<Fat>::parse(content) {
        Ok(file) => file,
        Err(error) => return unreadable(&error, records),
    };
    for architecture in file.arches().iter().take(MAX_ARCHITECTURES) {
        match architecture.data(content) {
            Ok(image) => read(image, records),
            Err(error) => unreadable(&error, records),
        }
    }
    let mut seen: Vec<Package> = Vec::new();
    for package in records.packages.drain(..) {
        if seen.last() != Some(&package) {
            seen.push(package);
        }
    }
    seen.sort_by_key(Package::purl);
    seen.dedup();
    records.packages = seen;
}

fn read(content: &[u8], records: &mut Records) {
    match object::File::parse(content) {
        Ok(file) => {
            let image = Image { content, file };
            go::read(&image, records);
            rust::read(&image, records);
        }
        Err(error) => unreadable(&error, records),
    }
}

fn unreadable(error: &object::Error, records: &mut Records) {
    let message = format!(
        "the executable's headers cannot be read ({error}), so the modules and crates it was built from are not known"
    );
    field::report(records, message);
}

/// One executable, its headers read.
pub(crate) struct Image<'a> {
    /// All of its bytes.
    content: &'a [u8],
    file: object::File<'a>,
}

impl<'a> Image<'a> {
    /// The bytes of the first section of this name.
    fn section(&self, name: &str) -> Option<object::Result<&'a [u8]>> {
        let name = name.as_bytes();
        let section = self.file.sections().find(|section| section.name_bytes().is_ok_and(|other| other == name))?;
        Some(section.data())
    }

    /// The file has a section table. (`sstrip` and packers remove it.)
    fn has_sections(&self) -> bool {
        self.file.sections().next().is_some()
    }

    /// The parts of the file that are loaded as writable data.
    fn writable(&self) -> impl Iterator<Item = &'a [u8]> {
        self.file
            .segments()
            .filter(|segment| segment.permissions().writable())
            .filter_map(|segment| segment.data().ok())
    }

    /// The bytes that are loaded at an address.
    fn at(&self, address: u64, size: u64) -> Option<&'a [u8]> {
        self.file.segments().find_map(|segment| segment.data_range(address, size).ok().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn catalog(content: &[u8]) -> Records {
        Binary.catalog(&File { path: "usr/bin/app", content })
    }

    #[test]
    fn an_executable_with_neither_list_tells_nothing() {
        assert!(catalog(&elf::Elf::default().build()).is_empty());
        for content in [&b"MZ"[..], b"#!/bin/sh\n", b"", b"\xca\xfe\xba\xbe\0\0\0\x34"] {
            assert!(catalog(content).packages.is_empty());
        }
    }

    #[test]
    fn a_truncated_executable_is_a_problem_of_its_own() {
        let content = elf::Elf::default().section(".go.buildinfo", b"").build();
        let records = catalog(content.get(..80).unwrap());
        assert_eq!((records.packages.len(), records.problems.len()), (0, 1));
    }

    #[test]
    fn an_executable_at_an_odd_address_reads_the_same() {
        let mut content = vec![0];
        content.extend(elf::Elf::default().section(".go.buildinfo", &go::tests::inline("go1.21.3", "")).build());
        assert_eq!(catalog(&content[1..]).packages.len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_behind_a_magic_give_an_answer(
            magic in prop::sample::select(vec![
                &b"\x7fELF\x02\x01\x01"[..], b"\x7fELF\x01\x02\x01", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0\0\0\x02",
            ]),
            rest in proptest::collection::vec(any::<u8>(), 0..600),
        ) {
            let records = catalog(&[magic, &rest].concat());
            prop_assert!(records.packages.is_empty());
        }

        #[test]
        fn flipped_bits_give_an_answer(at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let mut content = elf::Elf::default()
                .section(".go.buildinfo", &go::tests::inline("go1.21.3", "path\ta\nmod\ta\tv1\t\n"))
                .section(".dep-v0", &rust::tests::compressed(r#"{"packages":[{"name":"a","version":"1.0.0"}]}"#))
                .build();
            let at = at.index(content.len());
            content[at] ^= 1 << bit;
            prop_assert!(catalog(&content).packages.len() <= 3);
        }
    }
}
