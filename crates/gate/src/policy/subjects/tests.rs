//! What patterns match, and what they must not.

use boltseal_evidence::{Digest, JudgedSubject};
use proptest::prelude::*;

use super::*;

fn subject(repository: Option<&str>) -> JudgedSubject {
    JudgedSubject {
        digest: Digest::sha256_of(b"manifest"),
        manifest: None,
        configuration: Some(Digest::sha256_of(b"configuration")),
        repository: repository.map(str::to_owned),
        tag: Some("1.0".to_owned()),
    }
}

fn meant(pattern: &str, repository: &str) -> Meant {
    let mut subjects = Subjects::default();
    subjects.add(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    subjects.meant(&Target::of(&subject(Some(repository))))
}

#[test]
fn patterns_match_as_people_expect() {
    for (pattern, repository, expect) in [
        ("ghcr.io/example/app", "ghcr.io/example/app", true),
        ("ghcr.io/example/app", "ghcr.io/example/apple", false),
        ("ghcr.io/example/app", "ghcr.io/example/app/x", false),
        ("ghcr.io/example/app", "ghcr.io.evil.example/example/app", false),
        ("ghcr.io/example/app", "evil.example/ghcr.io/example/app", false),
        ("ghcr.io/example/*", "ghcr.io/example/app", true),
        ("ghcr.io/example/*", "ghcr.io/example/team/app", false),
        ("ghcr.io/example/*", "ghcr.io/example", false),
        ("ghcr.io/example/**", "ghcr.io/example/app", true),
        ("ghcr.io/example/**", "ghcr.io/example/team/app", true),
        ("ghcr.io/example/**", "ghcr.io/example", false),
        ("ghcr.io/example/**", "ghcr.io/example-evil/app", false),
        ("ghcr.io/**", "ghcr.io/a", true),
        ("ghcr.io/**/app", "ghcr.io/app", true),
        ("ghcr.io/**/app", "ghcr.io/a/b/app", true),
        ("ghcr.io/**/app", "ghcr.io/a/b/app/c", false),
        ("ghcr.io/**/**", "ghcr.io/a", true),
        ("ghcr.io/example/app-*", "ghcr.io/example/app-", true),
        ("ghcr.io/example/*-app-*", "ghcr.io/example/x-app-y", true),
        ("ghcr.io/example/a*a", "ghcr.io/example/a", false),
        ("ghcr.io/example/a*b*a", "ghcr.io/example/aba", true),
        ("registry.example:5000/app", "registry.example:5000/app", true),
        ("registry.example:5000/app", "registry.example/app", false),
        ("**", "anything.example/at/all", true),
        // The same registry, spelt otherwise.
        ("ghcr.io/example/app", "GHCR.io/example/app", true),
        ("ghcr.io/example/app", "ghcr.io:443/example/app", true),
        ("ghcr.io/example/app", "ghcr.io./example/app", true),
        ("ghcr.io:443/example/app", "ghcr.io/example/app", true),
        ("docker.io/library/debian", "index.docker.io/library/debian", true),
    ] {
        let expect = if expect { Meant::Yes } else { Meant::No };
        assert_eq!(meant(pattern, repository), expect, "{pattern} {repository}");
    }
}

#[test]
fn digests_match_the_manifest_and_the_configuration() {
    for (content, expect) in [(&b"manifest"[..], Meant::Yes), (b"configuration", Meant::Yes), (b"other", Meant::No)] {
        let mut subjects = Subjects::default();
        subjects.add(&Digest::sha256_of(content).to_string()).unwrap();
        assert_eq!(subjects.meant(&Target::of(&subject(None))), expect);
    }
}

#[test]
fn a_subject_without_a_repository_is_neither_meant_nor_not() {
    let mut subjects = Subjects::default();
    subjects.add("ghcr.io/example/**").unwrap();
    assert_eq!(subjects.meant(&Target::of(&subject(None))), Meant::Unknown);
    subjects.add("**").unwrap();
    assert_eq!(subjects.meant(&Target::of(&subject(None))), Meant::Yes);
}

#[test]
fn patterns_that_leave_the_registry_open_or_mean_tags_are_refused() {
    for (pattern, expect) in [
        ("", "names no registry"),
        ("debian", "names no registry"),
        ("example/app", "names no registry"),
        ("*/app", "names no registry"),
        ("*.example/app", "names no registry"),
        ("**/app", "names no registry"),
        ("ghcr.io", "names a registry alone"),
        ("ghcr.io/", "names a registry alone"),
        ("ghcr.io/example/app:1.0", "names a tag"),
        ("ghcr.io/example/App", "has capitals"),
        ("ghcr.io/example//app", "cannot be a part"),
        ("ghcr.io/example/../app", "cannot be a part"),
        ("ghcr.io/example/a**b", "within a name"),
        ("ghcr.io/example/app@sha256:00", "write the digest alone"),
        ("sha256:00", "is not a digest"),
        ("ghcr.io/exämple/app", "cannot be a part"),
    ] {
        let error = Subjects::default().add(pattern).unwrap_err();
        assert!(error.contains(expect), "{pattern}: {error}");
    }
}

/// The same meaning by an expression that somebody else matches.
fn as_regex(pattern: &str) -> regex::Regex {
    let (registry, rest) = pattern.split_once('/').unwrap();
    let parts: Vec<&str> = rest.split('/').collect();
    let mut expression = format!("^{}", regex::escape(registry));
    for (number, part) in parts.iter().enumerate() {
        expression += &match *part {
            "**" if number + 1 == parts.len() => "(?:/[^/]+)+".to_owned(),
            "**" => "(?:/[^/]+)*".to_owned(),
            part if part.chars().all(|each| each == '*') => "/[^/]+".to_owned(),
            part => format!("/{}", part.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*")),
        };
    }
    regex::Regex::new(&(expression + "$")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn patterns_mean_what_an_expression_of_the_same_meaning_does(
        parts in prop::collection::vec("\\*\\*|[ab*]{1,4}", 1..4),
        names in prop::collection::vec("[ab]{1,4}", 1..5),
    ) {
        let pattern = format!("r.example/{}", parts.join("/"));
        prop_assume!(parts.iter().all(|part| part == "**" || !part.contains("**")));
        let repository = format!("r.example/{}", names.join("/"));
        let expect = as_regex(&pattern).is_match(&repository);
        prop_assert_eq!(meant(&pattern, &repository) == Meant::Yes, expect, "{} {}", pattern, repository);
    }

    #[test]
    fn no_pattern_of_one_registry_matches_another(
        pattern in "r\\.example(:[0-9]{1,4})?(/[a-z*]{1,3}){1,3}(/\\*\\*)?",
        registry in "([a-z]{1,3}\\.)?r\\.exampl(e|f)(\\.[a-z]{2})?(:[0-9]{1,4})?",
        rest in "(/[a-z.]{1,3}){1,4}",
    ) {
        let mut subjects = Subjects::default();
        prop_assume!(subjects.add(&pattern).is_ok());
        let wanted = pattern.split('/').next().unwrap_or_default();
        if subjects.meant(&Target::of(&subject(Some(&format!("{registry}{rest}"))))) == Meant::Yes {
            prop_assert_eq!(wanted.trim_end_matches(":443"), registry.trim_end_matches(":443"));
        }
    }

    #[test]
    fn any_text_is_read_or_refused_and_matched(pattern in "\\PC{0,40}", repository in "\\PC{0,40}") {
        let mut subjects = Subjects::default();
        if subjects.add(&pattern).is_ok() {
            let _ = subjects.meant(&Target::of(&subject(Some(&repository))));
        }
    }
}
