//! Helm charts.
//!
//! A chart is rendered from a copy in a temporary folder, with its own values. Charts within a chart are rendered with
//! it; library charts make nothing by themselves.

use std::collections::BTreeMap;
use std::path::Path;

use boltseal_evidence::Problem;
use boltseal_posture::Source;
use boltseal_posture::yaml::{Limits, Node, parse};

use super::copy::Copier;
use super::{Rendered, below, folder, folder_on_disk, join, program};
use crate::Options;
use crate::parallel::in_parallel;
use crate::walk::Walked;

/// The line by which `helm template` says which template comes now.
const SOURCE: &str = "# Source: ";

/// A chart that is not part of another one.
struct Chart<'w> {
    /// The path of `Chart.yaml` as reports call it.
    file: &'w str,
    /// Its folder.
    home: &'w str,
    disk: &'w Path,
    templates: Vec<&'w str>,
}

/// What became of a chart.
enum Outcome {
    Rendered(String),
    /// Nothing to render: a library chart.
    Library,
    Failed(program::Failure),
}

pub(super) fn render(walked: &Walked, options: &Options, rendered: &mut Rendered) {
    let charts = charts(walked, rendered);
    rendered_elsewhere(walked, rendered);
    if charts.is_empty() {
        return;
    }
    let helm = if options.render { program::find("helm") } else { None };
    let mut outcomes = BTreeMap::new();
    if let Some(helm) = &helm {
        outcomes.extend(in_parallel(options.jobs, charts.len(), 1, |at| {
            charts.get(at).map(|chart| (chart.file, template(helm, chart, walked)))
        }));
    }
    for chart in &charts {
        let reason = match outcomes.remove(chart.file) {
            Some(Outcome::Rendered(text)) => {
                take(chart, &text, walked, rendered);
                continue;
            }
            Some(Outcome::Library) => continue,
            Some(Outcome::Failed(failure)) => {
                rendered.problems.push(located(chart, &failure, walked));
                "`helm` could not render it".to_owned()
            }
            None if options.render => "`helm` is not installed".to_owned(),
            None => "rendering is switched off".to_owned(),
        };
        let count = chart.templates.len();
        if count == 0 && is_library(chart) {
            continue;
        }
        let templates = if count == 1 { "its template was" } else { "its templates were" };
        rendered.not_assessed(
            format!("chart {}", if chart.home.is_empty() { "." } else { chart.home }),
            format!("{reason}, so {templates} judged only by what stands there outright"),
        );
        rendered.templates.extend(chart.templates.iter().map(|template| (*template).to_owned()));
    }
}

/// The charts of a walk; what belongs to them is not judged as it is.
fn charts<'w>(walked: &'w Walked, rendered: &mut Rendered) -> Vec<Chart<'w>> {
    let all: Vec<(&str, &Path)> = walked
        .files
        .iter()
        .filter(|(path, _)| path.rsplit('/').next() == Some("Chart.yaml"))
        .map(|(file, disk)| (file.as_str(), disk.as_path()))
        .collect();
    let mut charts: Vec<Chart<'w>> = Vec::new();
    for (file, disk) in &all {
        let home = folder(file);
        // A chart within a chart is rendered with it.
        if all.iter().any(|(other, _)| is_below(home, &join(folder(other), "charts"))) {
            continue;
        }
        let inside = files_below(walked, home);
        let (templates, charts_within) = (join(home, "templates"), join(home, "charts"));
        let mut of_chart = Vec::new();
        for path in inside {
            let is_values = path.ends_with("values.yaml") || path.ends_with("values.yml");
            let at_home = folder(path) == home || folder(path) == join(home, "ci");
            let part = is_below(path, &templates) || is_below(path, &charts_within);
            if part || path == *file || (is_values && at_home) {
                rendered.left_out.insert(path.to_owned());
            }
            let of_template = is_below(path, &templates) || (part && path.contains("/templates/"));
            if of_template && is_template(path) {
                of_chart.push(path);
            }
        }
        charts.push(Chart { file, home, disk, templates: of_chart });
    }
    charts
}

/// Templates of which the chart's folder was not named, only they themselves.
fn rendered_elsewhere(walked: &Walked, rendered: &mut Rendered) {
    let mut homes: BTreeMap<&Path, bool> = BTreeMap::new();
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, disk) in &walked.files {
        if rendered.left_out.contains(path) || !is_template(path) {
            continue;
        }
        let is_chart = *homes.entry(disk.parent().unwrap_or(disk)).or_insert_with(|| {
            let folder = std::fs::canonicalize(folder_on_disk(disk)).unwrap_or_default();
            let templates = folder.ancestors().find(|above| above.ends_with("templates"));
            templates.is_some_and(|templates| templates.with_file_name("Chart.yaml").is_file())
        });
        if is_chart {
            rendered.left_out.insert(path.clone());
            found.entry(folder(path)).or_default().push(path);
        }
    }
    for (home, templates) in found {
        rendered.not_assessed(
            format!("templates in {}", if home.is_empty() { "." } else { home }),
            "the folder of their chart was not named, so they were judged only by what stands there outright: name it \
             to have the chart rendered",
        );
        rendered.templates.extend(templates.into_iter().map(str::to_owned));
    }
}

