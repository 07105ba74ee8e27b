//! Ports of the node, and ports that say what listens behind them.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

pub(super) const HOST_PORT: Rule = Rule {
    id: "BS-K053",
    title: "port of the node",
    severity: Severity::Medium,
    aliases: &["KSV-0024", "CKV_K8S_26", "C-0044", "hostPortSet"],
    why: "A `hostPort` opens a port on the node's own addresses, past Services and often past NetworkPolicies, and \
          only one such pod fits on a node.",
    advice: "Remove `hostPort`, and expose the pod by a Service or an Ingress.",
    references: &[page::POD_SECURITY, "https://kubernetes.io/docs/concepts/configuration/overview/"],
    bad: &[container!(
        "    ports:
    - containerPort: 8080
      hostPort: 80
"
    )],
    good: &[
        container!(
            "    ports:
    - containerPort: 8080
      hostPort: 0
"
        ),
        // On the node's network all ports are the node's: one finding is enough.
        pod!(
            "  hostNetwork: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
    ports:
    - containerPort: 8080
      hostPort: 8080
"
        ),
    ],
    check: Check::Workload(host_port),
};

fn host_port(workload: &Workload<'_>, found: &mut Found<'_>) {
    if workload.spec.boolean("hostNetwork") == Some(true) {
        return;
    }
    for container in &workload.containers {
        for port in container.node.list("ports") {
            if let Some(host) = port.get("hostPort")
                && let Some(number) = host.as_int()
                && number != 0
            {
                found
                    .report(host.span, format!("container `{}` takes port `{number}` of the node", container.name()))
                    .within(&container.title());
            }
        }
    }
}

pub(super) const PROBE_HOST: Rule = Rule {
    id: "BS-K055",
    title: "probe or hook with a host of its own",
    severity: Severity::Medium,
    aliases: &[],
    why: "The kubelet runs probes and hooks from the node's network: with `host` set it asks any address that the \
          file names, also those that only the node may reach. The baseline Pod Security Standard forbids it since \
          1.34.",
    advice: "Remove `host`, so that the pod itself is asked; a name for virtual hosts goes into the `Host` header \
             under `httpHeaders`.",
    references: &[page::POD_SECURITY, page::PROBES],
    bad: &[
        container!(
            "    livenessProbe:
      httpGet:
        host: 169.254.169.254
        path: /latest/meta-data
        port: 80
"
        ),
        container!(
            "    lifecycle:
      preStop:
        httpGet:
          host: internal.example.com
          port: 80
"
        ),
        // The node's loopback, not the pod's.
        container!(
            "    readinessProbe:
      tcpSocket:
        host: 127.0.0.1
        port: 8080
"
        ),
    ],
    good: &[
        container!(
            "    livenessProbe:
      httpGet:
        path: /healthz
        port: 8080
        httpHeaders:
        - name: Host
          value: app.example.com
"
        ),
        // On the node's network the loopback is the pod's own.
        pod!(
            "  hostNetwork: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
    livenessProbe:
      httpGet:
        host: 127.0.0.1
        port: 8080
"
        ),
    ],
    check: Check::Workload(probe_host),
};

fn probe_host(workload: &Workload<'_>, found: &mut Found<'_>) {
    let on_host = workload.spec.boolean("hostNetwork") == Some(true);
    for container in &workload.containers {
        let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|key| container.node.get(key));
        let hooks = ["postStart", "preStop"].map(|key| container.node.at(&["lifecycle", key]));
        for handler in probes.into_iter().chain(hooks).flatten() {
            for kind in ["httpGet", "tcpSocket"] {
                let Some(host) = handler.at(&[kind, "host"]).filter(|host| !host.is_empty()) else { continue };
                let name = host.as_str().unwrap_or("?");
                let loopback = matches!(name, "127.0.0.1" | "localhost" | "::1" | "[::1]");
                if loopback && on_host {
                    continue;
                }
                let message = if loopback {
                    format!("`{name}` is the node's loopback, not that of container `{}`", container.name())
                } else {
                    format!("the kubelet asks `{name}`, not container `{}`", container.name())
                };
                let report = found.report(host.span, message).within(&container.title());
                if on_host {
                    // It may be the node's own address, as in kubeadm's static pods.
                    report.severity(Severity::Low);
                }
            }
        }
    }
}

