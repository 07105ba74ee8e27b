//! Charts and kustomizations: rendered where the programs are installed, never shown as clean where they are not.

use super::{POD, findings, gaps, holds, problems, write};
use crate::program::{Outcome, Program};

/// The rules that these tests look at: host namespaces, privileged, tags.
const ONLY: &str = "BS-K001,BS-K050,BS-K051,BS-K052,BS-K100";

/// A `PATH` with a program, or a printed reason to skip. With `BOLTSEAL_VALIDATORS=required` it must be there.
fn path_with(name: &str) -> Option<String> {
    let variable = format!("BOLTSEAL_{}", name.to_uppercase());
    let path = std::env::var("PATH").unwrap_or_default();
    if let Some(program) = std::env::var_os(&variable) {
        let folder = std::path::Path::new(&program).parent().unwrap().display().to_string();
        return Some(format!("{folder}:{path}"));
    }
    if std::env::split_paths(&path).any(|folder| folder.join(name).is_file()) {
        return Some(path);
    }
    assert!(
        std::env::var("BOLTSEAL_VALIDATORS").as_deref() != Ok("required"),
        "{name} is required and neither on the path nor named by {variable}"
    );
    println!("skipped: no {name} on the path; {variable} names one");
    None
}

fn check(program: &Program, path: &str, arguments: &[&str]) -> Outcome {
    program.run_with(&[&["check", "--format", "json", "--only", ONLY], arguments].concat(), &[("PATH", path)])
}

fn charts(program: &Program) {
    let chart = |name: &str| format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
    let with_dependency = |name: &str, dependency: &str, place: &str| {
        format!("{}dependencies:\n- name: {dependency}\n  version: 1.0.0\n  repository: {place}\n", chart(name))
    };
    write(
        program,
        &[
            ("app/Chart.yaml", &chart("app")),
            (
                "app/values.yaml",
                "apiVersion: x\nkind: y\nimage: nginx:latest\nhost: false\nsecurity:\n  privileged: true\n",
            ),
            ("app/ci/test-values.yaml", "apiVersion: x\nkind: Pod\nhostPID: true\n"),
            ("app/templates/NOTES.txt", "FROM {{ .Chart.Name }}\n"),
            ("app/templates/_helpers.tpl", "{{- define \"app.labels\" -}}\napp: {{ .Release.Name }}\n{{- end }}\n"),
            (
                "app/templates/deploy.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}-web\nspec:\n  selector:\n    matchLabels:\n      {{- include \"app.labels\" . | nindent 6 }}\n  template:\n    metadata:\n      labels:\n        {{- include \"app.labels\" . | nindent 8 }}\n    spec:\n      {{- if .Values.host }}\n      hostNetwork: true\n      {{- end }}\n      hostPID: true\n      containers:\n        - name: web\n          image: {{ .Values.image }}\n          securityContext:\n            {{- toYaml .Values.security | nindent 12 }}\n        {{- range tuple \"a\" \"b\" }}\n        - name: {{ . }}\n          image: \"registry.example/{{ . }}:1.0\"\n        {{- end }}\n",
            ),
            (
                "app/crds/crd.yaml",
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foos.example.com}\nspec: {}\n",
            ),
            ("app/charts/sub/Chart.yaml", &chart("sub")),
            ("app/charts/sub/templates/pod.yaml", POD),
            ("lib/Chart.yaml", &format!("{}type: library\n", chart("lib"))),
            (
                "lib/templates/_pod.yaml",
                "{{- define \"lib.pod\" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: l}\nspec: {hostPID: true, containers: [{name: a, image: 'registry.example/a:1'}]}\n{{- end }}\n",
            ),
            ("uses/Chart.yaml", &with_dependency("uses", "lib", "file://../lib")),
            ("uses/templates/pod.yaml", "{{ include \"lib.pod\" . }}\n"),
            ("broken/Chart.yaml", &chart("broken")),
            ("broken/templates/pod.yaml", &format!("{POD}      tty: {{{{ if }}}}\n")),
            ("needs/Chart.yaml", &chart("needs")),
            (
                "needs/templates/pod.yaml",
                &POD.replace("hostPID: true", "hostPID: {{ required \"say host\" .Values.host }}\n  hostIPC: true"),
            ),
            ("missing/Chart.yaml", &with_dependency("missing", "foo", "https://example.com/x")),
            ("missing/templates/pod.yaml", POD),
            ("-dash/Chart.yaml", &chart("\"x\\n---\\n# Source: app/templates/deploy.yaml\"")),
            ("-dash/templates/pod.yaml", POD),
        ],
    );
}

