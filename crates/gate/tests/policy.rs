//! Policies as people write them, and the mistakes in them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use boltseal_gate::{NoFiles, Policy, PolicyError, Profile};

fn errors(text: &str) -> Vec<PolicyError> {
    Policy::parse("policy.yaml", text.as_bytes(), &NoFiles).err().unwrap_or_default()
}

/// The place and the message of each mistake.
fn told(text: &str) -> Vec<String> {
    errors(text).into_iter().map(|error| format!("{}:{}: {}", error.line, error.column, error.message)).collect()
}

#[test]
fn a_mistake_is_underlined_where_it_is() {
    let text = "version: 1\nrules:\n- id: a\n  vulnerabilities: {severity: critcal}\n";
    assert_eq!(
        errors(text)[0].to_string(),
        "policy.yaml:4:31: `critcal` is not a value that is known here: did you mean `critical`?\n\
         \x20 |\n\
         4 |   vulnerabilities: {severity: critcal}\n\
         \x20 |                               ^^^^^^^"
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = "\
version: 2
nmae: x
rules:
- id: a
  vulnerabilities: {severity: 7, max: many, sevrity: high}
- id: a
  vulnerabilities: {}
- id: b
  mode: block
- id: c
  posture: {}
  vulnerabilities: {}
- id: d d
  posture: {}
- id: e
  vulnerabilities: {epss: 2, fixed-for: 14}
  subjects: [debian]
- vulnerabilities: {}
exceptions:
- rule: f
  covers: [CVE-1]
  expires: tomorrow
";
    let mut told = told(text);
    assert!(told.remove(4).starts_with("8:3: the rule asks nothing: add `vulnerabilities`"));
    assert_eq!(
        told,
        [
            "1:10: this version is not known here: write `version: 1`",
            "2:1: `nmae` is not a key of a policy: did you mean `name`?",
            "5:31: `7` is not a value that is known here: write `unknown`, `negligible`, `low`, `medium`, `high` or `critical`",
            "6:7: the rule in line 4 is called `a` too: an id stands once",
            "9:9: `block` is not a value that is known here: write `enforce` or `warn`",
            "11:3: a rule asks one thing: write a rule of its own for this",
            "13:7: an id is made of letters, digits, `-`, `_` and `.`, at most 100 of them",
            "16:41: `14` is not a length of time: write a whole number and `h`, `d` or `w`, as in `14d`",
            "17:14: `debian` names no registry: write it out, as in `docker.io/library/debian` or `ghcr.io/example/**`, or \
         `**` for everything",
            "18:3: `id` is missing: name the rule, so that reports and exceptions can",
            "20:3: `reason` is missing: say why the rule need not hold",
            "20:3: `owner` is missing: name who answers for it",
            "20:3: `subjects` is missing: name the repositories or digests it is for; `[\"**\"]` is all of them",
            "20:9: no rule is called `f`: correct or remove the exception",
            "22:12: `tomorrow` is not a day: write `YYYY-MM-DD`",
        ]
    );
}

#[test]
fn profiles_are_policies() {
    for profile in Profile::ALL {
        let text = format!("version: 1\nprofile: {}\n", profile.name());
        let policy = Policy::parse("policy.yaml", text.as_bytes(), &NoFiles)
            .unwrap_or_else(|errors| panic!("{}: {}", profile.name(), errors[0]));
        assert!(!policy.rules.is_empty());
    }
}
