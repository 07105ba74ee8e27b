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

#[test]
fn mistakes_are_told_with_the_way_out() {
    let rules = |text: &str| format!("version: 1\nrules:\n- {{id: a, {text}}}\n");
    let exceptions = |text: &str| {
        format!("version: 1\nrules:\n- {{id: a, malware: {{}}}}\n- {{id: b, malware: {{}}}}\nexceptions:\n- {text}\n")
    };
    let good = "rule: a, subjects: ['**'], covers: [X-1], reason: r, owner: o, expires: 2027-01-01";
    assert_eq!(told(&exceptions(&format!("{{{good}}}"))), [""; 0]);
    for (text, expect) in [
        (String::new(), "1:1: the policy is empty: `boltseal gate init` writes one to begin with"),
        ("- a\n".to_owned(), "1:1: a policy is a mapping that begins with `version: 1`"),
        ("rules: []\n".to_owned(), "1:1: `version` is missing: write `version: 1`"),
        ("version: 1\n---\nversion: 1\n".to_owned(), "3:1: a policy is one document: remove what follows `---`"),
        ("version: 1\nversion: 1\n".to_owned(), "1:1: `version` stands twice here: remove one"),
        ("version: 1\nrules: {}\n".to_owned(), "2:8: `rules` is a list: begin each item with `- `"),
        ("version: 1\nrules: [a]\n".to_owned(), "2:9: a rule is a mapping: `- id: …` and what it asks"),
        (
            "version: 1\nprofile: strikt\n".to_owned(),
            "2:10: `strikt` is not a value that is known here: did you mean `strict`?",
        ),
        ("version: 1\nrules: [\n".to_owned(), "2:8: not YAML: `[` opens here and is not closed: add `]`"),
        (rules("malwar: {}"), "3:11: `malwar` is not a key of a rule: did you mean `malware`?"),
        (rules("malware: {}, malware: {}"), "3:11: `malware` stands twice here: remove one"),
        (rules("vulnerabilities: {max: -1}"), "3:34: this is the number -1, wanted is a whole number from 0 on"),
        (rules("vulnerabilities: {epss: 1.5}"), "3:35: `epss` is a probability: write a number from 0 to 1"),
        (rules("vulnerabilities: {kev: maybe}"), "3:34: this is the text `maybe`, wanted is `true` or `false`"),
        (rules("vulnerabilities: [critical]"), "3:28: this is a list, wanted is a mapping"),
        (
            rules("vulnerabilities: {unrated: low}"),
            "3:38: `unrated` says nothing without `severity`: add that, or remove it",
        ),
        (
            rules("vulnerabilities: {fixed_for: 1d}"),
            "3:29: `fixed_for` is not a key that is known here: did you mean `fixed-for`?",
        ),
        (rules("posture: {checks: [BS-X999]}"), "3:30: `BS-X999` is no check: docs/rules lists them"),
        (rules("licenses: {}"), "3:11: this asks nothing: add `allow` or `deny`"),
        (rules("licenses: {allow: [MITT]}"), "3:30: `MITT` is no licence of the SPDX list: did you mean `MIT`?"),
        (rules("licenses: {read-as: {x: y z}, deny: [MIT]}"), "3:35: `y z` is no SPDX expression"),
        (rules("database: {}"), "3:11: this asks nothing: add `max-age`, `feeds` or `complete: true`"),
        (
            rules("secrets: {except-checks: [BS-I001]}"),
            "3:37: `BS-I001` is none of the checks for secrets, as `BS-I004` is",
        ),
        (rules("expression: 'findings.all(f,'"), "3:23: not CEL at line 1, column "),
        (
            rules("expression: finding.size() > 0"),
            "3:23: `finding` is not a variable that is known here: did you mean `findings`?",
        ),
        (
            rules("expression: findings.sizes() > 0"),
            "3:23: `sizes` is not a function that is known here: did you mean `size`?",
        ),
        (
            rules("expression: {holds: 'true', massage: x}"),
            "3:39: `massage` is not a key that is known here: did you mean `message`?",
        ),
        (
            rules("expression: 'findings.all(a, findings.all(b, findings.all(c, findings.all(d, true))))'"),
            "3:23: more than 3 of `all`, `exists`, `map`, … within each other",
        ),
        (rules("malware: {}, subjects: []"), "3:24: `subjects` is empty: name repositories or digests, or remove it"),
        (rules("malware: {}, subjects: 'x.example/**'"), "3:34: `subjects` is a list: begin each item with `- `"),
        (rules("malware: {}, subjects: ['x.example/a:1']"), "3:35: `x.example/a:1` names a tag, "),
        (
            exceptions(&format!("{{{}}}", good.replace("rule: a", "rule: c"))),
            "6:10: no rule is called `c`: did you mean `a`?",
        ),
        (exceptions(&format!("{{{}}}", good.replace("owner: o", "owner: ''"))), "6:57: `owner` says nothing"),
        (exceptions(&format!("{{{}}}", good.replace("2027-01-01", "2027-02-30"))), "6:76: `2027-02-30` is not a day"),
        (exceptions(&format!("{{{}}}", good.replace("[X-1]", "[]"))), "6:31: `covers` names nothing: "),
        (
            exceptions(&format!("{{{}}}", good.replace("rule: a", "rule: '*'").replace("X-1", "'*'"))),
            "6:10: this would allow whatever there is: name the rule, or what is covered",
        ),
        ("version: 1\nkeys: {a: {file: a.pub}}\n".to_owned(), "2:18: `a.pub` cannot be read: no file can be read here"),
        (
            "version: 1\nkeys: {a: x}\n".to_owned(),
            "2:11: `a` is not a public key: it has no `-----BEGIN PUBLIC KEY-----`",
        ),
        ("version: 1\nkeys: {a: {file: a.pub, pem: x}}\n".to_owned(), "2:12: write either `file` or `pem` here"),
        ("version: 1\nbases: [{name: a}]\n".to_owned(), "2:9: `diff-ids` is missing here"),
    ] {
        let told = told(&text);
        assert!(told.first().is_some_and(|told| told.starts_with(expect)), "{expect}\n{told:#?}\n{text}");
    }
    for key in ["subjects", "covers", "reason", "owner", "expires", "rule"] {
        let without: Vec<&str> = good.split(", ").filter(|part| !part.starts_with(key)).collect();
        let told = told(&exceptions(&format!("{{{}}}", without.join(", "))));
        assert!(told[0].starts_with(&format!("6:4: `{key}` is missing: ")), "{told:?}");
    }
}

