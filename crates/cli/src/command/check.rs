//! `boltseal check`.

mod compliance;
mod fix;

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use boltseal_check::{Check, Options, Subject};
use boltseal_evidence::Severity;
use boltseal_posture::compliance::Framework;
use boltseal_report::check::{CheckFormat, CheckOptions};

use crate::args::CheckArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &CheckArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let file = &settings.config.check;
    let framework = arguments.compliance.as_deref().map(compliance::named).transpose()?;
    let format: CheckFormat = match framework {
        Some(_) => CheckFormat::Text,
        None => {
            arguments.format.as_deref().or(file.format.as_deref()).unwrap_or("text").parse().map_err(Failure::usage)?
        }
    };
    let mut options = options(arguments, settings)?;
    load_custom(arguments, settings, &mut options, console)?;
    if let Some(policy) = framework.and_then(Framework::pod_security) {
        options.posture.pod_security = Some(policy);
    }
    if let Some(name) = &arguments.stdin_filename {
        let mut bytes = Vec::new();
        let limit = options.max_size;
        std::io::stdin()
            .lock()
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| anyhow::anyhow!("cannot read standard input: {error}"))?;
        if bytes.len() as u64 > limit {
            return Err(anyhow::anyhow!("standard input is larger than {} MiB: raise --max-size", limit >> 20).into());
        }
        let check = boltseal_check::check_text(name, &bytes, &options).map_err(failure)?;
        return report(&check, framework, format, arguments, settings, console);
    }
    let mut check = boltseal_check::check(&subjects(arguments)?, &options).map_err(failure)?;
    if arguments.fix {
        let outcome = boltseal_check::fix(&check, &options, arguments.dry_run).map_err(failure)?;
        if arguments.dry_run {
            console.result(arguments.output.output.as_deref(), fix::differences(&outcome).as_bytes())?;
            fix::tell(&outcome, true, console);
            return Ok(Status::Done);
        }
        fix::tell(&outcome, false, console);
        check = boltseal_check::check(&subjects(arguments)?, &options).map_err(failure)?;
    }
    report(&check, framework, format, arguments, settings, console)
}

/// What the user named: images by scheme, all else is a path.
fn subjects(arguments: &CheckArguments) -> Result<Vec<Subject>, Failure> {
    if arguments.paths.is_empty() {
        return Ok(vec![Subject::Path(PathBuf::from("."))]);
    }
    let subject = |path: &String| {
        let image =
            ["registry:", "oci:", "oci-archive:", "docker-archive:"].iter().any(|scheme| path.starts_with(scheme));
        if image && !std::path::Path::new(path).exists() {
            let target = boltseal_image::Target::parse(path).map_err(Failure::usage)?;
            return Ok(Subject::Image { shown: path.clone(), target });
        }
        Ok(Subject::Path(PathBuf::from(path)))
    };
    arguments.paths.iter().map(subject).collect()
}

fn options(arguments: &CheckArguments, settings: &Settings) -> Result<Options, Failure> {
    let file = &settings.config.check;
    let mut options = Options::default();
    options.skip.clone_from(if arguments.skip.is_empty() { &file.skip } else { &arguments.skip });
    options.only.clone_from(if arguments.only.is_empty() { &file.only } else { &arguments.only });
    options.render = !(arguments.no_render || file.no_render);
    if let Some(jobs) = arguments.jobs {
        options.jobs = usize::from(jobs);
    }
    if let Some(size) = arguments.max_size.or(file.max_size) {
        options.max_size = size << 20;
    }
    let policy = arguments.pod_security.as_deref().or(file.pod_security.as_deref());
    options.posture.pod_security = policy.map(str::parse).transpose().map_err(Failure::usage)?;
    options.image.plain_http = arguments.plain_http;
    options.image.platform = arguments.platform.as_deref().map(crate::settings::parse_platform).transpose()?;
    Ok(options)
}

/// Reads checks of people's own. One that cannot be used is wrong usage: a pipeline that rests on it must not pass.
fn load_custom(
    arguments: &CheckArguments,
    settings: &Settings,
    options: &mut Options,
    console: &Console,
) -> Result<(), Failure> {
    let paths = if arguments.custom.is_empty() { &settings.config.check.custom } else { &arguments.custom };
    if paths.is_empty() {
        return Ok(());
    }
    let (library, problems) = boltseal_check::load_custom(paths).map_err(Failure::usage)?;
    for problem in &problems {
        let place = problem.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
        console.warning(&format!("{place}{}", problem.message));
    }
    let allowed = arguments.allow_not_assessed || settings.config.check.allow_not_assessed;
    if !problems.is_empty() && !allowed {
        return Err(Failure::usage(anyhow::anyhow!("{} of your own checks cannot be used", problems.len())));
    }
    options.custom = Some(Arc::new(library));
    Ok(())
}

/// What cannot be read as named is wrong usage; an image that cannot be read is not assessed.
fn failure(error: boltseal_check::Error) -> Failure {
    match error {
        boltseal_check::Error::UnknownRule(_) => Failure::usage(error),
        _ => error.into(),
    }
}

fn report(
    check: &Check,
    framework: Option<&Framework>,
    format: CheckFormat,
    arguments: &CheckArguments,
    settings: &Settings,
    console: &Console,
) -> Result<Status, Failure> {
    if let Some(framework) = framework {
        compliance::report(framework, check, arguments, console)?;
        return Ok(verdict(check, arguments, settings, console));
    }
    let source = |path: &str| check.text(path);
    let options = CheckOptions {
        width: Some(console.width()),
        color: arguments.output.output.is_none() && console.colors_results(),
        all: arguments.all,
        from: shown_from(arguments.fail_on.or(settings.config.check.fail_on)),
        quiet: false,
        source: &source,
    };
    let text = boltseal_report::check::render(&check.report, format, &options)?;
    console.result(arguments.output.output.as_deref(), text.as_bytes())?;
    Ok(verdict(check, arguments, settings, console))
}

/// The least severity that is shown: what fails the check is, however slight.
fn shown_from(fail_on: Option<Severity>) -> Severity {
    fail_on.map_or(Severity::Low, |fail_on| fail_on.min(Severity::Low))
}

fn verdict(check: &Check, arguments: &CheckArguments, settings: &Settings, console: &Console) -> Status {
    let file = &settings.config.check;
    if let Some(fail_on) = arguments.fail_on.or(file.fail_on)
        && !boltseal_report::check::fails(&check.report, fail_on).is_empty()
    {
        return Status::Denied;
    }
    let allowed = arguments.allow_not_assessed || file.allow_not_assessed;
    if check.unasked && !allowed && arguments.fail_on.or(file.fail_on).is_some() {
        console.warning("some of your own checks could not be asked, and their silence is no consent");
        return Status::NotAssessed;
    }
    let looked_at = check.report.files.iter().any(|file| !file.subjects.is_empty());
    if looked_at || allowed {
        return Status::Done;
    }
    if check.report.files.is_empty() && check.report.problems.is_empty() {
        console.warning("no file of a kind that rules read is there: nothing was checked");
    } else {
        console.warning("no file could be read: nothing was checked");
    }
    Status::NotAssessed
}
