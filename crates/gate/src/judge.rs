//! From policy and evidence to the verdict.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::{Decision, Mode, PolicyInfo, Problem, Reason, RuleOutcome, RuleResult, Tool, Verdict};

use crate::answer::{Answer, Finished};
use crate::ask::Case;
use crate::policy::{DAY, Meant, Profile, Rule, Target, day, seconds};
use crate::waiver::Waivers;
use crate::{Evidence, Exception, OnUnknown, Policy};

/// An exception that ends within this many days is told.
const SOON: i64 = 14;

/// Judges. Total: every rule of the policy has a result in the verdict, and the same policy and evidence give the same
/// bytes.
pub fn judge(policy: &Policy, evidence: &Evidence, tool: &Tool) -> Verdict {
    let now = seconds(&evidence.now).filter(|_| evidence.now.len() > 10);
    let today = now.map(day).unwrap_or_default();
    let mut problems = evidence.problems.clone();
    let mut counted = Vec::new();
    let mut asked = false;
    let rules: Vec<RuleResult> = match now {
        Some(now) => {
            let case = Case::new(evidence, &today, now, &policy.bases);
            let mut used = BTreeSet::new();
            let target = Target::of(&evidence.subject);
            let exceptions = meant_exceptions(policy, &target);
            let mut judged = Vec::with_capacity(policy.rules.len());
            for rule in &policy.rules {
                judged.push(one(rule, &target, &exceptions, &case, &mut used));
            }
            notes(&exceptions, &case, &used, &mut problems);
            counted.extend(judged.iter().map(|judged| judged.counts));
            asked = judged.iter().any(|judged| judged.asked);
            judged.into_iter().map(|judged| judged.result).collect()
        }
        None => {
            let message = format!("the moment of judgement, `{}`, is not one of RFC 3339", evidence.now);
            policy.rules.iter().map(|rule| unknown(rule, &message)).collect()
        }
    };
    let nothing = match (policy.profile, now) {
        (Some(Profile::Observe), Some(_)) => Decision::Allowed,
        _ => Decision::Undecided,
    };
    let mut decision = counted.iter().copied().max().unwrap_or(nothing);
    // Where nothing is asked for sure, nothing speaks for the subject.
    if !asked && now.is_some() && policy.profile != Some(Profile::Observe) {
        decision = decision.max(Decision::Undecided);
        problems.push(Problem::general(if rules.is_empty() {
            "the policy asks nothing: add rules, or a profile"
        } else {
            "no rule of the policy is surely meant for this subject: add one that is"
        }));
    }
    Verdict {
        schema: 1,
        tool: tool.clone(),
        decision,
        subject: evidence.subject.clone(),
        policy: PolicyInfo { name: policy.name.clone(), digest: policy.digest.clone() },
        day: today,
        database: evidence.own_report().ok().map(|report| report.database.digest.clone()),
        rules,
        problems,
    }
}

/// What a rule says, and what it does to the decision.
struct Judged {
    result: RuleResult,
    counts: Decision,
    /// The rule is meant for the subject for sure.
    asked: bool,
}

