//! The Berkeley DB form: a hash table whose values are headers.
//!
//! Pages are of one size and in the byte order of the machine that wrote them; the first describes the file. Hash
//! pages hold keys and values in turn, either on the page or, as nearly all headers are, in a chain of overflow pages.
//! All hash pages are read one after another, since which bucket a package is in tells nothing. See Berkeley DB's
//! `db_page.h`.

use super::Reader;

const HASH_MAGIC: u32 = 0x0006_1561;
const BTREE_MAGIC: u32 = 0x0005_3162;

/// Types of pages; 2 is what versions before 4.6 wrote.
const PAGE_HASH_UNSORTED: u8 = 2;
const PAGE_OVERFLOW: u8 = 7;
const PAGE_HASH: u8 = 13;

/// Types of items on a hash page.
const ITEM_KEYDATA: u8 = 1;
const ITEM_OFFPAGE: u8 = 3;

const PAGE_HEAD: usize = 26;

/// Reads the values of all hash pages.
pub(super) fn read(content: &[u8], reader: &mut Reader<'_>) -> Result<(), String> {
    let database = Database::open(content)?;
    // A page of a chain belongs to that chain alone; remembering which were read bounds the work and ends loops.
    let mut seen = vec![false; content.len() / database.page_size];
    let mut left = content.len();
    for page in database.pages() {
        for item in database.values(page) {
            match item {
                Some(Item::Here(blob)) => {
                    left = left.checked_sub(blob.len()).ok_or("is a Berkeley DB database whose values overlap")?;
                    // The value of key 0 is a counter.
                    if blob.len() > 4 {
                        reader.header(blob);
                    }
                }
                Some(Item::Chain { page, length }) => match database.chain(page, length, &mut seen) {
                    Ok(blob) => reader.header(&blob),
                    Err(reason) => reader.lose(format_args!("a package is left out: {reason}")),
                },
                None => {
                    reader.lose(format_args!("a page of packages is damaged; the rest of it is left out"));
                    break;
                }
            }
            if reader.is_full() {
                return Ok(());
            }
        }
    }
    match database.missing_page() {
        Some(page) => Err(format!("is a Berkeley DB database cut short: it should go on to page {page}")),
        None => Ok(()),
    }
}

/// A value.
enum Item<'a> {
    /// On the hash page.
    Here(&'a [u8]),
    /// In overflow pages.
    Chain { page: u32, length: u32 },
}

struct Database<'a> {
    content: &'a [u8],
    page_size: usize,
    is_big_endian: bool,
}

impl<'a> Database<'a> {
    fn open(content: &'a [u8]) -> Result<Self, String> {
        let magic =
            content.get(12..).and_then(|rest| rest.first_chunk::<4>()).ok_or("is too short for a package database")?;
        let is_big_endian = match (u32::from_le_bytes(*magic), u32::from_be_bytes(*magic)) {
            (HASH_MAGIC, _) => false,
            (_, HASH_MAGIC) => true,
            (BTREE_MAGIC, _) | (_, BTREE_MAGIC) => {
                return Err("is a Berkeley DB b-tree, which rpm does not use".to_owned());
            }
            _ => {
                return Err(
                    "is none of the package databases that rpm writes (Berkeley DB hash, NDB, SQLite)".to_owned()
                );
            }
        };
        let mut database = Self { content, page_size: 0, is_big_endian };
        let page_size = database.long(content, 20).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        if !(512..=65536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err(format!("is a Berkeley DB database with an impossible page size of {page_size}"));
        }
        const CHECKSUMS: u8 = 1;
        if content.get(24) != Some(&0) || content.get(26).is_none_or(|flags| flags & CHECKSUMS != 0) {
            return Err("is an encrypted or checksummed Berkeley DB database, which rpm does not write".to_owned());
        }
        database.page_size = page_size;
        Ok(database)
    }

    /// The last page, where it lies behind the end of the file.
    fn missing_page(&self) -> Option<u32> {
        let last = self.long(self.content, 32)?;
        let pages = self.content.len() / self.page_size;
        usize::try_from(last).is_ok_and(|last| last >= pages).then_some(last)
    }

    /// The hash pages.
    fn pages(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let pages = self.content.chunks_exact(self.page_size);
        pages.filter(|page| matches!(page.get(25), Some(&(PAGE_HASH | PAGE_HASH_UNSORTED))))
    }

    /// The values of a hash page; `None` for one that is damaged.
    fn values(&self, page: &'a [u8]) -> impl Iterator<Item = Option<Item<'a>>> {
        let entries = usize::from(self.short(page, 20).unwrap_or(0));
        // Keys are at even places, their values behind them.
        (1..entries).step_by(2).map(move |index| self.value(page, index))
    }

    fn value(&self, page: &'a [u8], index: usize) -> Option<Item<'a>> {
        let start = usize::from(self.short(page, PAGE_HEAD + 2 * index)?);
        // Items are laid from the end of the page downward: each ends where the one before begins.
        let end = usize::from(self.short(page, PAGE_HEAD + 2 * (index - 1))?);
        match *page.get(start)? {
            ITEM_KEYDATA => page.get(start + 1..end).map(Item::Here),
            ITEM_OFFPAGE => {
                Some(Item::Chain { page: self.long(page, start + 4)?, length: self.long(page, start + 8)? })
            }
            _ => None,
        }
    }

    /// The bytes of a chain of overflow pages.
    fn chain(&self, first: u32, length: u32, seen: &mut [bool]) -> Result<Vec<u8>, &'static str> {
        const DAMAGED: &str = "its chain of pages is damaged";
        let length = usize::try_from(length).ok().filter(|&length| length <= self.content.len()).ok_or(DAMAGED)?;
        let mut blob = Vec::new();
        let mut next = first;
        while next != 0 {
            let number = usize::try_from(next).map_err(|_| DAMAGED)?;
            if std::mem::replace(seen.get_mut(number).ok_or("its chain of pages leaves the file")?, true) {
                return Err("its chain of pages is also another's, or turns back on itself");
            }
            let start = number * self.page_size;
            let page = self.content.get(start..start + self.page_size).ok_or(DAMAGED)?;
            if page.get(25) != Some(&PAGE_OVERFLOW) {
                return Err(DAMAGED);
            }
            // On overflow pages, the place of the free space is the number of bytes in use.
            let used = usize::from(self.short(page, 22).ok_or(DAMAGED)?);
            blob.extend_from_slice(page.get(PAGE_HEAD..PAGE_HEAD + used).ok_or(DAMAGED)?);
            if blob.len() > length {
                return Err(DAMAGED);
            }
            next = self.long(page, 16).ok_or(DAMAGED)?;
        }
        if blob.len() == length { Ok(blob) } else { Err("its chain of pages ends too early") }
    }

    fn long(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn short(&self, bytes: &[u8], at: usize) -> Option<u16> {
        let bytes = *bytes.get(at..)?.first_chunk::<2>()?;
        Some(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }
}
