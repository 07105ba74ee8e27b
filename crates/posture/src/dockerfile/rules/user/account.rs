//! Ways to root that a build leaves in the image: accounts, sudo rules, set-user-id programs.

use super::last::PRIVILEGED;
use crate::dockerfile::rules::lineage;
use crate::dockerfile::shell::{Call, Script};
use crate::dockerfile::{Body, Command, Dockerfile, Instruction, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

/// The scripts that leave something in the image.
fn scripts<'f>(file: &'f Dockerfile<'_>) -> Vec<(&'f Instruction, &'f Script)> {
    let script = |each: &'f Instruction| match &each.body {
        Body::Run(Command::Shell(script)) => Some((each, script)),
        _ => None,
    };
    lineage::of_image(file).into_iter().filter_map(script).collect()
}

pub(super) const UID_0: Rule = Rule {
    id: "BS-D057",
    title: "account that is root or may become it",
    severity: Severity::High,
    aliases: &[],
    why: "A user with number 0 is root under another name, and one in `sudo`, `wheel` or `docker` is a step away. The image looks as if it did not run as root.",
    advice: "Give the account a number above 10000 and no group but its own.",
    references: &["https://man7.org/linux/man-pages/man8/useradd.8.html"],
    bad: &[
        "FROM debian:12\nRUN useradd -o -u 0 app\nUSER app\n",
        "FROM debian:12\nRUN useradd app && usermod -aG sudo app\n",
        "FROM alpine:3.22\nRUN adduser app wheel\n",
    ],
    good: &[
        "FROM debian:12\nRUN useradd --uid 10001 app\n",
        "FROM alpine:3.22\nRUN adduser -D -u 10001 app\n",
        "FROM debian:12 AS dev\nRUN usermod -aG sudo app\nFROM debian:12\n",
        "FROM debian:12\nRUN useradd -g 0 -u 1001 app\n",
    ],
    check: Check::Dockerfile(uid_0),
};

fn uid_0(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, script) in scripts(file) {
        for call in script.calls(&["useradd", "adduser", "usermod", "gpasswd", "addgroup"]) {
            if call.value_of(&["-u", "--uid"]) == Some("0") && !call.is(&["gpasswd", "addgroup"]) {
                found.report(
                    call.span,
                    format!("`{}` makes an account with the number 0, which is root", call.program()),
                );
            } else if let Some(group) = joins(call) {
                found.report(call.span, format!("members of `{group}` can become root")).severity(Severity::Medium);
            }
        }
    }
}

/// The privileged group that a call puts someone into.
fn joins(call: &Call) -> Option<&str> {
    let option = |names: &[&str]| {
        let value = call.value_of(names)?;
        value.split(',').find(|group| PRIVILEGED.contains(group))
    };
    let operand = |at: usize| {
        let operands =
            call.operands(&["-u", "--uid", "-G", "-g", "-h", "-s", "--home", "--shell", "--gecos", "--ingroup"]);
        operands.get(at).map(|word| word.text.as_str()).filter(|group| PRIVILEGED.contains(group))
    };
    match call.program() {
        "useradd" => option(&["-G", "--groups"]).or_else(|| option(&["-g", "--gid"])),
        "usermod" => {
            let groups = call.arguments().iter().skip_while(|word| {
                !(word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('G'))
            });
            let clustered = groups.skip(1).map(|word| word.text.as_str()).next();
            option(&["--groups"]).or_else(|| clustered?.split(',').find(|group| PRIVILEGED.contains(group)))
        }
        "adduser" | "addgroup" => operand(1).or_else(|| option(&["-G", "--ingroup"])),
        "gpasswd" => call
            .has(&["-a", "--add"])
            .then(|| call.arguments().iter().map(|word| word.text.as_str()).find(|word| PRIVILEGED.contains(word)))
            .flatten(),
        _ => None,
    }
}

