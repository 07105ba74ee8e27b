//! Measuring a scan against the work that cannot be avoided, in one run.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{program, row, work_folder};
use crate::bench::measure::{Figures, Run, measure, median};
use crate::run::{command, root, run, say};

/// A scan.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// An OCI image layout with gzip layers, DIR:TAG [default: one that is built, which takes minutes].
    image: Option<String>,
    /// Rounds; every round measures everything once, so that a noisy minute hits all alike.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Folder of an advisory database [default: one made from BOLTSEAL_FEEDS or ../shared/feeds].
    #[arg(long)]
    db_dir: Option<PathBuf>,
}

struct Programs {
    boltseal: PathBuf,
    floor: PathBuf,
    judge: PathBuf,
}

impl Default for Scan {
    fn default() -> Self {
        Self { image: None, rounds: 5, db_dir: None }
    }
}

impl Scan {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let programs = build()?;
        let work = work_folder()?;
        let image = self.image.clone().map_or_else(|| build_image(&work), Ok)?;
        let db_dir = self.db_dir.clone().map_or_else(|| build_database(&programs, &work), Ok)?;
        let blobs = layers(&image)?;
        let cache = work.join("cache");
        let target = format!("oci:{image}");

        let mut floor_one = Vec::new();
        let mut floor_two = Vec::new();
        let mut cold = Vec::new();
        let mut warm = Vec::new();
        let scan = |no_cache: bool| -> Run {
            let mut arguments: Vec<String> =
                ["scan", "--quiet", "--format", "json", "--output", "/dev/null"].map(str::to_owned).to_vec();
            arguments.extend(["--cache-dir".to_owned(), cache.display().to_string()]);
            arguments.extend(["--db-dir".to_owned(), db_dir.display().to_string()]);
            arguments.extend(no_cache.then(|| "--no-cache".to_owned()));
            arguments.push(target.clone());
            Run { program: programs.boltseal.clone(), arguments }
        };
        let floor = |threads: &str| Run {
            program: programs.floor.clone(),
            arguments: std::iter::once(threads.to_owned())
                .chain(blobs.iter().map(|blob| blob.display().to_string()))
                .collect(),
        };
        // Fills the page cache and the layer cache.
        measure(&floor("one"))?;
        measure(&scan(false))?;
        for _ in 0..self.rounds.max(1) {
            floor_one.push(measure(&floor("one"))?);
            cold.push(measure(&scan(true))?);
            floor_two.push(measure(&floor("two"))?);
            warm.push(measure(&scan(false))?);
        }

        say(&format!("image: {image}, {} layers, {} rounds, medians", blobs.len(), self.rounds));
        row("floor: inflate and hash, one thread", &floor_one, "");
        row("floor: tar hashed on a second thread", &floor_two, "");
        row("scan, cold", &cold, &against(&cold, &floor_one, &floor_two));
        row("scan, warm", &warm, "");
        judge(&programs, &db_dir, &target, &cache)
    }
}

/// How a scan compares with the two floors, each round with its own.
fn against(runs: &[Figures], one: &[Figures], two: &[Figures]) -> String {
    let ratio = |floor: &[Figures]| median(runs.iter().zip(floor).map(|(run, floor)| run.seconds / floor.seconds));
    format!("  {:.2} × the floor, {:.2} × the floor on two threads", ratio(one), ratio(two))
}

fn build() -> anyhow::Result<Programs> {
    run(command(
        "cargo",
        &["build", "--release", "--locked", "-p", "boltseal", "-p", "boltseal-scan", "--bins", "--examples"],
    ))?;
    Ok(Programs { boltseal: program("boltseal"), floor: program("examples/floor"), judge: program("examples/judge") })
}

/// Builds the large image with the Debian tools of the end-to-end test.
fn build_image(work: &Path) -> anyhow::Result<String> {
    let folder = work.join("large");
    let script = root().join("crates/cli/tests/real/build-large-image.sh");
    let folder_text = folder.display().to_string();
    run(command("bash", &[&script.display().to_string(), &folder_text]))?;
    Ok(format!("{folder_text}/oci:large"))
}

fn build_database(programs: &Programs, work: &Path) -> anyhow::Result<PathBuf> {
    let feeds = std::env::var_os("BOLTSEAL_FEEDS").map_or_else(|| root().join("../shared/feeds"), PathBuf::from);
    let folder = work.join("db");
    let mut update = std::process::Command::new(&programs.boltseal);
    update.args(["db", "update", "--quiet", "--db-dir"]).arg(&folder).arg("--mirror").arg(feeds);
    run(update)?;
    Ok(folder)
}

/// The blobs of the layers of the only manifest of an OCI layout.
fn layers(image: &str) -> anyhow::Result<Vec<PathBuf>> {
    let (folder, _) = image.rsplit_once(':').with_context(|| format!("`{image}` is not DIR:TAG"))?;
    let blob = |digest: &str| Path::new(folder).join("blobs").join(digest.replace(':', "/"));
    let read = |path: &Path| -> anyhow::Result<serde_json::Value> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        Ok(serde_json::from_slice(&bytes)?)
    };
    let index = read(&Path::new(folder).join("index.json"))?;
    let manifest = index
        .pointer("/manifests/0/digest")
        .and_then(serde_json::Value::as_str)
        .context("the layout has no manifest")?;
    let manifest = read(&blob(manifest))?;
    let layers = manifest.get("layers").and_then(serde_json::Value::as_array).context("the manifest has no layers")?;
    let digests = layers.iter().filter_map(|layer| layer.get("digest")?.as_str());
    let blobs: Vec<PathBuf> = digests.map(blob).collect();
    if blobs.is_empty() { bail!("the manifest has no layers") } else { Ok(blobs) }
}

/// Measures the index and the matching inside one process, where milliseconds count.
fn judge(programs: &Programs, db_dir: &Path, target: &str, cache: &Path) -> anyhow::Result<()> {
    let inventory = cache.join("inventory.json");
    let mut sbom = std::process::Command::new(&programs.boltseal);
    sbom.args(["sbom", "--quiet", "--format", "json", "--cache-dir"])
        .arg(cache)
        .arg("--output")
        .arg(&inventory)
        .arg(target);
    run(sbom)?;
    let mut judge = std::process::Command::new(&programs.judge);
    judge.arg(db_dir).arg(&inventory);
    run(judge)
}
