//! What the fixes of the rules on `RUN` make of a Dockerfile, to the byte.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use boltseal_posture::{Options, check, fix};

/// Hundreds of times what it takes.
const HANGS: Duration = Duration::from_secs(120);

/// The file after the fixes of one rule.
fn fixed(rule: &str, text: &str) -> String {
    let fixed = fix("Dockerfile", text.as_bytes(), &Options::default(), |finding| finding.rule == rule);
    assert!(fixed.rejected.is_empty(), "{rule}: {:?}\n{text}", fixed.rejected);
    String::from_utf8(fixed.bytes).unwrap()
}

#[test]
fn fixes_change_what_is_wrong_and_nothing_else() {
    let table = [
        (
            "BS-D162",
            "FROM debian:12\r\nRUN apt-get update \\\r\n\t&& apt-get install -y git # tools\r\nUSER 1\r\n",
            "FROM debian:12\r\nRUN apt-get update \\\r\n\t&& apt-get install -y git # tools\r\nUSER 1\r\n",
        ),
        (
            "BS-D162",
            "FROM debian:12\r\nRUN apt-get update \\\r\n\t&& apt-get install -y git\r\nUSER 1\r\n",
            "FROM debian:12\r\nRUN apt-get update \\\r\n\t&& apt-get install -y git \\\r\n\t&& rm -rf /var/lib/apt/lists/*\r\nUSER 1\r\n",
        ),
        // The second RUN lives on the lists of the first.
        (
            "BS-D162",
            "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y git\n",
            "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y git\n",
        ),
        // sudo is for one command, and a job in the background is no end.
        ("BS-D162", "FROM a\nRUN sudo apt-get update\n", "FROM a\nRUN sudo apt-get update\n"),
        ("BS-D162", "FROM a\nRUN apt-get update &\n", "FROM a\nRUN apt-get update &\n"),
        (
            "BS-D163",
            "FROM a\nRUN [\"apt-get\", \"install\", \"b\"]\n",
            "FROM a\nRUN [\"apt-get\", \"install\", \"-y\", \"b\"]\n",
        ),
        ("BS-D163", "FROM a\nRUN bash -c \"apt-get install b\"\n", "FROM a\nRUN bash -c \"apt-get install -y b\"\n"),
        ("BS-D166", "FROM a\nRUN [\"apt\", \"update\"]\n", "FROM a\nRUN [\"apt-get\", \"update\"]\n"),
        ("BS-D166", "FROM a\nRUN apt search b\n", "FROM a\nRUN apt search b\n"),
        ("BS-D167", "FROM a\nENV DEBIAN_FRONTEND noninteractive\n", "FROM a\nARG DEBIAN_FRONTEND=noninteractive\n"),
        (
            "BS-D167",
            "FROM a\nENV DEBIAN_FRONTEND=noninteractive B=c\n",
            "FROM a\nENV DEBIAN_FRONTEND=noninteractive B=c\n",
        ),
        // The second stage takes over what the first one sets, but not an ARG.
        (
            "BS-D167",
            "FROM a AS b\nENV DEBIAN_FRONTEND=noninteractive\nFROM b\nRUN c\n",
            "FROM a AS b\nENV DEBIAN_FRONTEND=noninteractive\nFROM b\nRUN c\n",
        ),
        ("BS-D171", "FROM a\nRUN apk --update add b=1\n", "FROM a\nRUN apk --update add --no-cache b=1\n"),
        ("BS-D174", "FROM a\nRUN yum -y install b-1; c\n", "FROM a\nRUN yum -y install b-1; c && yum clean all\n"),
        ("BS-D188", "FROM a\nRUN pacman -Syu b\n", "FROM a\nRUN pacman --noconfirm -Syu b\n"),
        (
            "BS-D201",
            "FROM a\nRUN <<EOF\npip install b==1\npython -m pip install c==1\nEOF\n",
            "FROM a\nRUN <<EOF\npip install --no-cache-dir b==1\npython -m pip install --no-cache-dir c==1\nEOF\n",
        ),
        ("BS-D142", "FROM a\nUSER root\nRUN sudo b && sudo -u c d\n", "FROM a\nUSER root\nRUN b && sudo -u c d\n"),
        ("BS-D142", "FROM a\nRUN sudo b\n", "FROM a\nRUN sudo b\n"),
        ("BS-D145", "FROM a\nRUN useradd -u 1000660000 b\n", "FROM a\nRUN useradd -l -u 1000660000 b\n"),
        (
            "BS-D238",
            "FROM debian:12\nRUN wget https://b.example/c\n",
            "FROM debian:12\nRUN wget --progress=dot:giga https://b.example/c\n",
        ),
        ("BS-D238", "FROM alpine:3\nRUN wget https://b.example/c\n", "FROM alpine:3\nRUN wget https://b.example/c\n"),
        (
            "BS-D240",
            "FROM a\nRUN git clone -b v1 git://github.com/b/c && git clone -b v1 git://git.example.com/c\n",
            "FROM a\nRUN git clone -b v1 https://github.com/b/c && git clone -b v1 git://git.example.com/c\n",
        ),
        (
            "BS-D241",
            "FROM a\nRUN curl -sSLo c https://b.example/c\n",
            "FROM a\nRUN curl -f -sSLo c https://b.example/c\n",
        ),
    ];
    for (rule, before, after) in table {
        assert_eq!(fixed(rule, before), after, "{rule}");
    }
}

