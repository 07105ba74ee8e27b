//! One header block of a tar, as POSIX.1-1988 (`ustar`), GNU tar and star write it.
//!
//! Where formats differ, this reads what the appliers of container engines read (Go's `archive/tar`), since what counts
//! is the file system that they make of it.

/// Bytes of a block.
pub(crate) const BLOCK: usize = 512;

pub(crate) type Block = [u8; BLOCK];

/// The fields of a header that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) flag: u8,
    pub(crate) name: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) size: u64,
    pub(crate) mode: u32,
    /// Of an old GNU sparse file: the real size, and whether blocks with more of the map follow.
    pub(crate) sparse: Option<(u64, bool)>,
}

impl Header {
    /// Reads a block; the error says what is wrong with it.
    pub(crate) fn parse(block: &Block) -> Result<Self, &'static str> {
        if !checksum_holds(block) {
            return Err("the checksum of a header does not hold");
        }
        let flag = block.get(156).copied().unwrap_or(0);
        let mut name = text(field(block, 0, 100)).to_vec();
        let magic = field(block, 257, 8);
        if magic.starts_with(b"ustar\0") {
            let star = field(block, 508, 4) == b"tar\0";
            let prefix = text(field(block, 345, if star { 131 } else { 155 }));
            if !prefix.is_empty() {
                name = [prefix, b"/", &name].concat();
            }
        }
        let sparse = match flag {
            b'S' => Some((
                number(field(block, 483, 12)).ok_or("the real size of a sparse file is not a number")?,
                field(block, 482, 1) != [0],
            )),
            _ => None,
        };
        Ok(Self {
            flag,
            name,
            link: text(field(block, 157, 100)).to_vec(),
            size: number(field(block, 124, 12)).ok_or("the size in a header is not a number")?,
            mode: number(field(block, 100, 8)).map_or(0, |mode| (mode & 0o7777) as u32),
            sparse,
        })
    }
}

/// Whether a further block of an old GNU sparse map follows this one.
pub(crate) fn sparse_map_goes_on(block: &Block) -> bool {
    field(block, 504, 1) != [0]
}

fn field(block: &Block, start: usize, length: usize) -> &[u8] {
    block.get(start..start + length).unwrap_or_default()
}

/// The bytes before the first NUL.
pub(crate) fn text(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// An octal number, or a base-256 one as GNU tar writes large values. Negative ones are none.
fn number(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        Some((first, rest)) if first & 0x80 != 0 => {
            if first & 0x40 != 0 {
                return None;
            }
            let start = u64::from(first & 0x3f);
            let value = rest
                .iter()
                .try_fold(start, |value, &byte| value.checked_mul(256).map(|shifted| shifted | u64::from(byte)))?;
            i64::try_from(value).is_ok().then_some(value)
        }
        _ => octal(field),
    }
}

fn octal(field: &[u8]) -> Option<u64> {
    let start = field.iter().position(|&byte| byte != b' ' && byte != 0).unwrap_or(field.len());
    let digits = text(field.get(start..)?).trim_ascii_end();
    digits.iter().try_fold(0u64, |value, &byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// Old writers summed signed bytes.
fn checksum_holds(block: &Block) -> bool {
    let Some(claimed) = octal(field(block, 148, 8)) else { return false };
    // The checksum's own field counts as spaces.
    let own = field(block, 148, 8);
    let unsigned = |bytes: &[u8]| bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
    let signed = |bytes: &[u8]| bytes.iter().map(|&byte| i32::from(byte.cast_signed())).sum::<i32>();
    let spaces = 8 * u32::from(b' ');
    claimed == u64::from(unsigned(block) - unsigned(own) + spaces)
        || i64::try_from(claimed) == Ok(i64::from(signed(block) - signed(own)) + i64::from(spaces))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_number(field: &[u8], expect: Option<u64>) {
        assert_eq!(number(field), expect, "{field:?}");
    }

    #[test]
    fn numbers_are_octal_or_base_256() {
        check_number(b"00000000644\0", Some(0o644));
        check_number(b"     644 \0\0\0", Some(0o644));
        check_number(b"\0\0\0\0", Some(0));
        check_number(b"777777777777", Some(0o777_777_777_777));
        check_number(b"0000009", None);
        check_number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(1 << 33));
        check_number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None);
        check_number(b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", None);
        check_number(b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None);
    }
}
