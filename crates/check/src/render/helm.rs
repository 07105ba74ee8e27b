//! Helm charts.

use boltseal_evidence::Problem;

use super::{Rendered, below, folder, folder_on_disk, program};
use crate::Options;
use crate::walk::Walked;

/// The line by which `helm template` says which template comes now.
const SOURCE: &str = "# Source: ";

pub(super) fn render(walked: &Walked, options: &Options, rendered: &mut Rendered) {
    let charts: Vec<&String> =
        walked.files.keys().filter(|path| path.rsplit('/').next() == Some("Chart.yaml")).collect();
    if charts.is_empty() {
        return;
    }
    let helm = if options.render { program::find("helm") } else { None };
    let folders: Vec<&str> = charts.iter().map(|chart| folder(chart)).collect();
    for (chart, home) in charts.iter().zip(&folders) {
        // A chart within a chart is rendered with it.
        if folders.iter().any(|other| is_below(home, &join(other, "charts"))) {
            continue;
        }
        let templates = templates_of(walked, home);
        rendered.left_out.extend(
            walked
                .files
                .keys()
                .filter(|path| is_below(path, &join(home, "templates")) || is_below(path, &join(home, "charts")))
                .cloned(),
        );
        let Some(path) = walked.files.get(*chart) else { continue };
        let reason = match &helm {
            None if options.render => "`helm` is not installed".to_owned(),
            None => "rendering is switched off".to_owned(),
            Some(helm) => {
                let disk = folder_on_disk(path);
                match program::run(helm, &["template", "release", "."], &disk) {
                    Ok(text) => {
                        take(home, &text, rendered);
                        continue;
                    }
                    Err(error) if error.contains("library charts are not installable") => continue,
                    Err(error) => {
                        rendered.problems.push(Problem::at(chart.as_str(), &error));
                        error
                    }
                }
            }
        };
        rendered.not_assessed(
            format!("chart {}", if home.is_empty() { "." } else { home }),
            format!(
                "{reason}, so {} templates were judged only as far as they can be read without it",
                templates.len()
            ),
        );
        rendered.templates.extend(templates);
    }
}

/// The templates of a chart and of those within it that make objects.
fn templates_of(walked: &Walked, home: &str) -> Vec<String> {
    let is_template = |path: &&String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let inside = is_below(path, &join(home, "templates"))
            || (is_below(path, &join(home, "charts")) && path.contains("/templates/"));
        inside && !name.starts_with('_') && (name.ends_with(".yaml") || name.ends_with(".yml"))
    };
    walked.files.keys().filter(is_template).cloned().collect()
}

/// Splits what helm printed by template: `# Source: chart/templates/a.yaml`.
fn take(home: &str, text: &str, rendered: &mut Rendered) {
    for document in text.split("\n---\n") {
        let document = document.strip_prefix("---\n").unwrap_or(document);
        let source = document.lines().take(3).find_map(|line| line.strip_prefix(SOURCE));
        let inner = source.and_then(|source| source.trim().split_once('/')).map(|(_, inner)| inner);
        let path = inner.and_then(|inner| below(home, inner)).unwrap_or_else(|| join(home, "Chart.yaml"));
        rendered.add(&path, document);
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
