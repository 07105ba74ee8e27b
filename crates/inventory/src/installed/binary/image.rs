//! The headers of one executable: which of the sections that matter it has, and what it loads where.
//!
//! Sections are looked for by comparing bytes in place. Reading each section's name first would let a table of many
//! sections with one long name cost as much as their product.

use std::cell::OnceCell;

use object::elf::{FileHeader32, FileHeader64};
use object::pe::{ImageNtHeaders32, ImageNtHeaders64};
use object::read::elf::{FileHeader, SectionHeader};
use object::read::macho::MachOFile;
use object::read::pe::{ImageNtHeaders, PeFile};
use object::{Endianness, FileKind, LittleEndian as LE, Object, ObjectSection, ObjectSegment, SectionIndex};

/// Segments that are looked through for data without a section.
const MAX_SEGMENTS: usize = 1000;

/// A section that was found; the error is for one whose bytes lie outside the file.
pub(super) type Section<'a> = Option<object::Result<&'a [u8]>>;

/// One executable.
pub(super) struct Image<'a> {
    content: &'a [u8],
    kind: FileKind,
    /// `.go.buildinfo`, which Mach-O spells `__go_buildinfo`.
    pub(super) go_build_info: Section<'a>,
    /// `.dep-v0`.
    pub(super) audit_data: Section<'a>,
    has_sections: bool,
    file: OnceCell<Option<object::File<'a>>>,
}

impl<'a> Image<'a> {
    /// Reads the section table of an executable of this kind; `None` for kinds that are no executables.
    pub(super) fn read(kind: FileKind, content: &'a [u8]) -> object::Result<Option<Self>> {
        let mut image =
            Self { content, kind, go_build_info: None, audit_data: None, has_sections: false, file: OnceCell::new() };
        match kind {
            FileKind::Elf32 => image.elf::<FileHeader32<Endianness>>()?,
            FileKind::Elf64 => image.elf::<FileHeader64<Endianness>>()?,
            FileKind::Pe32 => image.pe::<ImageNtHeaders32>()?,
            FileKind::Pe64 => image.pe::<ImageNtHeaders64>()?,
            FileKind::MachO32 => image.macho::<object::macho::MachHeader32<Endianness>>()?,
            FileKind::MachO64 => image.macho::<object::macho::MachHeader64<Endianness>>()?,
            _ => return Ok(None),
        }
        Ok(Some(image))
    }

    /// Go's build info may stand in the data without a section of its own: in Windows programs always, elsewhere where
    /// the section table was removed (`sstrip`).
    pub(super) fn may_hide_build_info(&self) -> bool {
        !self.has_sections || matches!(self.kind, FileKind::Pe32 | FileKind::Pe64)
    }

    /// The parts of the file that are loaded as writable data. Parts that overlap are given only until they amount to
    /// twice the file.
    pub(super) fn writable(&self) -> Vec<&'a [u8]> {
        let Some(file) = self.file() else { return Vec::new() };
        let mut left = self.content.len().saturating_mul(2);
        let segments = file.segments().take(MAX_SEGMENTS).filter(|segment| segment.permissions().writable());
        let data = segments.filter_map(|segment| segment.data().ok());
        data.take_while(|data| match left.checked_sub(data.len()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        })
        .collect()
    }

    /// The bytes that are loaded at an address.
    pub(super) fn at(&self, address: u64, size: u64) -> Option<&'a [u8]> {
        let mut segments = self.file()?.segments().take(MAX_SEGMENTS);
        segments.find_map(|segment| segment.data_range(address, size).ok().flatten())
    }

    fn file(&self) -> Option<&object::File<'a>> {
        self.file.get_or_init(|| object::File::parse(self.content).ok()).as_ref()
    }

    fn elf<Elf: FileHeader<Endian = Endianness>>(&mut self) -> object::Result<()> {
        let header = Elf::parse(self.content)?;
        let endian = header.endian()?;
        let sections = header.section_headers(endian, self.content)?;
        self.has_sections = !sections.is_empty();
        if !self.has_sections {
            return Ok(());
        }
        let names = SectionIndex(header.shstrndx(endian, self.content)? as usize);
        let names = sections.get(names.0).map(|section| section.data(endian, self.content)).transpose()?;
        let names = names.unwrap_or_default();
        for section in sections {
            let name = names.get(section.sh_name(endian) as usize..).unwrap_or_default();
            let slot = if name.starts_with(b".go.buildinfo\0") {
                &mut self.go_build_info
            } else if name.starts_with(b".dep-v0\0") {
                &mut self.audit_data
            } else {
                continue;
            };
            slot.get_or_insert_with(|| section.data(endian, self.content));
        }
        Ok(())
    }

    fn pe<Pe: ImageNtHeaders>(&mut self) -> object::Result<()> {
        let file = PeFile::<Pe>::parse(self.content)?;
        self.has_sections = !file.section_table().is_empty();
        for section in file.section_table().iter() {
            if section.raw_name() == b".dep-v0" {
                // On disk a section is padded; its real size is the virtual one.
                let data = section.pe_data(self.content);
                let size = section.virtual_size.get(LE) as usize;
                self.audit_data.get_or_insert(data.map(|data| data.get(..size).unwrap_or(data)));
            }
        }
        Ok(())
    }

    fn macho<Mach: object::read::macho::MachHeader>(&mut self) -> object::Result<()> {
        let file = MachOFile::<Mach>::parse(self.content)?;
        for section in file.sections() {
            self.has_sections = true;
            let slot = match section.name_bytes() {
                Ok(b"__go_buildinfo") => &mut self.go_build_info,
                Ok(b".dep-v0") => &mut self.audit_data,
                _ => continue,
            };
            slot.get_or_insert_with(|| section.data());
        }
        Ok(())
    }
}
