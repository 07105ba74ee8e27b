//! Who built an image from what: the certificate's word, the payload's, and where they differ.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_evidence::{BuildClaims, Signer, Verification};
use boltseal_gate::Evidence;
use boltseal_trust::predicate::provenance::{Given, provenance};
use serde_json::{Value, json};
use support::*;

const V1: &str = "https://slsa.dev/provenance/v1";
const V02: &str = "https://slsa.dev/provenance/v0.2";
const RELEASE: &str = "https://github.com/example/app/.github/workflows/release.yml@refs/heads/main";
const GENERATOR: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/\
                         generator_container_slsa3.yml@refs/tags/v2.1.0";
const APP: &str = "provenance: {source: 'https://github.com/example/app'}";

/// What GitHub's action attests.
fn v1(builder: &str) -> Value {
    json!({
        "buildDefinition": {
            "buildType": "https://actions.github.io/buildtypes/workflow/v1",
            "externalParameters": {"workflow": {
                "ref": "refs/heads/main",
                "repository": "https://github.com/example/app",
                "path": ".github/workflows/release.yml"
            }},
            "internalParameters": {"github": {"event_name": "push"}},
            "resolvedDependencies": [{
                "uri": "git+https://github.com/example/app@refs/heads/main",
                "digest": {"gitCommit": COMMIT}
            }]
        },
        "runDetails": {
            "builder": {"id": builder},
            "metadata": {"invocationId": "https://github.com/example/app/actions/runs/7/attempts/1"}
        }
    })
}

/// What SLSA's generator for containers attests.
fn v02(builder: &str) -> Value {
    let source = json!({
        "uri": "git+https://github.com/example/app@refs/tags/v1.2.3",
        "digest": {"sha1": COMMIT},
        "entryPoint": ".github/workflows/release.yml"
    });
    json!({
        "builder": {"id": builder},
        "buildType": "https://github.com/slsa-framework/slsa-github-generator/container@v1",
        "invocation": {"configSource": source, "parameters": {}, "environment": {"github_event_name": "push"}},
        "metadata": {"buildInvocationID": "7-1", "completeness": {"parameters": true}},
        "materials": [{"uri": "git+https://github.com/example/app@refs/tags/v1.2.3", "digest": {"sha1": COMMIT}}]
    })
}

fn generator() -> Signer {
    workflow(claims(GENERATOR, "refs/tags/v1.2.3"))
}

/// The claims of the release workflow, changed.
fn but(change: impl FnOnce(&mut BuildClaims)) -> Signer {
    let mut claims = claims(RELEASE, "refs/heads/main");
    change(&mut claims);
    workflow(claims)
}

fn of(signer: Signer, predicate: Value) -> Evidence {
    with([attestation(signer, V1, predicate)])
}

/// The usual provenance, with one value of the payload changed.
fn changed(pointer: &str, value: Value) -> Evidence {
    let mut predicate = v1(RELEASE);
    *predicate.pointer_mut(pointer).unwrap() = value;
    of(release_workflow(), predicate)
}

fn usual() -> Evidence {
    of(release_workflow(), v1(RELEASE))
}

fn tagged() -> Evidence {
    with([attestation(generator(), V02, v02(GENERATOR))])
}

#[test]
fn both_versions_of_provenance_are_read() {
    check(
        APP,
        &usual(),
        Passed,
        "built by `https://github.com/example/app/.github/workflows/release.yml@refs/heads/main`",
    );
    check(APP, &tagged(), Passed, "from `https://github.com/example/app` at `refs/tags/v1.2.3`, SLSA build level 3");
}

