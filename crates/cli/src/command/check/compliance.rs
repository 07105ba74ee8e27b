//! `boltseal check --compliance`.

use boltseal_check::Check;
use boltseal_posture::compliance::{Framework, assess, framework, frameworks};
use boltseal_report::compliance::{ComplianceFormat, ComplianceOptions};

use crate::args::CheckArguments;
use crate::exit::Failure;
use crate::output::Console;

/// The framework of a name.
pub(super) fn named(name: &str) -> Result<&'static Framework, Failure> {
    framework(name).ok_or_else(|| {
        let known: Vec<&str> = frameworks().iter().map(|framework| framework.id).collect();
        Failure::usage(anyhow::anyhow!("`{name}` is no framework: use {}", known.join(", ")))
    })
}

/// Writes the table of a framework.
pub(super) fn report(
    framework: &Framework,
    check: &Check,
    arguments: &CheckArguments,
    console: &Console,
) -> Result<(), Failure> {
    let format: ComplianceFormat = arguments.format.as_deref().unwrap_or("table").parse().map_err(Failure::usage)?;
    let options = ComplianceOptions {
        width: Some(console.width()),
        color: arguments.output.output.is_none() && console.colors_results(),
        all: arguments.all,
    };
    let text = boltseal_report::compliance::render(&assess(framework, &check.report), format, &options)?;
    console.result(arguments.output.output.as_deref(), text.as_bytes())
}
