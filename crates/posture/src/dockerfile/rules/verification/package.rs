//! Signatures of packages that are not checked.

use boltseal_evidence::Severity;

use super::is_off;
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::each_call;
use crate::dockerfile::rules::system::{APK, APT, DNF, YUM, ZYPPER};
use crate::dockerfile::shell::Call;
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D256",
        title: "apk installs packages without a trusted signature",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_7"],
        why: "With `--allow-untrusted` apk installs whatever file it is given, whoever made or changed it; its scripts run \
              as root.",
        advice: "Put the maker's public key into `/etc/apk/keys/` and leave the option out.",
        references: &["https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper"],
        bad: &["FROM alpine:3.20\nRUN apk add --no-cache --allow-untrusted /tmp/app.apk\n"],
        good: &["FROM alpine:3.20\nCOPY example.rsa.pub /etc/apk/keys/\nRUN apk add --no-cache /tmp/app.apk\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                if call.is(APK.programs)
                    && let Some(word) = call.option("--allow-untrusted")
                {
                    found.report(word.span, "`--allow-untrusted` installs packages without a trusted signature");
                }
            });
        }),
    },
    Rule {
        id: "BS-D257",
        title: "apt installs packages without a trusted signature",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_8"],
        why: "Without the signature nothing shows that packages are what their makers published: a broken mirror or anyone \
              on the way can replace them, and their scripts run as root.",
        advice: "Install the repository's key into `/etc/apt/keyrings/`, name it with `signed-by`, and leave the option out.",
        references: &["https://manpages.debian.org/stable/apt/apt-secure.8.en.html"],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y --allow-unauthenticated curl\n",
            "FROM debian:12\nRUN apt-get -o APT::Get::AllowUnauthenticated=true install -y curl\n",
            "FROM debian:12\nRUN apt-get update --allow-insecure-repositories\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
            "FROM debian:12\nRUN apt-get -o APT::Get::AllowUnauthenticated=false install -y curl\n",
        ],
        check: Check::Dockerfile(apt_unsigned),
    },
    Rule {
        id: "BS-D258",
        title: "yum or dnf installs packages without checking signatures",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_9"],
        why: "Without the signature nothing shows that packages are what their makers published: a broken mirror or anyone \
              on the way can replace them, and their scripts run as root.",
        advice: "Import the repository's key with `rpm --import`, and leave the option out.",
        references: &["https://dnf.readthedocs.io/en/latest/command_ref.html"],
        bad: &[
            "FROM fedora:40\nRUN dnf install -y --nogpgcheck httpd && dnf clean all\n",
            "FROM photon:5\nRUN tdnf install -y --nogpgcheck httpd\n",
            "FROM centos:7\nRUN yum --no-gpgchecks -y install httpd\n",
        ],
        good: &["FROM fedora:40\nRUN rpm --import https://example.com/key && dnf install -y httpd && dnf clean all\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let options = ["--nogpgcheck", "--no-gpgchecks", "--no-gpg-checks"];
                let word = options.iter().find_map(|option| call.option(option));
                if let Some(word) = word.filter(|_| call.is(YUM.programs) || call.is(DNF.programs)) {
                    found
                        .report(word.span, format!("`{}` installs packages without checking who made them", word.text));
                }
            });
        }),
    },
    Rule {
        id: "BS-D259",
        title: "rpm installs packages without checking digests or signatures",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_10"],
        why: "rpm then installs a file even if it was damaged or changed on the way, and its scripts run as root.",
        advice: "Import the maker's key with `rpm --import`, and leave the option out.",
        references: &["https://man7.org/linux/man-pages/man8/rpm.8.html"],
        bad: &[
            "FROM fedora:40\nRUN rpm -i --nosignature https://example.com/a.rpm\n",
            "FROM fedora:40\nRUN rpm -Uvh --nodigest --nofiledigest a.rpm\n",
        ],
        good: &["FROM fedora:40\nRUN rpm --import https://example.com/key && rpm -i https://example.com/a.rpm\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let options = ["--nosignature", "--nodigest", "--noverify", "--nofiledigest"];
                let word = options.iter().find_map(|option| call.option(option)).filter(|_| call.is(&["rpm"]));
                if let Some(word) = word {
                    found.report(word.span, format!("`{}` installs packages that may have been changed", word.text));
                }
            });
        }),
    },
    Rule {
        id: "BS-D260",
        title: "repository of rpm packages without signatures",
        severity: Severity::High,
        aliases: &[],
        why: "With `gpgcheck=0` every package of the repository is taken as it comes, in this build and in every later one \
              on this image.",
        advice: "Set `gpgcheck=1` and name the key with `gpgkey=`.",
        references: &["https://dnf.readthedocs.io/en/latest/conf_ref.html"],
        bad: &[
            "FROM fedora:40\nRUN printf '[x]\\nbaseurl=https://example.com\\ngpgcheck=0\\n' > /etc/yum.repos.d/x.repo\n",
            "FROM centos:7\nRUN sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.conf\n",
            "FROM fedora:40\nRUN dnf install -y --setopt=x.gpgcheck=0 httpd && dnf clean all\n",
            "FROM centos:7\nRUN cat > /etc/yum.repos.d/x.repo <<EOF\n[x]\ngpgcheck = 0\nEOF\n",
        ],
        good: &[
            "FROM fedora:40\nRUN printf '[x]\\ngpgcheck=1\\nrepo_gpgcheck=0\\n' > /etc/yum.repos.d/x.repo\n",
            "FROM centos:7\nRUN sed -i 's/gpgcheck=0/gpgcheck=1/' /etc/yum.conf\n",
        ],
        check: Check::Dockerfile(|file, found| {
            each_text(file, |call, text, span| {
                if sets_off(text, "gpgcheck", call) {
                    found.report(span, "`gpgcheck=0` takes the packages of a repository without a signature");
                }
            });
        }),
    },
    Rule {
        id: "BS-D261",
        title: "certificate check of yum or dnf switched off",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_15"],
        why: "With `sslverify=0` anyone on the way can pose as the repository, serve old packages and, where signatures are \
              off as well, any packages.",
        advice: "Remove the setting; for a repository with an authority of its own name that in `sslcacert=`.",
        references: &["https://dnf.readthedocs.io/en/latest/conf_ref.html"],
        bad: &[
            "FROM centos:7\nRUN yum-config-manager --save --setopt=sslverify=false\n",
            "FROM fedora:40\nRUN echo sslverify=0 >> /etc/dnf/dnf.conf\n",
        ],
        good: &["FROM fedora:40\nRUN echo sslverify=1 >> /etc/dnf/dnf.conf\n"],
        check: Check::Dockerfile(|file, found| {
            each_text(file, |call, text, span| {
                if sets_off(text, "sslverify", call) {
                    found.report(span, "`sslverify` off lets anyone on the way pose as the repository");
                }
            });
        }),
    },
    Rule {
        id: "BS-D262",
        title: "apt repository trusted without a signature",
        severity: Severity::High,
        aliases: &[],
        why: "`[trusted=yes]` takes the packages of a source without any signature, in this build and in every later one on \
              this image.",
        advice: "Name the repository's key instead: `[signed-by=/etc/apt/keyrings/x.gpg]`.",
        references: &["https://manpages.debian.org/stable/apt/sources.list.5.en.html"],
        bad: &[
            "FROM debian:12\nRUN echo 'deb [trusted=yes] https://example.com/apt ./' > /etc/apt/sources.list.d/x.list\n",
            "FROM debian:12\nRUN echo 'APT::Get::AllowUnauthenticated \"true\";' > /etc/apt/apt.conf.d/99x\n",
            "FROM debian:12\nRUN echo 'Acquire::AllowInsecureRepositories 1;' > /etc/apt/apt.conf.d/99x\n",
        ],
        good: &[
            "FROM debian:12\nRUN echo 'deb [signed-by=/etc/apt/keyrings/x.gpg] https://example.com/apt ./' > /etc/apt/sources.list.d/x.list\n",
            "FROM debian:12\nRUN echo 'deb [trusted=yes] file:/packages ./' > /etc/apt/sources.list.d/x.list\n",
        ],
        check: Check::Dockerfile(|file, found| {
            each_text(file, |call, text, span| {
                let lower = text.to_ascii_lowercase();
                let local = lower.contains("file:") || lower.contains("copy:");
                let source = (lower.contains("trusted=yes") || lower.contains("trusted: yes"))
                    && !local
                    && !call.is(&["grep", "sed"]);
                let setting = ["allowunauthenticated", "allowinsecurerepositories", "allowweakrepositories"]
                    .iter()
                    .any(|name| assigned(&lower, name).is_some_and(super::is_on));
                if source {
                    found.report(span, "`trusted=yes` takes the packages of a source without a signature");
                } else if setting && !call.is(APT.programs) {
                    found.report(span, "apt is told to take packages without a signature");
                }
            });
        }),
    },
    Rule {
        id: "BS-D263",
        title: "certificate check of apt switched off",
        severity: Severity::Medium,
        aliases: &[],
        why: "Without the certificate anyone on the way can pose as the repository: they see what is installed, and can hold \
              back security updates by serving old lists.",
        advice: "Install `ca-certificates` and the missing authority, and remove the setting.",
        references: &["https://manpages.debian.org/stable/apt/apt-transport-https.1.en.html"],
        bad: &[
            "FROM debian:12\nRUN echo 'Acquire::https::Verify-Peer \"false\";' > /etc/apt/apt.conf.d/99x\n",
            "FROM debian:12\nRUN apt-get -o Acquire::https::example.com::Verify-Host=false update\n",
        ],
        good: &["FROM debian:12\nRUN echo 'Acquire::https::Verify-Peer \"true\";' > /etc/apt/apt.conf.d/99x\n"],
        check: Check::Dockerfile(|file, found| {
            each_text(file, |_, text, span| {
                let lower = text.to_ascii_lowercase();
                let off = ["verify-peer", "verify-host"].iter().any(|name| assigned(&lower, name).is_some_and(is_off));
                if off {
                    found.report(span, "apt no longer checks the certificate of its servers");
                }
            });
        }),
    },
    Rule {
        id: "BS-D264",
        title: "zypper installs packages without checking signatures",
        severity: Severity::High,
        aliases: &[],
        why: "Without the signature nothing shows that packages are what their makers published: a broken mirror or anyone \
              on the way can replace them, and their scripts run as root.",
        advice: "Import the repository's key with `rpm --import`, and leave the option out.",
        references: &["https://en.opensuse.org/SDB:Zypper_manual"],
        bad: &[
            "FROM opensuse/leap:15.6\nRUN zypper --no-gpg-checks -n install httpd\n",
            "FROM opensuse/leap:15.6\nRUN zypper -n install --allow-unsigned-rpm ./a.rpm\n",
        ],
        good: &["FROM opensuse/leap:15.6\nRUN zypper -n --gpg-auto-import-keys refresh\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let options = ["--no-gpg-checks", "--allow-unsigned-rpm", "--gpgcheck-allow-unsigned", "--no-gpgcheck"];
                let word = options.iter().find_map(|option| call.option(option));
                if let Some(word) = word.filter(|_| call.is(ZYPPER.programs)) {
                    found
                        .report(word.span, format!("`{}` installs packages without checking who made them", word.text));
                }
            });
        }),
    },
];

