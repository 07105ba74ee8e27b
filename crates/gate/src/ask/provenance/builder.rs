//! Who built it, and the highest SLSA build level that this can be.
//!
//! | signed by | `builder.id` in the payload is | level at most |
//! |---|---|---|
//! | a workflow of `slsa-framework/slsa-github-generator` at a release, run by GitHub | that workflow | 3 |
//! | any other workflow of GitHub, run by GitHub | that workflow or its caller, GitHub's runner, or the run | 2 |
//! | a job of gitlab.com, run by GitLab | the job's configuration, or a runner of the project | 2 |
//! | a workflow or job on somebody's own runner | the same | 1 |
//! | a builder that the policy names | as the policy says | as the policy says |
//! | anybody else who is wanted (a key, an address) | whatever it says | 1 |
//!
//! The builder is the one in the certificate; the payload has to agree. Level 2 asks that a hosted platform made and
//! signed the provenance, and level 3 that nobody who starts a build can reach the signing
//! (<https://slsa.dev/spec/v1.1/requirements>): a workflow signs what its own steps say, a generator in a workflow of its
//! own does not. A key alone shows neither, so whoever knows better says so in the policy.

use boltseal_evidence::{BuildClaims, Signer};
use boltseal_trust::Pattern;
use boltseal_trust::slsa::Provenance;

use crate::ask::signature::{Signers, matching};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const GITLAB: &str = "https://gitlab.com";
const GENERATORS: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/";
const GENERATOR_WORKFLOWS: [&str; 9] = [
    "generator_container_slsa3.yml",
    "generator_generic_slsa3.yml",
    "builder_container-based_slsa3.yml",
    "builder_go_slsa3.yml",
    "builder_nodejs_slsa3.yml",
    "builder_maven_slsa3.yml",
    "builder_gradle_slsa3.yml",
    "delegator_generic_slsa3.yml",
    "delegator_lowperms-generic_slsa3.yml",
];

/// A builder that a policy names.
#[derive(Debug, Clone)]
pub(super) struct NamedBuilder {
    pub(super) id: Pattern,
    pub(super) signers: Signers,
    pub(super) level: u8,
}

/// Who built it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Built {
    pub(super) id: String,
    /// The level that is sure.
    pub(super) level: u8,
    /// A higher level that it may be, and what is missing to say so.
    pub(super) perhaps: Option<(u8, &'static str)>,
}

/// Why somebody is no builder that is known by the certificate.
pub(super) fn unknown_builder(signer: &Signer) -> Option<String> {
    match signer {
        Signer::Keyless { issuer, .. } if issuer == GITHUB || issuer == GITLAB => None,
        _ => Some("that is no build platform known by its certificates; name it under `signed-by`".to_owned()),
    }
}

/// Who built it. Err: the payload says something else than the certificate.
pub(super) fn builder(signer: &Signer, provenance: &Provenance, named: &[NamedBuilder]) -> Result<Built, String> {
    let Some(id) = &provenance.builder_id else { return Err("it names no builder".to_owned()) };
    let mut built = match signer {
        Signer::Keyless { identity, issuer, claims } if issuer == GITHUB => github(id, identity, claims)?,
        Signer::Keyless { identity, issuer, claims } if issuer == GITLAB => gitlab(id, identity, claims)?,
        _ => Built { id: id.clone(), level: 1, perhaps: None },
    };
    let is_named = |one: &&NamedBuilder| is_builder(&one.id, &built.id) && matching(&one.signers, signer).is_ok();
    if let Some(level) = named.iter().filter(is_named).map(|one| one.level).max() {
        built.level = level;
        built.perhaps = None;
    }
    Ok(built)
}

/// A builder is the one that a pattern wants: without `@`, at any reference.
pub(super) fn is_builder(wanted: &Pattern, id: &str) -> bool {
    let at_any = !wanted.to_string().contains('@');
    wanted.matches(id) || (at_any && id.split_once("@refs/").is_some_and(|(workflow, _)| wanted.matches(workflow)))
}

/// The certificate is one of a build platform, which names the source of the build in it.
pub(super) fn is_platform(signer: &Signer) -> bool {
    unknown_builder(signer).is_none()
}

fn github(id: &str, identity: &str, claims: &BuildClaims) -> Result<Built, String> {
    let certified = certified(identity, claims)?;
    let runner = claims.runner_environment.as_deref();
    let is_runner = runner.is_some_and(|runner| id.strip_prefix("https://github.com/actions/runner/") == Some(runner));
    let is_run = claims
        .run_invocation_uri
        .as_deref()
        .is_some_and(|run| run == id || run.strip_prefix(id).is_some_and(|attempt| attempt.starts_with("/attempts/")));
    // A job in a reusable workflow may name the workflow that called it, which the certificate has as well.
    let is_caller = claims.build_config_uri.as_deref() == Some(id);
    if id != certified && !is_runner && !is_run && !is_caller {
        return Err(disagree(id, certified));
    }
    let highest = if is_generator(certified) && id == certified { 3 } else { 2 };
    Ok(on_runner(certified, highest, runner, "github-hosted"))
}

fn gitlab(id: &str, identity: &str, claims: &BuildClaims) -> Result<Built, String> {
    let certified = certified(identity, claims)?;
    let is_runner = claims.source_repository_uri.as_deref().is_some_and(|project| {
        let number = id.strip_prefix(project.trim_end_matches('/')).and_then(|rest| rest.strip_prefix("/-/runners/"));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if id != certified && !is_runner {
        return Err(disagree(id, certified));
    }
    Ok(on_runner(certified, 2, claims.runner_environment.as_deref(), "gitlab-hosted"))
}

/// The workflow in the certificate. Its name is there twice since 2023.
fn certified<'a>(identity: &'a str, claims: &BuildClaims) -> Result<&'a str, String> {
    match &claims.build_signer_uri {
        Some(signer) if signer != identity => {
            Err(format!("the certificate names two workflows, `{identity}` and `{signer}`"))
        }
        _ => Ok(identity),
    }
}

fn on_runner(id: &str, highest: u8, runner: Option<&str>, hosted: &str) -> Built {
    let (level, perhaps) = match runner {
        Some(runner) if runner == hosted => (highest, None),
        Some(_) => (1, None),
        None => (1, Some((highest, "the certificate does not say whose runner it was"))),
    };
    Built { id: id.to_owned(), level, perhaps }
}

fn disagree(id: &str, certified: &str) -> String {
    format!("the payload says that `{id}` built it, the certificate says `{certified}`")
}

/// A workflow of the generators at a release, `@refs/tags/v2.1.0`: any other reference can be moved.
fn is_generator(workflow: &str) -> bool {
    let Some((name, reference)) = workflow.strip_prefix(GENERATORS).and_then(|rest| rest.split_once('@')) else {
        return false;
    };
    let is_release = reference.strip_prefix("refs/tags/v").is_some_and(|version| {
        let numbers: Vec<&str> = version.split('.').collect();
        let is_number = |number: &&str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        numbers.len() == 3 && numbers.iter().all(is_number)
    });
    GENERATOR_WORKFLOWS.contains(&name) && is_release
}
