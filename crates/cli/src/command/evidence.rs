//! `boltseal evidence`.

mod export;
mod verify;

use crate::args::EvidenceCommand;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// The recorded subject: everything that was known.
const EVIDENCE: &str = "evidence.json";
/// The verdict.
const VERDICT: &str = "verdict.json";
/// The bill of materials.
const SBOM: &str = "sbom.cdx.json";
/// The policy, as it was written.
const POLICY: &str = "policy.yaml";
/// Before the names of files that the policy names.
const POLICY_FILES: &str = "policy/";
/// The trusted root that signatures were held against.
const ROOT: &str = "trusted_root.json";
/// Before the names of keys that were trusted besides those of the policy.
const KEYS: &str = "keys/";

pub(crate) fn run(command: &EvidenceCommand, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    match command {
        EvidenceCommand::Export(arguments) => export::run(arguments, settings, console),
        EvidenceCommand::Verify(arguments) => verify::run(arguments, settings, console),
    }
}
