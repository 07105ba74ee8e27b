//! The questions that are asked of a signature, in order, and the answers.

use std::collections::BTreeMap;

use boltseal_evidence::{Digest, SignatureFormat, Signer, Standing, Statement, Step, StepStatus, Verification};

/// The longest answer that is kept: it may repeat hostile text.
const MAX_TEXT: usize = 600;

const UNREACHED: &str = "another step ended the verification";

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// It is one signature of a known form, within bounds.
    Form,
    /// What is signed is a statement or payload of a known form.
    Payload,
    /// There is a trusted root.
    Root,
    /// There is a key.
    Key,
    /// When it was signed, as a log or a timestamp authority proves.
    Time,
    /// The certificate comes from an authority of the root and was valid then.
    Certificate,
    /// The certificate was logged.
    CertificateLog,
    /// The signature was logged.
    Log,
    /// It is about the subject.
    Artifact,
    /// The key made the signature.
    Signature,
    /// The entry of the log is about this signature.
    Entry,
}

impl Question {
    fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Payload => "payload",
            Self::Root => "trusted root",
            Self::Key => "key",
            Self::Time => "signing time",
            Self::Certificate => "certificate",
            Self::CertificateLog => "certificate log",
            Self::Log => "transparency log",
            Self::Artifact => "artifact",
            Self::Signature => "signature",
            Self::Entry => "log entry",
        }
    }
}

/// Why a question did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obstacle {
    pub(super) question: Question,
    /// It cannot be told, rather than does not hold.
    pub(super) unknown: bool,
    /// It was met before the questions that come before it were asked.
    pub(super) upfront: bool,
    pub(super) detail: String,
    pub(super) advice: Option<String>,
}

impl Obstacle {
    pub(super) fn failed(question: Question, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { question, unknown: false, upfront: false, detail: detail.into(), advice: Some(advice.into()) }
    }

    /// The same, seen by the look of it alone.
    pub(super) fn upfront(self) -> Self {
        Self { upfront: true, ..self }
    }

    pub(super) fn unknown(question: Question, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { question, unknown: true, upfront: false, detail: detail.into(), advice: Some(advice.into()) }
    }
}

/// Questions in the order in which they are asked, with what is to be said where they pass.
#[derive(Debug, Default)]
pub(super) struct Trail {
    steps: Vec<(Question, StepStatus, String, Option<String>)>,
}

impl Trail {
    /// A question whose answer depends on an outcome: it passes unless an obstacle says otherwise.
    pub(super) fn ask(&mut self, question: Question, passed: impl Into<String>) {
        self.steps.push((question, StepStatus::Passed, passed.into(), None));
    }

    /// A question that this kind of signature has no use for.
    pub(super) fn skip(&mut self, question: Question, why: impl Into<String>) {
        self.steps.push((question, StepStatus::NotAsked, why.into(), None));
    }

    /// A question that is never reached.
    fn leave(&mut self, question: Question) {
        self.steps.push((question, StepStatus::NotReached, UNREACHED.to_owned(), None));
    }

    /// Everything after what stands here would be asked.
    pub(super) fn end(mut self, obstacle: Obstacle, after: &[Question]) -> Outcome {
        for question in after {
            if self.steps.iter().all(|(asked, ..)| asked != question) {
                self.leave(*question);
            }
        }
        self.meet(obstacle);
        Outcome::of(self)
    }

    /// Puts the obstacle where it belongs: what comes after is not reached.
    pub(super) fn meet(&mut self, obstacle: Obstacle) {
        let at = self.steps.iter().position(|(asked, ..)| *asked == obstacle.question);
        let status = if obstacle.unknown { StepStatus::Unknown } else { StepStatus::Failed };
        let step = (obstacle.question, status, obstacle.detail, obstacle.advice);
        if obstacle.upfront {
            let told = [Question::Form, Question::Payload, Question::Root, Question::Key];
            self.forget(|question| !told.contains(&question));
        }
        let after = match at {
            Some(at) => {
                if let Some(place) = self.steps.get_mut(at) {
                    *place = step;
                }
                at + 1
            }
            None => {
                self.steps.push(step);
                self.steps.len()
            }
        };
        let reached: Vec<Question> = self.steps.iter().take(after).map(|(question, ..)| *question).collect();
        self.forget(|question| !reached.contains(&question));
    }

    /// Takes back that these passed.
    fn forget(&mut self, which: impl Fn(Question) -> bool) {
        for (question, status, detail, _) in &mut self.steps {
            if *status == StepStatus::Passed && which(*question) {
                *status = StepStatus::NotReached;
                UNREACHED.clone_into(detail);
            }
        }
    }
}

/// What came of a verification.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) trail: Trail,
    pub(super) signer: Option<Signer>,
    /// The earliest time that is proved.
    pub(super) signed_at: Option<String>,
    pub(super) statement: Option<Statement>,
    pub(super) annotations: BTreeMap<String, String>,
}

impl Outcome {
    pub(super) fn of(trail: Trail) -> Self {
        Self { trail, signer: None, signed_at: None, statement: None, annotations: BTreeMap::new() }
    }

    /// What the steps come to. A question that nobody reached is as open as one that nobody can answer.
    pub(super) fn standing(&self) -> Standing {
        let any = |wanted: StepStatus| self.trail.steps.iter().any(|(_, status, ..)| *status == wanted);
        if any(StepStatus::Failed) {
            Standing::Rejected
        } else if any(StepStatus::Unknown) || any(StepStatus::NotReached) || !any(StepStatus::Passed) {
            Standing::Unknown
        } else {
            Standing::Verified
        }
    }

    /// Only of what holds is told whose it is, when, and what it states.
    pub(super) fn into_verification(
        self,
        format: SignatureFormat,
        source: &str,
        digest: Digest,
        subject: Digest,
    ) -> Verification {
        let standing = self.standing();
        let holds = standing == Standing::Verified;
        let step = |(question, status, detail, advice): (Question, StepStatus, String, Option<String>)| Step {
            name: question.name().to_owned(),
            status,
            detail: plain(&detail),
            advice: advice.as_deref().map(plain),
        };
        Verification {
            format,
            source: source.to_owned(),
            digest,
            subject,
            standing,
            signer: self.signer.filter(|_| holds),
            signed_at: self.signed_at.filter(|_| holds),
            statement: self.statement.filter(|_| holds),
            annotations: if holds { self.annotations } else { BTreeMap::new() },
            steps: self.trail.steps.into_iter().map(step).collect(),
        }
    }
}

/// Without control characters, which would speak to a terminal, and not longer than a reader bears.
pub(super) fn plain(text: &str) -> String {
    let mut plain: String = text.chars().take(MAX_TEXT).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        plain.push('…');
    }
    plain
}
