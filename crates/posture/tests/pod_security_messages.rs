//! Findings of the Pod Security Standards point at the field that is wrong, and say what is wrong with it.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use boltseal_posture::{Options, check};

/// Under a policy, a pod (its metadata and spec) gives these findings: rule, what is underlined, subject, message.
fn assert_findings(policy: &str, pod: &str, expected: &[&str]) {
    let text = format!("apiVersion: v1\nkind: Pod\n{pod}");
    let options = Options { pod_security: policy.parse().ok() };
    let checked = check("pod.yaml", text.as_bytes(), &options);
    let found: Vec<String> = checked
        .findings
        .iter()
        .filter(|finding| finding.rule.starts_with("BS-P"))
        .map(|finding| {
            let region = finding.region.expect("a place");
            let marked = text.get(region.start..region.end).unwrap_or_default();
            let subject = finding.subject.strip_prefix("Pod ?").unwrap_or(&finding.subject);
            format!("{}|{marked}|{subject}|{}", finding.rule, finding.message)
        })
        .collect();
    assert_eq!(found, expected, "{policy}\n{text}");
}

#[test]
fn what_is_set_is_underlined() {
    let pod = "\
spec:
  hostPID: true
  initContainers:
  - name: setup
    securityContext:
      privileged: true
      capabilities:
        add: [CHOWN, SYS_ADMIN]
  containers:
  - name: app
    ports:
    - containerPort: 80
      hostPort: 80
    livenessProbe:
      tcpSocket: {host: db, port: 1}
    securityContext:
      procMount: Unmasked
      seLinuxOptions: {type: spc_t, user: u}
  volumes:
  - name: run
    hostPath:
      path: /run
";
    assert_findings(
        "baseline",
        pod,
        &[
            "BS-P003|hostPID: true||`hostPID: true` gives the pod the node's processes",
            "BS-P007|privileged: true|, init container setup|init container `setup` is privileged",
            "BS-P002|SYS_ADMIN|, init container setup|capability `SYS_ADMIN`, added by init container `setup`, is none \
             that the baseline leaves a container",
            "BS-P005|hostPort: 80|, container app|container `app` takes port `80` of the node",
            "BS-P006|host: db|, container app|`livenessProbe.tcpSocket` of container `app` makes the kubelet call `db`",
            "BS-P008|procMount: Unmasked|, container app|`procMount` of container `app` is `Unmasked`, not `Default`",
            "BS-P009|type: spc_t|, container app|SELinux type `spc_t` of container `app` is none that is made for \
             containers",
            "BS-P009|user: u|, container app|container `app` chooses its SELinux user, `u`",
            "BS-P004|hostPath:\n      path: /run||volume `run` opens the node's path `/run` to the pod",
        ],
    );
}

#[test]
fn what_is_missing_is_told_at_the_name_of_the_container() {
    assert_findings(
        "restricted",
        "spec:\n  ephemeralContainers:\n  - name: debug\n",
        &[
            "BS-P101|name: debug|, ephemeral container debug|ephemeral container `debug` does not set \
             `allowPrivilegeEscalation: false`",
            "BS-P102|name: debug|, ephemeral container debug|ephemeral container `debug` drops no capabilities: it \
             needs `drop: [ALL]`",
            "BS-P105|name: debug|, ephemeral container debug|neither ephemeral container `debug` nor the pod sets \
             `runAsNonRoot: true`",
            "BS-P107|name: debug|, ephemeral container debug|neither ephemeral container `debug` nor the pod has a \
             seccomp profile such as `RuntimeDefault`",
        ],
    );
}

