//! What CI checks besides the tests.

use crate::rules;
use crate::run::{command, has, root, run, say};

/// Runs every check; the first that fails ends it.
pub(crate) fn check() -> anyhow::Result<()> {
    run(command("cargo", &["fmt", "--all", "--check"]))?;
    rules::check(&root())?;
    run(command("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    let mut doc = command("cargo", &["doc", "--workspace", "--no-deps", "--locked"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)?;
    if has("cargo-deny", &["--version"]) {
        run(command("cargo-deny", &["--locked", "check", "bans", "licenses", "sources"]))?;
    } else {
        say("skipped: cargo-deny is not installed, so dependencies were not checked (cargo install cargo-deny)");
    }
    // The fuzz targets are a workspace of their own: that they build, and that each reaches its parser.
    run(command("cargo", &["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
    run(command("cargo", &["check", "--manifest-path", "fuzz/Cargo.toml", "--locked", "--bins", "--examples"]))?;
    run(command("cargo", &["test", "--manifest-path", "fuzz/Cargo.toml", "--locked", "--lib"]))?;
    say("all checks passed");
    Ok(())
}
