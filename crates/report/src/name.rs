//! Names of our own making: identifiers computed from content, and what a subject is called.

use boltseal_evidence::{Digest, Inventory, SubjectKind};

/// The program's name in documents.
pub(crate) const TOOL: &str = "boltseal";
/// The program's version in documents made from an inventory alone.
pub(crate) const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");
/// Where the program lives.
pub(crate) const TOOL_URL: &str = env!("CARGO_PKG_REPOSITORY");

/// A UUID of version 8 (RFC 9562, section 5.8: custom) from the SHA-256 of `content`.
pub(crate) fn uuid(content: &[u8]) -> String {
    let digest = Digest::sha256_of(content);
    let hex: Vec<char> = digest.hex().chars().take(32).collect();
    let mut uuid = String::with_capacity(36);
    for (index, digit) in hex.into_iter().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        uuid.push(match index {
            12 => '8',
            // The variant bits `10`.
            16 => ['8', '9', 'a', 'b'].get(digit.to_digit(16).unwrap_or(0) as usize % 4).copied().unwrap_or('8'),
            _ => digit,
        });
    }
    uuid
}

/// The kind of the subject in a word.
pub(crate) fn kind(inventory: &Inventory) -> &'static str {
    match inventory.subject.kind {
        SubjectKind::Image => "image",
        SubjectKind::RootFs => "rootfs",
        SubjectKind::Directory => "directory",
        SubjectKind::Sbom => "sbom",
    }
}

/// The subject's name, the same whichever way it came: its digest, else its kind.
pub(crate) fn subject(inventory: &Inventory) -> String {
    inventory.subject.id.as_ref().map_or_else(|| kind(inventory).to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_version_and_variant_and_depend_on_the_content() {
        let uuid_of_empty = uuid(b"");
        assert_eq!(uuid_of_empty, "e3b0c442-98fc-8c14-9afb-f4c8996fb924");
        assert_ne!(uuid_of_empty, uuid(b"x"));
    }
}
