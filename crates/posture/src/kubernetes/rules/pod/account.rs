//! Service accounts and their tokens.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::inherit::{given, is_static, is_written_out};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::source::Span;
use crate::yaml::{Node, remove};

const ACCOUNTS: &str = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/";

pub(super) const TOKEN: Rule = Rule {
    id: "BS-K150",
    title: "service-account token in every container",
    severity: Severity::Low,
    aliases: &["KSV-0036", "CKV_K8S_38", "C-0034", "automount-service-account-token", "automountServiceAccountToken"],
    why: "Unless told otherwise Kubernetes puts a token for its API into every container. Most programs never use it; \
          who breaks in does.",
    advice: "Set `automountServiceAccountToken: false` in the pod's spec. A program that does use the API gets a \
             projected token in the one container that needs it, and a role that allows just that.",
    references: &[ACCOUNTS, page::HARDENING],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  automountServiceAccountToken: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[
        pod!(
            "  automountServiceAccountToken: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // A static pod of the control plane has no account.
        "apiVersion: v1
kind: Pod
metadata:
  name: kube-scheduler
  namespace: kube-system
  labels:
    tier: control-plane
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(token),
};

fn token(workload: &Workload<'_>, found: &mut Found<'_>) {
    if !is_written_out(workload) || is_static(workload) {
        return;
    }
    match given(workload.spec, "automountServiceAccountToken") {
        Some(said) if said.as_bool() == Some(true) => {
            found.report(said.span, "`automountServiceAccountToken: true` puts a token into every container");
        }
        Some(_) => {}
        None => {
            found.report(workload.heading(), "the pod does not set `automountServiceAccountToken: false`");
        }
    }
}

fn account<'a>(workload: &Workload<'a>) -> Option<&'a Node> {
    ["serviceAccountName", "serviceAccount"]
        .into_iter()
        .find_map(|key| workload.spec.get(key).filter(|name| !name.is_empty()))
}

pub(super) const DEFAULT: Rule = Rule {
    id: "BS-K151",
    title: "default service account",
    severity: Severity::Low,
    aliases: &["default-service-account"],
    why: "All pods of a namespace that name no account share `default`: what one of them is allowed to do in the \
          cluster, all are.",
    advice: "Make a ServiceAccount for the program and name it by `serviceAccountName`, or do without a token by \
             `automountServiceAccountToken: false`.",
    references: &[ACCOUNTS],
    bad: &[
        pod!(
            "  serviceAccountName: default
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
    good: &[
        pod!(
            "  serviceAccountName: web
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // Without a token the account means nothing.
        pod!(
            "  automountServiceAccountToken: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(default),
};

fn default(workload: &Workload<'_>, found: &mut Found<'_>) {
    let no_token = workload.spec.boolean("automountServiceAccountToken") == Some(false);
    if !is_written_out(workload) || is_static(workload) || no_token {
        return;
    }
    match account(workload) {
        Some(name) if name.as_str() == Some("default") => {
            found.report(name.span, "the account `default` is shared by all pods of the namespace");
        }
        Some(_) => {}
        None => {
            found.report(workload.heading(), "the pod names no account, so `default` counts");
        }
    }
}

pub(super) const OLD_FIELD: Rule = Rule {
    id: "BS-K152",
    title: "deprecated field `serviceAccount`",
    severity: Severity::Low,
    aliases: &["deprecated-service-account-field"],
    why: "`serviceAccount` is the old name of `serviceAccountName`. Where both are given and differ, readers and tools \
          disagree on which account the pod has.",
    advice: "Use `serviceAccountName` alone.",
    references: &[page::POD_REFERENCE, ACCOUNTS],
    bad: &[
        pod!(
            "  serviceAccount: web
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  serviceAccount: web
  serviceAccountName: web
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[pod!(
        "  serviceAccountName: web
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(old_field),
};

fn old_field(workload: &Workload<'_>, found: &mut Found<'_>) {
    let Some((key, old)) = workload.spec.entry("serviceAccount") else { return };
    let new = given(workload.spec, "serviceAccountName");
    let source = found.source();
    let change = match new {
        Some(new) if new.value == old.value => remove(source, workload.spec, "serviceAccount"),
        Some(_) => None,
        None if key.shared || source.slice(key.span).is_empty() => None,
        None => {
            // The key may stand in quotes.
            let text = source.slice(key.span).replace("serviceAccount", "serviceAccountName");
            Some((key.span, text))
        }
    };
    let differs = new.is_some_and(|new| new.value != old.value);
    let message = if differs {
        "`serviceAccount` and `serviceAccountName` name different accounts"
    } else {
        "`serviceAccount` is the deprecated name of `serviceAccountName`"
    };
    let report = found.report(key.span.to(Span::empty(key.span.end)), message).fix("use serviceAccountName", change);
    if let Some(new) = new {
        report.note(new.span, "the field that counts");
    }
}
