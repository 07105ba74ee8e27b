//! `boltseal sbom`.

use boltseal_report::{Format, RenderOptions};

use crate::args::SbomArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::progress;
use crate::settings::Settings;

pub(crate) fn run(arguments: &SbomArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let format: Format = arguments.format.as_deref().unwrap_or("cyclonedx").parse().map_err(Failure::usage)?;
    let [target] = arguments.target.targets.as_slice() else {
        return Err(Failure::usage(anyhow::anyhow!("a bill of materials is of one target: name one")));
    };
    let parsed = boltseal_image::Target::parse(target).map_err(Failure::usage)?;
    let options = settings.scan_options(&arguments.target, console)?;
    let shown = progress::Shown::new(console, target);
    let scanned = boltseal_scan::inventory(&parsed, &shown.attach(&options))?;
    shown.finish();
    let render = RenderOptions {
        width: Some(console.width()),
        color: arguments.output.output.is_none() && console.colors_results(),
        today: settings.today.clone(),
        target: target.clone(),
        ..RenderOptions::default()
    };
    let text = boltseal_report::sbom(&scanned.inventory, format, &render).map_err(Failure::usage)?;
    console.result(arguments.output.output.as_deref(), text.as_bytes())?;
    let nothing = scanned.inventory.packages.is_empty() && !scanned.inventory.not_assessed.is_empty();
    Ok(if nothing { Status::NotAssessed } else { Status::Done })
}
