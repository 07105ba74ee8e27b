//! apk: cache, versions, branches.

use boltseal_evidence::Severity;

use super::APK;
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{self, each_call};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const APK_KEEPER: &str = "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D171",
        title: "apk's index left in the image",
        severity: Severity::Low,
        aliases: &["DL3019", "DS-0025"],
        why: "Without `--no-cache` apk works with an index below `/var/cache/apk` that stays in the layer: weight in \
              every pull, and outdated within days.",
        advice: "Write `apk add --no-cache …`, which fetches the index for this call alone and needs no `apk update`.",
        references: &[APK_KEEPER, "https://github.com/hadolint/hadolint/wiki/DL3019"],
        bad: &[
            "FROM alpine:3.20\nRUN apk add curl=8.9.1-r1\n",
            "FROM alpine:3.20\nRUN apk update && apk add --virtual .deps gcc\n",
        ],
        good: &[
            "FROM alpine:3.20\nRUN apk add --no-cache curl=8.9.1-r1\n",
            "FROM alpine:3.20\nRUN apk --no-cache add curl=8.9.1-r1\n",
            "FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache/apk apk add curl=8.9.1-r1\n",
            "FROM alpine:3.20\nRUN apk add --update curl=8.9.1-r1 && rm -rf /var/cache/apk/*\n",
        ],
        check: Check::Dockerfile(cache),
    },
    Rule {
        id: "BS-D172",
        title: "package of apk without a version",
        severity: Severity::Low,
        aliases: &["DL3018"],
        why: "Without a version the build takes whatever is newest on that day: two builds of one commit differ, and \
              nobody can tell from the Dockerfile what is in the image.",
        advice: "Write `package=version`, or `package~version` for any patch release of it.",
        references: &[APK_KEEPER],
        bad: &[
            "FROM alpine:3.20\nRUN apk add --no-cache curl git=2.45.2-r0\n",
            "FROM alpine:3.20\nRUN [\"apk\", \"add\", \"--no-cache\", \"curl\"]\n",
        ],
        good: &[
            "FROM alpine:3.20\nRUN apk add --no-cache 'curl~8.9' git=2.45.2-r0 ./app.apk\n",
            "FROM alpine:3.20\nRUN apk add --no-cache --virtual .build gcc=13.2.1_git20240309-r0 && apk del .build\n",
            "FROM alpine:3.20\nRUN apk add --no-cache $PACKAGES 'openssl<4' !bash\n",
        ],
        check: Check::Dockerfile(unpinned),
    },
    Rule {
        id: "BS-D173",
        title: "packages of Alpine's development branch in a release",
        severity: Severity::Medium,
        aliases: &[],
        why: "`edge` is built against other libraries than a release has, changes every day, and its `testing` part gets \
              no security support.",
        advice: "Use the package of the release, choose a base image whose release has it, or build it.",
        references: &["https://wiki.alpinelinux.org/wiki/Repositories"],
        bad: &[
            "FROM alpine:3.20\nRUN apk add --no-cache -X https://dl-cdn.alpinelinux.org/alpine/edge/testing gosu=1.17-r1\n",
            "FROM alpine:3.20\nRUN echo https://dl-cdn.alpinelinux.org/alpine/edge/community >> /etc/apk/repositories\n",
        ],
        good: &[
            "FROM alpine:3.20\nRUN apk add --no-cache -X https://dl-cdn.alpinelinux.org/alpine/v3.20/community jq=1.7.1-r0\n",
            "FROM alpine:edge\nRUN echo https://dl-cdn.alpinelinux.org/alpine/edge/testing >> /etc/apk/repositories\n",
        ],
        check: Check::Dockerfile(edge),
    },
];

/// Unlike hadolint, `rm -rf /var/cache/apk/*` in the same `RUN` will do: then nothing is left.
fn cache(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in run::posix_runs(file) {
        if run.mounts("/var/cache/apk") || run.mounts("/etc/apk/cache") {
            continue;
        }
        let Some(last) = run.calls.iter().rposition(|call| APK.does(call, &["add"])) else { continue };
        if run.removes(last, "/var/cache/apk") {
            continue;
        }
        for call in run.calls.iter() {
            let Some(action) = APK.action(call).filter(|action| action.is(&["add"])) else { continue };
            if !action.options.has(&["no-cache"]) {
                found
                    .report(call.span, "`apk add` without `--no-cache` leaves its index in the layer")
                    .fix("add `--no-cache`", [run::insert(&run, action.verb, "--no-cache")]);
            }
        }
    }
}

/// Beyond hadolint, `<` and `>` count as a version, and `!name`, a conflict, is no package; a name that is a variable as
/// a whole may hold the version.
fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    super::report_open(
        file,
        found,
        &APK,
        |action| action.is(&["add"]),
        |name| !(name.contains(['=', '~', '<', '>']) || name.ends_with(".apk") || name.starts_with('!')),
    );
}

fn edge(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let bases = run::root_images(file);
    each_call(file, |run, _, call| {
        let base = run.instruction.stage.and_then(|stage| bases.get(stage)).copied().unwrap_or_default();
        if base.contains("edge") || !call.is(&["apk", "echo", "printf", "sed", "tee"]) {
            return;
        }
        let branch = call
            .arguments()
            .iter()
            .find(|word| word.text.contains("alpine/edge/") && !(call.is(&["sed"]) && word.text.contains("/edge/!d")));
        if let Some(word) = branch {
            found.report(word.span, "packages of `edge` are mixed with those of a release");
        }
    });
}
