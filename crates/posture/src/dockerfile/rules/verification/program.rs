//! Options and settings of single programs that switch checks off.

use boltseal_evidence::Severity;

use super::is_off;
use super::package::{assigned, each_text};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{Options, each_call, runs, shown};
use crate::dockerfile::shell::Call;
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The letters of curl that take a value.
pub(in crate::dockerfile::rules) const CURL_SHORT: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";
/// The letters of wget that take a value.
pub(in crate::dockerfile::rules) const WGET_SHORT: &str = "oaeiBtOTwQPUlAdDIXR";
const MITM: &str = "https://owasp.org/www-community/attacks/Manipulator-in-the-middle_attack";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D250",
        title: "curl does not check certificates",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_2"],
        why: "With `-k` curl talks to whoever answers: anyone on the way can send another file, which then becomes part of \
              the image.",
        advice: "Leave `-k` out; install `ca-certificates`, and name an authority of your own with `--cacert`.",
        references: &["https://curl.se/docs/sslcerts.html", MITM],
        bad: &[
            "FROM debian:12\nRUN curl -fsSLk https://example.com/a.tgz | tar xz\n",
            "FROM debian:12\nRUN [\"curl\", \"--insecure\", \"-o\", \"/a\", \"https://example.com/a\"]\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSL --cacert /ca.pem https://example.com/a.tgz -okubectl\n",
            "FROM debian:12\nRUN curl -fH 'a: b' -o k https://example.com/a\n",
        ],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                if !call.is(&["curl"]) {
                    return;
                }
                let options = Options::read(call, CURL_SHORT, &["output", "header", "user", "url", "request", "data"]);
                if let Some(word) = options.word(&["k", "insecure", "proxy-insecure", "doh-insecure"]) {
                    found.report(word.span, "`curl` is told not to check certificates");
                }
            });
        }),
    },
    Rule {
        id: "BS-D251",
        title: "wget does not check certificates",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_3"],
        why: "With `--no-check-certificate` wget talks to whoever answers: anyone on the way can send another file, which \
              then becomes part of the image.",
        advice: "Leave the option out; install `ca-certificates`, and name an authority of your own with `--ca-certificate`.",
        references: &["https://www.gnu.org/software/wget/manual/wget.html#HTTPS-_0028SSL_002fTLS_0029-Options", MITM],
        bad: &["FROM debian:12\nRUN wget --no-check-certificate -q https://example.com/a.tgz\n"],
        good: &["FROM debian:12\nRUN wget --ca-certificate=/ca.pem -q https://example.com/a.tgz\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let word = ["--no-check-certificate", "--check-certificate=off"]
                    .iter()
                    .find_map(|option| call.arguments().iter().find(|word| word.text == *option));
                if let Some(word) = word.filter(|_| call.is(&["wget", "wget2"])) {
                    found.report(word.span, "`wget` is told not to check certificates");
                }
            });
        }),
    },
    Rule {
        id: "BS-D252",
        title: "pip trusts a host without a valid certificate",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_4"],
        why: "pip then takes packages from this host without looking at its certificate, or without encryption at all: \
              anyone on the way can send other code, which runs while it is installed.",
        advice: "Give the index a valid certificate; for one of your own authority use `--cert`.",
        references: &["https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host"],
        bad: &[
            "FROM python:3.12\nRUN pip install --trusted-host pypi.example.com -r requirements.txt\n",
            "FROM python:3.12\nRUN python -m pip config set global.trusted-host pypi.example.com\n",
            "FROM python:3.12\nRUN uv pip install --allow-insecure-host pypi.example.com -r requirements.txt\n",
        ],
        good: &["FROM python:3.12\nRUN pip install --cert /ca.pem -r requirements.txt\n"],
        check: Check::Dockerfile(|file, found| {
            for run in runs(file) {
                for call in run.calls.iter().filter(|call| is_pip(call)) {
                    let word = call.arguments().iter().find(|word| {
                        let option = word.text.split('=').next().unwrap_or_default();
                        matches!(
                            option,
                            "--trusted-host" | "--allow-insecure-host" | "global.trusted-host" | "install.trusted-host"
                        )
                    });
                    if let Some(word) = word {
                        found.report(word.span, "pip takes packages from this host without checking its certificate");
                    }
                }
            }
        }),
    },
    Rule {
        id: "BS-D266",
        title: "npm or yarn does not check the registry's certificate",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_13"],
        why: "The registry is no longer checked for being the right one: anyone on the way can send other packages, whose \
              scripts run while they are installed.",
        advice: "Leave `strict-ssl` on, and name the missing authority with `npm config set cafile /ca.pem`.",
        references: &["https://docs.npmjs.com/cli/v11/using-npm/config#strict-ssl"],
        bad: &[
            "FROM node:22\nRUN npm config set strict-ssl false && npm ci\n",
            "FROM node:22\nRUN npm ci --strict-ssl=false\n",
            "FROM node:22\nRUN yarn config set enableStrictSsl false\n",
            "FROM node:22\nRUN echo strict-ssl=false >> .npmrc\n",
        ],
        good: &["FROM node:22\nRUN npm config set strict-ssl true && npm config set cafile /ca.pem\n"],
        check: Check::Dockerfile(strict_ssl),
    },
    Rule {
        id: "BS-D268",
        title: "git does not check certificates",
        severity: Severity::High,
        aliases: &[],
        why: "git then clones from whoever answers: anyone on the way can send other source code, and see the tokens that \
              are sent along.",
        advice: "Remove the setting, and name the missing authority with `git config http.sslCAInfo /ca.pem`.",
        references: &["https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslVerify"],
        bad: &[
            "FROM debian:12\nRUN git config --global http.sslVerify false\n",
            "FROM debian:12\nRUN git -c http.sslVerify=false clone https://example.com/a.git\n",
        ],
        good: &["FROM debian:12\nRUN git config --global http.sslCAInfo /ca.pem && git config http.sslVerify true\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let off = call.arguments().iter().enumerate().find(|(at, word)| {
                    let lower = word.text.to_ascii_lowercase();
                    let Some(rest) = lower.strip_prefix("http.").and_then(|rest| rest.split("sslverify").nth(1)) else {
                        return false;
                    };
                    let next = || call.arguments().get(at + 1).is_some_and(|next| is_off(&next.text));
                    rest.strip_prefix('=').map_or_else(next, is_off)
                });
                if let Some((_, word)) = off.filter(|_| call.is(&["git"])) {
                    found.report(word.span, "git is told not to check certificates");
                }
            });
        }),
    },
    Rule {
        id: "BS-D270",
        title: "conda does not check certificates",
        severity: Severity::High,
        aliases: &[],
        why: "conda then takes packages from whoever answers: anyone on the way can send other code, which becomes part of \
              the image.",
        advice: "Set `ssl_verify` to the path of the missing authority's certificate instead of `false`.",
        references: &["https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/settings.html"],
        bad: &[
            "FROM continuumio/miniconda3\nRUN conda config --set ssl_verify false\n",
            "FROM continuumio/miniconda3\nRUN conda install --insecure -y numpy=2.0\n",
        ],
        good: &["FROM continuumio/miniconda3\nRUN conda config --set ssl_verify /ca.pem\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let off = call.arguments().windows(2).find_map(|pair| match pair {
                    [name, value] if name.text == "ssl_verify" && is_off(&value.text) => Some(name),
                    _ => None,
                });
                let word = off
                    .or_else(|| call.arguments().iter().find(|word| matches!(word.text.as_str(), "--insecure" | "-k")));
                if let Some(word) = word.filter(|_| call.is(&["conda", "mamba", "micromamba"])) {
                    found.report(word.span, "conda is told not to check certificates");
                }
            });
        }),
    },
    Rule {
        id: "BS-D271",
        title: "packages of a language fetched without encryption",
        severity: Severity::High,
        aliases: &[],
        why: "Over plain HTTP anyone on the way can send other packages, and most package managers run code of a package \
              while installing it.",
        advice: "Write `https://`; nearly every index and registry serves it.",
        references: &[MITM],
        bad: &[
            "FROM ruby:3.3\nRUN gem sources --add http://gems.example.com\n",
            "FROM python:3.12\nRUN pip install -i http://pypi.example.com/simple -r requirements.txt\n",
            "FROM node:22\nRUN npm config set registry http://npm.example.com\n",
            "FROM python:3.12\nENV PIP_INDEX_URL=http://pypi.example.com/simple\n",
        ],
        good: &[
            "FROM node:22\nRUN npm config set registry https://npm.example.com\n",
            "FROM python:3.12\nRUN pip install -i http://localhost:3141/simple -r requirements.txt\n",
            "FROM node:22\nRUN npm config set proxy http://proxy.example.com:3128\n",
        ],
        check: Check::Dockerfile(plain_index),
    },
    Rule {
        id: "BS-D272",
        title: "SSH does not check the host's key",
        severity: Severity::High,
        aliases: &[],
        why: "ssh then talks to whoever answers: anyone on the way can pose as the git server and send other source code. \
              Written into `ssh_config`, that goes for every container too.",
        advice: "Put the server's published key into `known_hosts`, with a `COPY` from the repository.",
        references: &["https://man.openbsd.org/ssh_config#StrictHostKeyChecking"],
        bad: &[
            "FROM debian:12\nRUN GIT_SSH_COMMAND='ssh -o StrictHostKeyChecking=no' git clone git@example.com:a.git\n",
            "FROM debian:12\nRUN echo 'StrictHostKeyChecking no' >> /etc/ssh/ssh_config\n",
            "FROM debian:12\nENV GIT_SSH_COMMAND='ssh -o UserKnownHostsFile=/dev/null'\n",
        ],
        good: &[
            "FROM debian:12\nCOPY known_hosts /etc/ssh/ssh_known_hosts\nRUN echo 'StrictHostKeyChecking yes' >> /etc/ssh/ssh_config\n",
        ],
        check: Check::Dockerfile(host_key),
    },
    Rule {
        id: "BS-D273",
        title: "SSH host keys taken from whoever answers",
        severity: Severity::Low,
        aliases: &[],
        why: "`ssh-keyscan` asks over the network which key a host has and believes the answer: whoever stands in between \
              during the build is trusted from then on.",
        advice: "Copy the key that the host publishes (GitHub, GitLab and others list theirs) into `known_hosts`, or compare \
                 its fingerprint in the same `RUN`.",
        references: &["https://man.openbsd.org/ssh-keyscan#SECURITY"],
        bad: &["FROM debian:12\nRUN mkdir -p ~/.ssh && ssh-keyscan github.com >> ~/.ssh/known_hosts\n"],
        good: &[
            "FROM debian:12\nCOPY known_hosts /root/.ssh/known_hosts\n",
            "FROM debian:12\nRUN ssh-keyscan github.com > k && ssh-keygen -lf k | grep -F SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDl54\n",
        ],
        check: Check::Dockerfile(|file, found| {
            for run in
                runs(file).iter().filter(|run| !run.calls.iter().any(|call| call.is(&["ssh-keygen", "sha256sum"])))
            {
                for call in run.calls.iter().filter(|call| call.is(&["ssh-keyscan"])) {
                    found.report(call.span, "`ssh-keyscan` believes whoever answers");
                }
            }
        }),
    },
    Rule {
        id: "BS-D274",
        title: "OpenPGP key named by a short id",
        severity: Severity::Medium,
        aliases: &[],
        why: "Anyone can make a key with a given short id within seconds, and key servers take keys from everyone: what is \
              received may be someone else's.",
        advice: "Name the key by its whole fingerprint of 40 digits.",
        references: &["https://www.gnupg.org/documentation/manuals/gnupg/Specify-a-User-ID.html"],
        bad: &[
            "FROM debian:12\nRUN gpg --keyserver hkps://keys.openpgp.org --recv-keys 7F0CEB10\n",
            "FROM debian:12\nRUN gpg --batch --recv-keys 0x9DA31620334BD75D\n",
        ],
        good: &[
            "FROM debian:12\nRUN gpg --recv-keys 9DA31620334BD75D9DCB49F368818C72E52529D4 \"$KEY\"\n",
            "FROM debian:12\nRUN gpg --verify a.asc a\n",
        ],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                if !call.is(&["gpg", "gpg2", "apt-key"]) || !call.has(&["--recv-keys", "--recv-key", "--recv"]) {
                    return;
                }
                for word in call.arguments() {
                    let digits = word.text.strip_prefix("0x").unwrap_or(&word.text);
                    let id = matches!(digits.len(), 8 | 16) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                    if id {
                        found.report(word.span, format!("`{}` may be the id of several keys", word.text));
                    }
                }
            });
        }),
    },
    Rule {
        id: "BS-D275",
        title: "curl or wget configured not to check certificates",
        severity: Severity::High,
        aliases: &[],
        why: "What stands in `.curlrc` or `.wgetrc` goes for every later download, in the build and in every container, and \
              nobody sees it at the call.",
        advice: "Remove the setting, and add the missing authority to the image's certificates.",
        references: &["https://curl.se/docs/manpage.html#-K", MITM],
        bad: &[
            "FROM debian:12\nRUN echo insecure >> ~/.curlrc\n",
            "FROM debian:12\nRUN echo 'check_certificate = off' >> /etc/wgetrc\n",
        ],
        good: &["FROM debian:12\nRUN echo silent >> ~/.curlrc && echo 'check_certificate = on' >> /etc/wgetrc\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let into = |name: &str| {
                    call.redirects.iter().any(|redirect| redirect.target.text.ends_with(name))
                        || call.arguments().iter().any(|word| word.text.ends_with(name))
                };
                let says = |text: &str| {
                    call.arguments().iter().any(|word| word.text.split_whitespace().any(|each| each == text))
                };
                let curl = (says("insecure") || says("-k") || says("--insecure")) && into("curlrc");
                let wget = into("wgetrc")
                    && call
                        .arguments()
                        .iter()
                        .any(|word| assigned(&word.text, "check_certificate").is_some_and(is_off));
                if curl || wget {
                    found.report(call.span, "every later download goes without a check of certificates");
                }
            });
        }),
    },
    Rule {
        id: "BS-D276",
        title: "Maven does not check certificates",
        severity: Severity::High,
        aliases: &[],
        why: "Maven then takes libraries and plug-ins from whoever answers; plug-ins run during the build.",
        advice: "Remove the property, and import the missing authority with `keytool -importcert`.",
        references: &["https://maven.apache.org/resolver/transporter-known-issues.html", MITM],
        bad: &[
            "FROM maven:3-eclipse-temurin-21\nRUN mvn -B -Dmaven.wagon.http.ssl.insecure=true package\n",
            "FROM maven:3-eclipse-temurin-21\nENV MAVEN_OPTS=-Daether.connector.https.securityMode=insecure\n",
        ],
        good: &["FROM maven:3-eclipse-temurin-21\nRUN mvn -B -Dmaven.wagon.http.ssl.insecure=false package\n"],
        check: Check::Dockerfile(maven),
    },
    Rule {
        id: "BS-D277",
        title: "Composer does not check certificates",
        severity: Severity::High,
        aliases: &[],
        why: "Composer then takes libraries from whoever answers, or without encryption; their scripts run during the build.",
        advice: "Remove the setting, and name the missing authority with `composer config cafile`.",
        references: &["https://getcomposer.org/doc/06-config.md#disable-tls"],
        bad: &[
            "FROM composer:2\nRUN composer config -g disable-tls true\n",
            "FROM composer:2\nRUN composer config -g -- secure-http false\n",
        ],
        good: &["FROM composer:2\nRUN composer config -g secure-http true\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                let off = call.arguments().windows(2).find_map(|pair| match pair {
                    [name, value] => {
                        let off = (name.text == "disable-tls" && super::is_on(&value.text))
                            || (name.text == "secure-http" && is_off(&value.text));
                        off.then_some(name)
                    }
                    _ => None,
                });
                if let Some(word) = off.filter(|_| call.is(&["composer"])) {
                    found.report(word.span, "Composer no longer checks where libraries come from");
                }
            });
        }),
    },
    Rule {
        id: "BS-D280",
        title: "registry or cluster reached without a check of its certificate",
        severity: Severity::High,
        aliases: &[],
        why: "Images, charts and credentials then go to and come from whoever answers.",
        advice: "Leave the option out, and name the missing authority (`--cert-dir`, `--ca-file`, `--certificate-authority`).",
        references: &["https://kubernetes.io/docs/reference/kubectl/generated/kubectl_options/", MITM],
        bad: &[
            "FROM quay.io/skopeo/stable:v1.16\nRUN skopeo copy --src-tls-verify=false docker://r/a dir:/a\n",
            "FROM alpine:3.20\nRUN helm repo add x https://example.com --insecure-skip-tls-verify\n",
        ],
        good: &["FROM quay.io/skopeo/stable:v1.16\nRUN skopeo copy --src-cert-dir=/certs docker://r/a dir:/a\n"],
        check: Check::Dockerfile(|file, found| {
            each_call(file, |_, _, call| {
                if !call.is(&[
                    "skopeo", "podman", "buildah", "crane", "oras", "helm", "kubectl", "oc", "docker", "cosign",
                    "argocd",
                ]) {
                    return;
                }
                let word = call.arguments().iter().find(|word| {
                    matches!(
                        word.text.as_str(),
                        "--tls-verify=false"
                            | "--src-tls-verify=false"
                            | "--dest-tls-verify=false"
                            | "--insecure-skip-tls-verify"
                            | "--insecure-skip-tls-verify=true"
                            | "--insecure"
                            | "--allow-insecure-registry"
                    )
                });
                if let Some(word) = word {
                    found.report(word.span, format!("`{}` lets anyone answer in the server's place", word.text));
                }
            });
        }),
    },
    Rule {
        id: "BS-D284",
        title: "PowerShell does not check certificates",
        severity: Severity::High,
        aliases: &[],
        why: "The download then comes from whoever answers, and becomes part of the image.",
        advice: "Remove it, and import the missing authority with `Import-Certificate`.",
        references: &[
            "https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.utility/invoke-webrequest",
        ],
        bad: &[
            "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL [\"powershell\", \"-Command\"]\n\
             RUN [Net.ServicePointManager]::ServerCertificateValidationCallback = { $true }; Invoke-WebRequest https://example.com/a\n",
            "FROM mcr.microsoft.com/powershell:7.4-debian-12\nSHELL [\"pwsh\", \"-Command\"]\n\
             RUN Invoke-WebRequest -SkipCertificateCheck https://example.com/a -OutFile a\n",
        ],
        good: &["FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL [\"powershell\", \"-Command\"]\n\
             RUN Invoke-WebRequest https://example.com/a -OutFile a\n"],
        check: Check::Dockerfile(|file, found| {
            for run in runs(file).iter().filter(|run| !run.shell.posix) {
                let text = file.source.slice(run.instruction.span).to_ascii_lowercase();
                let off = text.contains("servercertificatevalidationcallback") && text.contains("$true");
                if off || text.contains("-skipcertificatecheck") {
                    found.report(run.instruction.span, "PowerShell is told not to check certificates");
                }
            }
        }),
    },
];