#[test]
fn missing_provenance_is_told_apart_from_none() {
    check(APP, &evidence(), Unknown, "attestations are not known");
    check(APP, &with([]), Failed, "there is no SLSA provenance by a known builder");
    check(APP, &with([signature(release_workflow())]), Failed, "");
    check(APP, &with([rejected(attestation(release_workflow(), V1, v1(RELEASE)))]), Failed, "does not hold");
    check(APP, &with([unchecked(attestation(release_workflow(), V1, v1(RELEASE)))]), Unknown, "no trusted root");
    let replay = Verification { subject: digest("another"), ..attestation(release_workflow(), V1, v1(RELEASE)) };
    check(APP, &with([replay]), Failed, "about another digest");
    let other = attestation(release_workflow(), "https://slsa.dev/provenance/v3", v1(RELEASE));
    check(APP, &with([other]), Failed, "there is no");
}

#[test]
fn the_source_is_the_one_in_the_certificate() {
    for source in [
        "github.com/example/app",
        "https://github.com/example/app.git/",
        "https://github.com/Example/App",
        "https://github.com/example/*",
    ] {
        check(&format!("provenance: {{source: '{source}'}}"), &usual(), Passed, "");
    }
    for source in [
        "https://github.com/example/ap",
        "https://github.com/*",
        "https://gitlab.com/example/app",
        "http://github.com/example/app",
    ] {
        check(&format!("provenance: {{source: '{source}'}}"), &usual(), Failed, "it was built from");
    }
    // Somebody else's workflow can write whatever it likes.
    let evil = |uri: &str| but(|claims| claims.source_repository_uri = Some(uri.to_owned()));
    check(APP, &of(evil("https://github.com/evil/app"), v1(RELEASE)), Failed, "the payload's source is");
    check(APP, &of(evil("https://github.com/example/app.evil.example"), v1(RELEASE)), Failed, "");
    check(APP, &of(evil("https://github.com@evil.example/example/app"), v1(RELEASE)), Failed, "");
    // A certificate that says nothing leaves the payload alone, which is nobody's word.
    check(APP, &of(but(|claims| claims.source_repository_uri = None), v1(RELEASE)), Unknown, "nobody who is believed");
}

#[test]
fn a_payload_that_contradicts_the_certificate_fails() {
    let workflow = "/buildDefinition/externalParameters/workflow";
    let dependency = "/buildDefinition/resolvedDependencies/0";
    for (evidence, told) in [
        (changed(&format!("{workflow}/repository"), json!("https://github.com/evil/app")), "the payload's source"),
        (changed(&format!("{workflow}/repository"), json!("git@github.com:example/app")), "cannot be held against"),
        (changed(&format!("{workflow}/ref"), json!("refs/heads/evil")), "the payload's reference"),
        (changed(&format!("{workflow}/path"), json!(".github/workflows/evil.yml")), "the payload's workflow"),
        (changed(&format!("{dependency}/digest/gitCommit"), json!("f".repeat(40))), "the payload's commit"),
        (changed("/runDetails/builder/id", json!(GENERATOR)), "the certificate says"),
        (changed("/runDetails/builder/id", Value::Null), "it names no builder"),
        (changed("/runDetails/builder/id", json!("")), "it names no builder"),
        (changed("/buildDefinition", json!([])), "the predicate is no"),
        (changed("/runDetails/builder", json!([RELEASE])), "the predicate is no"),
        (changed(dependency, json!(["git+https://github.com/example/app"])), "the predicate is no"),
        (changed(workflow, json!(["git+https://github.com/example/app"])), "the predicate is no"),
        (changed("/runDetails/builder/id", json!(7)), "the predicate is no"),
    ] {
        check(APP, &evidence, Failed, told);
    }
    let two = but(|claims| claims.build_signer_uri = Some(GENERATOR.to_owned()));
    let Signer::Keyless { issuer, claims, .. } = two else { panic!() };
    let torn = Signer::Keyless { identity: RELEASE.to_owned(), issuer, claims };
    check(APP, &of(torn, v1(GENERATOR)), Failed, "names two workflows");
    // Less is no contradiction.
    check(APP, &changed(&format!("{workflow}/ref"), json!("main")), Passed, "");
    check(APP, &changed("/buildDefinition/resolvedDependencies", json!([])), Passed, "");
}

