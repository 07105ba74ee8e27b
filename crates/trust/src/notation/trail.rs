//! The questions that are asked of a Notary Project signature, in order, and the answers.

use boltseal_evidence::{Standing, Step, StepStatus};

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    /// It is one envelope, within bounds.
    Envelope,
    /// What is signed along with the payload is complete, known and marked as the specification says.
    Attributes,
    /// The certificates are such as may sign code, in order, each issued by the next.
    Chain,
    /// The signature is of the leaf's key.
    Signature,
    /// The payload is about the subject.
    Artifact,
    /// A statement of the trust policy is for this repository.
    Policy,
    /// A certificate of the chain is in a trust store of that statement.
    Store,
    /// The leaf's subject is one that the statement trusts.
    Identity,
    /// The certificates were valid when it was signed.
    Timestamp,
    /// The signer's own "best by" is not over.
    Expiry,
    /// No certificate was revoked.
    Revocation,
}

use Question::{
    Artifact, Attributes, Chain, Envelope, Expiry, Identity, Policy, Revocation, Signature, Store, Timestamp,
};

impl Question {
    const ALL: [Self; 11] =
        [Envelope, Attributes, Chain, Signature, Artifact, Policy, Store, Identity, Timestamp, Expiry, Revocation];

    fn name(self) -> &'static str {
        match self {
            Envelope => "envelope",
            Attributes => "signed attributes",
            Chain => "certificate chain",
            Signature => "signature",
            Artifact => "artifact",
            Policy => "trust policy",
            Store => "trust store",
            Identity => "trusted identity",
            Timestamp => "authentic timestamp",
            Expiry => "expiry",
            Revocation => "revocation",
        }
    }
}

/// An answer: what was checked against what, and the way out where it did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: StepStatus,
    pub(super) detail: String,
    pub(super) advice: Option<String>,
}

impl Answer {
    pub(super) fn passed(detail: impl Into<String>) -> Self {
        Self { status: StepStatus::Passed, detail: detail.into(), advice: None }
    }

    pub(super) fn failed(detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status: StepStatus::Failed, detail: detail.into(), advice: Some(advice.into()) }
    }

    pub(super) fn unknown(detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status: StepStatus::Unknown, detail: detail.into(), advice: Some(advice.into()) }
    }

    pub(super) fn not_asked(detail: impl Into<String>) -> Self {
        Self { status: StepStatus::NotAsked, detail: detail.into(), advice: None }
    }

    pub(super) fn holds(&self) -> bool {
        matches!(self.status, StepStatus::Passed | StepStatus::NotAsked)
    }
}

/// The answers so far.
#[derive(Debug, Default)]
pub(super) struct Trail {
    answers: Vec<(Question, Answer)>,
}

impl Trail {
    /// Notes an answer and tells whether it holds.
    pub(super) fn note(&mut self, question: Question, mut answer: Answer) -> bool {
        let holds = answer.holds();
        answer.detail = shown(&answer.detail);
        self.answers.push((question, answer));
        holds
    }

    /// Every question, those without an answer as not reached.
    pub(super) fn steps(self) -> Vec<Step> {
        let mut answers = self.answers;
        Question::ALL
            .into_iter()
            .map(|question| {
                let at = answers.iter().position(|(asked, _)| *asked == question);
                let answer = at.map(|at| answers.swap_remove(at).1).unwrap_or(Answer {
                    status: StepStatus::NotReached,
                    detail: "a step before it ended the verification".to_owned(),
                    advice: None,
                });
                Step {
                    name: question.name().to_owned(),
                    status: answer.status,
                    detail: answer.detail,
                    advice: answer.advice,
                }
            })
            .collect()
    }
}

/// The most characters of a detail.
const MOST_SHOWN: usize = 600;

/// A detail as a terminal may have it: what a stranger wrote is in it.
fn shown(detail: &str) -> String {
    let mut shown: String = detail
        .chars()
        .take(MOST_SHOWN)
        .map(|character| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character })
        .collect();
    if detail.chars().nth(MOST_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// What the answers come to. A question that nobody reached is as open as one that nobody can answer.
pub(super) fn standing(steps: &[Step]) -> Standing {
    let any = |status: &[StepStatus]| steps.iter().any(|step| status.contains(&step.status));
    if any(&[StepStatus::Failed]) {
        Standing::Rejected
    } else if any(&[StepStatus::Unknown, StepStatus::NotReached]) {
        Standing::Unknown
    } else {
        Standing::Verified
    }
}
