//! What holds for all rules on hosts and clusters, and for the forms that settings come in.

use crate::{Checked, Kind, Options, check, fix, rules};

fn judged(path: &str, text: &str) -> Checked {
    check(path, text.as_bytes(), &Options::default())
}

/// Line and subject of the findings of a rule.
fn places(path: &str, text: &str, rule: &str) -> Vec<String> {
    let findings = judged(path, text).findings;
    let findings = findings.iter().filter(|finding| finding.rule == rule);
    findings.map(|it| format!("{} {}", it.region.map_or(0, |region| region.line), it.subject)).collect()
}

#[test]
fn a_static_pod_is_judged_at_its_flags() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: kube-system}\nspec:\n  containers:\n  - name: api\n    image: x:1\n    command:\n    - kube-apiserver\n    - --profiling=true\n    - --authorization-mode=AlwaysAllow\n";
    assert_eq!(places("a.yaml", pod, "BS-H076"), ["10 Pod kube-system/api, container api"]);
    assert_eq!(places("a.yaml", pod, "BS-H064"), ["11 Pod kube-system/api, container api"]);
    assert_eq!(places("a.yaml", pod, "BS-H057"), ["6 Pod kube-system/api, container api"]);
    assert_eq!(judged("a.yaml", pod).subjects.get("host"), Some(&1));
}

#[test]
fn a_program_is_found_however_it_is_started() {
    for container in [
        "command: [/usr/local/bin/kube-scheduler, --profiling, 'true']",
        "command: [/bin/sh, -c, 'exec kube-scheduler --profiling=true --v=2']",
        "command: [kube-scheduler]\n    args: ['--profiling=true']",
        "image: registry.k8s.io/kube-scheduler:v1.33.0\n    args: ['--profiling=true']",
    ] {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: s}}\nspec:\n  containers:\n  - name: s\n    {container}\n"
        );
        assert_eq!(places("a.yaml", &pod, "BS-H103").len(), 1, "{container}");
    }
    for container in ["command: [web, --profiling=true]", "image: etcd-backup:1\n    args: [--x]", "args: [a]"] {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: s}}\nspec:\n  containers:\n  - name: s\n    {container}\n"
        );
        assert_eq!(judged("a.yaml", &pod).subjects.get("host"), None, "{container}");
    }
}

#[test]
fn kubeadm_is_read_in_both_of_its_forms() {
    let list = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - name: profiling\n    value: \"true\"\n";
    let mapping = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n    authorization-mode: AlwaysAllow\n    profiling: \"true\"\n";
    assert_eq!(places("k.yaml", list, "BS-H076"), ["5 apiServer"]);
    assert_eq!(places("k.yaml", mapping, "BS-H076"), ["6 apiServer"]);
    assert_eq!(places("k.yaml", mapping, "BS-H064"), ["5 apiServer"]);
    // What kubeadm sets by itself is not missing.
    for rule in ["BS-H064", "BS-H065", "BS-H072", "BS-H086", "BS-H106", "BS-H102"] {
        assert_eq!(places("k.yaml", list, rule), [] as [&str; 0], "{rule}");
    }
}

#[test]
fn a_file_may_hold_several_configurations() {
    let text = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: 'a:1'}]\n";
    let checked = judged("all.yaml", text);
    assert_eq!(checked.kind, Some(Kind::Host(super::Component::Kubelet)));
    assert_eq!((checked.subjects.get("host"), checked.subjects.get("pod")), (Some(&1), Some(&1)));
}

#[test]
fn flags_of_a_unit_know_where_they_stand() {
    let unit = "[Unit]\n# --anonymous-auth=true\n[Service]\nEnvironment=\"KUBELET_EXTRA_ARGS=--read-only-port=10255\"\nExecStart=/usr/bin/kubelet \\\n  --config=/k.yaml \\\n  --anonymous-auth=true $KUBELET_EXTRA_ARGS\n";
    assert_eq!(places("etc/systemd/system/kubelet.service", unit, "BS-H036"), ["7 "]);
    assert_eq!(places("kubelet.service", unit, "BS-H039"), ["4 "]);
    let ignored = unit.replace("  --anonymous-auth", "# boltseal:ignore BS-H036 because a test\n  --anonymous-auth");
    assert_eq!(judged("kubelet.service", &ignored).problems, []);
}

