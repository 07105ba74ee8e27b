//! What a kustomization names.

use std::path::{Path, PathBuf};

use boltseal_posture::Source;
use boltseal_posture::yaml::{Limits, Node, parse};

use super::{below, folder, folder_on_disk};

/// The names that kustomize looks for.
pub(super) const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Larger ones are not written by people.
const MOST: u64 = 4 << 20;

/// What one kustomization names, by shown path and place on disk.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Manifests that become part of the result.
    pub(super) resources: Vec<String>,
    /// Other kustomizations that do: their folder, and their file on disk.
    pub(super) included: Vec<(String, PathBuf)>,
    /// Pieces of objects, and configuration of kustomize, that are no objects themselves.
    pub(super) pieces: Vec<String>,
    /// Those of them that change objects.
    pub(super) patches: Vec<String>,
    /// It is a component, which makes something only within a kustomization.
    pub(super) is_component: bool,
    /// Why it is not rendered here.
    pub(super) obstacle: Option<String>,
}

/// Reads a kustomization.
pub(super) fn read(shown: &str, path: &Path) -> Named {
    let mut named = Named::default();
    let text = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() <= MOST => std::fs::read_to_string(path),
        Ok(_) => Err(std::io::Error::other("it is no regular file of at most 4 MiB")),
        Err(error) => Err(error),
    };
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            named.obstacle = Some(format!("its file cannot be read: {error}"));
            return named;
        }
    };
    let source = Source::from_text(shown, &text);
    let parsed = parse(&source, Limits::default());
    if let Some((span, message)) = &parsed.error {
        named.obstacle = Some(format!("line {}: {message}", source.line_of(span.start)));
    }
    let Some(root) = parsed.documents.first() else { return named };
    named.is_component = root.text("kind") == Some("Component");
    named.take(root, folder(shown), &folder_on_disk(path));
    named
}

impl Named {
    fn take(&mut self, root: &Node, home: &str, disk: &Path) {
        for entry in ["resources", "bases", "components"].into_iter().flat_map(|key| root.list(key)) {
            if let Some(entry) = entry.as_str() {
                self.resource(entry, home, disk);
            }
        }
        let texts = |key: &'static str| root.list(key).iter().filter_map(Node::as_str);
        let paths = |key: &'static str| root.list(key).iter().filter_map(|each| each.text("path"));
        let patches = texts("patchesStrategicMerge").chain(paths("patches")).chain(paths("patchesJson6902"));
        for patch in patches {
            self.piece(patch, home, disk, true);
        }
        let settings = ["generators", "transformers", "validators", "configurations", "crds"].into_iter();
        let openapi = root.at(&["openapi", "path"]).and_then(Node::as_str);
        for piece in settings.flat_map(texts).chain(paths("replacements")).chain(openapi) {
            self.piece(piece, home, disk, false);
        }
        for generator in ["configMapGenerator", "secretGenerator"].into_iter().flat_map(|key| root.list(key)) {
            let lists = ["files", "envs"].into_iter().flat_map(|key| generator.list(key)).filter_map(Node::as_str);
            for file in lists.chain(generator.text("env")) {
                let file = file.split_once('=').map_or(file, |(_, file)| file);
                self.is_here(file, disk);
            }
        }
        for key in ["helmCharts", "helmChartInflationGenerator"] {
            if !root.list(key).is_empty() {
                self.refuse(format!("`{key}` has a chart rendered within it, which is not done here"));
            }
        }
    }

    fn refuse(&mut self, reason: String) {
        self.obstacle.get_or_insert(reason);
    }

    fn resource(&mut self, entry: &str, home: &str, disk: &Path) {
        if !self.is_here(entry, disk) {
            return;
        }
        let Some(target) = below(home, entry) else { return };
        let on_disk = disk.join(entry);
        if !on_disk.is_dir() {
            self.resources.push(target);
        } else if let Some(file) = NAMES.iter().map(|name| on_disk.join(name)).find(|file| file.is_file()) {
            self.included.push((target, file));
        }
        // A folder without one is for kustomize to complain about.
    }

    fn piece(&mut self, entry: &str, home: &str, disk: &Path, changes: bool) {
        // Written in place.
        if entry.contains('\n') || !self.is_here(entry, disk) {
            return;
        }
        let Some(target) = below(home, entry) else { return };
        if changes {
            self.patches.push(target.clone());
        }
        self.pieces.push(target);
    }

    /// It is a file or folder on this disk. What is not, kustomize would fetch.
    fn is_here(&mut self, entry: &str, disk: &Path) -> bool {
        match std::fs::metadata(disk.join(entry)) {
            Ok(metadata) if metadata.is_file() || metadata.is_dir() => true,
            Ok(_) => {
                self.refuse(format!("`{entry}` is no regular file"));
                false
            }
            Err(_) => {
                let remote = entry.contains("://") || entry.contains("git@") || entry.contains("?ref=");
                let host = entry.split('/').next().is_some_and(|host| host.contains('.') && !host.starts_with('.'));
                self.refuse(if remote || (host && entry.contains('/')) {
                    format!("`{entry}` is not on this disk, and nothing is fetched")
                } else {
                    format!("`{entry}` is not there")
                });
                false
            }
        }
    }
}
