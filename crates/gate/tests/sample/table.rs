//! The policies and tables of `tests/examples/`.

use boltseal_evidence::Tool;
use boltseal_gate::examples::Examples;
use boltseal_gate::{Policy, PolicyError};

pub(crate) fn tool() -> Tool {
    Tool { name: "boltseal".to_owned(), version: "0.0.0".to_owned() }
}

/// The bytes of a file of `tests/examples/`.
fn file(name: &str) -> Result<Vec<u8>, String> {
    let path = format!("{}/tests/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).map_err(|error| error.to_string())
}

fn shown(errors: Vec<PolicyError>) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The policy of a kind of rule.
pub(crate) fn policy(kind: &str) -> Policy {
    let name = format!("{kind}.policy.yaml");
    let bytes = file(&name).unwrap_or_else(|error| panic!("{name}: {error}"));
    Policy::parse(&name, &bytes, &file).unwrap_or_else(|errors| panic!("{}", shown(errors)))
}

/// Its examples.
pub(crate) fn table(kind: &str) -> Examples {
    let name = format!("{kind}.yaml");
    let bytes = file(&name).unwrap_or_else(|error| panic!("{name}: {error}"));
    Examples::parse(&name, &bytes, &file).unwrap_or_else(|errors| panic!("{}", shown(errors)))
}