#[test]
fn levels_follow_the_builder_in_the_certificate() {
    let at = |level: u8| format!("provenance: {{source: github.com/example/app, min-level: {level}}}");
    check(&at(3), &tagged(), Passed, "");
    check(&at(2), &usual(), Passed, "");
    check(&at(3), &usual(), Failed, "gives SLSA build level 2 at most, wanted is 3");
    // A generator at a branch can be anything, and so can a fork, a path that only begins so, or a pre-release.
    for name in [
        "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/heads/main",
        "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2",
        "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0-rc.1",
        "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/evil.yml@refs/tags/v2.1.0",
        "https://github.com/slsa-framework/slsa-github-generator.evil/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0",
        "https://github.com/evil/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0",
    ] {
        let evidence = with([attestation(workflow(claims(name, "refs/tags/v1.2.3")), V02, v02(name))]);
        check(&at(3), &evidence, Failed, "level 2 at most");
    }
    // Whose runner it was decides, and not knowing it is not knowing.
    let own = |runner: Option<&str>| but(|claims| claims.runner_environment = runner.map(str::to_owned));
    check(&at(2), &of(own(Some("self-hosted")), v1(RELEASE)), Failed, "level 1 at most");
    check(&at(1), &of(own(Some("self-hosted")), v1(RELEASE)), Passed, "");
    check(&at(2), &of(own(None), v1(RELEASE)), Unknown, "does not say whose runner");
    check(&at(3), &of(own(None), v1(RELEASE)), Failed, "");
    // The older name of GitHub's builder has to be that of the runner in the certificate.
    check(&at(2), &of(release_workflow(), v1("https://github.com/actions/runner/github-hosted")), Passed, "");
    check(
        &at(1),
        &of(release_workflow(), v1("https://github.com/actions/runner/self-hosted")),
        Failed,
        "certificate says",
    );
    check(&at(2), &of(release_workflow(), v1("https://github.com/example/app/actions/runs/7")), Passed, "");
    check(&at(1), &of(release_workflow(), v1("https://github.com/example/app/actions/runs/70")), Failed, "");
    check(&at(1), &of(release_workflow(), v1("https://github.com/example/app/actions/runs/")), Failed, "");
}

#[test]
fn jobs_of_gitlab_are_builders() {
    let job = "https://gitlab.com/example/app//.gitlab-ci.yml@refs/heads/main";
    let signer = |runner: &str| Signer::Keyless {
        identity: job.to_owned(),
        issuer: GITLAB.to_owned(),
        claims: Box::new(BuildClaims {
            build_signer_uri: Some(job.to_owned()),
            build_config_uri: Some(job.to_owned()),
            runner_environment: Some(runner.to_owned()),
            source_repository_uri: Some("https://gitlab.com/example/app".to_owned()),
            source_repository_ref: Some("refs/heads/main".to_owned()),
            source_repository_digest: Some(COMMIT.to_owned()),
            ..BuildClaims::default()
        }),
    };
    let predicate = |builder: &str| {
        json!({
            "buildDefinition": {
                "buildType": "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v16.7.0/PROVENANCE.md",
                "externalParameters": {"source": "https://gitlab.com/example/app", "entryPoint": "build", "variables": {"CI": "true"}},
                "resolvedDependencies": [{"uri": "https://gitlab.com/example/app", "digest": {"gitCommit": COMMIT}}]
            },
            "runDetails": {"builder": {"id": builder}}
        })
    };
    let ask = |level: u8| {
        format!(
            "provenance: {{source: gitlab.com/example/app, branch: main, workflow: .gitlab-ci.yml, min-level: {level}, \
             allow-inputs: [entryPoint, variables]}}"
        )
    };
    let runner = "https://gitlab.com/example/app/-/runners/12270807";
    check(&ask(2), &of(signer("gitlab-hosted"), predicate(runner)), Passed, "");
    check(&ask(2), &of(signer("gitlab-hosted"), predicate(job)), Passed, "");
    check(&ask(2), &of(signer("self-hosted"), predicate(runner)), Failed, "level 1 at most");
    for other in [
        "https://gitlab.com/evil/app/-/runners/1",
        "https://gitlab.com/example/app/-/runners/",
        "https://gitlab.com/example/app/-/runners/1/x",
    ] {
        check(&ask(1), &of(signer("gitlab-hosted"), predicate(other)), Failed, "certificate says");
    }
    check(
        "provenance: {source: gitlab.com/example/app, allow-inputs: [entryPoint]}",
        &of(signer("gitlab-hosted"), predicate(runner)),
        Failed,
        "`/variables/CI`",
    );
}

