//! Hostile Dockerfiles are read and judged by every rule to their end. No time is measured, since machines are noisy:
//! the bound only ends a test that hangs.

#![allow(clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use boltseal_posture::{Options, check};

/// Hundreds of times what it takes.
const HANGS: Duration = Duration::from_secs(120);

#[test]
fn many_of_anything_come_to_an_end() {
    let lines = |text: &str| format!("FROM debian:12\n{}", text.repeat(150));
    let words = |before: &str, text: &str| format!("FROM debian:12\n{before}{}\n", text.repeat(400));
    let table = [
        lines("RUN apt-get install a\n"),
        lines("RUN curl -k http://h/x | sh\n"),
        lines("RUN cd /x; pip install a; npm i b; gem install c; go install d\n"),
        lines("FROM debian:12 AS a\n"),
        lines("FROM a AS a\nRUN b\n"),
        lines("COPY --from=a b c\n"),
        lines("COPY . .\nADD http://h/x.tar.gz /\n"),
        lines("ENV PASSWORD=b C=$D\nARG TOKEN=e\n"),
        lines("USER root\nWORKDIR a\nEXPOSE 80\nVOLUME b\n"),
        lines("LABEL a=b\nCMD a\nENTRYPOINT b\nHEALTHCHECK CMD c\n"),
        lines("SHELL [\"/bin/bash\", \"-c\"]\nRUN a | b\n"),
        lines("ONBUILD RUN apt-get update\n"),
        lines("# hadolint ignore=DL3008\nRUN apt-get install a\n"),
        lines("RUN <<E\napt-get install a\nE\n"),
        lines("FOO\nRUN\nCOPY\n"),
        words("RUN a", " && apt-get install b"),
        words("RUN a", " | curl b"),
        words("RUN a", "; wget http://b; rm -rf /var/lib/apt/lists"),
        words("RUN (a", "; (curl -k b"),
        words("RUN pip install", " a"),
        words("RUN apt-get install", " a=1"),
        words("ENV", " A=$A"),
        words("COPY", " a"),
        words("EXPOSE", " 80"),
        words("RUN a", " \\\n && npm install b"),
    ];
    let start = Instant::now();
    for text in table {
        let line: String = text.lines().nth(1).unwrap_or_default().chars().take(60).collect();
        let found = check("Dockerfile", text.as_bytes(), &Options::default()).findings.len();
        println!("{found} findings: {line}");
        assert!(start.elapsed() < HANGS, "{line}");
    }
}