#[test]
fn toml_that_cannot_be_read_is_a_problem_with_its_place() {
    let checked = judged("config.toml", "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"\n");
    assert!(checked.problems[0].message.starts_with("line 2, column "), "{:?}", checked.problems);
    let marker = "# io.containerd.x\n";
    for text in [
        format!("{marker}a = {}", "[".repeat(50_000)),
        format!("{marker}{}a = 1", "a.".repeat(100_000)),
        format!("{marker}[{}a]\n", "a.".repeat(100_000)),
        format!("{marker}{}", "x = {a = ".repeat(20_000)),
    ] {
        assert!(!judged("config.toml", &text).problems.is_empty());
    }
}

#[test]
fn comments_decide_in_toml_and_text_too() {
    let toml = "version = 2\n[grpc]\n  # boltseal:ignore BS-H030 because the group is trusted\n  gid = 100\n[plugins.\"io.containerd.grpc.v1.cri\"]\n";
    let findings = judged("config.toml", toml).findings;
    let finding = findings.iter().find(|finding| finding.rule == "BS-H030").unwrap();
    assert!(finding.suppression.is_some());
}

#[test]
fn odd_configurations_are_read_without_harm() {
    for (path, text) in [
        ("daemon.json", "[]"),
        ("daemon.json", "{\"hosts\": 1, \"icc\": {}, \"log-opts\": [], \"insecure-registries\": {\"a\": 1}}"),
        ("k.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: [1]\n"),
        ("k.yaml", "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer: [x]\netcd: 1\n"),
        ("kubelet.service", "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet -- - --= \\\n"),
        ("etc/default/etcd", "ETCD_=\nETCD_NAME\n"),
    ] {
        let checked = judged(path, text);
        assert!(checked.problems.is_empty(), "{text}: {:?}", checked.problems);
    }
}

#[test]
fn every_fix_of_these_rules_does_what_it_says() {
    let mut applied = 0;
    for rule in rules().filter(|rule| rule.id.starts_with("BS-H") || rule.id.starts_with("BS-C")) {
        for example in rule.bad {
            let (path, text) = match example.strip_prefix("=== ").and_then(|rest| rest.split_once('\n')) {
                Some((path, text)) => (path, text),
                None => (rule.check.example_path(), *example),
            };
            let fixed = fix(path, text.as_bytes(), &Options::default(), |finding| finding.rule == rule.id);
            assert!(fixed.rejected.is_empty(), "{}: {:?}\n{text}", rule.id, fixed.rejected);
            applied += fixed.applied.len();
        }
    }
    assert!(applied > 15, "{applied}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_them_panic(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "ExecStart=", "kubelet", "dockerd", "etcd", " ", "\n", "\\\n", "--", "-", "=", "\"", "'", "[Service]", "ETCD_A=",
            "KUBELET_ARGS=", "$", "{", "}", "[", "]", ":", "- ", "services:\n  a:\n    ", "image: ", "ports", "volumes",
            "environment", "${A:-", "é", "\t", "#", "kind: Pod\napiVersion: v1\n", "spec:\n  containers:\n  - command:\n    - ",
            "kube-apiserver\n", "extends: a\n", "\r\n", "0", "65536", "\"io.containerd.\"", "user: \"", ",",
        ]), 0..60),
    ) {
        let text = words.concat();
        for path in ["a.service", "etc/default/etcd", "config.toml", "certs.d/hosts.toml", "daemon.json", "compose.yaml", "a.yaml"] {
            let checked = judged(path, &text);
            let length = text.len();
            for region in checked.findings.iter().filter_map(|finding| finding.region) {
                proptest::prop_assert!(region.start <= region.end && region.end <= length, "{path}: {region:?}");
            }
            crate::check_image(path, text.as_bytes(), Some(&crate::image::Files::default()), &Options::default());
        }
    }
}
