//! `boltseal demo`: the whole of a scan on a lab image, with no network and no database.

mod lab;

use crate::args::{DemoArguments, TargetArguments};
use crate::command::scan;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// The tag of the lab image in its layout.
const TAG: &str = "lab";

pub(crate) fn run(arguments: &DemoArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let temporary = tempfile::Builder::new().prefix("boltseal-demo-").tempdir()?;
    let folder = arguments.keep.clone().unwrap_or_else(|| temporary.path().join("image"));
    lab::image()?
        .write_oci_layout(&folder, TAG)
        .map_err(|error| anyhow::anyhow!("cannot write the lab image to `{}`: {error}", folder.display()))?;
    let target = format!("oci:{}:{TAG}", folder.display());
    console.note(&match &arguments.keep {
        Some(_) => format!("the lab image is in `{target}`"),
        None => "built a lab image: an application on Debian 11 that nobody has rebuilt since 2021".to_owned(),
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
    };
    let status = scan::run_request(&scan, settings, console)?;
    console.note("that was the built-in starter set; `boltseal db update` fetches every advisory, then scan your own: boltseal scan IMAGE");
    Ok(status)
}
