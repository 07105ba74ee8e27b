//! A tar on disk as a set of named parts: indexed once, read in place.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::section::Section;
use crate::layer::header::{BLOCK, Block, Header, text};
use crate::layer::path::normalise;
use crate::layer::pax::Pax;
use crate::layer::{Compression, header};
use crate::{Error, Limits};

/// Members of an archive of an image.
const MAX_MEMBERS: usize = 200_000;
/// Links from member to member.
const MAX_LINKS: usize = 8;

#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    file: Arc<File>,
    members: HashMap<String, Member>,
    /// The file is a temporary one, which has no identity.
    temporary: bool,
}

#[derive(Debug)]
enum Member {
    File {
        offset: u64,
        length: u64,
    },
    /// The normalised path of another member.
    Link(String),
}

impl Archive {
    /// Opens and indexes an archive; a compressed one is inflated into an unlinked temporary file first.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        let metadata = file.metadata().map_err(|error| Error::io(path, error))?;
        if !metadata.is_file() {
            return Err(Error::io(path, io::Error::other("it is not a regular file")));
        }
        let section = Section::new(Arc::new(file), 0, metadata.len());
        let mut head = Vec::new();
        section.clone().take(16).read_to_end(&mut head).map_err(|error| Error::io(path, error))?;
        let compression = Compression::detect(&head).map_err(|fault| malformed(path, fault.to_string()))?;
        let (file, length, temporary) = match compression {
            Compression::None => (section.into_file(), metadata.len(), false),
            compression => {
                let (file, length) = inflate(section, compression, path, limits)?;
                (Arc::new(file), length, true)
            }
        };
        let members = index(&file, length, path, limits)?;
        Ok(Self { path: path.to_owned(), file, members, temporary })
    }

    /// The part with this name; none if there is none.
    pub(crate) fn section(&self, name: &str) -> Option<Section> {
        let mut name = name;
        for _ in 0..MAX_LINKS {
            match self.members.get(name)? {
                Member::File { offset, length } => {
                    return Some(Section::new(Arc::clone(&self.file), *offset, *length));
                }
                Member::Link(target) => name = target,
            }
        }
        None
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_temporary(&self) -> bool {
        self.temporary
    }
}

fn malformed(path: &Path, message: String) -> Error {
    Error::Malformed { what: "the archive", place: format!("`{}`", path.display()), message }
}

fn inflate(section: Section, compression: Compression, path: &Path, limits: &Limits) -> Result<(File, u64), Error> {
    let compressed = section.len();
    let mut decoder: Box<dyn Read> = match compression {
        Compression::Zstd => Box::new(zstd::Decoder::new(section).map_err(|error| Error::io(path, error))?),
        _ => Box::new(MultiGzDecoder::new(section)),
    };
    let mut file = tempfile::tempfile().map_err(|error| Error::io(&std::env::temp_dir(), error))?;
    let mut buffer = vec![0; 256 * 1024];
    let mut length = 0u64;
    let bound = limits.uncompressed.min(Limits::RATIO_FROM.max(compressed.saturating_mul(limits.ratio)));
    loop {
        let read = decoder.read(&mut buffer).map_err(|error| malformed(path, error.to_string()))?;
        if read == 0 {
            return Ok((file, length));
        }
        length += read as u64;
        if length > bound {
            let place = format!("`{}`", path.display());
            return Err(Error::TooLarge { what: "the archive, inflated,", place, limit: format!("{bound} bytes") });
        }
        let piece = buffer.get(..read).unwrap_or_default();
        file.write_all(piece).map_err(|error| Error::io(&std::env::temp_dir(), error))?;
    }
}

fn index(file: &Arc<File>, length: u64, path: &Path, limits: &Limits) -> Result<HashMap<String, Member>, Error> {
    let mut members = HashMap::new();
    let mut offset = 0u64;
    let (mut pax, mut long_name, mut long_link) = (Pax::default(), None, None);
    while let Some(block) = read_block(file, offset, length).map_err(|error| Error::io(path, error))? {
        if block.iter().all(|&byte| byte == 0) {
            break;
        }
        let at = |message: &str| malformed(path, format!("{message}, at byte {offset}"));
        let header = Header::parse(&block).map_err(at)?;
        let start = offset + BLOCK as u64;
        let size = match header.flag {
            b'1'..=b'6' => 0,
            b'x' | b'g' | b'L' | b'K' => header.size,
            _ => pax.size.unwrap_or(header.size),
        };
        let end = start.checked_add(size).filter(|&end| end <= length);
        let end = end.ok_or_else(|| at("it is truncated: the size of an entry leads beyond its end"))?;
        match header.flag {
            b'x' | b'L' | b'K' => {
                let section = Section::new(Arc::clone(file), start, size);
                let bytes = section.read_all(limits.extended_header).map_err(|error| Error::io(path, error))?;
                match header.flag {
                    b'x' => pax.read(&bytes).map_err(at)?,
                    b'L' => long_name = Some(bytes),
                    _ => long_link = Some(bytes),
                }
            }
            b'g' => {}
            _ => {
                let pax = std::mem::take(&mut pax);
                let (long_name, long_link): (Option<Vec<u8>>, Option<Vec<u8>>) = (long_name.take(), long_link.take());
                let name = long_name.as_deref().map(text).or(pax.name()).unwrap_or(&header.name);
                let link = long_link.as_deref().map(text).or(pax.link.as_deref()).unwrap_or(&header.link);
                if let Some((name, member)) = member(&header, name, link, start, size, limits) {
                    members.insert(name, member);
                }
                if members.len() > MAX_MEMBERS {
                    let place = format!("`{}`", path.display());
                    return Err(Error::TooLarge { what: "the list of members", place, limit: MAX_MEMBERS.to_string() });
                }
            }
        }
        offset = end.next_multiple_of(BLOCK as u64);
    }
    Ok(members)
}

fn member(
    header: &Header,
    name: &[u8],
    link: &[u8],
    offset: u64,
    length: u64,
    limits: &Limits,
) -> Option<(String, Member)> {
    let mut path = String::new();
    normalise(name, &mut path);
    let mut target = String::new();
    let member = match header.flag {
        0 | b'0' | b'7' => Member::File { offset, length },
        b'1' => {
            normalise(link, &mut target);
            Member::Link(target)
        }
        b'2' => {
            let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
            normalise(&[directory.as_bytes(), b"/", link].concat(), &mut target);
            Member::Link(target)
        }
        _ => return None,
    };
    (!path.is_empty() && path.len() <= limits.path).then_some((path, member))
}

/// The block at an offset; none at the end, an error if it is cut short.
fn read_block(file: &Arc<File>, offset: u64, length: u64) -> io::Result<Option<Block>> {
    if offset >= length {
        return Ok(None);
    }
    let mut block = [0; header::BLOCK];
    Section::new(Arc::clone(file), offset, BLOCK as u64).read_exact(&mut block)?;
    Ok(Some(block))
}
