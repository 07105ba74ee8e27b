//! Programs that keep a key and sign with it: a token by PKCS#11, a key management service.
//!
//! The protocol is in `docs/plugins.md`. Whatever a program answers is held against the public key it named before it
//! is used.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use boltseal_trust::sign::{SignError, is_by};
use boltseal_trust::{Algorithm, PublicKey, Signer};

use crate::exit::Failure;

/// A person may have to touch a token, and a service may be far away.
const PATIENCE: u64 = 60;
/// How many seconds a call may take instead.
const PATIENCE_VARIABLE: &str = "BOLTSEAL_PLUGIN_TIMEOUT";
/// A public key or a signature in base64 is far smaller.
const MAX_ANSWER: u64 = 64 * 1024;
/// What of its complaints is told.
const MAX_COMPLAINT: usize = 300;

/// A program that signs.
pub(super) struct Plugin {
    program: String,
    arguments: Vec<String>,
    public: PublicKey,
    algorithm: Algorithm,
}

impl Plugin {
    /// Asks the program for its public key. `command` is split at blanks; no shell reads it.
    pub(super) fn start(command: &str) -> Result<Self, Failure> {
        let mut words = command.split_ascii_whitespace().map(str::to_owned);
        let program = words.next().ok_or_else(|| Failure::usage(anyhow!("`plugin:` names no program")))?;
        let arguments: Vec<String> = words.collect();
        let answer = call(&program, &arguments, &["public-key".to_owned()], &[])
            .map_err(|error| anyhow!("the plug-in `{program}` gave no public key: {error}"))?;
        let name = format!("plugin:{command}");
        let usable = boltseal_trust::public_key(&name, &answer)
            .and_then(|public| Algorithm::of_public_key(&public.der).map(|algorithm| (public, algorithm)));
        let (public, algorithm) =
            usable.map_err(|error| anyhow!("the plug-in `{program}` gave no public key: {error}"))?;
        Ok(Self { program, arguments, public, algorithm })
    }
}

impl Signer for Plugin {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let refused = |reason: String| SignError::Refused(format!("the plug-in `{}` {reason}", self.program));
        let hash = self.algorithm.hash();
        let digest: String = hash.of(message).iter().map(|byte| format!("{byte:02x}")).collect();
        let words = ["sign", "--algorithm", self.algorithm.id(), "--digest", &format!("{}:{digest}", hash.name())];
        let answer = call(&self.program, &self.arguments, &words.map(str::to_owned), message)
            .map_err(|error| refused(format!("failed: {error}")))?;
        let text: Vec<u8> = answer.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let signature = BASE64_STANDARD.decode(text).map_err(|_| refused("gave no signature in base64".to_owned()))?;
        if !is_by(&self.public, message, &signature) {
            return Err(refused("gave a signature that does not hold for its own public key".to_owned()));
        }
        Ok(signature)
    }
}

/// Runs the program once, with the message on its standard input, and returns what it printed.
fn call(program: &str, arguments: &[String], words: &[String], message: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(arguments).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // It gets what it needs for itself, and nothing that is ours.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BOLTSEAL_") {
            command.env_remove(name);
        }
    }
    command.env("BOLTSEAL_PLUGIN_PROTOCOL", "1");
    let mut child = command.spawn().map_err(|error| anyhow!("it cannot be run: {error}"))?;
    let outcome = converse(&mut child, message);
    if outcome.is_err() {
        let _ = child.kill();
    }
    let _ = child.wait();
    outcome
}

fn patience() -> anyhow::Result<u64> {
    let Some(text) = std::env::var_os(PATIENCE_VARIABLE) else { return Ok(PATIENCE) };
    let seconds = text.to_str().and_then(|text| text.parse().ok()).filter(|seconds| (1..=3600).contains(seconds));
    seconds.ok_or_else(|| anyhow!("`{PATIENCE_VARIABLE}` is not a number of seconds from 1 to 3600"))
}

fn converse(child: &mut Child, message: &[u8]) -> anyhow::Result<Vec<u8>> {
    let patience = patience()?;
    let end = Instant::now() + Duration::from_secs(patience);
    let left = || end.saturating_duration_since(Instant::now());
    let late = || anyhow!("it did not answer within {patience} s");
    let (Some(mut input), Some(output), Some(complaints)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        bail!("its pipes are gone");
    };
    // Detached threads: a grandchild that keeps a pipe open must not keep us.
    let message = message.to_vec();
    let spawned = std::thread::Builder::new().spawn(move || {
        // Whoever needs the digest alone need not read the rest.
        let _ = input.write_all(&message);
    });
    spawned.map_err(|error| anyhow!("{error}"))?;
    let (output, complaints) = (collect(output)?, collect(complaints)?);
    let answer = output.recv_timeout(left()).map_err(|_| late())?;
    if answer.len() as u64 > MAX_ANSWER {
        bail!("it answered more than {} KiB", MAX_ANSWER / 1024);
    }
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if left().is_zero() {
            return Err(late());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        let told = complaints.recv_timeout(left().min(Duration::from_secs(1))).unwrap_or_default();
        let told = String::from_utf8_lossy(&told);
        let told: String = told.trim().chars().take(MAX_COMPLAINT).collect();
        bail!("{status}: {}", told.escape_debug());
    }
    Ok(answer)
}

/// What comes out of a pipe, up to the most that is wanted.
fn collect(pipe: impl Read + Send + 'static) -> anyhow::Result<mpsc::Receiver<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    let spawned = std::thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.take(MAX_ANSWER + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    spawned.map_err(|error| anyhow!("{error}"))?;
    Ok(receiver)
}
