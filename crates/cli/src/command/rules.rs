//! `boltseal rules`.

use boltseal_posture::{Rule, called, rules};

use crate::args::RulesArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;

pub(crate) fn run(arguments: &RulesArguments, console: &Console) -> Result<Status, Failure> {
    let mut wanted: Vec<&'static Rule> = Vec::new();
    for name in &arguments.rules {
        let meant = called(name);
        if meant.is_empty() {
            return Err(Failure::usage(boltseal_check::Error::UnknownRule(name.clone())));
        }
        wanted.extend(meant);
    }
    let text = match (arguments.format.as_str(), wanted.is_empty()) {
        ("text", true) => {
            rules().map(|rule| format!("{}  {:<10}  {}\n", rule.id, rule.severity.name(), rule.title)).collect()
        }
        ("text" | "markdown", false) => {
            wanted.iter().map(|rule| boltseal_report::rules::page(rule)).collect::<Vec<_>>().join("\n")
        }
        ("markdown", true) => boltseal_report::rules::index(),
        ("json", all) => {
            let infos: Vec<_> =
                if all { rules().map(Rule::info).collect() } else { wanted.iter().map(|rule| rule.info()).collect() };
            let mut text = serde_json::to_string_pretty(&infos)?;
            text.push('\n');
            text
        }
        (other, _) => {
            return Err(Failure::usage(anyhow::anyhow!("`{other}` is no format: use text, markdown or json")));
        }
    };
    console.result(arguments.output.output.as_deref(), text.as_bytes())?;
    Ok(Status::Done)
}
