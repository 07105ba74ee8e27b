//! Bounds on DER before it is decoded: the decoder sorts every set by insertion, which takes hours for a large one.

use der::{Decode, Header, Reader, SliceReader, Tag};

/// The deepest nesting.
const DEEPEST: usize = 32;
/// The most elements of anything but a sequence.
const MOST_ELEMENTS: usize = 64;

/// Nothing in it is nested too deep, and no set is large. An error is a sentence.
pub(super) fn check(der: &[u8]) -> Result<(), String> {
    let mut waiting = vec![(der, MOST_ELEMENTS, 0)];
    while let Some((bytes, most, depth)) = waiting.pop() {
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST}"));
        }
        elements(bytes, most, depth, &mut waiting)?;
    }
    Ok(())
}

fn elements<'a>(
    bytes: &'a [u8],
    most: usize,
    depth: usize,
    waiting: &mut Vec<(&'a [u8], usize, usize)>,
) -> Result<(), String> {
    let unreadable = |error: der::Error| format!("it cannot be read: {error}");
    let mut reader = SliceReader::new(bytes).map_err(unreadable)?;
    let mut count = 0_usize;
    while !reader.is_finished() {
        count += 1;
        if count > most {
            return Err(format!("it has a set of more than {most} elements"));
        }
        let header = Header::decode(&mut reader).map_err(unreadable)?;
        let value = reader.read_slice(header.length).map_err(unreadable)?;
        if header.tag.is_constructed() && !value.is_empty() {
            let most = if header.tag == Tag::Sequence { usize::MAX } else { MOST_ELEMENTS };
            waiting.push((value, most, depth + 1));
        }
    }
    Ok(())
}