fn apt_unsigned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        if !call.is(APT.programs) {
            return;
        }
        let word = call.arguments().iter().find(|word| {
            let lower = word.text.to_ascii_lowercase();
            matches!(
                lower.as_str(),
                "--allow-unauthenticated" | "--allow-insecure-repositories" | "--allow-weak-repositories"
            ) || ["allowunauthenticated", "allowinsecurerepositories"]
                .iter()
                .any(|name| assigned(&lower, name).is_some_and(super::is_on))
        });
        if let Some(word) = word {
            found.report(word.span, format!("`{}` takes packages without a trusted signature", word.text));
        }
    });
}

/// Calls `each` with every argument of every call, and with every here-document that one reads.
pub(super) fn each_text(file: &Dockerfile<'_>, mut each: impl FnMut(&Call, &str, crate::source::Span)) {
    each_call(file, |_, _, call| {
        for word in call.arguments() {
            each(call, &word.text, word.span);
        }
        for body in call.redirects.iter().filter_map(|redirect| redirect.body) {
            each(call, file.source.slice(body), call.span);
        }
    });
}

/// The value that a text gives to a name: `name=0`, `name = 0`, `name "false";`, `name: 0`.
pub(super) fn assigned<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    if text.len() <= name.len() {
        return None;
    }
    text.match_indices(name).find_map(|(at, _)| {
        let before = text.get(..at)?;
        // `\ngpgcheck` as `printf` takes it.
        let escaped = before.ends_with("\\n") || before.ends_with("\\t");
        if !escaped && before.ends_with(|each: char| each.is_ascii_alphanumeric() || each == '_') {
            return None;
        }
        let rest = text.get(at + name.len()..)?;
        let value = rest.trim_start_matches([' ', '\t', '=', ':', '"', '\'', '\\']);
        if value.len() == rest.len() {
            return None;
        }
        let end = value.find(|each: char| !each.is_ascii_alphanumeric()).unwrap_or(value.len());
        value.get(..end)
    })
}

/// A text switches a setting of yum or dnf off; what `sed` replaces counts only if it is the new text.
fn sets_off(text: &str, name: &str, call: &Call) -> bool {
    let new = match call.program() {
        "grep" => return false,
        "sed" => text.split(['/', '|', ',', '#', '@']).nth(2).unwrap_or_default(),
        _ => text,
    };
    assigned(new, name).is_some_and(is_off)
}
