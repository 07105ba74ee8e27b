//! Which OS package owns a language package's files.

use std::collections::HashMap;

use boltseal_evidence::Package;

use crate::cataloger::Owned;

/// The paths that OS packages own.
#[derive(Debug, Default)]
pub(super) struct Owners {
    by_path: HashMap<String, (String, Option<String>)>,
}

impl Owners {
    pub(super) fn add(&mut self, owned: Vec<Owned>) {
        for Owned { package, architecture, paths } in owned {
            for path in paths {
                self.by_path.insert(path, (package.clone(), architecture.clone()));
            }
        }
    }

    /// Sets `owner` on every language package whose listing file an installed OS package owns.
    pub(super) fn assign(&self, packages: &mut [Package]) {
        let mut purls: HashMap<(String, Option<String>), String> = HashMap::new();
        for package in packages.iter().filter(|package| package.kind.is_os()) {
            let purl = package.purl();
            purls.insert((package.name.clone(), package.architecture.clone()), purl.clone());
            purls.entry((package.name.clone(), None)).or_insert(purl);
        }
        for package in packages.iter_mut().filter(|package| !package.kind.is_os()) {
            let Some(location) = package.locations.first() else { continue };
            // Inside an archive, the outermost file is what a package manager installed.
            let file = location.path.split("!/").next().unwrap_or(&location.path);
            let Some((name, architecture)) = self.by_path.get(&merged_usr(file)) else { continue };
            package.owner =
                purls.get(&(name.clone(), architecture.clone())).or_else(|| purls.get(&(name.clone(), None))).cloned();
        }
    }
}

/// The path as it is on a file system whose `/bin`, `/sbin` and `/lib*` are links into `/usr`: package databases list
/// either form.
fn merged_usr(path: &str) -> String {
    let first = path.split('/').next().unwrap_or(path);
    let merges = matches!(first, "bin" | "sbin" | "lib" | "lib32" | "lib64" | "libx32");
    if merges && path.len() > first.len() { format!("usr/{path}") } else { path.to_owned() }
}
