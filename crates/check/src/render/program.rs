//! Running a program that renders: found on the path, bounded in time and output, with a bare environment.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Rendering takes well below a second; what takes longer waits for something.
const TIME: Duration = Duration::from_secs(60);

/// Manifests of the largest charts have a few MiB.
const OUTPUT: u64 = 64 << 20;

/// Finds a program on the path.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| is_executable(candidate))
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

/// Runs a program and returns what it printed.
///
/// Neither the user's home nor cluster credentials are handed on, so that what a tree holds cannot reach them.
///
/// # Errors
/// A sentence that says how it failed, with the first line that it printed on standard error.
pub(super) fn run(program: &Path, arguments: &[&str], directory: &Path) -> Result<String, String> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", directory)
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("`{name}` cannot be run: {error}"))?;
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
                return Err(format!("`{name}` did not end within {} s", TIME.as_secs()));
            }
        }
    };
    let text = |pipe: Option<std::thread::JoinHandle<Vec<u8>>>| {
        let bytes = pipe.and_then(|thread| thread.join().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    if status.success() {
        return if stdout.len() as u64 >= OUTPUT {
            Err(format!("`{name}` printed more than 64 MiB"))
        } else {
            Ok(stdout)
        };
    }
    let reason = stderr.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it says nothing");
    Err(format!("`{name}` failed: {}", reason.trim_end_matches('.')))
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