/// The exceptions that are meant for the subject, by the rule that they name, each with its place in the policy.
type Exceptions<'p> = BTreeMap<&'p str, Vec<(usize, &'p Exception)>>;

fn meant_exceptions<'p>(policy: &'p Policy, target: &Target<'_>) -> Exceptions<'p> {
    let mut exceptions = Exceptions::new();
    for (place, exception) in policy.exceptions.iter().enumerate() {
        if exception.subjects.meant(target) == Meant::Yes {
            exceptions.entry(&exception.rule).or_default().push((place, exception));
        }
    }
    exceptions
}

fn one(
    rule: &Rule,
    target: &Target<'_>,
    exceptions: &Exceptions<'_>,
    case: &Case<'_>,
    used: &mut BTreeSet<usize>,
) -> Judged {
    let meant = meant(rule, target);
    let mut result = blank(rule);
    if meant == Meant::No {
        return Judged { result, counts: Decision::Allowed, asked: false };
    }
    let mut waivers = Waivers::default();
    for named in [rule.id.as_str(), "*"] {
        for (place, exception) in exceptions.get(named).into_iter().flatten() {
            waivers.add(*place, exception, case.day);
        }
    }
    let mut answer = Answer::new(waivers);
    rule.ask.judge(case, &mut answer);
    let Finished { mut outcome, mut reasons, omitted, advice, waivers } = answer.finish();
    used.extend(waivers.places_used());
    if meant == Meant::Unknown && outcome == RuleOutcome::Failed {
        outcome = RuleOutcome::Unknown;
        reasons.insert(0, note("the subject has no repository, so whether the rule is meant for it is not known"));
    }
    if outcome == RuleOutcome::Unknown {
        match rule.on_unknown {
            OnUnknown::Undecided => {}
            OnUnknown::Deny => {
                outcome = RuleOutcome::Failed;
                reasons.push(note("what is not known breaks this rule (`unknown: deny`)"));
            }
            OnUnknown::Allow => reasons.push(note("what is not known does not count here (`unknown: allow`)")),
        }
    }
    let counts = match (rule.mode, outcome) {
        (Mode::Enforce, RuleOutcome::Failed) => Decision::Denied,
        (Mode::Enforce, RuleOutcome::Unknown) if rule.on_unknown != OnUnknown::Allow => Decision::Undecided,
        _ => Decision::Allowed,
    };
    result.outcome = outcome;
    result.reasons = reasons;
    result.omitted = omitted;
    result.advice = advice;
    Judged { result, counts, asked: meant == Meant::Yes }
}

/// Whether a rule is meant for the subject.
fn meant(rule: &Rule, target: &Target<'_>) -> Meant {
    let included = if rule.subjects.is_empty() { Meant::Yes } else { rule.subjects.meant(target) };
    match (included, rule.except_subjects.meant(target)) {
        (Meant::No, _) | (_, Meant::Yes) => Meant::No,
        (Meant::Yes, Meant::No) => Meant::Yes,
        (_, _) => Meant::Unknown,
    }
}

fn blank(rule: &Rule) -> RuleResult {
    RuleResult {
        rule: rule.id.clone(),
        asks: rule.description.clone().unwrap_or_else(|| rule.ask.asks()),
        source: rule.source.clone(),
        mode: rule.mode,
        outcome: RuleOutcome::NotApplicable,
        reasons: Vec::new(),
        omitted: 0,
        advice: None,
    }
}

fn unknown(rule: &Rule, message: &str) -> RuleResult {
    RuleResult { outcome: RuleOutcome::Unknown, reasons: vec![note(message)], ..blank(rule) }
}

fn note(message: &str) -> Reason {
    Reason { message: message.to_owned(), about: None, evidence: None, exception: None }
}

/// Exceptions that end soon, and those that cover nothing.
fn notes(exceptions: &Exceptions<'_>, case: &Case<'_>, used: &BTreeSet<usize>, problems: &mut Vec<Problem>) {
    let mut exceptions: Vec<&(usize, &Exception)> = exceptions.values().flatten().collect();
    exceptions.sort_by_key(|(place, _)| *place);
    for (place, exception) in exceptions {
        let (rule, expires) = (&exception.rule, &exception.expires);
        let ended = expires.as_str() < case.day;
        let left = seconds(expires).map_or(i64::MAX, |last| (last - case.now).div_euclid(DAY) + 1);
        let message = if ended {
            format!("the exception from `{rule}` ended on {expires} and no longer counts: mend it, or set a new day")
        } else if !used.contains(place) {
            format!("the exception from `{rule}` covers nothing here: remove or correct it")
        } else if left <= SOON {
            format!("the exception from `{rule}` ends on {expires}")
        } else {
            continue;
        };
        problems.push(Problem::at(&exception.source, message));
    }
}
