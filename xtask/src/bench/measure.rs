//! Time and peak memory of a process.

use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// A program and its arguments.
pub(crate) struct Run {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
}

/// What one run took.
pub(crate) struct Figures {
    /// Wall-clock seconds from start to exit.
    pub(crate) seconds: f64,
    /// The largest resident set seen, in MiB.
    pub(crate) peak_mib: f64,
}

/// Runs a program to its end, its output thrown away; it must succeed.
pub(crate) fn measure(run: &Run) -> anyhow::Result<Figures> {
    let (figures, exit) = timed(run)?;
    if exit.success() { Ok(figures) } else { bail!("`{}` failed: {exit}", run.program.display()) }
}

/// The same, whatever its exit status says.
pub(crate) fn measure_any(run: &Run) -> anyhow::Result<Figures> {
    Ok(timed(run)?.0)
}

fn timed(run: &Run) -> anyhow::Result<(Figures, ExitStatus)> {
    let start = Instant::now();
    let mut child = Command::new(&run.program)
        .args(&run.arguments)
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{}`", run.program.display()))?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak_kib = 0;
    let exit = loop {
        // The high-water mark of the kernel: only what rises in the last millisecond is missed.
        peak_kib = peak_kib.max(high_water_mark(&status).unwrap_or(0));
        if let Some(exit) = child.try_wait()? {
            break exit;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let seconds = start.elapsed().as_secs_f64();
    Ok((Figures { seconds, peak_mib: peak_kib as f64 / 1024.0 }, exit))
}

fn high_water_mark(status: &PathBuf) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// The median; 0 of nothing.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
