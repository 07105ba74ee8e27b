//! Jobs and CronJobs.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::inherit::{given, is_written_out};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const JOB: &str = "https://kubernetes.io/docs/concepts/workloads/controllers/job/";
const CRON_JOB: &str = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/";

/// A Job, or a CronJob when `$kind` is one, with this in the Job's spec.
macro_rules! job {
    ($body:literal) => {
        concat!(
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: once\nspec:\n",
            $body,
            "  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: app\n",
            "        image: registry.example.com/app:1.4\n"
        )
    };
}

/// A CronJob with this in its spec.
macro_rules! cron_job {
    ($body:literal) => {
        concat!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: nightly\nspec:\n  schedule: \"0 3 * * *\"\n",
            $body,
            "  jobTemplate:\n    spec:\n      activeDeadlineSeconds: 3600\n      template:\n        spec:\n",
            "          restartPolicy: Never\n          containers:\n          - name: app\n",
            "            image: registry.example.com/app:1.4\n"
        )
    };
}

/// The spec of the Job that is or is made.
fn job_spec<'a>(workload: &Workload<'a>) -> Option<&'a Node> {
    let node = workload.object.node;
    match workload.object.kind {
        "Job" => node.get("spec"),
        "CronJob" => node.at(&["spec", "jobTemplate", "spec"]),
        _ => None,
    }
    .filter(|_| is_written_out(workload))
}

fn cron_spec<'a>(workload: &Workload<'a>) -> Option<&'a Node> {
    (workload.object.kind == "CronJob" && is_written_out(workload)).then(|| workload.object.node.get("spec")).flatten()
}

