//! Kustomizations.
//!
//! Each that no other one includes is built, by way of a kustomization of our own in a temporary folder that asks for
//! the origin of every object. What one needs from elsewhere is never fetched: it is not built then, and its resources
//! are judged as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use boltseal_evidence::Problem;
use boltseal_posture::Source;
use boltseal_posture::yaml::{Limits, Node, parse};

use super::named::{self, NAMES, Named};
use super::{Rendered, folder, folder_on_disk, program};
use crate::Options;
use crate::parallel::in_parallel;
use crate::walk::Walked;

/// Kustomizations that one may include, so that a circle or a forest ends.
const MOST: usize = 1000;

/// A kustomization that is built.
struct Build<'w> {
    /// Its file as reports call it.
    shown: &'w str,
    disk: &'w Path,
    /// What it and those that it includes name.
    all: Whole,
}

/// What a kustomization and all that it includes name.
#[derive(Debug, Default)]
struct Whole {
    resources: BTreeSet<String>,
    pieces: BTreeSet<String>,
    patches: BTreeSet<String>,
    /// Folders of those that are included.
    included: BTreeSet<String>,
    obstacle: Option<String>,
}

pub(super) fn render(walked: &Walked, options: &Options, rendered: &mut Rendered) {
    let all: Vec<(&str, &Path)> = walked
        .files
        .iter()
        .filter(|(shown, _)| shown.rsplit('/').next().is_some_and(|name| NAMES.contains(&name)))
        .filter(|(shown, _)| !rendered.left_out.contains(*shown))
        .map(|(shown, path)| (shown.as_str(), path.as_path()))
        .collect();
    if all.is_empty() {
        return;
    }
    let mut read = Reader::default();
    let builds = builds(&all, &mut read, rendered);
    let tool = if options.render {
        program::find("kustomize")
            .map(|path| (path, "build"))
            .or_else(|| program::find("kubectl").map(|path| (path, "kustomize")))
    } else {
        None
    };
    let by_disk: BTreeMap<PathBuf, &str> = walked
        .files
        .iter()
        .filter_map(|(shown, path)| Some((std::fs::canonicalize(path).ok()?, shown.as_str())))
        .collect();
    let results = in_parallel(options.jobs, builds.len(), 1, |at| {
        let build = builds.get(at)?;
        let result = match (&build.all.obstacle, &tool) {
            (Some(obstacle), _) => Err((obstacle.clone(), None)),
            (None, None) if options.render => Err(("neither `kustomize` nor `kubectl` is installed".to_owned(), None)),
            (None, None) => Err(("rendering is switched off".to_owned(), None)),
            (None, Some((program, verb))) => {
                run(build, program, verb).map_err(|message| ("it could not be built".to_owned(), Some(message)))
            }
        };
        Some((at, result))
    });
    let mut results: Vec<_> = results;
    results.sort_by_key(|(at, _)| *at);
    for (at, result) in results {
        let Some(build) = builds.get(at) else { continue };
        match result {
            Ok(text) => {
                rendered.left_out.extend(build.all.resources.iter().cloned());
                take(build, &text, &by_disk, rendered);
            }
            Err((reason, problem)) => {
                rendered.problems.extend(problem.map(|problem| Problem::at(build.shown, problem)));
                let home = folder(build.shown);
                rendered.not_assessed(
                    format!("kustomization {}", if home.is_empty() { "." } else { home }),
                    format!("{reason}, so its resources were judged as they are, without what it changes"),
                );
            }
        }
    }
}

/// The kustomizations that are built: those that no other one includes, and one of each circle. None is judged as it
/// is, nor are the pieces that they name.
fn builds<'w>(all: &[(&'w str, &'w Path)], read: &mut Reader, rendered: &mut Rendered) -> Vec<Build<'w>> {
    let mut included = BTreeSet::new();
    let mut wholes = Vec::new();
    for (shown, disk) in all {
        let whole = read.whole(shown, disk);
        rendered.left_out.insert((*shown).to_owned());
        rendered.left_out.extend(whole.pieces.iter().cloned());
        included.extend(whole.included.iter().filter(|home| home.as_str() != folder(shown)).cloned());
        wholes.push(whole);
    }
    let mut builds: Vec<Build<'w>> = Vec::new();
    let mut covered: BTreeSet<String> = BTreeSet::new();
    // First those that nobody includes, then whatever they have not reached.
    for is_root in [true, false] {
        for ((shown, disk), whole) in all.iter().zip(&mut wholes) {
            let home = folder(shown);
            if covered.contains(home) || is_root == included.contains(home) {
                continue;
            }
            covered.insert(home.to_owned());
            covered.extend(whole.included.iter().cloned());
            builds.push(Build { shown, disk, all: std::mem::take(whole) });
        }
    }
    builds
}