#[test]
fn keys_say_what_their_policy_lets_them_say() {
    let chains = "https://tekton.dev/chains/v2";
    let evidence = |signer: Signer, builder: &str| of(signer, v1(builder));
    let ask = "provenance: {source: github.com/example/app, signed-by: {any-of: [{key: chains}]}, min-level: 1}";
    check(ask, &evidence(key("chains"), chains), Passed, "SLSA build level 1 at most");
    check(ask, &evidence(key("other"), chains), Failed, "not with `chains`");
    // Signed by a builder that is known, and not wanted by this rule.
    check(ask, &usual(), Failed, "wanted is a key");
    check(&ask.replace("min-level: 1", "min-level: 2"), &evidence(key("chains"), chains), Failed, "level 1 at most");
    let builders = "provenance: {source: github.com/example/app, min-level: 2, builders: \
                    [{id: 'https://tekton.dev/chains/v2', signed-by: {any-of: [{key: chains}]}, level: 2}]}";
    check(builders, &evidence(key("chains"), chains), Passed, "level 2");
    check(builders, &evidence(key("chains"), "https://tekton.dev/chains/v3"), Failed, "level 1 at most");
    check(builders, &evidence(key("other"), chains), Failed, "");
    check(builders, &usual(), Passed, "");
    // Where no source is asked for, builders that are known are everybody's: only those named may sign.
    let named = builders.replace("source: github.com/example/app, ", "");
    check(&named, &evidence(key("chains"), chains), Passed, "");
    check(&named, &usual(), Failed, "");
    // A workflow cannot take the name of a builder that the policy trusts more.
    let trusted = format!(
        "provenance: {{source: github.com/example/app, min-level: 3, builders: [{{id: '{GENERATOR}', level: 3, \
         signed-by: {{any-of: [{{issuer: '{GITHUB}', repository: github.com/example/app}}]}}}}]}}"
    );
    check(&trusted, &of(release_workflow(), v1(GENERATOR)), Failed, "the certificate says");
}

