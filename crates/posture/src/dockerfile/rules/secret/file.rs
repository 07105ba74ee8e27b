//! Files with secrets that a `RUN` writes.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::shell::{Call, Script};
use crate::dockerfile::{Body, Command, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const WRITTEN: Rule = Rule {
    id: "BS-D088",
    title: "credentials written to a file of the image",
    severity: Severity::High,
    aliases: &[],
    why: "What a step writes stays in its layer, even if a later instruction deletes it. Whoever gets the image can take the layer apart.",
    advice: "Mount the file for the step that needs it: `RUN --mount=type=secret,id=netrc,target=/root/.netrc …`.",
    references: &["https://docs.docker.com/build/building/secrets/"],
    bad: &[
        "FROM debian:12\nARG KEY\nRUN mkdir -p ~/.ssh && echo \"$KEY\" > ~/.ssh/id_rsa\nRUN rm ~/.ssh/id_rsa\n",
        "FROM node:24\nARG NPM_TOKEN\nRUN echo \"//npm.example.com/:_authToken=${NPM_TOKEN}\" >> .npmrc && npm ci\n",
        "FROM debian:12\nARG T\nRUN echo \"machine github.com login x password $T\" | tee /root/.netrc\n",
    ],
    good: &[
        "FROM node:24\nRUN echo 'registry=https://npm.example.org/' > .npmrc\n",
        "FROM debian:12\nRUN --mount=type=secret,id=k,target=/root/.ssh/id_rsa git clone git@example.org:a/b\n",
        "FROM debian:12\nARG T\nRUN echo \"machine github.com password $T\" > ~/.netrc && git clone https://github.com/a/b && rm ~/.netrc\n",
    ],
    check: Check::Dockerfile(written),
};

// A file that the same step removes is in no layer; the argument it came from is another rule's.
fn written(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, script) in file.scripts() {
        let removed: Vec<&str> =
            script.calls(&["rm", "shred", "unlink"]).flat_map(Call::arguments).map(|word| last(&word.text)).collect();
        for (at, call) in script.commands.iter().enumerate() {
            let redirected = call
                .redirects
                .iter()
                .filter(|each| each.operator.contains('>') && !each.operator.contains('&'))
                .map(|each| &each.target);
            let teed = if call.is(&["tee"]) { call.arguments() } else { &[] };
            for target in redirected.chain(teed) {
                let name = last(&target.text);
                if holds_credentials(&target.text, script, at, call) && !removed.contains(&name) {
                    found.report(target.span, format!("`{}` stays in the layer of this step", target.text));
                }
            }
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// By its name alone, or by its name and what is written.
fn holds_credentials(path: &str, script: &Script, at: usize, call: &Call) -> bool {
    let name = last(path);
    if matches!(
        name,
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | ".netrc" | ".git-credentials" | ".pgpass" | ".vault-token"
    ) {
        return true;
    }
    let may = matches!(name, ".npmrc" | ".yarnrc" | ".pypirc" | ".my.cnf" | "credentials" | "auth.json" | ".dockercfg")
        || path.ends_with(".docker/config.json")
        || path.ends_with("pip.conf");
    // A few before it in its pipe write it; more than that nobody has.
    let near = script.commands.get(at.saturating_sub(8)..=at).unwrap_or_default();
    let writer = near.iter().filter(|each| each.pipeline == call.pipeline);
    let says = |text: &str| {
        ["_auth", "_password", "password", "token", "secret", "\"auth\""]
            .iter()
            .any(|word| text.to_ascii_lowercase().contains(word))
    };
    may && writer.flat_map(|each| &each.words).any(|word| says(&word.text))
}

pub(super) const KEY_MADE: Rule = Rule {
    id: "BS-D089",
    title: "private key made while building",
    severity: Severity::Medium,
    aliases: &[],
    why: "Every container of the image has the same key, and everyone who can pull the image has it too: what it signs or encrypts is worth nothing.",
    advice: "Make the key when the container starts, or mount it.",
    references: &["https://docs.docker.com/build/building/secrets/"],
    bad: &[
        "FROM debian:12\nRUN ssh-keygen -A\n",
        "FROM debian:12\nRUN openssl req -x509 -nodes -newkey rsa:4096 -keyout /etc/ssl/a.key -out /etc/ssl/a.crt -subj /CN=a\n",
    ],
    good: &[
        "FROM debian:12 AS test\nRUN ssh-keygen -A\nFROM debian:12\n",
        "FROM debian:12\nRUN openssl x509 -in a.crt -noout && ssh-keygen -R example.org && ssh-keygen -lf a.pub\n",
    ],
    check: Check::Dockerfile(key_made),
};

fn key_made(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in lineage::of_image(file) {
        let Body::Run(Command::Shell(script)) = &instruction.body else { continue };
        let removes_hosts =
            script.calls(&["rm"]).any(|call| call.arguments().iter().any(|word| word.text.contains("ssh_host_")));
        for call in script.calls(&["ssh-keygen", "openssl"]) {
            let makes = match call.program() {
                "ssh-keygen" => (call.has(&["-A"]) && !removes_hosts) || (call.has(&["-N"]) && call.has(&["-f"])),
                _ => {
                    let verb = call.arguments().first().map_or("", |word| word.text.as_str());
                    matches!(verb, "genrsa" | "genpkey" | "gendsa")
                        || (verb == "req"
                            && (call.option("-newkey").is_some()
                                || call.arguments().iter().any(|word| word.text == "-keyout")))
                }
            };
            if makes {
                found.report(
                    call.span,
                    format!("the key that `{}` makes is in every copy of the image", call.program()),
                );
            }
        }
    }
}

pub(super) const MOUNT_KEPT: Rule = Rule {
    id: "BS-D090",
    title: "mounted secret copied into the image",
    severity: Severity::High,
    aliases: &[],
    why: "A secret mount leaves no trace by itself. Copying the file, or writing what is in it to another, puts the secret into the layer after all.",
    advice: "Let the program read the mounted file where it is, or mount it where the program looks for it with `target=`.",
    references: &["https://docs.docker.com/reference/dockerfile/#run---mounttypesecret"],
    bad: &[
        "FROM debian:12\nRUN --mount=type=secret,id=npmrc cp /run/secrets/npmrc /root/.npmrc && npm ci\n",
        "FROM debian:12\nRUN --mount=type=secret,id=env,target=/tmp/env cat /tmp/env > /app/.env\n",
    ],
    good: &[
        "FROM debian:12\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n",
        "FROM debian:12\nRUN --mount=type=secret,id=a TOKEN=$(cat /run/secrets/a) make > /tmp/log\n",
        "FROM debian:12\nRUN --mount=type=secret,id=a cp /run/secrets/a /tmp/a && make && rm -f /tmp/a\n",
    ],
    check: Check::Dockerfile(mount_kept),
};

fn mount_kept(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, script) in file.scripts() {
        let mounts: Vec<String> = instruction.flag_values("mount").filter_map(|value| target(&value.text)).collect();
        let removed: Vec<&str> =
            script.calls(&["rm", "shred"]).flat_map(Call::arguments).map(|word| last(&word.text)).collect();
        if mounts.is_empty() {
            continue;
        }
        for call in &script.commands {
            let operands = call.operands(&["-m", "--mode", "-o", "-g"]);
            let reads = operands.iter().any(|word| mounts.contains(&word.text));
            let to = match call.program() {
                "cp" | "install" | "mv" => operands.last().copied(),
                "cat" => call.redirects.iter().find(|each| each.operator.starts_with('>')).map(|each| &each.target),
                _ => None,
            };
            if let Some(to) =
                to.filter(|to| reads && !to.text.starts_with("/dev/") && !removed.contains(&last(&to.text)))
            {
                found.report(call.span, format!("the secret is written to `{}`, which stays in the layer", to.text));
            }
        }
    }
}

/// Where a secret mount puts its file.
fn target(mount: &str) -> Option<String> {
    let part = |name: &str| mount.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    if part("type") != Some("secret") {
        return None;
    }
    let target = part("target").or_else(|| part("dst")).or_else(|| part("destination"));
    target.map(str::to_owned).or_else(|| Some(format!("/run/secrets/{}", part("id").or_else(|| part("source"))?)))
}
