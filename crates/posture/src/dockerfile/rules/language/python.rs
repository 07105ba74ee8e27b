//! pip, uv, pipx and conda.

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{self, Options, Run, in_force, is_variable, list, plural, runs, settings};
use crate::dockerfile::rules::verification::program::is_pip;
use crate::dockerfile::shell::Call;
use crate::dockerfile::{Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const PIP: &str = "https://pip.pypa.io/en/stable/topics/repeatable-installs/";
const CACHE: &str = "PIP_NO_CACHE_DIR";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D200",
        title: "Python package without a version",
        severity: Severity::Low,
        aliases: &["DL3013"],
        why: "pip then takes whatever is newest on the day of the build: two builds of one commit differ, and a release that \
              breaks something, or was hijacked, arrives at once.",
        advice: "Write `package==1.2.3`, better install from a requirements file with hashes (`--require-hashes -r …`).",
        references: &[PIP],
        bad: &[
            "FROM python:3.12\nRUN pip install --no-cache-dir flask requests==2.32.3\n",
            "FROM python:3.12\nRUN python3 -m pip install --no-cache-dir --upgrade pip\n",
            "FROM python:3.12\nRUN pip install --no-cache-dir git+https://github.com/a/b\n",
            "FROM python:3.12\nRUN [\"pip3.12\", \"install\", \"flask\"]\n",
        ],
        good: &[
            "FROM python:3.12\nRUN pip install --no-cache-dir 'flask>=3,<4' requests==2.32.3 -r requirements.txt\n",
            "FROM python:3.12\nRUN pip install --no-cache-dir . ./lib /tmp/a.whl -e .[dev] && pip install -c constraints.txt flask\n",
            "FROM python:3.12\nRUN pip install --no-cache-dir git+https://github.com/a/b@v1 $EXTRA --find-links wheels -t /deps b==1\n",
            "FROM python:3.12\nRUN pip install --no-cache-dir 'b @ https://example.com/b-1.0.tar.gz'\n",
        ],
        check: Check::Dockerfile(unpinned),
    },
    Rule {
        id: "BS-D201",
        title: "pip's cache left in the image",
        severity: Severity::Low,
        aliases: &["DL3042"],
        why: "pip keeps what it downloads and builds below `~/.cache/pip`: the same packages a second time in the layer, which \
              nothing in the container ever reads.",
        advice: "Add `--no-cache-dir`, set `PIP_NO_CACHE_DIR=1`, or mount a cache: \
                 `RUN --mount=type=cache,target=/root/.cache/pip pip install …`.",
        references: &["https://pip.pypa.io/en/stable/topics/caching/"],
        bad: &[
            "FROM python:3.12\nRUN pip install flask==3.0.3\n",
            "FROM python:3.12\nRUN python -m pip install -r requirements.txt\n",
            "FROM python:3.12\nRUN [\"pip\", \"install\", \"flask==3.0.3\"]\n",
        ],
        good: &[
            "FROM python:3.12\nRUN pip install --no-cache-dir flask==3.0.3\n",
            "FROM python:3.12 AS base\nENV PIP_NO_CACHE_DIR=1\nFROM base\nRUN pip install flask==3.0.3\n",
            "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask==3.0.3\n",
            "FROM python:3.12\nRUN pip install flask==3.0.3 && rm -rf /root/.cache\n",
            "FROM python:3.12\nRUN PIP_NO_CACHE_DIR=1 pip install flask==3.0.3 && pipx install black==24.8.0\n",
        ],
        check: Check::Dockerfile(cache),
    },
    Rule {
        id: "BS-D202",
        title: "second package index that may answer for the first",
        severity: Severity::Medium,
        aliases: &[],
        why: "With an extra index pip takes the highest version that any of them has: who registers the name of an internal \
              package on the public index, with a high version, gets their code installed (dependency confusion).",
        advice: "Use one index that mirrors the public one (`--index-url`), or pin every package with its hash.",
        references: &[
            "https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url",
            "https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610",
        ],
        bad: &[
            "FROM python:3.12\nRUN pip install --no-cache-dir --extra-index-url https://pypi.example.com/simple app==1\n",
            "FROM python:3.12\nENV PIP_EXTRA_INDEX_URL=https://pypi.example.com/simple\n",
        ],
        good: &[
            "FROM python:3.12\nRUN pip install --no-cache-dir --index-url https://pypi.example.com/simple app==1\n",
            "FROM python:3.12\nRUN pip install --require-hashes --extra-index-url https://pypi.example.com/simple -r r.txt\n",
            "FROM python:3.12\nRUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu torch==2.4.0\n",
        ],
        check: Check::Dockerfile(extra_index),
    },
    Rule {
        id: "BS-D205",
        title: "Python package installed by its own setup.py or easy_install",
        severity: Severity::Low,
        aliases: &[],
        why: "`setup.py install` and `easy_install` fetch dependencies without hashes or wheels, cannot be uninstalled, and \
              setuptools has dropped them.",
        advice: "Write `pip install --no-cache-dir .`.",
        references: &["https://packaging.python.org/en/latest/discussions/setup-py-deprecated/"],
        bad: &["FROM python:3.12\nRUN python setup.py install\n", "FROM python:3.12\nRUN easy_install flask\n"],
        good: &["FROM python:3.12\nRUN pip install --no-cache-dir . && python setup.py --version\n"],
        check: Check::Dockerfile(setup_py),
    },
    Rule {
        id: "BS-D221",
        title: "conda package without a version",
        severity: Severity::Low,
        aliases: &[],
        why: "conda then takes whatever is newest on the day of the build: two builds of one commit differ.",
        advice: "Write `package=1.2`, or install from an exported environment file or a lock file.",
        references: &["https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-search.html"],
        bad: &["FROM continuumio/miniconda3:24.7.1-0\nRUN conda install -y -c conda-forge numpy && conda clean -afy\n"],
        good: &[
            "FROM continuumio/miniconda3:24.7.1-0\nRUN conda install -y -c conda-forge numpy=2.0 'scipy>=1' && conda clean -afy\n",
            "FROM continuumio/miniconda3:24.7.1-0\nRUN conda env update -n base -f environment.yml && conda install --file r.txt\n",
        ],
        check: Check::Dockerfile(conda_unpinned),
    },
    Rule {
        id: "BS-D222",
        title: "conda's cache left in the image",
        severity: Severity::Low,
        aliases: &[],
        why: "conda keeps every downloaded package beside the unpacked one: often hundreds of megabytes that every pull of the \
              image carries along.",
        advice: "End the `RUN` with `&& conda clean -afy`. A later `RUN` cannot make the layer smaller again.",
        references: &["https://docs.conda.io/projects/conda/en/stable/commands/clean.html"],
        bad: &["FROM continuumio/miniconda3:24.7.1-0\nRUN conda install -y numpy=2.0\n"],
        good: &[
            "FROM continuumio/miniconda3:24.7.1-0\nRUN conda install -y numpy=2.0 && conda clean -afy\n",
            "FROM continuumio/miniconda3:24.7.1-0\nRUN --mount=type=cache,target=/opt/conda/pkgs conda install -y numpy=2.0\n",
        ],
        check: Check::Dockerfile(conda_cache),
    },
];

