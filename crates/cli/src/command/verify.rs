//! `boltseal verify`.

pub(crate) mod material;
mod show;
mod subject;
mod wanted;

use boltseal_evidence::{Digest, Problem, SignatureFormat, Signer, Standing, Verification};

use subject::Subject;
use wanted::Wanted;

use crate::args::{VerifyArguments, VerifyFormat};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &VerifyArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let targets = &arguments.target.targets;
    let json = arguments.format == VerifyFormat::Json;
    if targets.len() > 1 && (json || arguments.bundle.is_some() || arguments.signature.is_some()) {
        return Err(Failure::usage(anyhow::anyhow!(
            "{} targets with `--bundle`, `--signature` or `--format json`: verify one at a time",
            targets.len()
        )));
    }
    let known = material::of(arguments, settings, console)?;
    let wanted = Wanted::of(arguments, &known.keys)?;
    let mut text = String::new();
    let mut status = Status::Done;
    for target in targets {
        let subject = Subject::of(target, arguments)?;
        let judged = judge(target, &subject.verify(&known, arguments, settings, console)?, &wanted);
        status = status.max(judged.status());
        text.push_str(&match json {
            true => show::json(&judged)?,
            false => show::text(&judged, arguments, console),
        });
    }
    console.result(arguments.output.output.as_deref(), text.as_bytes())?;
    Ok(status)
}

/// What was found about a target: its digest, what is signed, and what could not be read.
pub(crate) struct Looked {
    digest: Digest,
    /// The manifest of the platform that was asked for, inside the index that the target names.
    platform: Option<Digest>,
    verifications: Vec<Verification>,
    problems: Vec<Problem>,
    /// It is a file, whose bundle the user named: what it states counts as well.
    file: bool,
}

/// What came of a target.
struct Judged {
    target: String,
    digest: Digest,
    signatures: Vec<Weighed>,
    problems: Vec<Problem>,
    /// What was asked for, for people: `a signature`.
    asked: String,
    answer: Answer,
}

/// A signature, and why it is not what is wanted.
struct Weighed {
    verification: Verification,
    mismatch: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// A wanted one holds.
    Verified,
    /// There is none.
    Unsigned,
    /// There are some; none holds that is wanted.
    Refused,
    /// One may be wanted, and cannot be told.
    Untold,
}

impl Judged {
    fn status(&self) -> Status {
        match self.answer {
            Answer::Verified => Status::Done,
            Answer::Unsigned | Answer::Refused => Status::Denied,
            Answer::Untold => Status::NotAssessed,
        }
    }
}

fn judge(target: &str, looked: &Looked, wanted: &Wanted) -> Judged {
    // Who signs one platform's manifest says nothing of the others, so of an index it counts only where that platform
    // was asked for.
    let apart = |verification: &Verification| {
        let subject = &verification.subject;
        (*subject != looked.digest && looked.platform.as_ref() != Some(subject))
            .then(|| format!("it is about the manifest of one platform, {subject}: ask for that with `--platform`"))
    };
    let weigh = |verification: &Verification| Weighed {
        mismatch: wanted.mismatch(verification, looked.file).or_else(|| apart(verification)),
        verification: verification.clone(),
    };
    let signatures: Vec<Weighed> = looked.verifications.iter().map(weigh).collect();
    let holds = |weighed: &Weighed| weighed.verification.is_verified() && weighed.mismatch.is_none();
    let open = |weighed: &Weighed| weighed.verification.standing == Standing::Unknown && may_be(weighed, wanted);
    let answer = if signatures.iter().any(holds) {
        Answer::Verified
    } else if !looked.problems.is_empty() || signatures.iter().any(open) {
        Answer::Untold
    } else if signatures.is_empty() {
        Answer::Unsigned
    } else {
        Answer::Refused
    };
    Judged {
        target: target.to_owned(),
        digest: looked.digest.clone(),
        signatures,
        problems: looked.problems.clone(),
        asked: wanted.asked(),
        answer,
    }
}

/// What cannot be told may be of whom is wanted: a signature by an unknown key is not by one that was named, and of a
/// way of signing that nobody asked for nobody waits for an answer.
fn may_be(weighed: &Weighed, wanted: &Wanted) -> bool {
    let verification = &weighed.verification;
    let notation = matches!(verification.format, SignatureFormat::NotationJws | SignatureFormat::NotationCose);
    let no_key = verification.obstacle().is_some_and(|step| step.name == "key");
    let by_key = verification.steps.iter().any(|step| step.name == "key");
    match (notation, by_key) {
        (true, _) => wanted.certificates(),
        (false, true) => wanted.keys() && !no_key,
        (false, false) => wanted.identities(),
    }
}

/// Whose it is, in a few words.
fn whose(signer: &Signer) -> String {
    match signer {
        Signer::Key { name, fingerprint, algorithm } => match name {
            Some(name) => format!("the key `{name}` ({algorithm})"),
            None => format!("the key {fingerprint} ({algorithm})"),
        },
        Signer::Keyless { identity, issuer, .. } => format!("{identity} ({issuer})"),
        Signer::Certificate { subject, trust_store, .. } => format!("{subject} ({trust_store})"),
    }
}
