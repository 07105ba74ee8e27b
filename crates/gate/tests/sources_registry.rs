//! Which registry and repository an image may come from.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_gate::Evidence;
use support::*;

fn from(repository: &str) -> Evidence {
    let mut evidence = evidence();
    evidence.subject.repository = Some(repository.to_owned());
    evidence
}

#[test]
fn patterns_mean_what_they_say_and_hosts_are_whole() {
    for (pattern, repository, allowed) in [
        ("ghcr.io/example/app", "ghcr.io/example/app", true),
        ("ghcr.io/example/app", "ghcr.io/example/app2", false),
        ("ghcr.io/example/app", "ghcr.io/example/app/sub", false),
        ("ghcr.io/example/app", "GHCR.IO/example/app", true),
        ("GHCR.io/example/app", "ghcr.io/example/app", true),
        ("ghcr.io/example/*", "ghcr.io/example/app", true),
        ("ghcr.io/example/*", "ghcr.io/example/app/sub", false),
        ("ghcr.io/example/a*p", "ghcr.io/example/abcp", true),
        ("ghcr.io/example/a*p", "ghcr.io/example/abcd", false),
        ("ghcr.io/example/**", "ghcr.io/example/app/sub", true),
        ("ghcr.io/example/**", "ghcr.io/example", false),
        ("ghcr.io/example/**", "ghcr.io/example2/app", false),
        ("ghcr.io/**/app", "ghcr.io/a/b/app", true),
        ("ghcr.io/example/**", "ghcr.io.evil.example/example/app", false),
        ("ghcr.io/example/**", "evil.example/ghcr.io/example/app", false),
        ("ghcr.io/example/**", "xghcr.io/example/app", false),
        ("ghcr.io/example/**", "ghcr.io:5000/example/app", false),
        ("ghcr.io/example/**", "ghcr.io:443/example/app", true),
        ("registry.example:5000/**", "registry.example:5000/app", true),
        ("registry.example:5000/**", "registry.example/app", false),
        ("registry.example:5000/**", "registry.example:50001/app", false),
        ("localhost/app", "localhost/app", true),
        ("*.registry.example/**", "eu.registry.example/app", true),
        ("*.registry.example/**", "a.eu.registry.example/app", true),
        ("*.registry.example/**", "registry.example/app", false),
        ("*.registry.example/**", "evilregistry.example/app", false),
        ("*.registry.example/**", "eu.registry.example.evil.example/app", false),
        ("*/example/app", "ghcr.io/example/app", true),
        ("**", "anything.example/at/all", true),
        ("debian", "docker.io/library/debian", true),
        ("debian", "index.docker.io/library/debian", true),
        ("docker.io/library/*", "debian", true),
        ("docker.io/library/*", "docker.io/debian", true),
        ("docker.io/library/*", "docker.io/evil/debian", false),
        ("docker.io/library/*", "registry-1.docker.io/library/debian", true),
        ("docker.io/library/*", "evil.example/library/debian", false),
        ("example/app", "docker.io/example/app", true),
        ("example/app", "ghcr.io/example/app", false),
        ("'[::1]:5000/app'", "[::1]:5000/app", true),
    ] {
        let outcome = if allowed { Passed } else { Failed };
        check(&format!("source: {{allow: [\"{}\"]}}", pattern.trim_matches('\'')), &from(repository), outcome, "");
    }
}

#[test]
fn what_is_no_repository_is_never_allowed_nor_slips_past_a_denial() {
    for repository in [
        "ghcr.io@evil.example/example/app",
        "ghcr.\u{456}o/example/app",
        "ghcr.io\u{ff0f}example/app",
        "ghcr.io/example/\u{430}pp",
        "ghcr.io/example/app:1",
        "ghcr.io/example/app@sha256:00",
        "ghcr.io/example//app",
        "ghcr.io/../example/app",
        "ghcr.io/Example/app",
        "ghcr.io:/example/app",
        "ghcr.io:99999/example/app",
        "ghcr.io:+80/example/app",
        "ghcr.io./example/app",
        "-ghcr.io/example/app",
        "[::1/example/app",
        "https://ghcr.io/example/app",
        "ghcr.io/example/app\n",
        "ghcr.io/",
        "",
    ] {
        check("source: {allow: ['**']}", &from(repository), Failed, "is no repository");
        check("source: {deny: [evil.example/app]}", &from(repository), Failed, "is no repository");
    }
    check("source: {allow: ['**']}", &from(&format!("ghcr.io/{}", "a/".repeat(4000))), Failed, "too long");
}

#[test]
fn denial_goes_before_permission() {
    let ask = "source: {allow: ['ghcr.io/example/**'], deny: ['ghcr.io/example/sandbox/**']}";
    check(ask, &from("ghcr.io/example/app"), Passed, "`ghcr.io/example/app` is allowed by `ghcr.io/example/**`");
    check(ask, &from("ghcr.io/example/sandbox/app"), Failed, "is denied by `ghcr.io/example/sandbox/**`");
    let only = "source: {deny: ['docker.io/**']}";
    check(only, &from("ghcr.io/example/app"), Passed, "");
    for repository in ["docker.io/library/debian", "debian", "INDEX.docker.io/library/debian", "docker.io:443/a/b"] {
        check(only, &from(repository), Failed, "denied");
    }
}

#[test]
fn archives_and_folders_come_from_no_repository() {
    let mut archive = evidence();
    archive.subject.repository = None;
    for ask in ["source: {allow: ['**']}", "source: {deny: [debian]}", "source: {pinned: true}"] {
        check(ask, &archive, Unknown, "an archive or a folder");
    }
}

#[test]
fn a_tag_is_not_a_digest() {
    let ask = "source: {pinned: true}";
    check(ask, &evidence(), Passed, "names the digest");
    let mut tagged = evidence();
    tagged.subject.tag = Some("latest".to_owned());
    check(ask, &tagged, Failed, "names the tag `latest`");
    assert!(result(ask, &tagged).advice.unwrap().contains(&format!("@{}", subject())));
}

#[test]
fn patterns_that_nothing_can_match_are_refused() {
    for (ask, told) in [
        ("source: {}", "nothing is asked"),
        ("source: {allow: []}", "`allow` is empty"),
        ("source: {allow: [ghcr.io/Example/app]}", "can be no name"),
        ("source: {allow: ['ghcr.io/example/app:1']}", "tags are not part of it"),
        ("source: {allow: ['ghcr.io/example/app@sha256:00']}", "names a digest"),
        ("source: {allow: ['ghcr.io/exa**']}", "stands alone between slashes"),
        ("source: {allow: ['ghcr.*/example']}", "no host"),
        ("source: {allow: ['gh*.io/example']}", "no host"),
        ("source: {allow: ['*.*.io/example']}", "no pattern of a host"),
        ("source: {allow: ['*evil.example/a']}", "no pattern of a host"),
        ("source: {allow: ['g\u{4bb}cr.io/example']}", "look like others"),
        ("source: {allow: [ghcr.io/]}", "can be no name"),
        ("source: {allow: ['https://ghcr.io/example']}", ""),
        ("source: {alow: [a]}", "did you mean `allow`?"),
    ] {
        let mistake = mistake(ask);
        assert!(mistake.contains(told), "{ask}\nwanted: {told}\ntold: {mistake}");
    }
}