/// pip, by any of its names.
pub(in crate::dockerfile::rules) fn is_pip(call: &Call) -> bool {
    let program = call.program();
    let pip = program == "uv"
        || program
            .strip_prefix("pip")
            .is_some_and(|rest| rest.chars().all(|each| each.is_ascii_digit() || each == '.'));
    let module = program.starts_with("python")
        && call.arguments().windows(2).any(|pair| matches!(pair, [m, name] if m.text == "-m" && name.text == "pip"));
    pip || module
}

fn strict_ssl(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_text(file, |call, text, span| {
        let lower = text.to_ascii_lowercase();
        let manager = call.is(&["npm", "yarn", "pnpm"]);
        let inline = ["strict-ssl", "enablestrictssl"].iter().any(|name| assigned(&lower, name).is_some_and(is_off));
        if lower == "--no-strict-ssl" && manager || inline && (manager || call.is(&["echo", "printf"])) {
            found.report(span, "the registry's certificate is no longer checked");
        }
    });
    each_call(file, |_, _, call| {
        let pair = call.arguments().windows(2).find(|pair| {
            matches!(pair, [name, value] if matches!(name.text.as_str(), "strict-ssl" | "enableStrictSsl" | "--strict-ssl") && is_off(&value.text))
        });
        if let Some([name, value]) = pair.filter(|_| call.is(&["npm", "yarn", "pnpm"])) {
            found.report(name.span.to(value.span), "the registry's certificate is no longer checked");
        }
    });
}