#[test]
fn branches_tags_and_versions_are_told_apart() {
    let ask = |more: &str| format!("provenance: {{source: github.com/example/app, {more}}}");
    for (more, passes) in [
        ("branch: main", true),
        ("branch: refs/heads/main", true),
        ("branch: 'm*'", true),
        ("branch: mai", false),
        ("branch: Main", false),
        ("tag: main", false),
        ("versioned-tag: v1", false),
    ] {
        check(&ask(more), &usual(), if passes { Passed } else { Failed }, "");
    }
    for (more, passes) in [
        ("tag: v1.2.3", true),
        ("tag: refs/tags/v1.2.3", true),
        ("tag: 'v*'", true),
        ("tag: v1.2", false),
        ("branch: v1.2.3", false),
        ("versioned-tag: v1", true),
        ("versioned-tag: '1.2'", true),
        ("versioned-tag: v1.2.3", true),
        ("versioned-tag: v1.2.4", false),
        ("versioned-tag: v1.3", false),
        ("versioned-tag: v2", false),
    ] {
        check(&ask(more), &tagged(), if passes { Passed } else { Failed }, "");
    }
    // A branch may be called like a tag, and a tag like a version that it is not.
    let at = |reference: &str| {
        let mut predicate = v1(RELEASE);
        predicate["buildDefinition"]["externalParameters"]["workflow"]["ref"] = json!(reference);
        predicate["buildDefinition"]["resolvedDependencies"] = json!([]);
        let signer = but(|claims| {
            claims.source_repository_ref = Some(reference.to_owned());
            claims.build_config_uri = None;
        });
        of(signer, predicate)
    };
    check(
        &ask("tag: v1.2.3"),
        &at("refs/heads/refs/tags/v1.2.3"),
        Failed,
        "it was built from `refs/heads/refs/tags/v1.2.3`",
    );
    check(&ask("tag: v1.2.3"), &at("refs/heads/v1.2.3"), Failed, "");
    check(&ask("branch: main"), &at("refs/pull/7/merge"), Failed, "");
    check(&ask("branch: main"), &at("main"), Unknown, "may be a branch, a tag or a commit");
    for tag in ["v1.2.3-rc.1", "v1.2", "v1.2.3.4", "v01.2.3", "v1.2.x", "vv1.2.3", "v1.2.3/x"] {
        check(&ask("versioned-tag: v1"), &at(&format!("refs/tags/{tag}")), Failed, "");
    }
    check(&ask("versioned-tag: v1"), &at("refs/tags/1.20.0+build.7"), Passed, "");
    let none = but(|claims| claims.source_repository_ref = None);
    check(&ask("branch: main"), &of(none, v1(RELEASE)), Unknown, "names a branch or tag");
}

#[test]
fn commit_workflow_builder_and_build_type_are_asked() {
    let ask = |more: &str| format!("provenance: {{source: github.com/example/app, {more}}}");
    for (more, told) in [
        (format!("commit: {COMMIT}"), None),
        (format!("commit: {}", COMMIT.to_uppercase()), None),
        (format!("commit: {}", "f".repeat(40)), Some("it was built from commit")),
        ("workflow: .github/workflows/release.yml".to_owned(), None),
        ("workflow: '.github/workflows/*.yml'".to_owned(), None),
        ("workflow: .github/workflows/release.yaml".to_owned(), Some("it was built by the workflow")),
        (format!("builder: '{RELEASE}'"), None),
        ("builder: 'https://github.com/example/app/.github/workflows/release.yml'".to_owned(), None),
        ("builder: 'https://github.com/example/app/.github/workflows/release'".to_owned(), Some("it was built by")),
        (
            "builder: 'https://github.com/example/app/.github/workflows/release.yml@refs/tags/*'".to_owned(),
            Some("it was built by"),
        ),
        ("build-type: 'https://actions.github.io/buildtypes/workflow/v1'".to_owned(), None),
        ("build-type: 'https://actions.github.io/buildtypes/workflow/v2'".to_owned(), Some("its build type is")),
    ] {
        check(&ask(&more), &usual(), if told.is_none() { Passed } else { Failed }, told.unwrap_or_default());
    }
    let unsaid =
        || of(but(|claims| (claims.source_repository_digest, claims.build_config_uri) = (None, None)), v1(RELEASE));
    check(&ask(&format!("commit: {COMMIT}")), &unsaid(), Unknown, "names a commit");
    check(&ask("workflow: .github/workflows/release.yml"), &unsaid(), Unknown, "names a workflow");
    check(&ask("build-type: x"), &changed("/buildDefinition/buildType", Value::Null), Unknown, "names no build type");
}

