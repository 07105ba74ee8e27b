//! Writing a file so that it is there as a whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

/// Held shared by every write under way, and alone by whoever is about to end the process.
static WRITES: RwLock<()> = RwLock::new(());

/// Keeps new atomic writes from beginning, after those under way are done.
///
/// A program that ends on a signal takes this first, so that no temporary file stays behind.
#[derive(Debug)]
pub struct WritesHeld(#[expect(dead_code, reason = "held for its drop")] RwLockWriteGuard<'static, ()>);

/// Waits for the atomic writes under way and holds back further ones; see [`WritesHeld`].
pub fn hold_writes() -> WritesHeld {
    WritesHeld(WRITES.write().unwrap_or_else(PoisonError::into_inner))
}

/// Writes `bytes` to `path` durably: a temporary file in the same directory, synced, renamed over `path`, and the
/// directory synced. A crash at any point leaves the old file or the new one. Missing directories are made. A symbolic
/// link stays, and what it leads to is replaced. A file that is replaced keeps its permissions,
/// and its owner where this process may give it away.
///
/// What is not a regular file (a terminal, a pipe, `/dev/null`) is written to, never replaced.
///
/// # Errors
/// Whatever the file system says; the temporary file is removed.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let followed = std::fs::canonicalize(path);
    let path = followed.as_deref().unwrap_or(path);
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let _writing = WRITES.read().unwrap_or_else(PoisonError::into_inner);
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".boltseal-");
    // As for any file that a program writes, the umask decides who may read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    if let Ok(replaced) = std::fs::metadata(path) {
        // A file of someone else that root changes stays theirs. Whoever may not do this keeps the file as their own.
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let _ = fchown(file.as_file(), Some(replaced.uid()), Some(replaced.gid()));
        }
        file.as_file().set_permissions(replaced.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(directory)?.sync_all()
}

/// Writes a secret durably, as [`write_atomically`] does, so that only its owner can read it (0600).
///
/// # Errors
/// Whatever the file system says; [`io::ErrorKind::AlreadyExists`] where something is there and `replace` is not given.
pub fn write_secret(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let _writing = WRITES.read().unwrap_or_else(PoisonError::into_inner);
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".boltseal-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map_err(|error| error.error)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_stays_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deeper/report.json");
        write_atomically(&path, b"old").unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_its_owners_alone_and_replaces_nothing_unasked() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("some.key");
        write_secret(&path, b"old", false).unwrap();
        assert_eq!(write_secret(&path, b"new", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        write_secret(&path, b"new", true).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_of_a_replaced_file_stay() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("script");
        std::fs::write(&path, b"old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o750)).unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_written_to_and_stays() {
        use std::os::unix::fs::FileTypeExt;
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        if !std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
            println!("skipped: mkfifo is not installed");
            return;
        }
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).unwrap()
        });
        write_atomically(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_what_it_leads_to_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (link, file) = (directory.path().join("latest.json"), directory.path().join("report-1.json"));
        std::fs::write(&file, b"old").unwrap();
        std::os::unix::fs::symlink("report-1.json", &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_result_is_as_readable_as_any_file_that_is_made() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let mode = |name: &str| std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        std::fs::write(directory.path().join("plain"), b"x").unwrap();
        write_atomically(&directory.path().join("atomic"), b"x").unwrap();
        assert_eq!(mode("atomic"), mode("plain"));
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file() {
        let directory = tempfile::tempdir().unwrap();
        let occupied = directory.path().join("occupied");
        std::fs::create_dir(&occupied).unwrap();
        std::fs::write(occupied.join("file"), b"x").unwrap();
        assert!(write_atomically(&occupied, b"new").is_err());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