#[test]
fn the_pod_speaks_for_containers_that_say_nothing() {
    let pod = "\
spec:
  securityContext: {runAsNonRoot: false, runAsUser: 0, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: app
    securityContext:
      runAsNonRoot: true
      allowPrivilegeEscalation: false
      capabilities: {drop: [all]}
";
    assert_findings(
        "restricted",
        pod,
        &[
            "BS-P105|runAsNonRoot: false||the pod sets `runAsNonRoot: false`",
            "BS-P106|runAsUser: 0||`runAsUser: 0` makes the pod root",
            "BS-P102|drop: [all]|, container app|container `app` drops some capabilities but not `ALL`",
        ],
    );
    assert_findings("restricted@v1.7", "spec: {securityContext: {runAsNonRoot: true}, containers: [{name: a}]}\n", &[]);
}

#[test]
fn annotations_count_where_they_did() {
    let pod = "\
metadata:
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: unconfined
    container.seccomp.security.alpha.kubernetes.io/app: unconfined
    container.seccomp.security.alpha.kubernetes.io/other: unconfined
    container.apparmor.security.beta.kubernetes.io/app: unconfined
spec: {containers: [{name: app}]}
";
    let app_armor = "BS-P001|container.apparmor.security.beta.kubernetes.io/app: unconfined||AppArmor profile \
                     `unconfined` of container `app`, by annotation, is neither the runtime's nor a local one";
    assert_findings("baseline@v1.19", pod, &[app_armor]);
    assert_findings(
        "baseline@v1.18",
        pod,
        &[
            "BS-P010|seccomp.security.alpha.kubernetes.io/pod: unconfined||seccomp profile `unconfined` of the pod, by \
             annotation, is neither the runtime's nor a local one",
            "BS-P010|container.seccomp.security.alpha.kubernetes.io/app: unconfined|, container app|seccomp profile \
             `unconfined` of container `app`, by annotation, is neither the runtime's nor a local one",
            app_armor,
        ],
    );
}

#[test]
fn a_sysctl_that_became_safe_later_is_told_so() {
    let pod = "spec: {securityContext: {sysctls: [{name: net.ipv4.tcp_rmem}, {name: kernel.sem}]}, containers: []}\n";
    let unsafe_one = "BS-P011|name: kernel.sem||sysctl `kernel.sem` is none of the safe ones";
    let later = "BS-P011|name: net.ipv4.tcp_rmem||sysctl `net.ipv4.tcp_rmem` counts as safe only since Kubernetes 1.32";
    assert_findings("baseline@v1.31", pod, &[later, unsafe_one]);
    assert_findings("baseline@v1.32", pod, &[unsafe_one]);
}

#[test]
fn values_that_the_api_server_refuses_never_help() {
    let pod = "\
spec:
  hostNetwork: 'false'
  hostUsers: 'false'
  securityContext: {runAsNonRoot: 'true', runAsUser: root, windowsOptions: {hostProcess: 0}}
  containers:
  - name: app
    ports: [{hostPort: '0'}]
    securityContext: {privileged: 1, allowPrivilegeEscalation: [false], procMount: [], capabilities: {drop: ALL}}
";
    assert_findings(
        "restricted",
        pod,
        &[
            "BS-P003|hostNetwork: 'false'||`hostNetwork` is `\"false\"`, no boolean: the API server refuses it",
            "BS-P105|runAsNonRoot: 'true'||`runAsNonRoot` of the pod is `\"true\"`, no boolean: the API server refuses it",
            "BS-P106|runAsUser: root||`runAsUser` of the pod is `root`, no number: the API server refuses it",
            "BS-P012|hostProcess: 0||`hostProcess` of the pod is `0`, no boolean: the API server refuses it",
            "BS-P105|name: app|, container app|neither container `app` nor the pod sets `runAsNonRoot: true`",
            "BS-P107|name: app|, container app|neither container `app` nor the pod has a seccomp profile such as \
             `RuntimeDefault`",
            "BS-P005|hostPort: '0'|, container app|`hostPort` of container `app` is `\"0\"`, no number: the API server \
             refuses it",
            "BS-P007|privileged: 1|, container app|`privileged` of container `app` is `1`, no boolean: the API server \
             refuses it",
            "BS-P101|allowPrivilegeEscalation: [false]|, container app|`allowPrivilegeEscalation` of container `app` is \
             a list, no boolean: the API server refuses it",
            "BS-P103|procMount: []|, container app|`procMount` of container `app` is a list, not `Default`",
            "BS-P102|drop: ALL|, container app|container `app` drops no capabilities: it needs `drop: [ALL]`",
        ],
    );
}

#[test]
fn null_is_absent_and_an_empty_text_is_a_value() {
    let pod = "\
spec:
  hostIPC: null
  securityContext: {seccompProfile: null, seLinuxOptions: {type: '', role: ''}}
  containers:
  - name: app
    securityContext: {procMount: '', seccompProfile: {}}
  volumes: [{name: a, hostPath: ~}, {name: b, emptyDir: }]
";
    assert_findings(
        "baseline",
        pod,
        &[
            "BS-P008|procMount: ''|, container app|`procMount` of container `app` is `\"\"`, not `Default`",
            "BS-P010|seccompProfile: {}|, container app|seccomp profile without a type of container `app` is neither \
             `RuntimeDefault` nor `Localhost`",
        ],
    );
}

#[test]
fn a_template_is_judged_like_a_pod() {
    let text = "\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          hostNetwork: true
          containers: [{name: app}]
";
    let options = Options { pod_security: "baseline@v1.20".parse().ok() };
    let checked = check("job.yaml", text.as_bytes(), &options);
    let found: Vec<_> = checked.findings.iter().filter(|finding| finding.rule == "BS-P003").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject, "CronJob nightly");
    let options = Options { pod_security: "privileged".parse().ok() };
    assert!(check("job.yaml", text.as_bytes(), &options).findings.iter().all(|found| !found.rule.starts_with("BS-P")));
}
