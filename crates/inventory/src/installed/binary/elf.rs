//! A writer of small ELF files, for tests.

/// An executable of 64 bits with one writable segment that covers the whole file.
#[derive(Default)]
pub(crate) struct Elf {
    /// The byte order of the headers.
    pub(crate) big_endian: bool,
    /// No section table is written.
    pub(crate) without_table: bool,
    /// Names and contents of the sections.
    pub(crate) sections: Vec<(&'static str, Vec<u8>)>,
}

const BASE: u64 = 0x40_0000;
/// The headers, rounded up.
const START: usize = 128;

impl Elf {
    /// The address at which the first section is loaded.
    pub(crate) fn first_address(&self) -> u64 {
        BASE + START as u64
    }

    /// Adds a section.
    pub(crate) fn section(mut self, name: &'static str, content: &[u8]) -> Self {
        self.sections.push((name, content.to_vec()));
        self
    }

    /// The file.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut file = vec![0; START];
        let mut names = b"\0".to_vec();
        let mut headers = vec![[0u64; 10]];
        for (name, content) in
            self.sections.iter().map(|(name, content)| (*name, Some(content))).chain([(".shstrtab", None)])
        {
            let (kind, at) = (if content.is_some() { 1 } else { 3 }, names.len());
            names.extend(name.bytes().chain([0]));
            file.resize(file.len().next_multiple_of(16), 0);
            let offset = file.len() as u64;
            file.extend(content.unwrap_or(&names));
            headers.push([at as u64, kind, 3, BASE + offset, offset, file.len() as u64 - offset, 0, 0, 16, 0]);
        }
        let table = file.len();
        if !self.without_table {
            for [name, kind, flags, address, offset, size, link, info, align, entry] in headers.iter().copied() {
                self.put(&mut file, 4, &[name, kind]);
                self.put(&mut file, 8, &[flags, address, offset, size]);
                self.put(&mut file, 4, &[link, info]);
                self.put(&mut file, 8, &[align, entry]);
            }
        }
        let count = if self.without_table { 0 } else { headers.len() as u64 };
        let mut head = vec![0x7f, b'E', b'L', b'F', 2, if self.big_endian { 2 } else { 1 }, 1];
        head.resize(16, 0);
        self.put(&mut head, 2, &[2, 62]);
        self.put(&mut head, 4, &[1]);
        self.put(&mut head, 8, &[BASE, 64, if count == 0 { 0 } else { table as u64 }]);
        self.put(&mut head, 4, &[0]);
        self.put(&mut head, 2, &[64, 56, 1, 64, count, count.saturating_sub(1)]);
        self.put(&mut head, 4, &[1, 6]);
        self.put(&mut head, 8, &[0, BASE, BASE, file.len() as u64, file.len() as u64, 4096]);
        file[..head.len()].copy_from_slice(&head);
        file
    }

    fn put(&self, file: &mut Vec<u8>, size: usize, values: &[u64]) {
        for value in values {
            let bytes = if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
            file.extend(if self.big_endian { &bytes[8 - size..] } else { &bytes[..size] });
        }
    }
}
