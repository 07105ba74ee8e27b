//! Debian's own registry, with the image pushed to it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running `docker-registry`; it ends when its standard input does.
pub(crate) struct Debian {
    pub(crate) reference: String,
    process: Child,
}

impl Debian {
    /// Starts a registry and pushes the image; `None` if the programs for it are not installed.
    pub(crate) fn serve(layout: &Path, tag: &str) -> Option<Self> {
        for program in ["docker-registry", "skopeo"] {
            Command::new(program).arg("--version").output().ok()?;
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/start-registry.sh");
        let mut process = Command::new("bash")
            .arg(script)
            .arg(layout)
            .arg(tag)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reference = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut reference).unwrap();
        assert!(!reference.trim().is_empty(), "the registry did not start");
        Some(Self { reference: reference.trim().to_owned(), process })
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