const SHORT: &str = "bcefirt";
const LONG: &[&str] = &[
    "abi",
    "build",
    "cache-dir",
    "cert",
    "client-cert",
    "config-settings",
    "constraint",
    "editable",
    "exists-action",
    "extra-index-url",
    "find-links",
    "global-option",
    "implementation",
    "index-url",
    "log",
    "no-binary",
    "only-binary",
    "platform",
    "prefix",
    "progress-bar",
    "proxy",
    "python",
    "python-version",
    "report",
    "requirement",
    "retries",
    "root",
    "root-user-action",
    "src",
    "target",
    "timeout",
    "trusted-host",
    "upgrade-strategy",
    "use-feature",
    "index",
    "default-index",
    "group",
];

/// A call of pip that installs: its options, and the word `install`.
struct Install<'c> {
    options: Options<'c>,
    verb: &'c Word,
    /// What is installed.
    names: Vec<&'c Word>,
    uv: bool,
}

fn install(call: &Call) -> Option<Install<'_>> {
    if !is_pip(call) {
        return None;
    }
    let mut options = Options::read(call, SHORT, LONG);
    let at = options.operands.iter().position(|word| word.text == "install")?;
    let uv = call.is(&["uv"]);
    if uv && options.operands.first().is_none_or(|first| first.text != "pip") {
        return None;
    }
    let names = options.operands.split_off(at + 1);
    let verb = options.operands.pop()?;
    Some(Install { options, verb, names, uv })
}