pub(super) const SSH: Rule = Rule {
    id: "BS-K057",
    title: "container listens on the port of SSH",
    severity: Severity::Low,
    aliases: &["ssh-port", "C-0042"],
    why: "Port 22 is for SSH: a second way into the container, past the API server's authorisation and audit.",
    advice: "Remove the SSH server and use `kubectl exec`; another program should use another port.",
    references: &["https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/"],
    bad: &[container!(
        "    ports:
    - containerPort: 22
"
    )],
    good: &[container!(
        "    ports:
    - containerPort: 22
      protocol: UDP
    - containerPort: 2222
"
    )],
    check: Check::Workload(ssh),
};

fn ports<'w>(workload: &'w Workload<'_>) -> impl Iterator<Item = (String, &'w Node, i64)> {
    workload.containers.iter().flat_map(|container| {
        let tcp =
            container.node.list("ports").iter().filter(|port| matches!(port.text("protocol"), None | Some("TCP")));
        tcp.filter_map(|port| {
            let number = port.get("containerPort")?;
            Some((number, number.as_int()?))
        })
        .filter(|(_, number)| matches!(number, 22 | 2375 | 10255))
        .map(|(node, number)| (container.title(), node, number))
    })
}

fn ssh(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (title, node, _) in ports(workload).filter(|(_, _, number)| *number == 22) {
        found.report(node.span, "port `22` is for SSH").within(&title);
    }
}

pub(super) const ADMIN: Rule = Rule {
    id: "BS-K058",
    title: "port of an interface that asks for no password",
    severity: Severity::High,
    aliases: &[],
    why: "Port 2375 is Docker's API without TLS and 10255 the kubelet's read-only one: who reaches the first owns \
          the machine, who reaches the second knows all its pods.",
    advice: "Use Docker's port 2376 with client certificates, or a build tool without daemon; switch the kubelet's \
             read-only port off.",
    references: &[
        "https://docs.docker.com/engine/security/protect-access/",
        "https://kubernetes.io/docs/reference/networking/ports-and-protocols/",
    ],
    bad: &[pod!(
        "  containers:
  - name: dind
    image: registry.example.com/docker:29-dind
    ports:
    - containerPort: 2375
"
    )],
    good: &[pod!(
        "  containers:
  - name: dind
    image: registry.example.com/docker:29-dind
    ports:
    - containerPort: 2376
"
    )],
    check: Check::Workload(admin),
};

fn admin(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (title, node, number) in ports(workload).filter(|(_, _, number)| *number != 22) {
        let what = if number == 2375 { "Docker's API without TLS" } else { "the kubelet's read-only API" };
        found.report(node.span, format!("port `{number}` is {what}")).within(&title);
    }
}

pub(super) const TWICE: Rule = Rule {
    id: "BS-K059",
    title: "port of the node taken twice by one pod",
    severity: Severity::Medium,
    aliases: &[],
    why: "Two containers of a pod that ask for the same port of the node fit on no node: the pod stays pending.",
    advice: "Give each its own port, or remove `hostPort`.",
    references: &["https://kubernetes.io/docs/concepts/configuration/overview/"],
    bad: &[pod!(
        "  containers:
  - name: one
    image: registry.example.com/app:1.4
    ports:
    - containerPort: 8080
      hostPort: 8080
  - name: two
    image: registry.example.com/app:1.4
    ports:
    - containerPort: 8081
      hostPort: 8080
"
    )],
    good: &[pod!(
        "  containers:
  - name: dns
    image: registry.example.com/dns:1.4
    ports:
    - containerPort: 53
      hostPort: 53
      protocol: UDP
    - containerPort: 53
      hostPort: 53
      protocol: TCP
    - containerPort: 54
      hostPort: 53
      hostIP: 10.0.0.1
"
    )],
    check: Check::Workload(twice),
};

fn twice(workload: &Workload<'_>, found: &mut Found<'_>) {
    let mut taken: Vec<((i64, &str, &str), &Node)> = Vec::new();
    for container in &workload.containers {
        for port in container.node.list("ports") {
            let Some(host) = port.get("hostPort") else { continue };
            let Some(number) = host.as_int().filter(|number| *number != 0) else { continue };
            let key = (number, port.text("protocol").unwrap_or("TCP"), port.text("hostIP").unwrap_or_default());
            // No pod has this many; hostile files may.
            if taken.len() >= 256 {
                return;
            }
            if let Some((_, first)) = taken.iter().find(|(other, _)| *other == key) {
                found
                    .report(host.span, format!("port `{number}` of the node is taken already"))
                    .within(&container.title())
                    .note(first.span, "taken here");
            } else {
                taken.push((key, host));
            }
        }
    }
}
