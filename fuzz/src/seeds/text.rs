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
        "cel_checks",
        "checks:\n  - id: A-1\n    title: t\n    kind: kubernetes\n    match: object.kind == \"Pod\"\n    expression: object.spec.containers.all(c, c.image.startsWith(\"r/\") && has(c.ports))\n    messageExpression: \"'no ' + object.metadata.name\"\n    severity: high\n    references: [https://e.test]\n  - {id: A-2, kind: dockerfile, expression: 'instructions.exists(i, i.Cmd == \"from\" && i.Value[0].matches(\"^d\"))'}\n",
    ),
    (
        "check_compose",
        "services:\n  a:\n    image: b:latest\n    privileged: true\n    network_mode: host\n    cap_add: [ALL]\n    ports: [\"80:80\", {target: 22, published: 22}]\n    volumes:\n      - /var/run/docker.sock:/s\n      - {type: bind, source: /, target: /h}\n    environment:\n      PASSWORD: hunter2hunter2\n    security_opt: [seccomp:unconfined]\n    build: {context: ., args: [TOKEN=x]}\n",
    ),
    (
        "check_image",
        "{\"architecture\": \"amd64\", \"os\": \"linux\", \"config\": {\"User\": \"root\", \"Env\": [\"PASSWORD=hunter2hunter2\"], \"ExposedPorts\": {\"22/tcp\": {}}, \"Cmd\": [\"sh\"]}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": [\"sha256:a\"]}, \"history\": [{\"created_by\": \"RUN |1 TOKEN=abcdef /bin/sh -c curl -k x\"}]}\n",
    ),
    (
        "check_json",
        "{\"hosts\": [\"tcp://0.0.0.0:2375\"], \"icc\": true, \"insecure-registries\": [\"x:5000\"], \"log-level\": \"debug\", \"userland-proxy\": true, \"default-ulimits\": {\"nofile\": {\"Hard\": 1}}, \"experimental\": true}\n",
    ),
    (
        "check_kubernetes",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a # x\n  namespace: shop\n  annotations: {checkov.io/skip1: CKV_K8S_20=r}\nspec:\n  hostPID: true\n  containers:\n  - name: b\n    image: c:latest\n    securityContext:\n      privileged: true\n      capabilities: {add: [SYS_ADMIN]}\n    env:\n    - {name: PASSWORD, value: hunter2hunter2}\n  volumes:\n  - name: h\n    hostPath: {path: /var/run/docker.sock}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules:\n- {apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n",
    ),
    (
        "check_report",
        "3|4|1|2|BS-D001|a <b> & \"c\"|Dockerfile|s|note|edit|\n9|20|2|1|BS-K001|m\u{1b}[31m]]>|a/é.yaml||||because\n0|0|0|0||||\n",
    ),
    (
        "check_text",
        "[Service]\nEnvironment=\"KUBELET_EXTRA_ARGS=--read-only-port=10255\"\nExecStart=/usr/bin/kubelet --anonymous-auth=true \\\n  --authorization-mode AlwaysAllow\nKUBELET_EXTRA_ARGS=--anonymous-auth=true --read-only-port=10255\n",
    ),
    (
        "check_together",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: shop}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: d}}\n  template:\n    metadata: {labels: {app: d}}\n    spec:\n      serviceAccountName: s\n      containers: [{name: b, image: \"c:1\"}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules:\n- {apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n\u{c}apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: x}\nroleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: ServiceAccount, name: s, namespace: shop}]\n",
    ),
    (
        "check_toml",
        "version = 2\nroot = \"/var\"\n[grpc]\n  tcp_address = \"0.0.0.0:1\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  disable_apparmor = true\n  [plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"x\"]\n    endpoint = [\"http://x\"]\n  [plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"x\".tls]\n    insecure_skip_verify = true\n",
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
        "dockerfile",
        "# syntax=docker/dockerfile:1\nARG V=12\nFROM debian:${V} AS a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN --mount=type=cache,target=/c apt-get update \\\n  # why\n  && curl -k https://h/x | sh\nRUN <<EOF\nset -e\ncd /tmp\nEOF\nENV A=\"b c\" D=e\nCOPY --from=a [\"x\", \"/y/\"]\nONBUILD ADD . /z\nHEALTHCHECK CMD a || exit 1\nCMD [\"a\"]\n",
    ),
    (
        "dpkg_copyright",
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\nLicense: GPL-3+\n",
    ),
    ("dpkg_list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share/java/a.jar\n"),
    (
        "epss",
        "#model_version:v2023.03.01,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2021-44228,0.97,0.99\n",
    ),
    (
        "fix_compose",
        "version: \"3\"\nservices:\n  a:\n    image: b:1\n    ports: [\"80:80\"]\n  c:\n    image: d:1\n    security_opt:\n      - label:type:x\n  e: {image: \"f:1\", security_opt: [\"no-new-privileges:false\"]}\n",
    ),
    (
        "fix_dockerfile",
        "FROM debian:12\nMAINTAINER a <a@b>\nRUN apt-get update && apt-get install -y curl && pip install x\nADD a.txt /a\nRUN apk add b\nWORKDIR app\nUSER root\nCMD node x.js\n",
    ),
    (
        "fix_kubernetes",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a # x\n  namespace: shop\nspec:\n  serviceAccount: s\n  containers:\n  - name: b\n    image: k8s.gcr.io/pause\n    securityContext: {runAsNonRoot: true}\n  - name: c\n    image: \"d:latest\"\n    imagePullPolicy: IfNotPresent # no\n    securityContext:\n      allowPrivilegeEscalation: true\n  volumes:\n  - name: v\n    configMap: {name: w, defaultMode: 644}\n",
    ),
    (
        "gate_examples",
        "version: 1\ncases:\n- {name: nothing, expect: undecided}\n- name: everything\n  expect: denied\n  findings: [{id: CVE-1, aliases: [GHSA-1], severity: high, fixed: '2', kev: true, epss: 0.5, published: 2026-01-01}, {id: MAL-1}]\n  packages: [{name: a, type: npm, licenses: [MIT OR GPL-3.0-only]}]\n  misconfigurations: [{check: BS-I004}, {check: A-1, severity: low, suppressed: x}]\n  with: {image: {found: {created: '2026-01-01T00:00:00Z', labels: {a: b}}}, signatures: {found: []}, bases: {found: []}, scorecards: {found: []}}\n  rules: {a: failed}\n",
    ),
    (
        "gate_policy",
        "version: 1\nname: n\nprofile: baseline\nrules:\n- {id: a, vulnerabilities: {severity: high, unrated: low, epss: 0.1, fixed-for: 14d, max: 1}, mode: warn, unknown: deny}\n- {id: b, licenses: {allow: [MIT], read-as: {x: MIT}}, subjects: ['registry.example/**/a*'], except-subjects: ['**']}\n- {id: c, expression: {holds: 'findings.all(f, severity(f.severity) < 4 && f.id.matches(\"^C\")) || days_since(image.created) > 3', message: m}}\n- {id: not-root, mode: enforce}\nexceptions:\n- {rule: a, subjects: ['sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'], covers: [CVE-1], reason: r, owner: o, expires: 2027-01-01}\n",
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
        "ignore_comments",
        "# boltseal:ignore-file because all\n# boltseal:ignore BS-D001 because it is so\n# hadolint global ignore=DL3006,DL3007\nFROM debian:latest # trivy:ignore:DS-0001\n# checkov:skip=CKV_DOCKER_3:reason\n# kics-scan ignore\nRUN sudo apt-get install x\n# hadolint ignore=DL3002\nUSER root\n",
    ),
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
        "rego_checks",
        "# METADATA\n# title: no host\n# custom:\n#   id: A-1\n#   severity: HIGH\n#   input:\n#     selector:\n#       - type: kubernetes\npackage user.a\n\nimport rego.v1\n\ndeny contains res if {\n  input.spec.hostPID\n  some c in input.spec.containers\n  not startswith(c.image, \"r/\")\n  res := result.new(sprintf(\"host %s\", [c.name]), input.spec)\n}\n",
    ),
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
    (
        "yaml",
        "%YAML 1.2\n---\na: &x {b: [1, 'two', \"three\\n\"], ? c : !!str 4}\n\"d\":\n  - *x\n  - <<: *x\n    e: |2-\n       text\n    f: >\n      folded\n# comment\n...\n---\n{\"json\": [true, null, 0x1f]}\n",
    ),
    (
        "yaml_edit",
        "# top\na: 1 # one\nb:\n  - name: x\n    c: {d: true, \"e\": [1, 2]}\n    f:\n    g: 'q'\n  - y\nh:\n- name: z\n  i: |\n    text\n  j: [ ]\nk: {}\nl:\n  m:\n    n: o\n---\n{\"p\": [{\"q\": false}]}\n",
    ),
    ("yarn_lock", "\"@s/a@^1.0.0\", b@npm:c@1:\n  version \"1.0.0\"\n  resolved \"git+https://h/a.git#c\"\n"),
];
