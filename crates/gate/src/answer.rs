//! What a rule found, before exceptions.

use boltseal_evidence::Reason;

/// Collects what one rule rests on.
#[derive(Debug, Default)]
pub struct Answer {
    pub(crate) passed: Vec<Reason>,
    pub(crate) unknown: Vec<Reason>,
    pub(crate) failed: Vec<Reason>,
    pub(crate) advice: Option<String>,
}

impl Answer {
    /// Something that speaks for the subject.
    pub fn pass(&mut self, message: impl Into<String>) -> &mut Reason {
        push(&mut self.passed, message.into())
    }

    /// Something that cannot be told, since evidence is missing.
    pub fn unknown(&mut self, message: impl Into<String>) -> &mut Reason {
        push(&mut self.unknown, message.into())
    }

    /// Something that breaks the rule. Exceptions are matched by its `about`.
    pub fn fail(&mut self, message: impl Into<String>) -> &mut Reason {
        push(&mut self.failed, message.into())
    }

    /// The way out.
    pub fn advise(&mut self, advice: impl Into<String>) {
        self.advice = Some(advice.into());
    }
}

fn push(reasons: &mut Vec<Reason>, message: String) -> &mut Reason {
    reasons.push_mut(Reason { message, about: None, evidence: None, exception: None })
}