#[test]
fn no_message_shows_the_password_of_an_address() {
    let text = "FROM debian:12\nENV PIP_INDEX_URL=http://user:s3cret@pypi.example.com/simple\n\
        RUN git clone http://user:s3cret@git.example.com/a && curl -o b http://user:s3cret@example.com/latest/b && \
        unzip b && npm i -g git+http://user:s3cret@example.com/a && pip install git+https://user:s3cret@example.com/a && \
        rpm -i http://user:s3cret@example.com/a.rpm && sh -c \"$(curl http://user:s3cret@example.com/latest/b)\"\n";
    let findings = check("Dockerfile", text.as_bytes(), &Options::default()).findings;
    assert!(findings.len() > 10, "{findings:?}");
    for finding in findings {
        assert!(!finding.message.contains("s3cret"), "{}: {}", finding.rule, finding.message);
    }
}

/// Judges a long text; that something is found shows that it is read to its end.
fn judge(what: &str, text: &str) {
    let found = check("Dockerfile", text.as_bytes(), &Options::default()).findings;
    assert!(!found.is_empty(), "{what}: nothing is found");
}

/// No time is measured here, since machines are noisy: the bound only ends a test that hangs.
#[test]
fn long_files_are_judged_in_the_end() {
    const COUNT: usize = 200;
    let line = |line: &str| format!("FROM debian:12\n{}", line.repeat(COUNT));
    let joined = |command: &str| format!("FROM debian:12\nRUN true{}\n", command.repeat(COUNT));
    let texts = [
        ("RUNs", line("RUN apt-get update && apt-get install -y a && pip install b\n")),
        ("stages", line("FROM debian:12 AS a\nENV PIP_NO_CACHE_DIR=1\nRUN npm i c && git clone https://a/b\n")),
        ("copies", line("COPY a /b\nRUN chown -R c /b && sudo d\n")),
        ("archives that are copied", line("COPY a.tgz /\nRUN tar xf a.tgz\n")),
        ("accounts", line("RUN echo a:b | chpasswd && passwd -d c && chmod 777 d && rm d\n")),
        ("installs", joined(" && apt-get install a")),
        ("downloads", joined(" && curl https://a.example/b | sh")),
        ("groups", joined(" && { curl https://a.example/b; } | sh")),
        ("downloads that are unpacked", joined(" && wget https://a.example/b && unzip b && yum install d")),
        ("a pipe", joined("; curl a | cat | tar x")),
        ("packages", format!("FROM debian:12\nRUN apt-get install{}\n", " a".repeat(COUNT * 10))),
        ("substitutions", joined(" && sh -c \"$(curl https://a.example/b)\"")),
    ];
    let start = Instant::now();
    for (what, text) in texts {
        judge(what, &text);
        assert!(start.elapsed() < HANGS, "{what}");
    }
}
