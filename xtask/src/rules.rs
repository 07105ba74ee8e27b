//! Rules of the repository that no other tool holds: how files open and grow, and that no dependency idles.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A file longer than this is likely two things.
const LONG_FILE: usize = 600;

/// Checks all rules, and tells every breach.
///
/// # Errors
/// A rule is broken, or a file cannot be read.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let mut broken = Vec::new();
    for path in sources(root)? {
        let text = read(&path)?;
        let shown = path.strip_prefix(root).unwrap_or(&path);
        broken.extend(faults(shown, &text));
    }
    let manifests = members(root)?.iter().map(|path| read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let unused = unused_dependencies(&read(&root.join("Cargo.toml"))?, &manifests)?;
    broken.extend(unused.iter().map(|name| format!("Cargo.toml: no crate uses the workspace's dependency `{name}`")));
    if broken.is_empty() { Ok(()) } else { bail!("house rules:\n  {}", broken.join("\n  ")) }
}

/// What is wrong with one source file.
fn faults(path: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with("//!") && !text.starts_with("#!") {
        faults.push(format!("{}: opens without a `//!` sentence that says what lives there", path.display()));
    }
    let lines = text.lines().count();
    if lines > LONG_FILE {
        faults.push(format!("{}: {lines} lines; is it two things?", path.display()));
    }
    if path.file_name().is_some_and(|name| name == "mod.rs") {
        faults.push(format!("{}: write `foo.rs` beside `foo/` instead of `mod.rs`", path.display()));
    }
    faults
}

/// Entries of `[workspace.dependencies]` that no member names in any of its tables of dependencies.
fn unused_dependencies(workspace: &str, members: &[String]) -> anyhow::Result<Vec<String>> {
    let workspace: toml::Table = workspace.parse().context("Cargo.toml")?;
    let offered = workspace.get("workspace").and_then(|table| table.get("dependencies"));
    let offered = offered.and_then(toml::Value::as_table).context("Cargo.toml has no `[workspace.dependencies]`")?;
    let mut used = std::collections::BTreeSet::new();
    for member in members {
        let manifest: toml::Table = member.parse()?;
        let targets = manifest.get("target").and_then(toml::Value::as_table);
        let tables = std::iter::once(&manifest)
            .chain(targets.into_iter().flat_map(|targets| targets.values()).filter_map(toml::Value::as_table));
        for table in tables {
            for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let names = table.get(kind).and_then(toml::Value::as_table);
                used.extend(names.into_iter().flat_map(|names| names.keys().cloned()));
            }
        }
    }
    Ok(offered.keys().filter(|name| !used.contains(*name)).cloned().collect())
}

fn members(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut manifests = vec![root.join("xtask/Cargo.toml")];
    for entry in std::fs::read_dir(root.join("crates"))? {
        manifests.push(entry?.path().join("Cargo.toml"));
    }
    Ok(manifests)
}

fn sources(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders: Vec<_> = ["crates", "xtask", "fuzz"].iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target" && name != "corpus") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_notices_its_breach() {
        let check = |path: &str, text: &str| faults(Path::new(path), text).join("\n");
        assert_eq!(check("a.rs", "//! A sentence.\n"), "");
        assert_eq!(check("a.rs", "#![no_main]\n"), "");
        assert!(check("a.rs", "use x;\n").contains("opens without"));
        assert!(check("a/mod.rs", "//! A.\n").contains("mod.rs"));
        assert!(check("a.rs", &format!("//! A.\n{}", "\n".repeat(LONG_FILE))).contains("601 lines"));
    }

    #[test]
    fn a_dependency_is_used_if_any_table_of_any_member_names_it() {
        let workspace = "[workspace.dependencies]\na = \"1\"\nb = \"1\"\nc = { version = \"1\" }\nd = \"1\"\n";
        let members = [
            "[dependencies]\na.workspace = true\n[dev-dependencies]\nb = { workspace = true }\n".to_owned(),
            "[target.'cfg(unix)'.dependencies]\nc.workspace = true\n[features]\nd = []\n".to_owned(),
        ];
        assert_eq!(unused_dependencies(workspace, &members).unwrap(), ["d"]);
        assert!(unused_dependencies("[workspace]\n", &[]).is_err());
    }
}
