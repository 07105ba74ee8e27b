//! `boltseal explain`.

use boltseal_chain::{Gathered, gather};
use boltseal_report::explain::{self, ExplainOptions};
use boltseal_report::verdict::{self, VerdictFormat, VerdictOptions};

use crate::args::ExplainArguments;
use crate::command::db;
use crate::command::gate::{judge, known, policy};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::progress;
use crate::settings::Settings;

pub(crate) fn run(arguments: &ExplainArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    // Without a policy there is no verdict to explain, and what is known is shown alone.
    let loaded = arguments.policy.as_deref().map(|named| policy::load(Some(named), console)).transpose()?;
    let asked = loaded.as_ref().map(|loaded| &loaded.policy);
    let options = known::options(&arguments.target, &arguments.known, asked, settings, console)?;
    let index = db::open(settings)?;
    let (width, color) = (Some(console.width()), arguments.output.output.is_none() && console.colors_results());

    let mut text = String::new();
    for target in &arguments.target.targets {
        let parsed = boltseal_image::Target::parse(target).map_err(Failure::usage)?;
        let shown = progress::Shown::new(console, target);
        let scan = shown.attach(&options.scan);
        let Gathered { evidence, .. } = gather(&parsed, &index, &boltseal_chain::Options { scan, ..options.clone() })?;
        shown.finish();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&explain::render(&evidence, &ExplainOptions { width, color, target }));
        if let Some(asked) = asked {
            let verdict = boltseal_gate::judge(asked, &evidence, &judge::tool());
            let options = VerdictOptions { width, color, all: true, target };
            text.push('\n');
            text.push_str(&verdict::render(&verdict, VerdictFormat::Text, &options)?);
        }
    }
    console.result(arguments.output.output.as_deref(), text.as_bytes())?;
    // Explaining is not judging: what was explained was done, whatever it says.
    Ok(Status::Done)
}
