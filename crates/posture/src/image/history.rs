//! Rules on how the image was built, as its history tells.

use std::collections::HashSet;

use boltseal_evidence::Severity;

use super::Image;
use super::runtime::given_away;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::secret::secret_in;
use crate::yaml::Node;

const HISTORY: &str = "https://github.com/opencontainers/image-spec/blob/main/config.md";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-I016",
        title: "secret in the history",
        severity: Severity::High,
        aliases: &["CIS-Docker-4.10"],
        why: "The history tells every line of the build with the values of its arguments, to whoever can pull the image; a later layer does not take it back.",
        advice: "Change the secret, and give it to the build by `RUN --mount=type=secret`, which leaves no trace.",
        references: &["https://docs.docker.com/build/building/secrets/", HISTORY],
        bad: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "RUN |1 NPM_TOKEN=npm_0123456789abcdefghijklmnopqrstuvwxyz /bin/sh -c npm ci # buildkit"}]}"#,
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "/bin/sh -c git clone https://bot:hunter22@git.example.org/a.git"}]}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "RUN |1 VERSION=1.2 /bin/sh -c npm ci # buildkit"}, {"created_by": "/bin/sh -c #(nop)  ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D"}, {"created_by": "RUN /bin/sh -c PASSWORD=$(cat /run/secrets/p) ./setup"}]}"#,
        ],
        check: Check::Image(secrets),
    },
    Rule {
        id: "BS-I017",
        title: "program from the network run unseen during the build",
        severity: Severity::Medium,
        aliases: &[],
        why: "What the address served at that moment ran in the build; nobody can tell from the image what it was, and the next build may get something else.",
        advice: "Download a fixed version, compare its checksum, then run it; or install a package.",
        references: &[
            "https://docs.docker.com/build/building/best-practices/",
            "https://cwe.mitre.org/data/definitions/494.html",
        ],
        bad: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "RUN /bin/sh -c curl -fsSL https://example.org/install.sh | bash - # buildkit"}]}"#,
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "/bin/sh -c cd /tmp && wget -qO- https://example.org/i | sudo -E sh"}]}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "RUN /bin/sh -c curl -fsSLo a https://example.org/a && echo 'abc  a' | sha256sum -c && sh a"}, {"created_by": "RUN /bin/sh -c curl https://example.org/k | gpg --import || sh x"}]}"#,
        ],
        check: Check::Image(piped),
    },
    Rule {
        id: "BS-I018",
        title: "verification switched off during the build",
        severity: Severity::High,
        aliases: &[],
        why: "The build took in packages or files without checking who they came from, so what is in the image now may be anyone's.",
        advice: "Build again without the option; add the missing certificate or signing key instead.",
        references: &[
            "https://cwe.mitre.org/data/definitions/295.html",
            "https://cwe.mitre.org/data/definitions/347.html",
        ],
        bad: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "/bin/sh -c apt-get install -y --allow-unauthenticated a"}]}"#,
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "RUN /bin/sh -c curl -ksSL https://example.org/a -o a # buildkit"}]}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "/bin/sh -c apt-get install -y a && tar -k -xf b && curl --keepalive-time 2 https://example.org"}]}"#,
        ],
        check: Check::Image(unverified),
    },
    Rule {
        id: "BS-I019",
        title: "file added from an address",
        severity: Severity::Low,
        aliases: &[],
        why: "`ADD` with an address takes what is served there, without a check unless a checksum is given, so the next build may get something else.",
        advice: "Give the checksum, `ADD --checksum=sha256:… URL`, or copy a file that is in the repository.",
        references: &["https://docs.docker.com/reference/dockerfile/#add---checksum"],
        bad: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "ADD http://example.org/a.tar.gz /a # buildkit"}]}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "ADD file:4d192565a7220e135cab6c77fbc1c73211b69f3d9fb37e62857b2c6eb9363d51 in /"}, {"created_by": "ADD --checksum=sha256:00 https://example.org/a /a # buildkit"}]}"#,
        ],
        check: Check::Image(added),
    },
];

/// The lines of the build, with where they stand.
fn lines<'a>(image: &Image<'a>) -> impl Iterator<Item = (&'a str, &'a Node)> {
    let entries = image.config.list("history").iter();
    entries.filter_map(|entry| entry.get("created_by")).filter_map(|node| Some((node.as_str()?, node)))
}