#[test]
fn parameters_that_nobody_knows_fail() {
    let chosen = |parameters: Value| {
        let mut predicate = v1(RELEASE);
        let all = predicate["buildDefinition"]["externalParameters"].as_object_mut().unwrap();
        all.extend(parameters.as_object().unwrap().clone());
        of(release_workflow(), predicate)
    };
    let inputs = || chosen(json!({"inputs": {"channel": "stable", "debug": false}}));
    let ask = |more: &str| format!("provenance: {{source: github.com/example/app, {more}}}");
    check(APP, &inputs(), Failed, "`/inputs/channel`, `/inputs/debug`");
    check(&ask("inputs: {/inputs/channel: stable, /inputs/debug: false}"), &inputs(), Passed, "");
    check(&ask("inputs: {/inputs/channel: stable}, allow-inputs: [/inputs/debug]"), &inputs(), Passed, "");
    check(&ask("inputs: {inputs: {channel: stable, debug: false}}"), &inputs(), Passed, "");
    check(&ask("allow-inputs: [inputs]"), &inputs(), Passed, "");
    check(&ask("allow-inputs: [/input]"), &inputs(), Failed, "does not know");
    check(
        &ask("allow-inputs: [inputs], inputs: {/inputs/channel: beta}"),
        &inputs(),
        Failed,
        "`/inputs/channel` is not `\"beta\"`",
    );
    check(&ask("allow-inputs: [inputs], inputs: {/inputs/debug: 'false'}"), &inputs(), Failed, "");
    check(&ask("allow-inputs: [inputs], inputs: {/inputs/other: x}"), &inputs(), Unknown, "says nothing of");
    // Nothing chosen is nothing to know.
    check(APP, &chosen(json!({"inputs": {}, "vars": [], "more": null})), Passed, "");
    // What hides within what is understood is found.
    check(
        APP,
        &changed("/buildDefinition/externalParameters/workflow/path", json!(".github/workflows/release.yml")),
        Passed,
        "",
    );
    let hidden = chosen(
        json!({"workflow": {"ref": "refs/heads/main", "repository": "https://github.com/example/app", "flags": ["-x"]}}),
    );
    check(APP, &hidden, Failed, "`/workflow/flags/0`");
    // Values are not shown, since they may be secrets.
    let secret = chosen(json!({"token": "hunter2"}));
    let told = format!("{:?}", result(APP, &secret));
    assert!(told.contains("/token") && !told.contains("hunter2"), "{told}");
    let many: serde_json::Map<String, Value> = (0..20_000).map(|number| (number.to_string(), json!(number))).collect();
    check(&ask("allow-inputs: [many]"), &chosen(json!({"many": many})), Failed, "more than 10000 parameters");
}

#[test]
fn inputs_of_the_generator_are_those_of_the_event() {
    let mut predicate = v02(GENERATOR);
    predicate["invocation"]["environment"]["github_event_payload"] = json!({"inputs": {"release": "true"}});
    let evidence = with([attestation(generator(), V02, predicate)]);
    check(APP, &evidence, Failed, "`/event_inputs/release`");
    check(
        "provenance: {source: github.com/example/app, inputs: {/event_inputs/release: 'true'}}",
        &evidence,
        Passed,
        "",
    );
}

#[test]
fn a_payload_with_two_sources_needs_both() {
    let two = |second: &str| {
        let mut predicate = v1("https://builder.example/v1");
        predicate["buildDefinition"]["externalParameters"]["source"] = json!(second);
        of(key("release"), predicate)
    };
    let ask = "provenance: {source: github.com/example/app, signed-by: {any-of: [{key: release}]}}";
    check(ask, &two("https://github.com/example/app"), Passed, "");
    check(ask, &two("https://github.com/evil/app"), Failed, "it was built from `https://github.com/evil/app`");
    check(ask, &two("git@github.com:evil/app"), Failed, "no repository that can be compared");
    check(ask, &two("https://github.com/example/app.git#refs/heads/evil"), Failed, "two references");
    let mut torn = v1("https://builder.example/v1");
    torn["buildDefinition"]["externalParameters"]["workflow"]["repository"] =
        json!("git+https://github.com/example/app@refs/heads/evil");
    check(ask, &of(key("release"), torn), Failed, "another reference");
}

