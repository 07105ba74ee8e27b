//! rpm databases of one package, written by the rules of the formats.

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const PAGE: usize = 512;

/// A header with a name, a version and a release.
pub(super) fn header() -> Vec<u8> {
    let (mut index, mut store) = (Vec::new(), Vec::new());
    for (tag, text) in [(NAME, "bash"), (VERSION, "5.1"), (RELEASE, "2")] {
        // Type 6 is one string.
        for field in [tag, 6, store.len() as u32, 1] {
            index.extend(field.to_be_bytes());
        }
        store.extend(text.bytes().chain([0]));
    }
    [3_u32.to_be_bytes().to_vec(), (store.len() as u32).to_be_bytes().to_vec(), index, store].concat()
}

/// rpm's own format: a page of slots, then the blob.
pub(super) fn ndb(blob: &[u8]) -> Vec<u8> {
    let mut file = vec![0_u8; 4096];
    file[..4].copy_from_slice(b"RpmP");
    file[12] = 1;
    for slot in file[32..].chunks_exact_mut(16) {
        slot[..4].copy_from_slice(b"Slot");
    }
    let block = file.len() / 16;
    file.extend(b"BlbS");
    file.extend(1_u32.to_le_bytes());
    file.extend([0; 4]);
    file.extend((blob.len() as u32).to_le_bytes());
    file.extend(blob);
    file.resize((file.len() + 12).next_multiple_of(16) - 12, 0);
    file.extend([0; 4]);
    file.extend((blob.len() as u32).to_le_bytes());
    file.extend(b"BlbE");
    let blocks = (file.len() / 16 - block) as u32;
    let slot = &mut file[48..64];
    slot[4..8].copy_from_slice(&1_u32.to_le_bytes());
    slot[8..12].copy_from_slice(&(block as u32).to_le_bytes());
    slot[12..].copy_from_slice(&blocks.to_le_bytes());
    file
}

/// Berkeley DB: a head page, a hash page with one item, and the overflow page that holds the blob.
pub(super) fn bdb(blob: &[u8]) -> Vec<u8> {
    let mut head = vec![0_u8; PAGE];
    head[12..16].copy_from_slice(&0x0006_1561_u32.to_le_bytes());
    head[16..20].copy_from_slice(&9_u32.to_le_bytes());
    head[20..24].copy_from_slice(&(PAGE as u32).to_le_bytes());
    head[25] = 8;
    head[32..36].copy_from_slice(&2_u32.to_le_bytes());
    let (key, value) = (PAGE - 5, PAGE - 17);
    let mut hash = vec![0_u8; PAGE];
    hash[20..22].copy_from_slice(&2_u16.to_le_bytes());
    hash[25] = 13;
    hash[26..28].copy_from_slice(&(key as u16).to_le_bytes());
    hash[28..30].copy_from_slice(&(value as u16).to_le_bytes());
    hash[key] = 1;
    hash[value] = 3;
    hash[value + 4..][..4].copy_from_slice(&2_u32.to_le_bytes());
    hash[value + 8..][..4].copy_from_slice(&(blob.len() as u32).to_le_bytes());
    let mut overflow = vec![0_u8; PAGE];
    overflow[20..22].copy_from_slice(&1_u16.to_le_bytes());
    overflow[22..24].copy_from_slice(&(blob.len() as u16).to_le_bytes());
    overflow[25] = 7;
    overflow[26..26 + blob.len()].copy_from_slice(blob);
    [head, hash, overflow].concat()
}

/// SQLite with the one table that is read.
pub(super) fn sqlite(blob: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let connection = rusqlite::Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA page_size = 1024; CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)")?;
    connection.execute("INSERT INTO Packages (blob) VALUES (?1)", [blob])?;
    Ok(connection.serialize("main")?.to_vec())
}