fn is_template(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    !name.starts_with('_') && (name.ends_with(".yaml") || name.ends_with(".yml"))
}

/// The files of a walk below a folder.
fn files_below<'w>(walked: &'w Walked, home: &str) -> impl Iterator<Item = &'w str> {
    let prefix = if home.is_empty() { String::new() } else { format!("{home}/") };
    let start = prefix.clone();
    walked.files.range(start..).map(|(path, _)| path.as_str()).take_while(move |path| path.starts_with(&prefix))
}

fn template(helm: &Path, chart: &Chart<'_>, walked: &Walked) -> Outcome {
    let failed = |message: String| Outcome::Failed(program::Failure { message, complaint: String::new() });
    let folder = match tempfile::Builder::new().prefix("boltseal-chart-").tempdir() {
        Ok(folder) => folder,
        Err(error) => return failed(format!("no temporary folder can be made: {error}")),
    };
    let home = folder_on_disk(chart.disk);
    let copy = folder.path().join("chart");
    let mut copier = Copier::new(&home, &walked.roots);
    if let Err(error) = copier.copy(&home, &copy) {
        return failed(error);
    }
    for (name, path) in local_dependencies(chart, &home) {
        let target = copy.join("charts").join(name);
        if !target.exists() && copier.allows(&path) && copier.copy(&path, &target).is_err() {
            // What is missing is what helm will say.
            continue;
        }
    }
    match program::run(helm, &["template", "release", "."], &copy) {
        Ok(text) => Outcome::Rendered(text),
        Err(failure) if failure.complaint.contains("library charts are not installable") => Outcome::Library,
        Err(failure) => Outcome::Failed(failure),
    }
}

/// A chart that makes nothing by itself.
fn is_library(chart: &Chart<'_>) -> bool {
    std::fs::read_to_string(chart.disk).is_ok_and(|text| text.lines().any(|line| line.trim_end() == "type: library"))
}

/// Dependencies that lie beside the chart, which `helm dependency build` would put into it.
fn local_dependencies(chart: &Chart<'_>, home: &Path) -> Vec<(String, std::path::PathBuf)> {
    let Ok(text) = std::fs::read_to_string(chart.disk) else { return Vec::new() };
    let parsed = parse(&Source::from_text(chart.file, &text), Limits::default());
    let dependencies = parsed.documents.first().map_or(&[][..], |root| root.list("dependencies"));
    let local = |dependency: &Node| {
        let name = dependency.text("name")?;
        let path = dependency.text("repository")?.strip_prefix("file://")?;
        let plain = !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != "..";
        plain.then(|| (name.to_owned(), home.join(path)))
    };
    dependencies.iter().filter_map(local).collect()
}

/// Splits what helm printed by template: `# Source: chart/templates/a.yaml`.
fn take(chart: &Chart<'_>, text: &str, walked: &Walked, rendered: &mut Rendered) {
    for document in text.split("\n---\n") {
        let document = document.strip_prefix("---\n").unwrap_or(document);
        if document.trim().is_empty() {
            continue;
        }
        let source = document.lines().take(3).find_map(|line| line.strip_prefix(SOURCE));
        let path = source.and_then(|source| in_tree(chart, source.trim(), walked));
        rendered.add(&path.unwrap_or_else(|| chart.file.to_owned()), document);
    }
}

/// The path in the tree of what helm calls `chart/templates/a.yaml`; none for what lies packed in an archive.
fn in_tree(chart: &Chart<'_>, source: &str, walked: &Walked) -> Option<String> {
    let (_, inner) = source.split_once('/')?;
    below(chart.home, inner).filter(|path| walked.files.contains_key(path))
}

/// The problem, at the template and line that helm names.
fn located(chart: &Chart<'_>, failure: &program::Failure, walked: &Walked) -> Problem {
    let words = failure.complaint.split(|each: char| each.is_whitespace() || "()`\"'<>".contains(each));
    for word in words.filter(|word| word.contains("/templates/")) {
        let mut parts = word.trim_end_matches([':', ',']).split(':');
        let Some(path) = parts.next().and_then(|path| in_tree(chart, path, walked)) else { continue };
        let numbers: Vec<u32> = parts.map_while(|part| part.parse().ok()).collect();
        let place = match numbers.as_slice() {
            [line, column, ..] => format!("line {line}, column {column}: "),
            [line] => format!("line {line}: "),
            [] => String::new(),
        };
        return Problem::at(path, format!("{place}{}", failure.message));
    }
    Problem::at(chart.file, &failure.message)
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
