//! Running the program, bounded in time and memory.

use std::io::{Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No run of the program takes longer, or it hangs.
const PATIENCE: Duration = Duration::from_secs(240);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The largest resident set seen, in MiB.
    pub(crate) peak_mib: u64,
}

impl Outcome {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self:#?}"))
    }

    #[track_caller]
    pub(crate) fn expect_status(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// A folder with a cache and a database of its own.
pub(crate) struct Program {
    pub(crate) folder: tempfile::TempDir,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `boltseal` in the folder, away from the user's own cache, database and settings.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, &[])
    }

    /// Writes a file below the folder, and the folders on the way to it.
    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// The bytes of a file below the folder.
    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.path().join(path)).unwrap()
    }

    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        bounded(self.command(arguments, variables), Stdio::null())
    }

    /// Runs `boltseal` with these bytes on its standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &[u8]) -> Outcome {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(input).unwrap();
        file.rewind().unwrap();
        bounded(self.command(arguments, &[]), file.into())
    }

    fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_boltseal"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BOLTSEAL_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.path())
            .env("BOLTSEAL_CACHE_DIR", self.path().join("cache"))
            .env("BOLTSEAL_DB_DIR", self.path().join("db"))
            .env("HOME", self.path())
            .env_remove("DOCKER_CONFIG")
            .env_remove("REGISTRY_AUTH_FILE")
            .envs(variables.iter().copied());
        command
    }
}

fn bounded(mut command: Command, input: Stdio) -> Outcome {
    let outputs = tempfile::tempdir().unwrap();
    let file = |name: &str| std::fs::File::create(outputs.path().join(name)).unwrap();
    command.stdin(input).stdout(file("out")).stderr(file("err"));
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let memory = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let status = loop {
        let text = std::fs::read_to_string(&memory).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        peak_kib = peak_kib.max(line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{command:?} did not end within {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |name: &str| String::from_utf8_lossy(&std::fs::read(outputs.path().join(name)).unwrap()).into_owned();
    Outcome { status: status.code(), stdout: text("out"), stderr: text("err"), peak_mib: peak_kib / 1024 }
}

/// `type name version` of every package of a JSON report, sorted.
pub(crate) fn packages(report: &Value) -> Vec<String> {
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or("-").to_owned();
    let mut all: Vec<String> = report["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| format!("{} {} {}", text(package, "type"), text(package, "name"), text(package, "version")))
        .collect();
    all.sort();
    all
}

/// A folder of public test data, or a printed reason to skip.
pub(crate) fn public_data(variable: &str, default: &str) -> Option<std::path::PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let folder = std::env::var_os(variable).map_or_else(|| Path::new(root).join(default), Into::into);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no folder `{}`; {variable} names it", folder.display());
    None
}
