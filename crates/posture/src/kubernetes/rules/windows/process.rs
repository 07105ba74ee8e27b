//! Who containers on Windows run as.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::inherit::{effective, is_whole, on_windows};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const HOST_PROCESS_PAGE: &str = "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/";
const USER_PAGE: &str = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/";

fn is_host_process(workload: &Workload<'_>, container: &crate::kubernetes::Container<'_>) -> bool {
    effective(workload, container, &["windowsOptions", "hostProcess"]).and_then(Node::as_bool) == Some(true)
}

pub(super) const HOST_PROCESS: Rule = Rule {
    id: "BS-K180",
    title: "HostProcess container on Windows",
    severity: Severity::High,
    aliases: &["KSV-0103", "hostProcess"],
    why: "A HostProcess container is a process of the Windows node itself, with its files, registry and network: what \
          `privileged` is on Linux.",
    advice: "Remove `hostProcess`. Only components that set the node up (CNI, CSI, agents) need it.",
    references: &[HOST_PROCESS_PAGE, page::POD_SECURITY],
    bad: &[
        pod!(
            "  os:
    name: windows
  hostNetwork: true
  securityContext:
    windowsOptions:
      hostProcess: true
      runAsUserName: NT AUTHORITY\\SYSTEM
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // Also where nothing says that it is Windows.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      windowsOptions: {hostProcess: true}
"
        ),
    ],
    good: &[pod!(
        "  os:
    name: windows
  securityContext:
    windowsOptions:
      hostProcess: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(host_process),
};

fn host_process(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        if let Some(value) = effective(workload, container, &["windowsOptions", "hostProcess"])
            && value.as_bool() == Some(true)
        {
            found
                .report(value.span, format!("container `{}` is a process of the Windows node", container.name()))
                .within(&container.title());
        }
    }
}

pub(super) const ADMINISTRATOR: Rule = Rule {
    id: "BS-K181",
    title: "administrator in a Windows container",
    severity: Severity::Medium,
    aliases: &[],
    why: "`ContainerAdministrator` may change everything in the container and has the rights that ways out of it need.",
    advice: "Set `runAsUserName: ContainerUser`, or a user made in the image.",
    references: &[USER_PAGE, page::WINDOWS],
    bad: &[
        pod!(
            "  os:
    name: windows
  securityContext:
    windowsOptions:
      runAsUserName: ContainerAdministrator
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      windowsOptions:
        runAsUserName: User Manager\\ContainerAdministrator
"
        ),
    ],
    good: &[pod!(
        "  os:
    name: windows
  securityContext:
    windowsOptions:
      runAsUserName: ContainerAdministrator
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      windowsOptions:
        runAsUserName: ContainerUser
"
    )],
    check: Check::Workload(administrator),
};

fn administrator(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        let Some(user) = effective(workload, container, &["windowsOptions", "runAsUserName"]) else { continue };
        let Some(text) = user.as_str() else { continue };
        let name = text.rsplit('\\').next().unwrap_or(text);
        let system = name.eq_ignore_ascii_case("SYSTEM") && !is_host_process(workload, container);
        if name.eq_ignore_ascii_case("ContainerAdministrator") || name.eq_ignore_ascii_case("Administrator") || system {
            found
                .report(user.span, format!("container `{}` runs as `{text}`", container.name()))
                .within(&container.title());
        }
    }
}

pub(super) const NO_USER: Rule = Rule {
    id: "BS-K185",
    title: "Windows container by whatever user the image has",
    severity: Severity::Low,
    aliases: &[],
    why: "Without `runAsUserName` the image decides, and images of Windows Server Core say administrator.",
    advice: "Set `windowsOptions.runAsUserName: ContainerUser` for the pod, or `runAsNonRoot: true`, which keeps \
             ContainerAdministrator out.",
    references: &[USER_PAGE],
    bad: &[pod!(
        "  os:
    name: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        pod!(
            "  os:
    name: windows
  securityContext:
    runAsNonRoot: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(no_user),
};

fn no_user(workload: &Workload<'_>, found: &mut Found<'_>) {
    if !on_windows(workload) {
        return;
    }
    for container in workload.containers.iter().filter(|container| is_whole(container)) {
        let named = effective(workload, container, &["windowsOptions", "runAsUserName"]).is_some();
        let held = effective(workload, container, &["runAsNonRoot"]).is_some_and(|said| said.as_bool() != Some(false));
        if !named && !held && !is_host_process(workload, container) {
            found
                .report(
                    container.heading(),
                    format!("the image decides which user container `{}` runs as", container.name()),
                )
                .within(&container.title());
        }
    }
}

pub(super) const NO_HOST_NETWORK: Rule = Rule {
    id: "BS-K186",
    title: "HostProcess container without the node's network",
    severity: Severity::Medium,
    aliases: &[],
    why: "Kubernetes refuses pods with HostProcess containers that do not set `hostNetwork: true`, and pods where only \
          some containers are such.",
    advice: "Set `hostNetwork: true` and `hostProcess: true` for the whole pod, or remove both.",
    references: &[HOST_PROCESS_PAGE],
    bad: &[pod!(
        "  os:
    name: windows
  securityContext:
    windowsOptions:
      hostProcess: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  os:
    name: windows
  hostNetwork: true
  securityContext:
    windowsOptions:
      hostProcess: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(no_host_network),
};

fn no_host_network(workload: &Workload<'_>, found: &mut Found<'_>) {
    let Some(first) = workload.containers.iter().find(|container| is_host_process(workload, container)) else { return };
    let said = workload.spec.get("hostNetwork").and_then(Node::as_bool);
    if said != Some(true) {
        let value = effective(workload, first, &["windowsOptions", "hostProcess"]);
        let span = value.map_or_else(|| first.heading(), |value| value.span);
        found.report(span, "`hostProcess: true` needs `hostNetwork: true`");
    }
}