/// Beyond hadolint, names beside `-r` and those of `uv pip` are looked at; a name that is a variable as a whole is not:
/// it may hold the version.
fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter() {
            let Some(install) = install(call) else { continue };
            if install.options.has(&["c", "constraint", "require-hashes", "no-index"]) {
                continue;
            }
            let open: Vec<_> = install.names.iter().copied().filter(|name| is_open(&name.text)).collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

fn is_open(name: &str) -> bool {
    if name.is_empty() || is_variable(name) {
        return false;
    }
    if ["git", "hg", "svn", "bzr"].iter().any(|kind| name.starts_with(kind)) && name.contains("://") {
        let path = name.rsplit('/').next().unwrap_or_default();
        return !path.contains('@');
    }
    let pinned = name.contains(['=', '<', '>', '~', '!']);
    let file = name.contains('/')
        || name.starts_with('.')
        || [".whl", ".tar.gz", ".zip", ".txt"].iter().any(|end| name.ends_with(end));
    !(pinned || file)
}

/// Beyond hadolint, `rm -rf ~/.cache` and `pip cache purge` in the same `RUN` will do.
fn cache(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    if file.source.text.contains("global.no-cache-dir") {
        return;
    }
    let values = in_force(file, CACHE);
    for (run, value) in runs(file).iter().zip(values) {
        let off = |value: &str| !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false" | "off" | "no");
        if value.is_some_and(off) || run.mounts("/root/.cache/pip") || mounts_cache(run) {
            continue;
        }
        let mut exported = false;
        let mut last = None;
        for (at, call) in run.calls.iter().enumerate() {
            let words = call.assignments.iter().chain(&call.words);
            let set =
                words.filter_map(|word| word.text.split_once('=')).any(|(name, value)| name == CACHE && off(value));
            exported |= set && call.is(&["export"]);
            if set || exported {
                continue;
            }
            let Some(install) = install(call).filter(|install| !install.uv) else { continue };
            if !install.options.has(&["no-cache-dir", "no-cache"]) {
                last.get_or_insert((at, Vec::new())).1.push((call, install.verb));
            }
        }
        let Some((first, open)) = last else { continue };
        let purged = run.calls.iter().skip(first).any(|call| {
            is_pip(call)
                && call
                    .arguments()
                    .windows(2)
                    .any(|pair| matches!(pair, [a, b] if a.text == "cache" && b.text == "purge"))
        });
        if purged || run.removes(first, ".cache") {
            continue;
        }
        for (call, verb) in open {
            found
                .report(call.span, "`pip install` leaves its cache in the layer")
                .fix("add `--no-cache-dir`", [run::insert(run, verb, "--no-cache-dir")]);
        }
    }
}

/// Any cache mount of pip's, whatever the home.
fn mounts_cache(run: &Run<'_>) -> bool {
    run.instruction.flag_values("mount").any(|mount| {
        mount.text.contains("type=cache") && (mount.text.contains("/.cache") || mount.text.contains("pip"))
    })
}

fn extra_index(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    // Indexes of projects whose packages carry a local version (`2.4.0+cpu`), made to stand beside the public one.
    let known = |address: &str| {
        ["download.pytorch.org", "pypi.nvidia.com", "pypi.org/"].iter().any(|host| address.contains(host))
    };
    for run in runs(file) {
        for call in run.calls.iter() {
            let Some(install) = install(call) else { continue };
            if install.options.has(&["require-hashes"]) {
                continue;
            }
            for (address, word) in install.options.values(&["extra-index-url"]) {
                if !known(address) {
                    found.report(word.span, "packages may come from either index, whichever has the higher version");
                }
            }
        }
    }
    for setting in settings(file, &["PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL"]) {
        if !setting.value.is_empty() && !known(&setting.value) {
            found.report(setting.span, format!("`{}` lets packages come from either index", setting.name));
        }
    }
}

fn setup_py(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter() {
            let setup = call.program().starts_with("python")
                && matches!(call.arguments(), [file, verb, ..] if file.text.ends_with("setup.py") && matches!(verb.text.as_str(), "install" | "develop"));
            if setup || (call.program().starts_with("easy_install") && !call.arguments().is_empty()) {
                found.report(call.span, "this way of installing is no longer supported and checks nothing");
            }
        }
    }
}

/// A call of conda that installs into an environment, and what it names.
fn conda(call: &Call) -> Option<(Options<'_>, Vec<&Word>)> {
    if !call.is(&["conda", "mamba", "micromamba"]) {
        return None;
    }
    let mut options = Options::read(call, "ncpf", &["name", "channel", "prefix", "file", "solver", "repodata-fn"]);
    let verb = options.operands.first()?;
    let create = matches!(verb.text.as_str(), "install" | "create");
    if !create || options.has(&["download-only", "dry-run", "h", "help"]) {
        return None;
    }
    let names = options.operands.split_off(1);
    Some((options, names))
}

fn conda_unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for (_, names) in run.calls.iter().filter_map(conda) {
            let open: Vec<_> = names
                .into_iter()
                .filter(|name| !(is_variable(&name.text) || name.text.contains(['=', '<', '>', '/', '$'])))
                .collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

fn conda_cache(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file).iter().filter(|run| run.kept && run.shell.posix) {
        let mounted = run
            .instruction
            .flag_values("mount")
            .any(|mount| mount.text.contains("type=cache") && mount.text.contains("pkgs"));
        let Some(at) = run.calls.iter().rposition(|call| conda(call).is_some()).filter(|_| !mounted) else { continue };
        let Some(call) = run.calls.get(at) else { continue };
        let cleaned = run.calls.iter().skip(at).any(|later| {
            later.is(&["conda", "mamba", "micromamba"])
                && later.arguments().first().is_some_and(|verb| verb.text == "clean")
        });
        if cleaned || run.removes(at, "/pkgs") {
            continue;
        }
        let program = call.program();
        let report = found.report(call.span, format!("`{program}` leaves its downloads in the layer"));
        if let Some(edit) = run::append(file, run, &format!("{program} clean -afy")) {
            report.fix("clean the cache at the end of the `RUN`", [edit]);
        }
    }
}
