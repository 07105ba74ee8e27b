//! Running a program that renders: found on the path, with a bare environment, bounded in time, memory and output, and
//! without a network where the system lets us take it away.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Rendering takes well below a second; what takes longer waits for something.
const TIME: Duration = Duration::from_secs(60);

/// Manifests of the largest charts have a few MiB.
const OUTPUT: u64 = 64 << 20;

/// Address space in KiB: a template of one line can ask for any amount.
const MEMORY: u64 = 4 << 20;

/// Characters of a program's complaint that are told.
const COMPLAINT: usize = 400;

/// Finds a program on the path. Relative folders in it do not count: they could lie in the tree that is checked.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(name)).find(|candidate| is_executable(candidate))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Why a program gave nothing.
#[derive(Debug)]
pub(super) struct Failure {
    /// In a sentence.
    pub(super) message: String,
    /// All that it printed on standard error.
    pub(super) complaint: String,
}

impl Failure {
    fn new(message: String) -> Self {
        Self { message, complaint: String::new() }
    }
}

/// Runs a program and returns what it printed.
///
/// It sees neither the user's home nor cluster credentials nor other programs, so that what a tree holds cannot reach
/// them, and it gets a network of its own without anything in it (or, where the system does not allow that, proxies
/// that refuse everything).
///
/// # Errors
/// How it failed.
pub(super) fn run(program: &Path, arguments: &[&str], directory: &Path) -> Result<String, Failure> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let empty = tempfile::Builder::new()
        .prefix("boltseal-home-")
        .tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder can be made for `{name}`: {error}")))?;
    let mut command = confined(program);
    command
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", empty.path())
        .env("HOME", empty.path())
        .env("TMPDIR", empty.path())
        .env("KUBECONFIG", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .envs(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].map(|name| (name, "http://127.0.0.1:1")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Failure::new(format!("`{name}` cannot be run: {error}")))?;
    let stdout = child.stdout.take().map(|pipe| collect(pipe, OUTPUT));
    let stderr = child.stderr.take().map(|pipe| collect(pipe, 64 << 10));
    let deadline = Instant::now() + TIME;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::new(format!("`{name}` did not end within {} s", TIME.as_secs())));
            }
        }
    };
    let text = |pipe: Option<std::thread::JoinHandle<Vec<u8>>>| {
        let bytes = pipe.and_then(|thread| thread.join().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (stdout, complaint) = (text(stdout), text(stderr));
    if !status.success() {
        return Err(Failure { message: format!("`{name}` failed: {}", sentence(&complaint)), complaint });
    }
    if stdout.len() as u64 >= OUTPUT {
        return Err(Failure::new(format!("`{name}` printed more than {} MiB", OUTPUT >> 20)));
    }
    Ok(stdout)
}

/// The program within limits that the shell sets, and without a network if that is possible.
#[cfg(unix)]
fn confined(program: &Path) -> Command {
    let shell = Path::new("/bin/sh");
    if !shell.exists() {
        return Command::new(program);
    }
    let mut command = Command::new(shell);
    let limits = format!("ulimit -v {MEMORY} 2>/dev/null; ulimit -t {} 2>/dev/null; exec \"$@\"", TIME.as_secs());
    command.args(["-c", &limits, "sh"]);
    if let Some(unshare) = unshare() {
        command.arg(unshare).args(["--user", "--net", "--"]);
    }
    command.arg(program);
    command
}

#[cfg(not(unix))]
fn confined(program: &Path) -> Command {
    Command::new(program)
}

/// The program that takes the network away, where the system allows it to whom we are.
#[cfg(unix)]
fn unshare() -> Option<&'static Path> {
    static UNSHARE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = UNSHARE.get_or_init(|| {
        let unshare = find("unshare")?;
        let mut command = Command::new(&unshare);
        command.args(["--user", "--net", "--", "/bin/sh", "-c", ":"]).env_clear();
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success()).then_some(unshare)
    });
    found.as_deref()
}

/// What a program complains about, in one line: without the word that it is an error, and without good advice.
pub(super) fn sentence(complaint: &str) -> String {
    let lines = complaint
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("Use --debug"))
        .filter(|line| !line.starts_with("level=") && !line.starts_with("WARNING"));
    let text = lines.collect::<Vec<_>>().join(" ");
    // kubectl logs it: `E1123 23:58:38.7 1 run.go:72] "command failed" err="…"`.
    let text = match text.split_once("\"command failed\" err=\"") {
        Some((_, error)) => error.strip_suffix('"').unwrap_or(error).replace("\\\"", "\""),
        None => text,
    };
    let text = ["Error: ", "error: "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(&text);
    if text.is_empty() {
        return "it does not say why".to_owned();
    }
    let mut short: String = text.chars().take(COMPLAINT).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.trim_end_matches('.').to_owned()
}

fn collect(pipe: impl Read + Send + 'static, limit: u64) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut pipe = pipe;
        let _ = pipe.by_ref().take(limit).read_to_end(&mut bytes);
        // The rest is read and dropped, so that the program does not wait for a reader.
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_become_one_sentence() {
        assert_eq!(
            sentence("level=WARN msg=x\nError: parse error at (a/b:1): missing value\n\nUse --debug flag to render\n"),
            "parse error at (a/b:1): missing value"
        );
        assert_eq!(sentence("E1123 23:58:38.7 1 run.go:72] \"command failed\" err=\"no \\\"a\\\"\"\n"), "no \"a\"");
        assert_eq!(sentence(""), "it does not say why");
        assert!(sentence(&"x".repeat(9999)).ends_with("x…"));
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_run_in_a_bare_room() {
        let folder = tempfile::tempdir().unwrap();
        let text = run(Path::new("/bin/sh"), &["-c", "echo $HOME:$PATH; ulimit -v; pwd"], folder.path()).unwrap();
        assert!(!text.contains(&std::env::var("HOME").unwrap_or("/root".to_owned())), "{text}");
        let failure = run(Path::new("/bin/sh"), &["-c", "echo 'Error: no' >&2; exit 3"], folder.path()).unwrap_err();
        assert_eq!(failure.message, "`sh` failed: no");
        assert!(run(Path::new("/nowhere/x"), &[], folder.path()).is_err());
    }
}
