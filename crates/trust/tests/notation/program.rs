//! Programs that tests ask: bounded in time, and skipped with a reason where they are missing.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// What a program that ended well wrote; an error is a reason.
pub(crate) fn run(command: &mut Command, input: Vec<u8>, most: Duration) -> Result<Vec<u8>, String> {
    let name = format!("`{}`", command.get_program().to_string_lossy());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name} cannot run: {error}"))?;
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let stderr = child.stderr.take().unwrap();
    // A program may end before it has read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let reader = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).map(|_| bytes).unwrap_or_default()
        })
    };
    let (stdout, stderr) = (reader(Box::new(stdout)), reader(Box::new(stderr)));
    let end = Instant::now() + most;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > end {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(format!("{name} took more than {} s", most.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    writer.join().unwrap();
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    match status.success() {
        true => Ok(stdout),
        false => Err(format!("{name}: {}", String::from_utf8_lossy(&stderr).trim())),
    }
}

/// Fails where peers are required, and else says why it is skipped.
pub(crate) fn skip(why: &str) {
    assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "{why}");
    println!("skipped: {why}");
}

/// The Notary Project's libraries; `None` if they cannot be built here.
pub(crate) fn notation() -> Option<PathBuf> {
    static PEER: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("notation-peer");
        let mut build = Command::new("go");
        build.args(["build", "-mod=readonly", "-o"]).arg(&program).arg(".");
        build.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/notation-go"));
        run(&mut build, Vec::new(), Duration::from_secs(300)).map(|_| program)
    });
    PEER.as_ref().map_err(|why| skip(why)).ok().cloned()
}
