//! One attack: what it is, what it is made of, and what must come of it; and its folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use boltseal_evidence::Standing;
use boltseal_trust::Signed;
use serde::Deserialize;
use serde_json::Value;

use crate::lab::Case;

/// An attack as it is made.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// An advisory or an incident.
    pub(crate) reference: Option<&'static str>,
    pub(crate) case: Case,
    pub(crate) standing: Standing,
    /// Any of these may notice first.
    pub(crate) steps: Vec<&'static str>,
    /// Too large to keep: made anew each time.
    pub(crate) generated: bool,
}

impl Attack {
    pub(crate) fn new(name: &'static str, about: &'static str, case: Case, steps: &[&[&'static str]]) -> Self {
        let (reference, steps) = (None, steps.concat());
        Self { name, about, reference, case, standing: Standing::Rejected, steps, generated: false }
    }

    pub(crate) fn see(mut self, reference: &'static str) -> Self {
        self.reference = Some(reference);
        self
    }

    pub(crate) fn unknown(mut self) -> Self {
        self.standing = Standing::Unknown;
        self
    }

    pub(crate) fn generated(mut self) -> Self {
        self.generated = true;
        self
    }
}

/// `attack.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Described {
    pub(crate) about: String,
    pub(crate) reference: Option<String>,
    pub(crate) format: String,
    /// `rejected` or `unknown`.
    pub(crate) expected: String,
    /// The steps of which any may be the first that does not pass.
    pub(crate) steps: Vec<String>,
    /// Seconds since 1970.
    pub(crate) now: i64,
    #[serde(default)]
    pub(crate) keys_need_no_log: bool,
    /// The files are made by the test each time, since they are large.
    #[serde(default)]
    pub(crate) generated: bool,
}

/// Where the folders are.
pub(crate) fn folders() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks")
}

pub(crate) fn describe(folder: &Path) -> Described {
    let text = std::fs::read_to_string(folder.join("attack.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

fn format_of(signed: &Signed) -> &'static str {
    match signed {
        Signed::Bundle(_) => "bundle",
        Signed::CosignSignature { .. } => "cosign-signature",
        Signed::CosignAttestation { .. } => "cosign-attestation",
        Signed::NotationJws(_) => "notation-jws",
        Signed::NotationCose(_) => "notation-cose",
        Signed::Detached(_) => "detached",
    }
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).unwrap();
    text.push('\n');
    text.into_bytes()
}

/// Writes the folder anew.
pub(crate) fn write(attack: &Attack) {
    let folder = folders().join(attack.name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(folder.join("keys")).unwrap();
    let case = &attack.case;
    let quoted = |text: &str| format!("{text:?}");
    let mut text = format!("about = {}\n", quoted(attack.about));
    if let Some(reference) = attack.reference {
        text.push_str(&format!("reference = {}\n", quoted(reference)));
    }
    let expected = if attack.standing == Standing::Unknown { "unknown" } else { "rejected" };
    text.push_str(&format!(
        "format = {}\nexpected = {}\nsteps = {:?}\nnow = {}\n",
        quoted(format_of(&case.signed)),
        quoted(expected),
        attack.steps,
        case.now
    ));
    if case.keys_need_no_log {
        text.push_str("keys_need_no_log = true\n");
    }
    if attack.generated {
        text.push_str("# Too large to keep: the test makes it anew each time.\ngenerated = true\n");
    }
    std::fs::write(folder.join("attack.toml"), text).unwrap();
    let keep = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    if !attack.generated {
        keep("artifact", &case.artifact);
        match &case.signed {
            Signed::Bundle(bytes) => keep("bundle.sigstore.json", bytes),
            Signed::CosignSignature { payload: bytes, annotations }
            | Signed::CosignAttestation { envelope: bytes, annotations } => {
                keep("payload.json", bytes);
                keep("annotations.json", &pretty(&serde_json::to_value(annotations).unwrap()));
            }
            Signed::NotationJws(bytes) | Signed::NotationCose(bytes) | Signed::Detached(bytes) => {
                keep("signature", bytes);
            }
        }
        if let Some(root) = &case.root {
            keep("trusted_root.json", &pretty(root));
        }
        for (name, pem) in &case.keys {
            keep(&format!("keys/{name}"), pem.as_bytes());
        }
    }
    // Where no key is trusted there is no folder for them.
    drop(std::fs::remove_dir(folder.join("keys")));
}

/// Reads the folder: what is trusted is what lies in it.
pub(crate) fn read(folder: &Path, described: &Described) -> Case {
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let annotations = || -> BTreeMap<String, String> { serde_json::from_slice(&bytes("annotations.json")).unwrap() };
    let signed = match described.format.as_str() {
        "bundle" => Signed::Bundle(bytes("bundle.sigstore.json")),
        "cosign-signature" => Signed::CosignSignature { payload: bytes("payload.json"), annotations: annotations() },
        "cosign-attestation" => {
            Signed::CosignAttestation { envelope: bytes("payload.json"), annotations: annotations() }
        }
        "detached" => Signed::Detached(bytes("signature")),
        other => panic!("{}: `{other}` is no format", folder.display()),
    };
    let root = folder.join("trusted_root.json");
    let mut keys = Vec::new();
    for file in std::fs::read_dir(folder.join("keys")).into_iter().flatten() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        keys.push((name, std::fs::read_to_string(file.path()).unwrap()));
    }
    keys.sort();
    Case {
        signed,
        artifact: bytes("artifact"),
        root: root.exists().then(|| serde_json::from_slice(&std::fs::read(root).unwrap()).unwrap()),
        keys,
        keys_need_no_log: described.keys_need_no_log,
        now: described.now,
    }
}