#[test]
fn charts_are_rendered_and_findings_point_into_their_templates() {
    let Some(path) = path_with("helm") else { return };
    let program = Program::new();
    charts(&program);
    let outcome = check(&program, &path, &["."]).expect_status(0);
    assert_eq!(
        findings(&outcome),
        [
            "-dash/templates/pod.yaml:6 BS-K050",
            "app/charts/sub/templates/pod.yaml:6 BS-K050",
            "app/templates/deploy.yaml:17 BS-K050",
            "app/templates/deploy.yaml:20 BS-K100",
            "app/templates/deploy.yaml:21 BS-K001",
            "broken/templates/pod.yaml:6 BS-K050",
            "missing/templates/pod.yaml:6 BS-K050",
            "needs/templates/pod.yaml:7 BS-K051",
            "uses/templates/pod.yaml:- BS-K050",
        ]
    );
    let problems = problems(&outcome);
    holds(&problems, &["broken/templates/pod.yaml: line 10: `helm` failed", "missing value for if"]);
    holds(&problems, &["needs/templates/pod.yaml: line 6, column 14: `helm` failed", "say host"]);
    holds(&problems, &["missing/Chart.yaml: `helm` failed", "missing in charts/ directory: foo"]);
    holds(&problems, &["-dash/Chart.yaml: `helm` failed", "is invalid"]);
    assert_eq!(problems.len(), 4, "{problems:#?}");
    let gaps = gaps(&outcome);
    for chart in ["broken", "missing", "needs", "-dash"] {
        holds(&gaps, &[&format!("template chart {chart}: `helm` could not render it")]);
    }
    assert_eq!(gaps.len(), 4, "{gaps:#?}");
}

#[test]
fn without_helm_only_what_a_template_says_outright_counts() {
    let program = Program::new();
    charts(&program);
    let outcome = check(&program, "/nowhere", &["."]).expect_status(0);
    assert_eq!(
        findings(&outcome),
        [
            "-dash/templates/pod.yaml:6 BS-K050",
            "app/charts/sub/templates/pod.yaml:6 BS-K050",
            "app/templates/deploy.yaml:17 BS-K050",
            "broken/templates/pod.yaml:6 BS-K050",
            "missing/templates/pod.yaml:6 BS-K050",
            "needs/templates/pod.yaml:7 BS-K051",
        ]
    );
    assert_eq!(problems(&outcome), [""; 0]);
    for chart in ["app", "uses", "broken", "missing", "needs", "-dash"] {
        holds(&gaps(&outcome), &[&format!("template chart {chart}: `helm` is not installed")]);
    }
    holds(&gaps(&check(&program, "/nowhere", &["--no-render", "app"])), &["chart app: rendering is switched off"]);
    // A hook names files, not charts.
    let outcome = check(&program, "/nowhere", &["app/templates/deploy.yaml"]);
    assert_eq!(findings(&outcome), ["app/templates/deploy.yaml:17 BS-K050"]);
    holds(&gaps(&outcome), &["templates in app/templates", "name it"]);
}

#[cfg(unix)]
#[test]
fn a_chart_sees_no_file_outside_of_the_tree_and_no_network() {
    let Some(path) = path_with("helm") else { return };
    let program = Program::new();
    write(
        &program,
        &[
            ("secret.txt", "hostPID"),
            ("tree/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n"),
            (
                "tree/templates/pod.yaml",
                &POD.replace(
                    "hostPID: true",
                    "hostPID: {{ ne (.Files.Get \"link/secret.txt\") \"\" }}\n  hostNetwork: {{ ne (getHostByName \"localhost\") \"\" }}\n  hostIPC: true",
                ),
            ),
        ],
    );
    std::os::unix::fs::symlink("..", program.path().join("tree/link")).unwrap();
    let outcome = check(&program, &path, &["tree"]).expect_status(0);
    assert_eq!(findings(&outcome), ["tree/templates/pod.yaml:8 BS-K051"], "{:#?}", problems(&outcome));
    holds(&gaps(&outcome), &["tree/link", "leads out of the tree"]);
}

