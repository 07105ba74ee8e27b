//! Kustomizations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use boltseal_evidence::Problem;
use boltseal_posture::Source;
use boltseal_posture::yaml::{Limits, Node, parse};

use super::{Rendered, below, folder, program};
use crate::Options;
use crate::walk::Walked;

/// What one kustomization names, as shown paths.
#[derive(Debug, Default)]
struct Named {
    /// Manifests and folders that become part of the result.
    resources: Vec<String>,
    /// Pieces of objects that are no objects themselves.
    patches: Vec<String>,
    /// Why it is not rendered here: something that is not on this disk.
    elsewhere: Option<String>,
}

pub(super) fn render(walked: &Walked, options: &Options, rendered: &mut Rendered) {
    let mut kustomizations: BTreeMap<String, Named> = BTreeMap::new();
    for (shown, path) in &walked.files {
        let name = shown.rsplit('/').next().unwrap_or_default();
        if matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
            && !rendered.left_out.contains(shown)
        {
            kustomizations.insert(shown.clone(), read(shown, path, walked));
        }
    }
    if kustomizations.is_empty() {
        return;
    }
    let tool = if options.render {
        program::find("kustomize")
            .map(|path| (path, "build"))
            .or_else(|| program::find("kubectl").map(|path| (path, "kustomize")))
    } else {
        None
    };
    let by_folder: BTreeMap<&str, &str> = kustomizations.keys().map(|shown| (folder(shown), shown.as_str())).collect();
    let included: BTreeSet<&str> = kustomizations
        .values()
        .flat_map(|named| &named.resources)
        .filter_map(|resource| by_folder.get(resource.as_str()).copied())
        .collect();
    for (shown, named) in &kustomizations {
        rendered.left_out.insert(shown.clone());
        rendered.left_out.extend(named.patches.iter().cloned());
        if included.contains(shown.as_str()) {
            continue;
        }
        let mut all = BTreeSet::new();
        let elsewhere = gather(shown, &kustomizations, &by_folder, &mut all);
        let result = match (elsewhere, &tool) {
            (Some(what), _) => Err(format!("it names `{what}`, which is not on this disk and is not fetched")),
            (None, None) if options.render => Err("neither `kustomize` nor `kubectl` is installed".to_owned()),
            (None, None) => Err("rendering is switched off".to_owned()),
            (None, Some((program, verb))) => build(shown, walked, program, verb),
        };
        match result {
            Ok(text) => {
                rendered.left_out.extend(all);
                take(shown, &text, walked, rendered);
            }
            Err(reason) => {
                rendered.problems.push(Problem::at(shown.as_str(), format!("not rendered: {reason}")));
                rendered.not_assessed(
                    format!("kustomization {}", if folder(shown).is_empty() { "." } else { folder(shown) }),
                    format!("{reason}, so its resources were judged without its patches"),
                );
            }
        }
    }
}

/// Every file that a kustomization and those it includes name; what is elsewhere.
fn gather(
    shown: &str,
    all: &BTreeMap<String, Named>,
    by_folder: &BTreeMap<&str, &str>,
    into: &mut BTreeSet<String>,
) -> Option<String> {
    let mut open = vec![shown.to_owned()];
    let mut seen = BTreeSet::new();
    let mut elsewhere = None;
    while let Some(next) = open.pop() {
        let Some(named) = all.get(&next).filter(|_| seen.insert(next.clone())) else { continue };
        elsewhere = elsewhere.or_else(|| named.elsewhere.clone());
        for resource in &named.resources {
            match by_folder.get(resource.as_str()) {
                Some(kustomization) => open.push((*kustomization).to_owned()),
                None => {
                    into.insert(resource.clone());
                }
            }
        }
    }
    elsewhere
}

fn read(shown: &str, path: &Path, walked: &Walked) -> Named {
    let mut named = Named::default();
    let Ok(text) = std::fs::read_to_string(path) else { return named };
    let source = Source::from_text(shown, &text);
    let parsed = parse(&source, Limits::default());
    let Some(root) = parsed.documents.first() else { return named };
    let home = folder(shown);
    let disk = super::folder_on_disk(path);
    for key in ["resources", "bases", "components"] {
        for entry in root.list(key).iter().filter_map(Node::as_str) {
            match below(home, entry) {
                Some(target) if walked.files.contains_key(&target) || disk.join(entry).exists() => {
                    named.resources.push(target)
                }
                _ => named.elsewhere = named.elsewhere.take().or(Some(entry.to_owned())),
            }
        }
    }
    if !root.list("helmCharts").is_empty() {
        named.elsewhere = named.elsewhere.take().or(Some("helmCharts".to_owned()));
    }
    let strategic = root.list("patchesStrategicMerge").iter().filter_map(Node::as_str);
    let patches = ["patches", "patchesJson6902"]
        .into_iter()
        .flat_map(|key| root.list(key))
        .filter_map(|patch| patch.text("path"));
    let others = ["generators", "transformers", "configurations", "replacements"]
        .into_iter()
        .flat_map(|key| root.list(key))
        .filter_map(|each| each.as_str().or_else(|| each.text("path")));
    named.patches.extend(strategic.chain(patches).chain(others).filter_map(|patch| below(home, patch)));
    named
}

/// Renders by way of a kustomization of our own that asks for the origin of every object.
fn build(shown: &str, walked: &Walked, program: &Path, verb: &str) -> Result<String, String> {
    let path = walked.files.get(shown).ok_or("its file is gone")?;
    let home = std::fs::canonicalize(super::folder_on_disk(path))
        .map_err(|error| format!("cannot enter its folder: {error}"))?;
    let wrapper = tempfile::Builder::new()
        .prefix("boltseal-kustomize-")
        .tempdir()
        .map_err(|error| format!("cannot make a temporary folder: {error}"))?;
    let from =
        std::fs::canonicalize(wrapper.path()).map_err(|error| format!("cannot enter the temporary folder: {error}"))?;
    let up = "../".repeat(from.components().count().saturating_sub(1));
    let target = home.strip_prefix("/").unwrap_or(&home).display().to_string();
    let quoted = format!("{up}{target}").replace('\\', "\\\\").replace('"', "\\\"");
    let text = format!("resources: [\"{quoted}\"]\nbuildMetadata: [originAnnotations]\n");
    std::fs::write(from.join("kustomization.yaml"), text)
        .map_err(|error| format!("cannot write the temporary folder: {error}"))?;
    program::run(program, &[verb, "."], &from)
}

/// Splits what was printed by the file that each object came from.
fn take(shown: &str, text: &str, walked: &Walked, rendered: &mut Rendered) {
    let by_disk: BTreeMap<PathBuf, &String> =
        walked.files.iter().filter_map(|(shown, path)| Some((std::fs::canonicalize(path).ok()?, shown))).collect();
    for document in text.split("\n---\n") {
        let source = Source::from_text(shown, document);
        let parsed = parse(&source, Limits::default());
        let origin = parsed
            .documents
            .first()
            .and_then(|root| root.at(&["metadata", "annotations", "config.kubernetes.io/origin"]))
            .and_then(Node::as_str)
            .and_then(|origin| origin.lines().find_map(|line| line.strip_prefix("path: ")))
            .map(|path| PathBuf::from("/").join(path.trim_start_matches("../")))
            .and_then(|path| by_disk.get(&path).map(|shown| shown.as_str()));
        rendered.add(origin.unwrap_or(shown), document);
    }
}
