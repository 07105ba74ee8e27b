//! The real image and what other tools say of it, for end-to-end tests.
//!
//! An integration test takes it in with `#[path = "real/image.rs"] mod image;`.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real");

/// The image that `build-image.sh` builds.
#[derive(Debug)]
pub struct RealImage {
    dir: PathBuf,
}

impl RealImage {
    /// The image in the directory that `BOLTSEAL_REAL_IMAGE` names, built there if it is not complete; without
    /// the variable the one in the user's cache, if there is one.
    ///
    /// # Errors
    /// Why there is none, for a test to print before it returns.
    pub fn find() -> Result<Self, String> {
        let named = std::env::var_os("BOLTSEAL_REAL_IMAGE").map(PathBuf::from);
        let cached = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/boltseal/real-image"));
        let Some(dir) = named.clone().or_else(cached) else {
            return Err("neither HOME nor BOLTSEAL_REAL_IMAGE is set".to_owned());
        };
        if named.is_some() {
            // Returns at once where the image is complete and the scripts are the ones that built it.
            let status = Command::new(format!("{SCRIPTS}/build-image.sh")).arg(&dir).stdin(Stdio::null()).status();
            let built = status.map_err(|error| format!("`build-image.sh` cannot run: {error}"))?;
            if !built.success() {
                return Err(format!("`build-image.sh` failed with {built}"));
            }
        }
        if dir.join("complete").exists() {
            Ok(Self { dir })
        } else {
            Err(format!("no real image in `{}`: set BOLTSEAL_REAL_IMAGE to a directory to build it in", dir.display()))
        }
    }

    /// The OCI layout, as a target.
    pub fn oci(&self) -> String {
        format!("oci:{}:real", self.dir.join("oci").display())
    }

    /// The docker-archive, as a target.
    pub fn docker_archive(&self) -> String {
        format!("docker-archive:{}", self.dir.join("docker.tar").display())
    }

    /// The lines of `expected/NAME.txt`, split at spaces.
    ///
    /// # Errors
    /// What the file system reports.
    pub fn expected(&self, name: &str) -> io::Result<Vec<Vec<String>>> {
        let text = fs::read_to_string(self.dir.join("expected").join(name).with_extension("txt"))?;
        Ok(text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect())
    }

    /// The layout's directory.
    pub fn layout(&self) -> PathBuf {
        self.dir.join("oci")
    }
}

/// Debian's docker-registry with an image in it; it stops when this is dropped, or the test dies.
#[derive(Debug)]
pub struct DockerRegistry {
    script: Child,
    stdin: Option<ChildStdin>,
    reference: String,
}

impl DockerRegistry {
    /// Starts a registry and pushes `oci:LAYOUT:TAG` into it.
    ///
    /// # Errors
    /// The script cannot run or did not say where the image is; its standard error says more.
    pub fn start(layout: &Path, tag: &str) -> io::Result<Self> {
        let mut script = Command::new(format!("{SCRIPTS}/start-registry.sh"))
            .arg(layout)
            .arg(tag)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = script.stdin.take();
        let mut reference = String::new();
        if let Some(stdout) = script.stdout.take() {
            BufReader::new(stdout).read_line(&mut reference)?;
        }
        let registry = Self { script, stdin, reference: reference.trim_end().to_owned() };
        if registry.reference.is_empty() {
            return Err(io::Error::other("`start-registry.sh` ended without a reference"));
        }
        Ok(registry)
    }

    /// `127.0.0.1:PORT/REPOSITORY:TAG`.
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

impl Drop for DockerRegistry {
    fn drop(&mut self) {
        drop(self.stdin.take());
        drop(self.script.wait());
    }
}
