//! `HEALTHCHECK`.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::{Body, Command, Dockerfile, Healthcheck};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const NONE: Rule = Rule {
    id: "BS-D100",
    title: "no HEALTHCHECK",
    severity: Severity::Negligible,
    aliases: &["DL3057", "DS-0026", "CKV_DOCKER_2"],
    why: "Docker, Compose and Swarm see only that the process lives, not that it answers. A program that hangs is kept, and requests still go to it. Kubernetes has probes of its own instead.",
    advice: "Add one that asks the program itself: `HEALTHCHECK CMD [\"app\", \"health\"]`.",
    references: &[
        "https://docs.docker.com/reference/dockerfile/#healthcheck",
        "https://www.cisecurity.org/benchmark/docker",
    ],
    bad: &[
        "FROM debian:12\nCMD [\"app\"]\n",
        "FROM debian:12 AS a\nHEALTHCHECK CMD [\"a\"]\nFROM debian:12\nCMD [\"app\"]\n",
    ],
    good: &[
        "FROM debian:12\nHEALTHCHECK CMD [\"app\", \"health\"]\nCMD [\"app\"]\n",
        "FROM debian:12 AS a\nHEALTHCHECK CMD [\"a\"]\nFROM a\nCMD [\"app\"]\n",
        "FROM debian:12\nRUN make\n",
    ],
    check: Check::Dockerfile(none),
};

// An image that says nothing about what to run is a base for others, which know what to ask; and a stage that is not
// shipped needs none. hadolint, where the rule is switched on, asks for one in every stage.
fn none(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    let has = line.iter().any(|each| matches!(each.body, Body::Healthcheck(_)));
    let starts = line.iter().any(|each| matches!(each.body, Body::Cmd(_) | Body::Entrypoint(_)));
    if let Some(from) = file.last_stage().and_then(|stage| file.base(stage)).filter(|_| starts && !has) {
        found.report(from.image.span, "nothing asks whether what the image starts answers");
    }
}

pub(super) const OFF: Rule = Rule {
    id: "BS-D114",
    title: "health check of the base image switched off",
    severity: Severity::Low,
    aliases: &[],
    why: "`HEALTHCHECK NONE` switches off the check that the base image brings, so a program that hangs is not noticed.",
    advice: "Replace it by a check that fits this image, unless something outside of Docker looks after it.",
    references: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
    bad: &["FROM debian:12\nHEALTHCHECK NONE\n"],
    good: &["FROM debian:12\nHEALTHCHECK CMD [\"app\", \"health\"]\n"],
    check: Check::Dockerfile(off),
};

fn off(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    if let Some(last) = line.iter().rev().find(|each| matches!(each.body, Body::Healthcheck(_)))
        && matches!(last.body, Body::Healthcheck(Healthcheck::None))
    {
        found.report(last.span, "the health check is switched off");
    }
}

pub(super) const NO_FAIL: Rule = Rule {
    id: "BS-D115",
    title: "health check that succeeds on errors",
    severity: Severity::Low,
    aliases: &[],
    why: "`curl` ends with success as soon as the server answers, also with 500. Only with `--fail` does the check see that something is wrong.",
    advice: "Write `curl --fail`.",
    references: &["https://curl.se/docs/manpage.html#-f"],
    bad: &[
        "FROM debian:12\nHEALTHCHECK CMD curl http://localhost/\n",
        "FROM debian:12\nHEALTHCHECK CMD [\"curl\", \"-sS\", \"http://localhost/\"]\n",
    ],
    good: &[
        "FROM debian:12\nHEALTHCHECK CMD curl -sf http://localhost/ || exit 1\n",
        "FROM debian:12\nHEALTHCHECK CMD [\"curl\", \"--fail\", \"http://localhost/\"]\n",
        "FROM debian:12\nHEALTHCHECK CMD curl -s http://localhost/ | grep -q ok\n",
        "FROM debian:12\nHEALTHCHECK CMD [ \"$(curl -s -o /dev/null -w '%{http_code}' http://localhost/)\" = 200 ]\n",
    ],
    check: Check::Dockerfile(no_fail),
};

fn no_fail(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Healthcheck(Healthcheck::Cmd(command)) = &instruction.body else { continue };
        match command {
            Command::Shell(script) => {
                for call in script.calls(&["curl"]) {
                    let alone = script.piped_into(call).is_none()
                        && !call.substituted
                        && call.value_of(&["-w", "--write-out"]).is_none();
                    if alone && !call.has(&["-f", "--fail", "--fail-with-body"]) {
                        found.report(call.span, "`curl` succeeds here whatever the server answers");
                    }
                }
            }
            Command::Exec(words) => {
                let is_curl = words.first().is_some_and(|word| word.text.rsplit('/').next() == Some("curl"));
                let fails = words.iter().any(|word| {
                    let cluster = word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('f');
                    cluster || word.text.starts_with("--fail")
                });
                if is_curl && !fails {
                    found.report(instruction.span, "`curl` succeeds here whatever the server answers");
                }
            }
        }
    }
}