/// Reads each kustomization once.
#[derive(Default)]
struct Reader {
    known: BTreeMap<PathBuf, Named>,
}

impl Reader {
    fn whole(&mut self, shown: &str, disk: &Path) -> Whole {
        let mut whole = Whole::default();
        let mut open = vec![(shown.to_owned(), disk.to_owned())];
        let mut seen = BTreeSet::new();
        while let Some((shown, disk)) = open.pop() {
            let home = std::fs::canonicalize(folder_on_disk(&disk)).unwrap_or_else(|_| folder_on_disk(&disk));
            if !seen.insert(home.clone()) {
                continue;
            }
            if seen.len() > MOST {
                whole.obstacle.get_or_insert(format!("it includes more than {MOST} others"));
                break;
            }
            let is_first = seen.len() == 1;
            let named = self.known.entry(home).or_insert_with(|| named::read(&shown, &disk));
            if is_first && named.is_component {
                whole.obstacle.get_or_insert("it is a component that no kustomization here includes".to_owned());
            }
            if let Some(obstacle) = &named.obstacle {
                whole.obstacle.get_or_insert(obstacle.clone());
            }
            whole.resources.extend(named.resources.iter().cloned());
            whole.pieces.extend(named.pieces.iter().cloned());
            whole.patches.extend(named.patches.iter().cloned());
            for (folder, file) in &named.included {
                whole.included.insert(folder.clone());
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                open.push((super::join(folder, &name), file.clone()));
            }
        }
        whole
    }
}

fn run(build: &Build<'_>, program: &Path, verb: &str) -> Result<String, String> {
    let home = std::fs::canonicalize(folder_on_disk(build.disk))
        .map_err(|error| format!("its folder cannot be entered: {error}"))?;
    let wrapper = tempfile::Builder::new()
        .prefix("boltseal-kustomize-")
        .tempdir()
        .map_err(|error| format!("no temporary folder can be made: {error}"))?;
    let from = std::fs::canonicalize(wrapper.path())
        .map_err(|error| format!("the temporary folder cannot be entered: {error}"))?;
    let up = "../".repeat(from.components().count().saturating_sub(1));
    let target = home.strip_prefix("/").unwrap_or(&home).to_str().ok_or("the path of its folder is no UTF-8")?;
    // JSON is YAML, and knows how to write any name.
    let wrapped = serde_json::json!({ "resources": [format!("{up}{target}")], "buildMetadata": ["originAnnotations"] });
    std::fs::write(from.join("kustomization.yaml"), wrapped.to_string())
        .map_err(|error| format!("the temporary folder cannot be written: {error}"))?;
    program::run(program, &[verb, "."], &from).map_err(|failure| {
        // It tells the whole way to the mistake, from the temporary folder on: the end of it counts.
        let last = failure.complaint.rsplit_once("recursed accumulation of path '");
        let message = match last.and_then(|(_, rest)| rest.split_once("': ")) {
            Some((_, message)) => {
                format!("not built: {}", program::sentence(message.trim_end_matches(['\n', '"', '\''])))
            }
            None => failure.message,
        };
        message.replace(&from.display().to_string(), "").replace(&up, "/")
    })
}

/// Splits what was printed by the file that each object came from.
fn take(build: &Build<'_>, text: &str, by_disk: &BTreeMap<PathBuf, &str>, rendered: &mut Rendered) {
    for document in text.split("\n---\n") {
        if document.trim().is_empty() {
            continue;
        }
        let source = Source::from_text(build.shown, document);
        let parsed = parse(&source, Limits::default());
        let origin = parsed
            .documents
            .first()
            .and_then(|root| root.at(&["metadata", "annotations", "config.kubernetes.io/origin"]))
            .and_then(Node::as_str)
            .and_then(|origin| origin.lines().find_map(|line| line.strip_prefix("path: ")))
            .map(|path| PathBuf::from("/").join(path.trim_start_matches("../")))
            .and_then(|path| by_disk.get(&path).copied())
            .unwrap_or(build.shown);
        rendered.patches.entry(origin.to_owned()).or_default().extend(build.all.patches.iter().cloned());
        rendered.add(origin, document);
    }
}
