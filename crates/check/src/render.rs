//! Charts and kustomizations: what they render to is judged, not the templates.
//!
//! A chart is rendered by an installed `helm`, a kustomization by `kustomize` or `kubectl`. Without them, templates of a
//! chart are judged as far as they can be read with their actions left out, and the report says so.

mod copy;
mod helm;
mod kustomize;
mod mask;
mod named;
mod place;
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use boltseal_evidence::{Misconfiguration, NotAssessed, NotAssessedReason, Problem, Region};
pub(crate) use mask::{is_template, judge as judge_template};

use place::Lines;

use crate::file::Judged;
use crate::parallel::in_parallel;
use crate::walk::Walked;
use crate::{Options, file};

/// What rendering gave.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// Files that must not be judged as they are: templates, patches, and what a rendering holds already.
    pub(crate) left_out: BTreeSet<String>,
    /// Rendered manifests by the file that reports name for them.
    texts: BTreeMap<String, String>,
    /// Patches that had a part in the rendered text that is kept under a path.
    patches: BTreeMap<String, BTreeSet<String>>,
    /// Templates that nothing rendered.
    templates: BTreeSet<String>,
    pub(crate) not_assessed: Vec<NotAssessed>,
    pub(crate) problems: Vec<Problem>,
}

impl Rendered {
    fn add(&mut self, path: &str, text: &str) {
        let all = self.texts.entry(path.to_owned()).or_default();
        if !all.is_empty() {
            all.push_str("---\n");
        }
        all.push_str(text);
        if !text.ends_with('\n') {
            all.push('\n');
        }
    }

    fn not_assessed(&mut self, what: impl Into<String>, detail: impl Into<String>) {
        self.not_assessed.push(NotAssessed {
            reason: NotAssessedReason::Template,
            what: what.into(),
            detail: detail.into(),
            packages: 0,
        });
    }
}

/// Renders every chart and kustomization of a walk.
pub(crate) fn render(walked: &Walked, options: &Options) -> Rendered {
    let mut rendered = Rendered::default();
    helm::render(walked, options, &mut rendered);
    kustomize::render(walked, options, &mut rendered);
    rendered
}

/// Judges what was rendered, and templates that were not.
pub(crate) fn judge(rendered: &Rendered, walked: &Walked, options: &Options) -> Vec<Judged> {
    let texts: Vec<(&String, &String)> = rendered.texts.iter().collect();
    let templates: Vec<&String> = rendered.templates.iter().collect();
    in_parallel(options.jobs, texts.len() + templates.len(), 4, |at| {
        if let Some((path, text)) = texts.get(at) {
            return Some(file::judge_bytes(path, text.as_bytes(), options));
        }
        let shown = templates.get(at - texts.len())?;
        let text = text_of(shown, walked, options.max_size)?;
        Some(text.map_or_else(
            |message| {
                let mut checked = file::nothing(shown);
                checked.problems.push(Problem::at(shown.as_str(), message));
                checked.into()
            },
            |text| judge_template(shown, &text, &options.posture).into(),
        ))
    })
}

/// The text that is judged under a path: what was rendered, else the file.
pub(crate) fn bytes_of(rendered: &Rendered, walked: &Walked, path: &str) -> Option<Vec<u8>> {
    match rendered.texts.get(path) {
        Some(text) => Some(text.clone().into_bytes()),
        None => std::fs::read(walked.files.get(path)?).ok(),
    }
}

/// A file of the walk as text, or why it cannot be had.
fn text_of(shown: &str, walked: &Walked, max: u64) -> Option<Result<String, String>> {
    let path = walked.files.get(shown)?;
    Some(match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > max => Err(format!("is larger than {} MiB", max >> 20)),
        Ok(metadata) if !metadata.is_file() => Err("is no regular file".to_owned()),
        Ok(_) => std::fs::read(path)
            .map_err(|error| format!("cannot be read: {error}"))
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "is no UTF-8".to_owned())),
        Err(error) => Err(format!("cannot be read: {error}")),
    })
}

/// Moves findings in rendered texts to the place in the file that they came from, as far as it can be told: a template,
/// a resource, or the patch of it.
pub(crate) fn relocate(rendered: &Rendered, walked: &Walked, findings: &mut Vec<Misconfiguration>) {
    let paths: BTreeSet<&String> = findings.iter().map(|finding| &finding.path).collect();
    let texts: BTreeMap<&String, &String> =
        paths.iter().filter_map(|path| rendered.texts.get_key_value(path.as_str())).collect();
    let patches = |path: &str| rendered.patches.get(path).into_iter().flatten();
    let files: BTreeSet<&String> = texts.keys().copied().chain(texts.keys().flat_map(|path| patches(path))).collect();
    let files: BTreeMap<&str, String> =
        files.into_iter().filter_map(|path| Some((path.as_str(), text_of(path, walked, u64::MAX)?.ok()?))).collect();
    let files: BTreeMap<&str, Lines<'_>> = files.iter().map(|(path, text)| (*path, Lines::new(text))).collect();
    let texts: BTreeMap<String, Lines<'_>> =
        texts.into_iter().map(|(path, text)| (path.clone(), Lines::new(text))).collect();
    let mut seen = BTreeSet::new();
    findings.retain_mut(|finding| {
        let Some((path, text)) = texts.get_key_value(&finding.path) else { return true };
        finding.fix = None;
        finding.notes.clear();
        if let Some(suppression) = &mut finding.suppression {
            suppression.source.clone_from(path);
        }
        let own = files.get(path.as_str());
        let found = finding.region.take().and_then(|region| {
            let at = |path: &str, place: Option<Region>| place.map(|place| (path.to_owned(), place));
            let patched = || patches(path).find_map(|patch| at(patch, text.exact(&region, files.get(patch.as_str())?)));
            at(path, own.and_then(|own| text.exact(&region, own)))
                .or_else(patched)
                .or_else(|| at(path, own.and_then(|own| text.near(&region, own))))
        });
        if let Some((path, region)) = found {
            finding.path = path;
            finding.region = Some(region);
        }
        // One base in several overlays has its mistake once.
        let same = (finding.path.clone(), finding.region, finding.rule.clone(), finding.message.clone());
        finding.region.is_none() || seen.insert(same)
    });
}

/// The folder of a shown path; empty for the working directory.
fn folder(shown: &str) -> &str {
    shown.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A name in a shown folder.
fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A path below a shown folder, with `.` and `..` resolved. `None` if it leads out of the root.
fn below(folder: &str, path: &str) -> Option<String> {
    let absolute = folder.starts_with('/');
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&"..") | None if !absolute => parts.push(".."),
                _ => {
                    parts.pop()?;
                }
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(if absolute { format!("/{joined}") } else { joined })
}

/// The folder on disk of a file of the walk.
fn folder_on_disk(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn paths_are_joined_as_file_systems_do() {
        assert_eq!(below("a/b", "../c/./d.yaml").as_deref(), Some("a/c/d.yaml"));
        assert_eq!(below("", "../x").as_deref(), Some("../x"));
        assert_eq!(below("../a", "../../x").as_deref(), Some("../../x"));
        assert_eq!(below("/a", "../b").as_deref(), Some("/b"));
        assert_eq!(below("/", ".."), None);
    }
}