fn secrets(image: &Image<'_>, found: &mut Found<'_>) {
    let known: HashSet<&str> = image.environment().map(|(name, ..)| name).collect();
    for (line, node) in lines(image) {
        // What still is in the environment is told there.
        let kept = line.contains("ENV ");
        let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'', '(', ')', ';']));
        let what = words
            .filter_map(|word| word.split_once('=').or(Some(("", word))))
            .filter(|(name, _)| !(kept && known.contains(name)))
            .find_map(|(name, value)| {
                let name = name.trim_start_matches('-');
                given_away(name, value).map(|what| (name, what))
            });
        let what = match what {
            Some(("", what)) => Some(what.to_owned()),
            Some((name, what)) => Some(format!("{what} in `{name}`")),
            None => secret_in(line).filter(|_| !kept).map(str::to_owned),
        };
        if let Some(what) = what {
            found.report(node.span, format!("a line of the build shows {what}"));
        }
    }
}

/// The commands of a shell line, roughly: what stands between `&&`, `||`, `;`, `|` and the ends, and whether the next
/// one reads its output. History is text that was a script once; all that is asked of it is which programs ran.
fn commands(line: &str) -> Vec<(Vec<&str>, bool)> {
    let mut commands = Vec::new();
    let mut start = 0;
    let mut end_command = |from: usize, to: usize, piped: bool| {
        let text = line.get(from..to).unwrap_or_default();
        let text = text.rsplit_once("/bin/sh -c ").map_or(text, |(_, text)| text);
        commands.push((text.split_whitespace().collect(), piped));
    };
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let doubled = bytes.get(at + 1) == Some(byte);
        match byte {
            b'|' | b'&' if doubled => {
                end_command(start, at, false);
                at += 1;
                start = at + 1;
            }
            // `|2 A=b` are the arguments of the build.
            b'|' if !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                end_command(start, at, true);
                start = at + 1;
            }
            b';' | b'\n' => {
                end_command(start, at, false);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    end_command(start, line.len(), false);
    commands
}

/// The program of a command, without what only runs it.
fn program<'l>(words: &[&'l str]) -> &'l str {
    let skipped = |word: &&&str| {
        matches!(**word, "sudo" | "env" | "exec" | "time" | "RUN" | "set")
            || word.starts_with('-')
            || word.contains('=')
    };
    let word = words.iter().find(|word| !skipped(word)).copied().unwrap_or_default();
    word.rsplit('/').next().unwrap_or_default()
}

fn piped(image: &Image<'_>, found: &mut Found<'_>) {
    for (line, node) in lines(image) {
        let commands = commands(line);
        for ((words, goes_on), (next, _)) in commands.iter().zip(commands.iter().skip(1)) {
            let (from, to) = (program(words), program(next));
            let runs =
                matches!(to, "sh" | "bash" | "ash" | "dash" | "zsh" | "python" | "python3" | "perl" | "ruby" | "node");
            if *goes_on && matches!(from, "curl" | "wget") && runs {
                found.report(node.span, format!("`{from}` handed what it fetched to `{to}`"));
                break;
            }
        }
    }
}

fn unverified(image: &Image<'_>, found: &mut Found<'_>) {
    for (line, node) in lines(image) {
        for (words, _) in commands(line) {
            let program = program(&words);
            let bad = words.iter().find(|word| match program {
                "curl" => **word == "--insecure" || (is_short(word) && word.contains('k')),
                "wget" => **word == "--no-check-certificate",
                "apt" | "apt-get" => matches!(
                    **word,
                    "--allow-unauthenticated"
                        | "--allow-insecure-repositories"
                        | "--force-yes"
                        | "--allow-downgrade-to-insecure-repositories"
                ),
                "apk" => **word == "--allow-untrusted",
                "yum" | "dnf" | "microdnf" | "tdnf" => **word == "--nogpgcheck",
                "zypper" => **word == "--no-gpg-checks",
                "pip" | "pip3" => **word == "--trusted-host" || word.starts_with("--trusted-host="),
                "npm" => **word == "strict-ssl=false" || **word == "--strict-ssl=false",
                _ => false,
            });
            if let Some(word) = bad {
                found.report(node.span, format!("`{program} {word}` took in what it did not check"));
                break;
            }
        }
    }
}

/// Options of one letter, before one that takes a value: `-fsSLk`.
fn is_short(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty() && rest.len() < 8 && rest.bytes().all(|byte| b"fsSLkgGIijlNnpqRv0146#OJ".contains(&byte))
    })
}

fn added(image: &Image<'_>, found: &mut Found<'_>) {
    for (line, node) in lines(image) {
        let rest = line.rsplit_once("#(nop)").map_or(line, |(_, rest)| rest).trim();
        let Some(rest) = rest.strip_prefix("ADD ") else { continue };
        let url = rest.split_whitespace().find(|word| word.starts_with("http://") || word.starts_with("https://"));
        if let Some(url) = url.filter(|_| !rest.contains("--checksum=")) {
            let severity = if url.starts_with("http://") { Severity::Medium } else { Severity::Low };
            found.report(node.span, format!("`{url}` was added without a checksum")).severity(severity);
        }
    }
}
