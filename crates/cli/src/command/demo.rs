//! `boltseal demo`: a check of a lab project, the whole of a scan on a lab image, and a gate's verdict on it, with no
//! network and no database.

mod gate;
mod lab;
mod project;

use std::path::Path;

use boltseal_check::{Options, Subject};
use boltseal_evidence::Severity;
use boltseal_report::Format;
use boltseal_report::check::{CheckFormat, CheckOptions};

use crate::args::{DemoArguments, TargetArguments};
use crate::command::scan;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// The tag of the lab image in its layout.
const TAG: &str = "lab";
/// The folder of the lab project beside it.
const PROJECT: &str = "project";

pub(crate) fn run(arguments: &DemoArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let temporary = tempfile::Builder::new().prefix("boltseal-demo-").tempdir()?;
    // A document is of one thing, the scan; only people are shown both.
    let people = settings.judgement(&arguments.judge)?.format == Format::Table && arguments.output.output.is_none();
    if people {
        check(&temporary.path().join(PROJECT), arguments, console)?;
    }
    let folder = arguments.keep.clone().unwrap_or_else(|| temporary.path().join("image"));
    lab::image()?
        .write_oci_layout(&folder, TAG)
        .map_err(|error| anyhow::anyhow!("cannot write the lab image to `{}`: {error}", folder.display()))?;
    if let Some(kept) = &arguments.keep {
        project::write(&kept.join(PROJECT))?;
    }
    let target = format!("oci:{}:{TAG}", folder.display());
    console.note(&match &arguments.keep {
        Some(kept) => format!("scanned a lab image: it is in `{target}`, the project in `{}`", kept.join(PROJECT).display()),
        None => "scanned a lab image: an application on Debian 11, not rebuilt since 2021; for yours, type: boltseal scan IMAGE".to_owned(),
    });
    let scan = scan::Request {
        targets: &TargetArguments {
            targets: vec![target],
            platform: Some("linux/amd64".to_owned()),
            plain_http: false,
            ca_file: None,
            jobs: None,
            no_cache: true,
        },
        shown_as: Some("the lab image"),
        output: &arguments.output,
        judge: &arguments.judge,
        starter_only: true,
        brief: true,
    };
    let status = scan::run_request(&scan, settings, console)?;
    if people {
        gate::show(&temporary.path().join("signed"), settings, console)?;
    }
    if arguments.keep.is_none() {
        console.note("`boltseal demo --keep DIR` leaves the project and the image in a folder, to try the commands on");
    }
    Ok(status)
}

/// Writes the lab project and shows what a check finds in it.
fn check(folder: &Path, arguments: &DemoArguments, console: &Console) -> Result<(), Failure> {
    project::write(folder)?;
    let options = Options { render: false, ..Options::default() };
    let mut check =
        boltseal_check::check(&[Subject::Path(folder.to_owned())], &options).map_err(anyhow::Error::from)?;
    // As from within the folder, whose name says nothing.
    for finding in &mut check.report.findings {
        finding.path = project::named(&finding.path).to_owned();
    }
    let options = CheckOptions {
        width: Some(console.width()),
        color: console.colors_results(),
        all: arguments.judge.all,
        from: Severity::Medium,
        quiet: true,
        source: &project::content,
    };
    console.note(
        "checked a lab project: a Dockerfile, a compose file and a Deployment; for yours, type: boltseal check DIR",
    );
    let text = boltseal_report::check::render(&check.report, CheckFormat::Text, &options)?;
    console.result(None, text.as_bytes())?;
    console.note(
        "`boltseal rules BS-K001` says why and how to mend it; `boltseal check --fix` mends what is safe to mend",
    );
    console.result(None, b"\n")
}