#[test]
fn what_this_program_attests_is_what_it_accepts() {
    let variables = |all: &[(&str, &str)]| -> std::collections::BTreeMap<String, String> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let github = variables(&[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "example/app"),
        ("GITHUB_SHA", COMMIT),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_WORKFLOW_REF", "example/app/.github/workflows/release.yml@refs/heads/main"),
        ("GITHUB_RUN_ID", "7"),
    ]);
    let ask = format!(
        "provenance: {{source: github.com/example/app, branch: main, commit: {COMMIT}, min-level: 2, workflow: \
         .github/workflows/release.yml}}"
    );
    let made = provenance(&github, &Given::default()).unwrap();
    check(&ask, &of(release_workflow(), made.clone()), Passed, "");
    // In a reusable workflow, the certificate names that one as well.
    let called = "https://github.com/example/flows/.github/workflows/build.yml@refs/tags/v1";
    check(&ask, &of(but(|claims| claims.build_signer_uri = Some(called.to_owned())), made), Passed, called);
    let chosen = Given { parameters: variables(&[("channel", "beta")]), ..Given::default() };
    let made = provenance(&github, &chosen).unwrap();
    check(&ask, &of(release_workflow(), made), Failed, "`/inputs/channel`");

    let given = Given {
        builder_id: Some("https://ci.example/builder".to_owned()),
        source_uri: Some("https://git.example/app".to_owned()),
        source_ref: Some("refs/tags/v1.2.3".to_owned()),
        source_commit: Some(COMMIT.to_owned()),
        parameters: variables(&[("channel", "stable")]),
        ..Given::default()
    };
    let generic = of(key("release"), provenance(&variables(&[]), &given).unwrap());
    let ask = |level: u8| {
        format!(
            "provenance: {{source: git.example/app, versioned-tag: v1, commit: {COMMIT}, builder: \
             'https://ci.example/builder', inputs: {{/parameters/channel: stable}}, min-level: {level}, signed-by: \
             {{any-of: [{{key: release}}]}}}}"
        )
    };
    check(&ask(1), &generic, Passed, "");
    check(&ask(2), &generic, Failed, "level 1 at most");
}

#[test]
fn policies_that_ask_for_nothing_or_nonsense_are_refused() {
    for (ask, told) in [
        ("provenance: {}", "anybody's build would do"),
        ("provenance: {min-level: 3}", "anybody's build would do"),
        ("provenance: {source: github.com/a/b, min-level: 4}", "no level"),
        ("provenance: {source: github.com/a/b, min-level: 0}", "no level"),
        ("provenance: {source: 'https://*/a/b'}", "leaves the host open"),
        ("provenance: {source: 'github.com/a/b@refs/heads/main'}", "write it as `branch` or `tag`"),
        ("provenance: {source: 'https://user@github.com/a/b'}", "no repository"),
        ("provenance: {source: 'https://g\u{456}thub.com/a/b'}", "no repository"),
        ("provenance: {source: github.com/a/b, branch: main, tag: v1}", "exclude each other"),
        ("provenance: {source: github.com/a/b, branch: refs/tags/v1}", "is not a branch"),
        ("provenance: {source: github.com/a/b, tag: refs/heads/v1}", "is not a tag"),
        ("provenance: {source: github.com/a/b, versioned-tag: latest}", "no version"),
        ("provenance: {source: github.com/a/b, commit: abc1234}", "all 40 digits"),
        ("provenance: {source: github.com/a/b, signed-by: {any-of: []}}", "`any-of` is empty"),
        ("provenance: {signed-by: {any-of: [{key: nobody}]}}", "no key under `keys` is called `nobody`"),
        ("provenance: {builders: [{id: x, signed-by: {any-of: [{key: nobody}]}, level: 1}]}", "no key under `keys`"),
        ("provenance: {builders: [{id: x, signed-by: {any-of: [{key: chains}]}, level: 9}]}", "no level"),
    ] {
        let mistake = mistake(ask);
        assert!(mistake.contains(told), "{ask}\nwanted: {told}\ntold: {mistake}");
        assert_eq!(mistake.lines().count(), 1, "{ask}\n{mistake}");
    }
}
