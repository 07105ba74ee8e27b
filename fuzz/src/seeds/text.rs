//! Seeds that are text.

/// Target and text.
pub(super) const SEEDS: &[(&str, &str)] = &[
    ("apk_repositories", "https://dl-cdn.alpinelinux.org/alpine/v3.19/main\n@edge https://h/alpine/edge/main\n"),
    (
        "bitnami",
        r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"redis","versionInfo":"7.0.5","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:bitnami/redis@7.0.5-0?arch=amd64"}]}]}"#,
    ),
    ("bun_lock", r#"{"lockfileVersion":1,"packages":{"a":["@s/a@1.0.0","",{},"x"],"g":["g@github:u/g#c",{},],},}"#),
    (
        "cargo_lock",
        "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://h/a?branch=x#c\"\n",
    ),
    (
        "composer_installed",
        r#"{"packages":[{"name":"v/a","version":"v1.0","license":["MIT"]}],"dev-package-names":["v/a"]}"#,
    ),
    (
        "composer_lock",
        r#"{"packages":[{"name":"v/a","version":"dev-main","source":{"type":"git","url":"u","reference":"c"}}],"packages-dev":[]}"#,
    ),
    (
        "debian_tracker",
        r#"{"openssl":{"CVE-2022-0778":{"description":"d","releases":{"bullseye":{"status":"resolved","fixed_version":"1.1.1k-1","urgency":"low**"},"sid":{"status":"open"}}}}}"#,
    ),
    ("deno_lock", r#"{"version":"4","npm":{"@s/a@1.0.0_b@2.0.0":{},"c@1":{}},"remote":{}}"#),
    ("deps_json", r#"{"libraries":{"App/1.0.0":{"type":"project"},"Newtonsoft.Json/12.0.1":{"type":"package"}}}"#),
    (
        "dpkg_copyright",
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\nLicense: GPL-3+\n",
    ),
    (
        "dockerfile",
        "# syntax=docker/dockerfile:1\nARG V=12\nFROM debian:${V} AS a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN --mount=type=cache,target=/c apt-get update \\\n  # why\n  && curl -k https://h/x | sh\nRUN <<EOF\nset -e\ncd /tmp\nEOF\nENV A=\"b c\" D=e\nCOPY --from=a [\"x\", \"/y/\"]\nONBUILD ADD . /z\nHEALTHCHECK CMD a || exit 1\nCMD [\"a\"]\n",
    ),
    ("dpkg_list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share/java/a.jar\n"),
    (
        "epss",
        "#model_version:v2023.03.01,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2021-44228,0.97,0.99\n",
    ),
    (
        "gemfile_lock",
        "GIT\n  remote: u\n  revision: c\n  specs:\n    a (1.0-x86-linux)\n      b (>= 1)\nGEM\n  specs:\n    b (2)\n",
    ),
    (
        "go_mod",
        "module m\ngo 1.21\ntoolchain go1.22.3\nrequire (\n\ta.b/c v1.0.0 // indirect\n)\nreplace a.b/c v1.0.0 => ../c\n",
    ),
    ("gradle_lockfile", "g:a:1.0=runtimeClasspath,testRuntimeClasspath\nempty=x\n"),
    (
        "ignore_file",
        "[[ignore]]\nid = \"CVE-2023-4911\"\npackage = \"pkg:deb/debian/libc6\"\npath = \"opt/**/*.jar\"\nreason = \"r\"\nuntil = \"2026-12-31\"\n",
    ),
    (
        "kev",
        r#"{"dateReleased":"2024-01-01","vulnerabilities":[{"cveID":"CVE-2021-44228","dateAdded":"2021-12-10","dueDate":"2021-12-24","knownRansomwareCampaignUse":"Known"}]}"#,
    ),
    ("nuget_lock", r#"{"dependencies":{"net6.0":{"A.B":{"type":"Direct","resolved":"1.0.0"}}}}"#),
    (
        "osv",
        r#"{"id":"PYSEC-2021-1","modified":"2024-01-01T00:00:00Z","aliases":["CVE-2021-35042"],"affected":[{"package":{"ecosystem":"PyPI","name":"django"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"3.2"},{"fixed":"3.2.5"}]}]}]}"#,
    ),
    (
        "package_lock",
        r#"{"packages":{"":{},"node_modules/@s/a":{"version":"1.0.0","resolved":"git+ssh://h/a.git#c","dev":true}}}"#,
    ),
    ("pdm_lock", "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"dev\"]\ngit = \"u\"\n"),
    ("pipfile_lock", r#"{"_meta":{},"default":{"a":{"version":"==1.0"},"b":{"git":"u","ref":"c"}},"develop":{}}"#),
    (
        "pnpm_lock",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        version: 1.0.0(p@2)\npackages:\n  a@1.0.0:\n    resolution: {integrity: x}\nsnapshots:\n  a@1.0.0(p@2):\n    dependencies: {b: 1.0.0}\n",
    ),
    (
        "poetry_lock",
        "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\"]\n[package.source]\ntype = \"git\"\nurl = \"u\"\n",
    ),
    (
        "pom",
        "<project><properties><v>1</v></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies></project>",
    ),
    ("pylock", "[[packages]]\nname = \"a\"\nversion = \"1\"\nvcs = { url = \"u\", commit-id = \"c\" }\n"),
    ("python_metadata", "Metadata-Version: 2.1\nName: x\nVersion: 1\nLicense: MIT\nClassifier: a\n\nbody\n"),
    (
        "requirements",
        "a[x]==1.0 ; m \\\n --hash=h # c\n-e git+https://u@h/a.git@c#egg=b\nc @ https://h/c-1-py3-none-any.whl\n-r d.txt\n",
    ),
    ("rpm_manifest", "bash\t5.1-2.cm2\t1\t2\tv\t(none)\t3\tx86_64\t0\tbash-5.1-2.cm2.src.rpm\n"),
    (
        "secdb",
        r#"{"packages":[{"pkg":{"name":"openssl","secfixes":{"1.1.1n-r0":["CVE-2022-0778"],"0":["CVE-2021-1"]}}}]}"#,
    ),
    (
        "shell_script",
        "set -eux; for x in a $(b `c`); do\n  case \"$x\" in a|b) d 'e' && f \"${g:-h}\" ;; *) i;; esac\ndone | while read -r j; do bash -c 'k; l'; done 2>&1\nm() { n; }; if [[ a == b ]]; then (o); fi <<<p\nbash <<EOF\nq | r\nEOF\n",
    ),
    (
        "uv_lock",
        "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { git = \"u?r=1#c\" }\ndependencies = [{ name = \"b\" }]\n",
    ),
    ("version", "1:2.0~rc1-1\n1.10"),
    ("yarn_lock", "\"@s/a@^1.0.0\", b@npm:c@1:\n  version \"1.0.0\"\n  resolved \"git+https://h/a.git#c\"\n"),
];
