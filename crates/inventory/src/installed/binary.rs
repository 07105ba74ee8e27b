//! Executables that carry the list of what was linked into them: Go's build info and `cargo auditable`'s audit data.
//!
//! Most executables carry neither. They are told apart by their section table alone, which takes microseconds.

use std::collections::HashSet;

use object::FileKind;
use object::macho::{FatArch32, FatArch64};
use object::read::macho::{FatArch, MachOFatFile};

use crate::cataloger::{Cataloger, File, Pattern, Records};
use crate::installed::field;

mod go;
mod image;
mod rust;

use image::Image;

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
            _ => read(file.content, &mut records),
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
    let mut seen = HashSet::new();
    records.packages.retain(|package| seen.insert((package.found_by.clone(), package.purl())));
}

fn read(content: &[u8], records: &mut Records) {
    let Ok(kind) = FileKind::parse(content) else { return };
    match Image::read(kind, content) {
        Ok(Some(image)) => {
            go::read(&image, records);
            rust::read(&image, records);
        }
        // Something else, that holds no list of packages: a DOS program, an object file.
        Ok(None) => {}
        Err(error) => unreadable(&error, records),
    }
}

fn unreadable(error: &object::Error, records: &mut Records) {
    let message = format!(
        "the executable's headers cannot be read ({error}), so the modules and crates it was built from are not known"
    );
    field::report(records, message);
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

    #[test]
    fn many_sections_with_one_long_name_cost_little() {
        let mut content = elf::Elf::default().section(".rodata", &vec![b'a'; 4 << 20]).build();
        let table = content.len() as u64;
        let mut header = [0u8; 64];
        header[4] = 1;
        header[24..32].copy_from_slice(&128u64.to_le_bytes());
        header[32..40].copy_from_slice(&(4u64 << 20).to_le_bytes());
        content.extend(header.repeat(60_000));
        content[40..48].copy_from_slice(&table.to_le_bytes());
        content[60..64].copy_from_slice(&[0x60, 0xea, 1, 0]);
        assert!(catalog(&content).is_empty());
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
        fn flipped_bits_give_an_answer(at in any::<prop::sample::Index>(), bit in 0..8u8, old in any::<bool>()) {
            let elf = elf::Elf::default();
            let modules = "path\ta\nmod\ta\tv1\t\n";
            let go = match old {
                true => go::tests::pointers(elf.first_address(), false, "go1.16", modules),
                false => go::tests::inline("go1.21.3", modules),
            };
            let rust = rust::tests::compressed(r#"{"packages":[{"name":"a","version":"1.0.0"}]}"#);
            let mut content = elf.section(".go.buildinfo", &go).section(".dep-v0", &rust).build();
            prop_assert_eq!(catalog(&content).packages.len(), 3);
            let at = at.index(content.len());
            content[at] ^= 1 << bit;
            prop_assert!(catalog(&content).packages.len() <= 3);
        }
    }
}
