//! Rules on the API server: what it records and what it spends.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask};
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const FLAGS: &str = "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H076",
        title: "profiling of the API server",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.15", "KCV-0018", "CKV_K8S_90"],
        why: "The profiler shows memory and the inner workings to who may read `/debug/pprof`, and can be used to slow the server down.",
        advice: "Set `--profiling=false`.",
        references: &[FLAGS, CIS],
        bad: &[pod!("kube-apiserver", "--profiling=true"), pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--profiling=false")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "profiling",
                    must: Must::Be(&["false"]),
                    wrong: "serves the profiler",
                    missing: Missing::Bad("the profiler is served"),
                    fix: Some("false"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H077",
        title: "requests are not recorded",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.16", "KCV-0019", "CKV_K8S_91"],
        why: "Without an audit log nobody can tell who changed what, also not after an incident.",
        advice: "Set `--audit-log-path` together with `--audit-policy-file`, or send events with `--audit-webhook-config-file`.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--v=2")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/var/log/audit.log"),
            pod!("kube-apiserver", "--audit-webhook-config-file=/w.yaml"),
        ],
        check: Check::Host(|host, found| {
            if !host.has("audit-webhook-config-file") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "audit-log-path",
                        must: Must::BeSet,
                        wrong: "names no file",
                        missing: Missing::Bad("nothing tells who changed what"),
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H078",
        title: "audit log kept for too short",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.17", "KCV-0020", "CKV_K8S_92"],
        why: "Intruders are often noticed weeks later. A log that is deleted before cannot tell what they did.",
        advice: "Set `--audit-log-maxage=30` or more.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxage=7")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxage=30"),
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxage=0"),
            pod!("kube-apiserver", "--audit-log-path=/a.log"),
        ],
        check: Check::Host(|host, found| {
            least(host, found, "audit-log-maxage", 30, "deletes the log before an intruder is noticed")
        }),
    },
    Rule {
        id: "BS-H079",
        title: "too few old audit logs",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.18", "KCV-0021", "CKV_K8S_93"],
        why: "When the log is rotated often, an intruder who makes many requests rotates their own traces away.",
        advice: "Set `--audit-log-maxbackup=10` or more.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxbackup=2")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxbackup=10"),
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxbackup=0"),
            pod!("kube-apiserver", "--audit-log-path=/a.log"),
        ],
        check: Check::Host(|host, found| {
            least(host, found, "audit-log-maxbackup", 10, "lets many requests rotate the log away")
        }),
    },
    Rule {
        id: "BS-H080",
        title: "audit log rotated too early",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.19", "KCV-0022", "CKV_K8S_94"],
        why: "Small files are rotated within minutes on a busy server, and the oldest are deleted with what they told.",
        advice: "Set `--audit-log-maxsize=100` (megabytes) or more, or leave it out.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxsize=5")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxsize=100"),
            pod!("kube-apiserver", "--audit-log-path=/a.log"),
        ],
        check: Check::Host(|host, found| {
            least(host, found, "audit-log-maxsize", 100, "rotates the log within minutes")
        }),
    },
    Rule {
        id: "BS-H081",
        title: "audit log without a policy",
        severity: Severity::Low,
        aliases: &["CIS-K8S-3.2.1"],
        why: "Without a policy the API server records nothing, though a log is named.",
        advice: "Set `--audit-policy-file` to a policy that records at least metadata of all requests.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-policy-file=/p.yaml"),
            pod!("kube-apiserver", "--v=2"),
        ],
        check: Check::Host(|host, found| {
            if host.has("audit-log-path") || host.has("audit-webhook-config-file") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "audit-policy-file",
                        must: Must::BeSet,
                        wrong: "names no policy",
                        missing: Missing::Bad("nothing is recorded without a policy"),
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H082",
        title: "requests may take for ever",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.20", "CKV_K8S_95"],
        why: "Requests that may take very long let a client hold the server's memory and connections with few requests.",
        advice: "Leave `--request-timeout` at its default of one minute, or raise it to a few minutes at most.",
        references: &[FLAGS, CIS],
        bad: &[pod!("kube-apiserver", "--request-timeout=0"), pod!("kube-apiserver", "--request-timeout=30m")],
        good: &[
            pod!("kube-apiserver", "--request-timeout=300s"),
            pod!("kube-apiserver", "--request-timeout=1m0s"),
            pod!("kube-apiserver", "--v=2"),
        ],
        check: Check::Host(timeout),
    },
];

/// Reports a number that is too small; 0 is no limit.
fn least(host: &Host<'_>, found: &mut Found<'_>, flag: &str, least: u32, consequence: &str) {
    if let Some(setting) = host.setting(&[], flag).filter(|_| host.component == Component::ApiServer)
        && setting.value.parse::<u32>().is_ok_and(|value| value > 0 && value < least)
    {
        host.report(found, setting.span, format!("{} {consequence}", setting.shown));
    }
}

/// Seconds of a duration as Go writes it: `1m30s`.
fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|each: char| !each.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let unit = tail.find(|each: char| each.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        let factor = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "" | "ms" | "us" | "ns" => 0,
            _ => return None,
        };
        total = total.saturating_add(number.parse::<u64>().ok()?.saturating_mul(factor));
        rest = tail;
    }
    Some(total)
}

fn timeout(host: &Host<'_>, found: &mut Found<'_>) {
    if let Some(setting) = host.setting(&[], "request-timeout").filter(|_| host.component == Component::ApiServer)
        && seconds(&setting.value).is_some_and(|seconds| seconds == 0 || seconds > 600)
    {
        host.report(found, setting.span, format!("{} lets requests hold the server for long", setting.shown));
    }
}
