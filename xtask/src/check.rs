//! What CI checks besides the tests.

use anyhow::bail;

use crate::run::{command, has, root, run, say};

/// A file longer than this is likely two things.
const LONG_FILE: usize = 600;

/// Runs every check; the first that fails ends it.
pub(crate) fn check() -> anyhow::Result<()> {
    run(command("cargo", &["fmt", "--all", "--check"]))?;
    house_rules()?;
    run(command("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    let mut doc = command("cargo", &["doc", "--workspace", "--no-deps", "--locked"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)?;
    if has("cargo-deny", &["--version"]) {
        run(command("cargo-deny", &["--locked", "check", "bans", "licenses", "sources"]))?;
    } else {
        say("skipped: cargo-deny is not installed, so dependencies were not checked (cargo install cargo-deny)");
    }
    run(command("cargo", &["check", "--manifest-path", "fuzz/Cargo.toml", "--bins"]))?;
    say("all checks passed");
    Ok(())
}

/// Rules of the repository that no other tool holds: how files open and how long they grow.
fn house_rules() -> anyhow::Result<()> {
    let mut broken = Vec::new();
    for path in sources(&root())? {
        let text = std::fs::read_to_string(&path)?;
        let shown = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        if !text.starts_with("//!") && !text.starts_with("#!") {
            broken.push(format!("{shown}: opens without a `//!` sentence that says what lives there"));
        }
        let lines = text.lines().count();
        if lines > LONG_FILE {
            broken.push(format!("{shown}: {lines} lines; is it two things?"));
        }
        if path.file_name().is_some_and(|name| name == "mod.rs") {
            broken.push(format!("{shown}: write `foo.rs` beside `foo/` instead of `mod.rs`"));
        }
    }
    if broken.is_empty() { Ok(()) } else { bail!("house rules:\n  {}", broken.join("\n  ")) }
}

fn sources(root: &std::path::Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
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
