//! `boltseal scan`.

mod verdict;

use boltseal_evidence::{Report, Source};
use boltseal_report::{Format, IgnoreFile, RenderOptions};

use crate::args::{JudgeArguments, OutputArguments, ScanArguments, TargetArguments};
use boltseal_advisory::Index;

use crate::command::db;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::progress;
use crate::settings::{Judgement, Settings};

pub(crate) fn run(arguments: &ScanArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let request = Request {
        targets: &arguments.target,
        shown_as: None,
        output: &arguments.output,
        judge: &arguments.judge,
        starter_only: false,
        brief: false,
    };
    run_request(&request, settings, console)
}

/// What is scanned, and how the result is shown and judged.
pub(crate) struct Request<'a> {
    pub(crate) targets: &'a TargetArguments,
    /// What the heading calls the target instead of what was typed.
    pub(crate) shown_as: Option<&'a str>,
    pub(crate) output: &'a OutputArguments,
    pub(crate) judge: &'a JudgeArguments,
    /// Leave an installed database aside.
    pub(crate) starter_only: bool,
    /// The table shows of each package only the worst finding.
    pub(crate) brief: bool,
}

pub(crate) fn run_request(request: &Request<'_>, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let judgement = settings.judgement(request.judge)?;
    let targets = &request.targets.targets;
    if targets.len() > 1 && judgement.format != Format::Table {
        return Err(Failure::usage(anyhow::anyhow!(
            "{} targets and format `{}`: scan one at a time, or use `--format table`",
            targets.len(),
            judgement.format
        )));
    }
    let ignore = read_ignore_file(&judgement)?;
    let options = settings.scan_options(request.targets, console)?;
    let index = if request.starter_only { db::starter()? } else { db::open(settings)? };

    let mut text = String::new();
    let mut status = Status::Done;
    for target in targets {
        let report = judge_target(target, &options, &index, &judgement, ignore.as_ref(), settings, console)?;
        let render = RenderOptions {
            width: Some(console.width()),
            color: request.output.output.is_none() && console.colors_results(),
            all: judgement.all,
            brief: request.brief,
            today: settings.today.clone(),
            target: request.shown_as.unwrap_or(target).to_owned(),
            compare: Some(db::compare_versions),
        };
        text.push_str(&boltseal_report::render(&report, judgement.format, &render)?);
        status = status.max(verdict::of(&report, &judgement, settings, console));
    }
    console.result(request.output.output.as_deref(), text.as_bytes())?;
    Ok(status)
}

fn judge_target(
    target: &str,
    options: &boltseal_scan::Options,
    index: &Index,
    judgement: &Judgement,
    ignore: Option<&IgnoreFile>,
    settings: &Settings,
    console: &Console,
) -> Result<Report, Failure> {
    let parsed = target.parse_target()?;
    let shown = progress::Shown::new(console, target);
    let scanned = boltseal_scan::inventory(&parsed, &shown.attach(options))?;
    shown.finish();
    let source =
        judgement.with_source.then(|| Source { target: target.to_owned(), manifest: scanned.manifest_digest.clone() });
    let mut report = boltseal_scan::report(scanned.inventory, index, source)?;
    if let Some(ignore) = ignore {
        let problems = ignore.apply(&mut report.findings, &settings.today);
        for problem in &problems {
            let place = problem.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
            console.warning(&format!("{place}{}", problem.message));
        }
        report.inventory.problems.extend(problems);
    }
    if judgement.only_fixed {
        report.findings.retain(|finding| finding.fix.is_fixed());
    }
    Ok(report)
}

/// Reads a target as the user wrote it; what is wrong with it is wrong usage.
trait ParseTarget {
    fn parse_target(&self) -> Result<boltseal_image::Target, Failure>;
}

impl ParseTarget for str {
    fn parse_target(&self) -> Result<boltseal_image::Target, Failure> {
        boltseal_image::Target::parse(self).map_err(Failure::usage)
    }
}

fn read_ignore_file(judgement: &Judgement) -> Result<Option<IgnoreFile>, Failure> {
    let Some(path) = &judgement.ignore_file else { return Ok(None) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(anyhow::anyhow!("cannot read ignore file `{}`: {error}", path.display())))?;
    let parsed = IgnoreFile::parse(&path.display().to_string(), &text);
    parsed.map(Some).map_err(|errors| {
        let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::usage(anyhow::anyhow!("{}", all.join("\n")))
    })
}