pub(super) const NO_DEADLINE: Rule = Rule {
    id: "BS-K134",
    title: "Job without an end",
    severity: Severity::Low,
    aliases: &[],
    why: "A Job whose program hangs keeps its memory and its place forever, and a CronJob starts the next one beside \
          it.",
    advice: "Set `activeDeadlineSeconds` to well more than the Job usually takes.",
    references: &[JOB],
    bad: &[job!(
        "  backoffLimit: 3
"
    )],
    good: &[
        job!(
            "  activeDeadlineSeconds: 600
"
        ),
        // The pod may have it too.
        "apiVersion: batch/v1
kind: Job
metadata:
  name: once
spec:
  template:
    spec:
      activeDeadlineSeconds: 600
      restartPolicy: Never
      containers:
      - name: app
        image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(no_deadline),
};

fn no_deadline(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(spec) = job_spec(workload)
        && given(spec, "activeDeadlineSeconds").is_none()
        && given(workload.spec, "activeDeadlineSeconds").is_none()
    {
        found.report(workload.heading(), "the Job has no `activeDeadlineSeconds`");
    }
}

pub(super) const NEVER_REMOVED: Rule = Rule {
    id: "BS-K135",
    title: "Job that stays when it is done",
    severity: Severity::Low,
    aliases: &["job-ttl-seconds-after-finished"],
    why: "A finished Job and its pods stay in the cluster, with their logs and what stands in their environment, until \
          someone removes them.",
    advice: "Set `ttlSecondsAfterFinished`, for example 86400.",
    references: &["https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/"],
    bad: &[job!(
        "  backoffLimit: 3
"
    )],
    good: &[
        job!(
            "  ttlSecondsAfterFinished: 86400
"
        ),
        // A CronJob removes its Jobs itself.
        cron_job!(""),
    ],
    check: Check::Workload(never_removed),
};

fn never_removed(workload: &Workload<'_>, found: &mut Found<'_>) {
    // Helm removes the Jobs of its hooks where it is told so.
    let hook = workload.object.node.at(&["metadata", "annotations", "helm.sh/hook-delete-policy"]).is_some();
    if workload.object.kind == "Job"
        && !hook
        && let Some(spec) = job_spec(workload)
        && given(spec, "ttlSecondsAfterFinished").is_none()
    {
        found.report(workload.heading(), "the Job has no `ttlSecondsAfterFinished`");
    }
}

pub(super) const CONCURRENT: Rule = Rule {
    id: "BS-K136",
    title: "runs of a CronJob may pile up",
    severity: Severity::Low,
    aliases: &[],
    why: "Unless `concurrencyPolicy` says otherwise the next run starts beside one that is not done: they disturb each \
          other, and a slow day ends with hundreds.",
    advice: "Set `concurrencyPolicy: Forbid`, or `Replace` if only the last run counts.",
    references: &[CRON_JOB],
    bad: &[
        cron_job!(""),
        cron_job!(
            "  concurrencyPolicy: Allow
"
        ),
    ],
    good: &[cron_job!(
        "  concurrencyPolicy: Forbid
"
    )],
    check: Check::Workload(concurrent),
};

fn concurrent(workload: &Workload<'_>, found: &mut Found<'_>) {
    let Some(spec) = cron_spec(workload) else { return };
    let span = match given(spec, "concurrencyPolicy") {
        Some(policy) if policy.as_str() == Some("Allow") => policy.span,
        Some(_) => return,
        None => workload.heading(),
    };
    found.report(span, "runs of the CronJob may go on beside each other");
}

pub(super) const NO_START_DEADLINE: Rule = Rule {
    id: "BS-K137",
    title: "CronJob that may be given up after an outage",
    severity: Severity::Negligible,
    aliases: &["cronjob-has-deadline"],
    why: "Without `startingDeadlineSeconds` a CronJob that missed more than 100 runs, while suspended or during an \
          outage, is not run any more.",
    advice: "Set `startingDeadlineSeconds`, for example to the time between two runs.",
    references: &[CRON_JOB],
    bad: &[cron_job!("")],
    good: &[cron_job!(
        "  startingDeadlineSeconds: 600
"
    )],
    check: Check::Workload(no_start_deadline),
};

fn no_start_deadline(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(spec) = cron_spec(workload)
        && given(spec, "startingDeadlineSeconds").is_none()
    {
        found.report(workload.heading(), "the CronJob has no `startingDeadlineSeconds`");
    }
}

pub(super) const SHORT_START_DEADLINE: Rule = Rule {
    id: "BS-K138",
    title: "CronJob that may never start",
    severity: Severity::Medium,
    aliases: &[],
    why: "The controller looks at CronJobs every ten seconds; with a `startingDeadlineSeconds` below that it may always \
          come too late.",
    advice: "Set `startingDeadlineSeconds` to a minute or more.",
    references: &[CRON_JOB],
    bad: &[cron_job!(
        "  startingDeadlineSeconds: 5
"
    )],
    good: &[cron_job!(
        "  startingDeadlineSeconds: 60
"
    )],
    check: Check::Workload(short_start_deadline),
};

fn short_start_deadline(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(spec) = cron_spec(workload)
        && let Some(deadline) = spec.get("startingDeadlineSeconds")
        && let Some(seconds) = deadline.as_int()
        && (0..10).contains(&seconds)
    {
        found.report(deadline.span, format!("the controller may be later than `{seconds}` seconds every time"));
    }
}

pub(super) const RESTART_POLICY: Rule = Rule {
    id: "BS-K139",
    title: "restart policy that the kind cannot have",
    severity: Severity::Medium,
    aliases: &[],
    why: "Pods of a Job must be started again `OnFailure` or `Never`, those of Deployments, StatefulSets, DaemonSets \
          and ReplicaSets `Always`; the API server refuses anything else.",
    advice: "Set `restartPolicy` as the kind needs it.",
    references: &["https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy", JOB],
    bad: &[
        "apiVersion: batch/v1
kind: Job
metadata:
  name: once
spec:
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
",
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: app
        image: registry.example.com/app:1.4
",
    ],
    good: &[
        job!(""),
        cron_job!(""),
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      restartPolicy: Always
      containers:
      - name: app
        image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(restart_policy),
};

fn restart_policy(workload: &Workload<'_>, found: &mut Found<'_>) {
    let policy = given(workload.spec, "restartPolicy");
    let said = policy.and_then(Node::as_str);
    match workload.object.kind {
        "Job" | "CronJob" if job_spec(workload).is_some() && matches!(said, None | Some("Always")) => {
            let span = policy.map_or_else(|| workload.heading(), |policy| policy.span);
            found.report(span, "pods of a Job need `restartPolicy: OnFailure` or `Never`");
        }
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" => {
            if let (Some(policy), Some("Never" | "OnFailure")) = (policy, said) {
                let message = format!(
                    "pods of a {} cannot have `restartPolicy: {}`",
                    workload.object.kind,
                    said.unwrap_or_default()
                );
                found.report(policy.span, message);
            }
        }
        _ => {}
    }
}
