//! Rules on the files of an image.

use boltseal_evidence::Severity;

use super::runtime::user;
use super::{Files, Image};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-I020",
        title: "programs that make their user root",
        severity: Severity::Low,
        aliases: &["CIS-Docker-4.8"],
        why: "A program with the set-user-id bit runs as its owner, mostly root, whoever starts it: a hole in one of them makes an intruder root in the container.",
        advice: "Take the bits away at the end of the build, `find / -xdev -perm /6000 -type f -exec chmod a-s {} +`, or start from an image without such programs.",
        references: &["https://man7.org/linux/man-pages/man7/inode.7.html", CIS],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {\"User\": \"1000\"}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n4755 /usr/bin/passwd\n2755 /usr/bin/wall\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {\"User\": \"1000\"}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /usr/bin/passwd\n4644 /srv/data\n",
        ],
        check: Check::Image(|image, found| {
            list(image, found, |files| &files.setuid, "run as their owner, whoever starts them");
        }),
    },
    Rule {
        id: "BS-I021",
        title: "shell in an image that has no need of one",
        severity: Severity::Low,
        aliases: &[],
        why: "The image holds hardly more than one program, so nothing but an intruder needs the shell: without one, most ready-made attacks end here.",
        advice: "Use the base image without `debug` in its tag, and leave busybox out of the final stage.",
        references: &["https://github.com/GoogleContainerTools/distroless"],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {\"Entrypoint\": [\"/app\"]}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /app\n0755 /busybox/sh\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {\"Entrypoint\": [\"/app\"]}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /app\n",
            "{\"architecture\": \"amd64\", \"config\": {\"Entrypoint\": [\"/app\"]}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /bin/sh\n0755 /sbin/apk\n",
            "{\"architecture\": \"amd64\", \"config\": {\"Cmd\": [\"/bin/sh\"]}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /bin/sh\n",
        ],
        check: Check::Image(|image, found| {
            let Some(files) = image.files.filter(|files| files.is_distroless()) else { return };
            // An image of a shell, or one that is started by a script, needs it.
            let uses =
                |word: &str| files.shells.iter().any(|shell| shell == word) || word.ends_with(".sh") || word == "sh";
            if let Some(shell) = files.shells.first()
                && !image.command().iter().any(|(word, _)| uses(word))
            {
                found.report(image.heading(), format!("`{shell}` is a shell in an image that has no need of one"));
            }
        }),
    },
    Rule {
        id: "BS-I022",
        title: "package manager in the image",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-4.3"],
        why: "A package manager lets an intruder install tools, and it brings packages whose holes have to be patched, though the program never uses them.",
        advice: "Build in one stage and copy the result to a minimal base in another.",
        references: &["https://docs.docker.com/build/building/multi-stage/", CIS],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /usr/bin/apt-get\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /app\n0644 /usr/share/doc/apt\n",
        ],
        check: Check::Image(|image, found| {
            if let Some(path) = image.files.and_then(|files| files.package_managers.first()) {
                found.report(image.heading(), format!("package manager `{path}` is in the image"));
            }
        }),
    },
    Rule {
        id: "BS-I023",
        title: "files that everyone may change",
        severity: Severity::Medium,
        aliases: &[],
        why: "Any process of the container can replace these files; if one is a program or its configuration, whoever broke into the least of them decides what the others do.",
        advice: "Copy files with `--chmod=0755` or less, and never `chmod 777`: give a directory that must be written to the user that writes.",
        references: &["https://cwe.mitre.org/data/definitions/732.html"],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0777 /app/run\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0775 /app/run\n1777 /srv/drop/\n0777 /tmp/\n",
        ],
        check: Check::Image(|image, found| {
            list(image, found, |files| &files.world_writable, "may be changed by everyone");
        }),
    },
    Rule {
        id: "BS-I024",
        title: "private key or stored credentials",
        severity: Severity::High,
        aliases: &["CIS-Docker-4.10"],
        why: "Whoever can pull the image can read the file, and a file that a later layer deletes is still in the earlier one.",
        advice: "Change the key, keep it out of the build context with `.dockerignore`, and give it to the build by `RUN --mount=type=secret` or to the container when it starts.",
        references: &[
            "https://docs.docker.com/build/building/secrets/",
            "https://cwe.mitre.org/data/definitions/538.html",
        ],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0600 /root/.ssh/id_ed25519\n",
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /home/app/.aws/credentials\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /root/.ssh/id_ed25519.pub\n0644 /etc/ssl/certs/ca.pem\n0644 /usr/lib/python3/test/key.pem\n0644 /usr/lib/jvm/lib/security/cacerts.jks\n",
        ],
        check: Check::Image(|image, found| {
            for path in image.files.map_or(&[][..], |files| &files.credentials) {
                let message = format!("`{path}` looks like a private key or stored credentials");
                found.report(image.heading(), message).within(&format!("file {path}"));
            }
        }),
    },
    Rule {
        id: "BS-I025",
        title: "second account with the rights of root",
        severity: Severity::High,
        aliases: &[],
        why: "Every account with the number 0 is root. A second one goes unnoticed when root is locked, and is a classic back door.",
        advice: "Remove the account from `/etc/passwd`, or give it a number of its own.",
        references: &["https://man7.org/linux/man-pages/man5/passwd.5.html"],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /etc/passwd root:x:0:0:root:/root:/bin/sh|toor:x:0:0::/:/bin/sh\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /etc/passwd root:x:0:0:root:/root:/bin/sh|app:x:1000:0::/:/bin/sh\n",
        ],
        check: Check::Image(|image, found| {
            for fields in accounts(image.files.and_then(|files| files.passwd.as_deref())) {
                if let [name, _, "0", ..] = fields.as_slice()
                    && *name != "root"
                {
                    found.report(image.heading(), format!("account `{name}` has the number of root"));
                }
            }
        }),
    },
    Rule {
        id: "BS-I026",
        title: "account without a password",
        severity: Severity::High,
        aliases: &[],
        why: "An account whose password field is empty lets in whoever names it: `su` to it asks nothing, and if it is root, every user of the container can become root.",
        advice: "Lock the account with `passwd -l NAME`, which writes `!` into the field, or remove it.",
        references: &["https://man7.org/linux/man-pages/man5/shadow.5.html"],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /etc/passwd root::0:0:root:/root:/bin/sh\n",
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0640 /etc/shadow root:::0:::::\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /etc/passwd root:x:0:0:root:/root:/bin/sh\n0640 /etc/shadow root:*:19000:0:99999:7:::|app:!::0:::::\n",
        ],
        check: Check::Image(|image, found| {
            for (path, text) in image.files.map_or([("", None); 2], |files| {
                [("/etc/passwd", files.passwd.as_deref()), ("/etc/shadow", files.shadow.as_deref())]
            }) {
                for fields in accounts(text) {
                    if let [name, "", ..] = fields.as_slice()
                        && !name.is_empty()
                    {
                        found.report(image.heading(), format!("account `{name}` has no password in `{path}`"));
                    }
                }
            }
        }),
    },
    Rule {
        id: "BS-I027",
        title: "user that the image does not know",
        severity: Severity::Medium,
        aliases: &[],
        why: "The image is to run as a user that its `/etc/passwd` does not name, so containers do not start; people then tend to run it as root.",
        advice: "Create the user in the final stage, or write its number.",
        references: &["https://docs.docker.com/reference/dockerfile/#user"],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {\"User\": \"app\"}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /etc/passwd root:x:0:0:root:/root:/bin/sh\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {\"User\": \"app\"}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /etc/passwd root:x:0:0:root:/root:/bin/sh|app:x:10:10::/:/x\n",
            "{\"architecture\": \"amd64\", \"config\": {\"User\": \"1000\"}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /etc/passwd root:x:0:0:root:/root:/bin/sh\n",
        ],
        check: Check::Image(|image, found| {
            let Some(passwd) = image.files.and_then(|files| files.passwd.as_deref()) else { return };
            if let Some((name, node)) = user(image)
                && !name.bytes().all(|byte| byte.is_ascii_digit())
                && !accounts(Some(passwd)).any(|fields| fields.first() == Some(&name))
            {
                found.report(node.span, format!("user `{name}` is not in `/etc/passwd` of the image"));
            }
        }),
    },
    Rule {
        id: "BS-I028",
        title: "version control's data in the image",
        severity: Severity::Low,
        aliases: &[],
        why: "The repository's data holds its whole history, also what was deleted, and often a remote's address with a token; a server that serves the directory gives it to everyone.",
        advice: "Write `.git` into `.dockerignore` and copy what the program needs by name.",
        references: &[
            "https://docs.docker.com/build/concepts/context/#dockerignore-files",
            "https://cwe.mitre.org/data/definitions/527.html",
        ],
        bad: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0755 /app/.git/\n",
        ],
        good: &[
            "{\"architecture\": \"amd64\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}\n=== files.txt\n0644 /app/.gitignore\n",
        ],
        check: Check::Image(|image, found| {
            list(image, found, |files| &files.repositories, "hold the history of the sources");
        }),
    },
];

/// One finding for all paths of a sort, that names the first few.
fn list(image: &Image<'_>, found: &mut Found<'_>, of: impl Fn(&Files) -> &Vec<String>, what: &str) {
    let Some(paths) = image.files.map(of).filter(|paths| !paths.is_empty()) else { return };
    let shown: Vec<String> = paths.iter().take(4).map(|path| format!("`{path}`")).collect();
    let more = paths.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    found.report(image.heading(), format!("{}{more} {what}", shown.join(", ")));
}

/// The accounts of `/etc/passwd` or `/etc/shadow`, by fields.
fn accounts(text: Option<&str>) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.unwrap_or_default().lines();
    lines.filter(|line| line.contains(':') && !line.starts_with('#')).map(|line| line.split(':').collect())
}
