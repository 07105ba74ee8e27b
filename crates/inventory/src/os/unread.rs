//! Package databases that are known and not read yet: where one is, its packages are not assessed, and that is said.

use crate::cataloger::{Cataloger, File, Pattern, Records};

/// Notices databases that no cataloger reads.
#[derive(Debug)]
pub(super) struct UnreadDatabases;

/// A file that such a database has, and whose it is.
const KNOWN: [(&str, &str); 5] = [
    // Holds names and versions, but not the source packages that Ubuntu's advisories are written for.
    ("var/lib/chisel/manifest.wall", "Chisel (Ubuntu's distroless images)"),
    ("var/lib/pacman/local/ALPM_DB_VERSION", "pacman (Arch Linux)"),
    ("usr/lib/opkg/status", "opkg (OpenWrt)"),
    ("nix/var/nix/db/db.sqlite", "Nix"),
    ("var/db/xbps/pkgdb-0.38.plist", "XBPS (Void Linux)"),
];

impl Cataloger for UnreadDatabases {
    fn name(&self) -> &'static str {
        "unread-database"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[
            Pattern::Path(KNOWN[0].0),
            Pattern::Path(KNOWN[1].0),
            Pattern::Path(KNOWN[2].0),
            Pattern::Path(KNOWN[3].0),
            Pattern::Path(KNOWN[4].0),
        ]
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        match KNOWN.iter().find(|(path, _)| *path == file.path) {
            Some((_, manager)) => {
                Records::unreadable(format!("is the package database of {manager}, which is not read yet"))
            }
            None => Records::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_database_is_wanted_and_told() {
        assert_eq!(UnreadDatabases.patterns().len(), KNOWN.len());
        for (path, manager) in KNOWN {
            assert!(UnreadDatabases.patterns().contains(&Pattern::Path(path)));
            let reason = UnreadDatabases.catalog(&File { path, content: b"" }).unreadable.unwrap();
            assert!(reason.contains(manager), "{reason}");
        }
    }
}