fn plain_index(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    const PLAIN: &str = "is reached without encryption";
    let local =
        |text: &str| text.contains("//localhost") || text.contains("//127.") || text.contains("//host.docker.internal");
    for run in runs(file) {
        for call in run.calls.iter() {
            let options: &[&str] = match call.program() {
                "gem" => &["sources", "--source", "-s", "--add", "-a", "--clear-sources"],
                "npm" | "yarn" | "pnpm" => &["registry", "--registry", "npmRegistryServer"],
                "bundle" => &["config"],
                "conda" | "mamba" => &["-c", "--channel"],
                _ if is_pip(call) => &["-i", "--index-url", "--extra-index-url", "--default-index", "global.index-url"],
                _ => continue,
            };
            let mut previous = "";
            for word in call.arguments() {
                let (option, address) = word.text.split_once('=').unwrap_or((previous, &word.text));
                if address.starts_with("http://") && !local(address) && options.contains(&option) {
                    found.report(word.span, format!("`{}` {PLAIN}", shown(address)));
                }
                previous = word.text.as_str();
            }
        }
    }
    let names =
        ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "NPM_CONFIG_REGISTRY", "GOPROXY"];
    super::report_settings(
        file,
        found,
        &names,
        |value| value.starts_with("http://") && !local(value),
        "is an index without encryption",
    );
}

fn host_key(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    const MESSAGE: &str = "ssh is told not to check the host's key";
    let off = |text: &str| {
        let lower = text.to_ascii_lowercase();
        assigned(&lower, "stricthostkeychecking").is_some_and(is_off)
            || lower.contains("userknownhostsfile=/dev/null")
            || lower.contains("userknownhostsfile /dev/null")
    };
    each_text(file, |call, text, span| {
        if off(text) && !call.is(&["grep"]) && !text.contains("GIT_SSH") {
            found.report(span, MESSAGE);
        }
    });
    super::report_settings(file, found, &["GIT_SSH_COMMAND", "GIT_SSH"], off, "does not check the host's key");
}

fn maven(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let off = |text: &str| {
        ["maven.wagon.http.ssl.insecure=true", "securityMode=insecure"].iter().any(|each| text.contains(each))
    };
    each_text(file, |_, text, span| {
        if off(text) && !text.starts_with("MAVEN_") {
            found.report(span, "Maven is told not to check certificates");
        }
    });
    super::report_settings(
        file,
        found,
        &["MAVEN_OPTS", "MAVEN_ARGS", "MAVEN_CLI_OPTS"],
        off,
        "switches off Maven's check of certificates",
    );
}
