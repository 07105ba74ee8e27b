//! Versions of the API that are no longer served.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::inherit::quoted_like;
use crate::rule::{Check, Rule};
use crate::yaml::set;

/// Kind, version, the one to use, when it was removed, and whether the fields stayed as they were.
const REMOVED_VERSIONS: &[(&str, &str, &str, &str, bool)] = &[
    ("Deployment", "extensions/v1beta1", "apps/v1", "1.16", false),
    ("Deployment", "apps/v1beta1", "apps/v1", "1.16", false),
    ("Deployment", "apps/v1beta2", "apps/v1", "1.16", true),
    ("DaemonSet", "extensions/v1beta1", "apps/v1", "1.16", false),
    ("DaemonSet", "apps/v1beta2", "apps/v1", "1.16", true),
    ("ReplicaSet", "extensions/v1beta1", "apps/v1", "1.16", false),
    ("ReplicaSet", "apps/v1beta2", "apps/v1", "1.16", true),
    ("StatefulSet", "apps/v1beta1", "apps/v1", "1.16", false),
    ("StatefulSet", "apps/v1beta2", "apps/v1", "1.16", true),
    ("CronJob", "batch/v2alpha1", "batch/v1", "1.21", false),
    ("CronJob", "batch/v1beta1", "batch/v1", "1.25", true),
];

pub(super) const REMOVED: Rule = Rule {
    id: "BS-K165",
    title: "version of the API that is no longer served",
    severity: Severity::Medium,
    aliases: &["no-extensions-v1beta", "stable-version"],
    why: "Kubernetes no longer serves this version: the file cannot be applied, and old clusters that still take it get \
          no security updates.",
    advice: "Use the version that the message names; the migration guide says which fields changed.",
    references: &["https://kubernetes.io/docs/reference/using-api/deprecation-guide/"],
    bad: &[
        "apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
",
        "apiVersion: batch/v1beta1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: \"0 3 * * *\"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: app
            image: registry.example.com/app:1.4
",
    ],
    good: &["apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"],
    check: Check::Workload(removed),
};

fn removed(workload: &Workload<'_>, found: &mut Found<'_>) {
    let object = &workload.object;
    let version =
        REMOVED_VERSIONS.iter().find(|(kind, version, ..)| *kind == object.kind && *version == object.api_version);
    let Some((_, old, new, since, same)) = version else { return };
    let Some(node) = object.node.get("apiVersion") else { return };
    let source = found.source();
    // apps/v1 wants the selector that older versions guessed; the defaults of some fields changed with v1beta1.
    let complete =
        object.kind == "CronJob" || object.node.at(&["spec", "selector"]).is_some_and(|each| !each.is_empty());
    let change = (*same && complete)
        .then(|| set(source, object.node, &["apiVersion"], &quoted_like(source, node, new)))
        .flatten();
    found
        .report(node.span, format!("`{old}` is not served since Kubernetes {since}: use `{new}`"))
        .fix(format!("use {new}"), change);
}