fn kustomizations(program: &Program) {
    let pod = |name: &str| POD.replace("web", name);
    write(
        program,
        &[
            ("base/kustomization.yaml", "resources: [deploy.yaml]\n"),
            (
                "base/deploy.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      hostIPC: true\n      containers:\n        - name: web\n          image: nginx:latest\n",
            ),
            (
                "overlays/dev/kustomization.yaml",
                "namespace: dev\nresources: [../../base]\npatches:\n- path: patch.yaml\n",
            ),
            (
                "overlays/dev/patch.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      hostPID: true\n",
            ),
            (
                "overlays/prod/kustomization.yaml",
                "namespace: prod\nresources: [../../base]\ncomponents: [../../part]\nimages: [{name: nginx, newTag: '1.27'}]\nconfigMapGenerator:\n- name: settings\n  literals: [a=b]\n",
            ),
            (
                "part/kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n",
            ),
            ("part/pod.yaml", &pod("part")),
            ("remote/kustomization.yaml", "resources: ['https://example.com/x.yaml', pod.yaml]\n"),
            ("remote/pod.yaml", &pod("remote")),
            ("circle/a/kustomization.yaml", "resources: [../b, pod.yaml]\n"),
            ("circle/a/pod.yaml", &pod("circle")),
            ("circle/b/kustomization.yaml", "resources: [../a]\n"),
            (
                "thief/kustomization.yaml",
                "resources: [pod.yaml]\nconfigMapGenerator:\n- name: s\n  files: [/etc/hostname]\n",
            ),
            ("thief/pod.yaml", &pod("thief")),
            ("-dash/kustomization.yaml", "resources: [pod.yaml]\n"),
            ("-dash/pod.yaml", &pod("dash")),
            ("gone/kustomization.yaml", "resources: [gone.yaml, pod.yaml]\n"),
            ("gone/pod.yaml", &pod("gone")),
            ("alone/kustomization.yaml", "kind: Component\nresources: [pod.yaml]\n"),
            ("alone/pod.yaml", &pod("alone")),
        ],
    );
}

#[test]
fn kustomizations_are_built_and_findings_point_into_resources_and_patches() {
    let Some(path) = path_with("kubectl") else { return };
    let program = Program::new();
    kustomizations(&program);
    let outcome = check(&program, &path, &["."]).expect_status(0);
    assert_eq!(
        findings(&outcome),
        [
            "-dash/pod.yaml:6 BS-K050",
            "alone/pod.yaml:6 BS-K050",
            "base/deploy.yaml:10 BS-K051",
            "base/deploy.yaml:13 BS-K100",
            "circle/a/pod.yaml:6 BS-K050",
            "gone/pod.yaml:6 BS-K050",
            "overlays/dev/patch.yaml:8 BS-K050",
            "part/pod.yaml:6 BS-K050",
            "remote/pod.yaml:6 BS-K050",
            "thief/pod.yaml:6 BS-K050",
        ]
    );
    let problems = problems(&outcome);
    holds(&problems, &["circle/a/kustomization.yaml: ", "cycle"]);
    holds(&problems, &["thief/kustomization.yaml: ", "is not in or below"]);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    let gaps = gaps(&outcome);
    for (name, reason) in [
        ("remote", "`https://example.com/x.yaml` is not on this disk, and nothing is fetched"),
        ("gone", "`gone.yaml` is not there"),
        ("alone", "a component that no kustomization here includes"),
        ("circle/a", "could not be built"),
        ("thief", "could not be built"),
    ] {
        holds(&gaps, &[&format!("template kustomization {name}: "), reason, "judged as they are"]);
    }
    assert_eq!(gaps.len(), 5, "{gaps:#?}");
}

#[test]
fn without_kubectl_resources_are_judged_as_they_are() {
    let program = Program::new();
    kustomizations(&program);
    let outcome = check(&program, "/nowhere", &["overlays", "base"]).expect_status(0);
    assert_eq!(findings(&outcome), ["base/deploy.yaml:10 BS-K051", "base/deploy.yaml:13 BS-K100"]);
    assert_eq!(problems(&outcome), [""; 0]);
    for name in ["overlays/dev", "overlays/prod"] {
        holds(&gaps(&outcome), &[&format!("kustomization {name}: "), "neither `kustomize` nor `kubectl` is installed"]);
    }
}
