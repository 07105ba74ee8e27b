//! Fields that only one operating system knows.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::inherit::{given, on_windows};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::{Node, set};

const OS_PAGE: &str = "https://kubernetes.io/docs/concepts/workloads/pods/#pod-os";

/// Fields of a pod's security context that a pod with `os.name: windows` may not have.
const POD_FIELDS: &[&str] = &[
    "appArmorProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsGroup",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "sysctls",
];

/// The same of a container's.
const CONTAINER_FIELDS: &[&str] = &[
    "allowPrivilegeEscalation",
    "appArmorProfile",
    "capabilities",
    "privileged",
    "procMount",
    "readOnlyRootFilesystem",
    "runAsGroup",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
];

/// Calls `judge` with the key of everything that only Linux knows, and what it belongs to.
fn linux_only(workload: &Workload<'_>, mut judge: impl FnMut(&Node, &str)) {
    for field in ["hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"] {
        if let Some((key, value)) = workload.spec.entry(field)
            && !value.is_null()
            // False is what a Windows pod has anyway; the last two are refused whatever they say.
            && (value.as_bool() == Some(true) || matches!(field, "hostUsers" | "shareProcessNamespace"))
        {
            judge(key, "");
        }
    }
    let pod = workload.spec.get("securityContext");
    for field in POD_FIELDS {
        if let Some((key, _)) = pod.and_then(|pod| pod.entry(field)).filter(|(_, value)| !value.is_null()) {
            judge(key, "");
        }
    }
    for container in &workload.containers {
        let context = container.node.get("securityContext");
        for field in CONTAINER_FIELDS {
            if let Some((key, _)) = context.and_then(|each| each.entry(field)).filter(|(_, value)| !value.is_null()) {
                judge(key, &container.title());
            }
        }
    }
}

pub(super) const LINUX_ONLY: Rule = Rule {
    id: "BS-K182",
    title: "setting of Linux in a Windows pod",
    severity: Severity::Medium,
    aliases: &[],
    why: "The API server refuses a pod with `os.name: windows` that has settings which only Linux knows, and what they \
          were to protect is not protected.",
    advice: "Remove them, and use `windowsOptions`, `runAsNonRoot` and a user without rights.",
    references: &[OS_PAGE, page::WINDOWS],
    bad: &[
        pod!(
            "  os:
    name: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
"
        ),
        pod!(
            "  os:
    name: windows
  securityContext:
    fsGroup: 2000
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[
        pod!(
            "  os:
    name: windows
  hostPID: false
  securityContext:
    runAsNonRoot: true
    windowsOptions:
      runAsUserName: ContainerUser
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  os:
    name: linux
  securityContext:
    fsGroup: 2000
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(only_linux),
};

fn only_linux(workload: &Workload<'_>, found: &mut Found<'_>) {
    // A node selector alone does not make the API server refuse them.
    if workload.is_windows() {
        linux_only(workload, |key, part| {
            found.report(key.span, format!("Windows knows no `{}`", key.as_str().unwrap_or("?"))).within(part);
        });
    }
}

pub(super) const WINDOWS_ONLY: Rule = Rule {
    id: "BS-K183",
    title: "setting of Windows in a Linux pod",
    severity: Severity::Medium,
    aliases: &[],
    why: "The API server refuses a pod with `os.name: linux` that has `windowsOptions`.",
    advice: "Remove `windowsOptions`, or correct `os.name`.",
    references: &[OS_PAGE],
    bad: &[pod!(
        "  os:
    name: linux
  securityContext:
    windowsOptions:
      runAsUserName: ContainerUser
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  os:
    name: linux
  securityContext:
    runAsUser: 10001
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(windows_only),
};

fn windows_only(workload: &Workload<'_>, found: &mut Found<'_>) {
    if workload.spec.at(&["os", "name"]).and_then(Node::as_str) != Some("linux") {
        return;
    }
    let mut judge = |context: Option<&Node>, part: &str| {
        if let Some((key, _)) = context.and_then(|context| context.entry("windowsOptions")) {
            found.report(key.span, "Linux knows no `windowsOptions`").within(part);
        }
    };
    judge(workload.spec.get("securityContext"), "");
    for container in &workload.containers {
        judge(container.node.get("securityContext"), &container.title());
    }
}

pub(super) const UNSAID: Rule = Rule {
    id: "BS-K184",
    title: "pod for Windows nodes that does not say so itself",
    severity: Severity::Low,
    aliases: &[],
    why: "The Pod Security Standards, and policies made after them, ask of every pod that does not say \
          `os.name: windows` what only Linux can do: it is refused in a restricted namespace.",
    advice: "Set `os: {name: windows}` in the pod's spec beside the node selector.",
    references: &[OS_PAGE, page::POD_SECURITY],
    bad: &[pod!(
        "  nodeSelector:
    kubernetes.io/os: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        pod!(
            "  os:
    name: windows
  nodeSelector:
    kubernetes.io/os: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  nodeSelector:
    kubernetes.io/os: linux
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(unsaid),
};

fn unsaid(workload: &Workload<'_>, found: &mut Found<'_>) {
    if !on_windows(workload) || workload.is_windows() || given(workload.spec, "os").is_some() {
        return;
    }
    let Some(selector) = workload.spec.get("nodeSelector") else { return };
    let mut plain = true;
    linux_only(workload, |_, _| plain = false);
    let source = found.source();
    // With settings of Linux the API server would refuse the pod that it takes today.
    let change = plain.then(|| set(source, workload.spec, &["os", "name"], "windows")).flatten();
    found
        .report(selector.span, "the pod wants Windows nodes but does not set `os.name`")
        .fix("say that the pod is for Windows", change);
}

pub(super) const INLINE_CREDENTIALS: Rule = Rule {
    id: "BS-K187",
    title: "group-managed account written out in the pod",
    severity: Severity::Low,
    aliases: &[],
    why: "With `gmsaCredentialSpec` in the pod its author chooses an account of the domain; named by \
          `gmsaCredentialSpecName` the cluster checks whether the pod's account may use it.",
    advice: "Use `gmsaCredentialSpecName` alone; the webhook for group-managed accounts fills in the rest.",
    references: &["https://kubernetes.io/docs/tasks/configure-pod-container/configure-gmsa/"],
    bad: &[pod!(
        "  os:
    name: windows
  securityContext:
    windowsOptions:
      gmsaCredentialSpec: '{\"CmsPlugins\": [\"ActiveDirectory\"]}'
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  os:
    name: windows
  securityContext:
    windowsOptions:
      gmsaCredentialSpecName: web
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(inline_credentials),
};

fn inline_credentials(workload: &Workload<'_>, found: &mut Found<'_>) {
    let mut judge = |context: Option<&Node>, part: &str| {
        let entry = context.and_then(|context| context.get("windowsOptions")?.entry("gmsaCredentialSpec"));
        if let Some((key, value)) = entry
            && !value.is_empty()
        {
            found.report(key.span, "the pod brings its account of the domain itself").within(part);
        }
    };
    judge(workload.spec.get("securityContext"), "");
    for container in &workload.containers {
        judge(container.node.get("securityContext"), &container.title());
    }
}