pub(super) const SUDO: Rule = Rule {
    id: "BS-D058",
    title: "sudo without a password",
    severity: Severity::High,
    aliases: &[],
    why: "`NOPASSWD` lets the account run anything as root at any time, so that it is of no use that the image does not run as root.",
    advice: "Do what needs root while building, before `USER`, and leave sudo out of the image.",
    references: &["https://docs.docker.com/build/building/best-practices/#user"],
    bad: &[
        "FROM debian:12\nRUN echo 'app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers\n",
        "FROM debian:12\nCOPY <<EOF /etc/sudoers.d/app\napp ALL=(ALL) NOPASSWD:ALL\nEOF\n",
    ],
    good: &[
        "FROM debian:12\nRUN useradd --uid 10001 app\nUSER 10001\n",
        "FROM debian:12 AS dev\nRUN echo 'app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers\nFROM debian:12\n",
    ],
    check: Check::Dockerfile(sudo),
};

fn sudo(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in lineage::of_image(file) {
        if !matches!(instruction.body, Body::Run(_) | Body::Copy(_)) {
            continue;
        }
        let text = file.source.slice(instruction.span);
        if let Some(at) = text.find("NOPASSWD")
            && text.contains("ALL")
        {
            let start = instruction.span.start + at;
            found.report(
                crate::source::Span::new(start, start + "NOPASSWD".len()),
                "anything can be run as root without a password",
            );
        }
    }
}

pub(super) const SETUID: Rule = Rule {
    id: "BS-D059",
    title: "set-user-id or set-group-id bit set",
    severity: Severity::Medium,
    aliases: &[],
    why: "A program with this bit runs as its owner, mostly root, whoever starts it. Each is a way from the image's user to root.",
    advice: "Leave the bit out; give the program the one capability that it needs, or do the work while building. At run time, `no-new-privileges` makes the bit void.",
    references: &["https://www.cisecurity.org/benchmark/docker", "https://man7.org/linux/man-pages/man2/chmod.2.html"],
    bad: &[
        "FROM debian:12\nRUN chmod u+s /usr/bin/find\n",
        "FROM debian:12\nCOPY --chmod=4755 tool /usr/bin/tool\n",
        "FROM debian:12\nRUN chmod 4755 /usr/bin/tool\n",
    ],
    good: &[
        "FROM debian:12\nRUN chmod 0755 /usr/bin/tool && chmod u-s /usr/bin/passwd && chmod 1777 /tmp\n",
        "FROM debian:12\nRUN find / -perm /6000 -exec chmod a-s {} +\n",
        "FROM debian:12\nRUN chmod g+s /srv/share/ && chmod 2775 /srv/data\n",
    ],
    check: Check::Dockerfile(setuid),
};

// On directories the group bit only hands the group down, so it alone is not reported.
fn setuid(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in lineage::of_image(file) {
        for value in instruction.flag_values("chmod").filter(|value| sets_user_id(&value.text)) {
            found.report(value.span, format!("the mode `{}` makes it run as its owner, whoever starts it", value.text));
        }
        let Body::Run(Command::Shell(script)) = &instruction.body else { continue };
        for call in script.calls(&["chmod"]) {
            let mode: Option<&Word> = call.arguments().iter().find(|word| {
                !word.text.starts_with("--") && (!word.text.starts_with('-') || word.text.starts_with("-s"))
            });
            if let Some(mode) = mode.filter(|mode| sets_user_id(&mode.text)) {
                found.report(
                    call.span,
                    format!("the mode `{}` makes it run as its owner, whoever starts it", mode.text),
                );
            }
        }
    }
}

fn sets_user_id(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte)) {
        return mode.len() >= 4 && u32::from_str_radix(mode, 8).is_ok_and(|mode| mode & 0o4000 != 0);
    }
    mode.split(',').any(|clause| {
        let Some((who, what)) = clause.split_once(['+', '=']) else { return false };
        what.contains('s')
            && (who.is_empty() || who.contains(['u', 'a']))
            && what.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'X')
    })
}