#[test]
fn what_blows_up_is_refused() {
    let deep = format!("version: 1\nname: {}{}\n", "[".repeat(100), "]".repeat(100));
    assert!(told(&deep)[0].contains("nested more than"));
    let mut bomb = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        bomb += &format!("a{level}: &a{level} [{}]\n", format!("*a{}, ", level - 1).repeat(10));
    }
    assert!(!told(&bomb).is_empty());
    let large = format!("version: 1\nname: {}\n", "x".repeat(2 << 20));
    assert!(told(&large)[0].contains("larger than"));
    assert_eq!(told("version: 1\n\u{0}")[0], "1:1: line 2: a NUL byte: this is a binary file");
    let many = format!("version: 1\n{}", "x: 1\n".repeat(5_000).replace("x:", "y:"));
    assert!(told(&many).len() <= 50);
}

#[test]
fn private_keys_are_never_repeated() {
    let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n";
    let files = |_: &str| -> Result<Vec<u8>, String> { Ok(key.as_bytes().to_vec()) };
    let errors = Policy::parse("policy.yaml", b"version: 1\nkeys: {a: {file: a.key}}\n", &files).unwrap_err();
    assert!(errors[0].message.contains("it is a private key"), "{}", errors[0]);
    assert!(!errors[0].to_string().contains("c2Vj"));
}

#[test]
fn a_rule_changes_one_of_the_profile_or_takes_its_place() {
    let text =
        "version: 1\nprofile: baseline\nrules:\n- {id: not-root, mode: enforce}\n- {id: no-malware, secrets: {}}\n";
    let policy = Policy::parse("policy.yaml", text.as_bytes(), &NoFiles).unwrap();
    let rule = |id: &str| policy.rules.iter().find(|rule| rule.id == id).unwrap();
    assert_eq!(rule("not-root").mode, boltseal_evidence::Mode::Enforce);
    assert_eq!(rule("not-root").ask.kind(), "posture");
    assert_eq!(rule("not-root").source, "profile baseline, changed in policy.yaml:4");
    assert_eq!((rule("no-malware").ask.kind(), rule("no-malware").source.as_str()), ("secrets", "policy.yaml:5"));
    assert!(rule("no-malware").description.is_none());
    assert!(policy.rules.iter().position(|rule| rule.id == "no-malware") < Some(4));
}
