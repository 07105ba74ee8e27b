//! The NDB form, rpm's own: a table of slots, each of which points to one package's header.
//!
//! Numbers are little-endian. The file begins with a header of 32 bytes and pages of slots (16 bytes: magic, package
//! number, first block, blocks); blocks are 16 bytes. A header is wrapped in 16 bytes in front (magic, package number,
//! generation, length) and 12 behind (checksum, length, magic). See rpm's `lib/backend/ndb/rpmpkg.c`.

use super::Reader;

const MAGIC: &[u8] = b"RpmP";
const SLOT_MAGIC: &[u8] = b"Slot";
const HEAD_MAGIC: &[u8] = b"BlbS";
const TAIL_MAGIC: &[u8] = b"BlbE";
const PAGE: usize = 4096;
const SLOT: usize = 16;
const BLOCK: usize = 16;
const FILE_HEAD: usize = 32;

pub(super) fn is_ndb(content: &[u8]) -> bool {
    content.starts_with(MAGIC)
}

/// Reads the headers that slots point to.
pub(super) fn read(content: &[u8], reader: &mut Reader<'_>) -> Result<(), String> {
    let version = number(content, 4).ok_or("is cut short")?;
    if version != 0 {
        return Err(format!("is an NDB database of version {version}, and only version 0 is known"));
    }
    let pages = number(content, 12).ok_or("is cut short")?;
    let slots = pages.checked_mul(PAGE).and_then(|end| content.get(FILE_HEAD..end));
    let slots = slots.ok_or("is an NDB database that is cut short within its table of packages")?;
    // Every byte belongs to one package at most: what goes beyond is made up.
    let mut left = content.len();
    for slot in slots.chunks_exact(SLOT) {
        if !slot.starts_with(SLOT_MAGIC) {
            reader.lose(format_args!("the table of packages is damaged; some may be missing"));
            break;
        }
        let Some(block) = number(slot, 8).filter(|&block| block != 0) else { continue };
        match blob(content, slot, block) {
            Ok(blob) if blob.len() <= left => {
                left -= blob.len();
                reader.header(blob);
            }
            Ok(_) => return Err("is an NDB database whose packages claim more bytes than the file has".to_owned()),
            Err(reason) => reader.lose(format_args!("a package is left out: {reason}")),
        }
        if reader.is_full() {
            break;
        }
    }
    Ok(())
}

/// The header that a slot points to.
fn blob<'a>(content: &'a [u8], slot: &[u8], block: usize) -> Result<&'a [u8], &'static str> {
    const DAMAGED: &str = "its place in the file is damaged";
    let blocks = number(slot, 12).ok_or(DAMAGED)?;
    let start = block.checked_mul(BLOCK).ok_or(DAMAGED)?;
    let end = blocks.checked_mul(BLOCK).and_then(|size| size.checked_add(start)).ok_or(DAMAGED)?;
    let wrapped = content.get(start..end).ok_or("it lies behind the end of the file")?;
    if !wrapped.starts_with(HEAD_MAGIC) || wrapped.get(4..8) != slot.get(4..8) {
        return Err(DAMAGED);
    }
    let length = number(wrapped, 12).ok_or(DAMAGED)?;
    let (blob, tail) = wrapped.get(16..).and_then(|rest| rest.split_at_checked(length)).ok_or(DAMAGED)?;
    // The tail is at the end of the last block, behind what fills it up.
    if !tail.ends_with(TAIL_MAGIC) {
        return Err(DAMAGED);
    }
    Ok(blob)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}
