//! Admission: webhooks, policies, and what exempts from them.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const WEBHOOKS: &[&str] = &["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];
const GOOD_PRACTICES: &str =
    "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/";

/// An example: a validating webhook with these fields.
macro_rules! webhook {
    ($fields:literal) => {
        concat!(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: guard\nwebhooks:\n",
            "- name: guard.example.com\n  sideEffects: None\n  admissionReviewVersions: [v1]\n",
            $fields
        )
    };
}

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K360",
        title: "admission webhook that is skipped when it fails",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `failurePolicy: Ignore` everything is let in while the webhook is down or slow: who wants past it makes it slow.",
        advice: "Set `failurePolicy: Fail`, run two replicas or more, and leave out the webhook's own namespace so that it can start.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
            GOOD_PRACTICES,
        ],
        bad: &[webhook!("  failurePolicy: Ignore\n  clientConfig: {service: {name: guard, namespace: guard}}\n")],
        good: &[
            webhook!("  failurePolicy: Fail\n  clientConfig: {service: {name: guard, namespace: guard}}\n"),
            webhook!("  clientConfig: {service: {name: guard, namespace: guard}}\n"),
        ],
        check: Check::Object(&["ValidatingWebhookConfiguration"], ignores),
    },
    Rule {
        id: "BS-K361",
        title: "admission webhook outside of the cluster",
        severity: Severity::Medium,
        aliases: &[],
        why: "Each object that the webhook is about, Secrets among them, is sent to an address outside of the cluster, and the cluster cannot write any more when that is not reached.",
        advice: "Run the webhook in the cluster and refer to it with `clientConfig.service`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#url"],
        bad: &[webhook!("  clientConfig: {url: 'https://guard.example.com/validate'}\n")],
        good: &[
            webhook!("  clientConfig: {service: {name: guard, namespace: guard}}\n"),
            webhook!("  clientConfig: {url: 'https://127.0.0.1:9443/validate'}\n"),
        ],
        check: Check::Object(WEBHOOKS, outside),
    },
    Rule {
        id: "BS-K362",
        title: "admission webhook on everything that can stop the cluster",
        severity: Severity::Medium,
        aliases: &[],
        why: "A webhook on all resources of all namespaces that must answer is asked before its own pods, and those of the network and of DNS, can start: when it is down, nothing comes up again.",
        advice: "Name the resources it judges, and leave out `kube-system` and its own namespace with `namespaceSelector`.",
        references: &[
            "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/#avoid-deadlocks-self-hosted-webhooks",
            GOOD_PRACTICES,
        ],
        bad: &[webhook!(
            "  clientConfig: {service: {name: guard, namespace: guard}}\n  rules:\n  - {apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*']}\n"
        )],
        good: &[
            webhook!(
                "  clientConfig: {service: {name: guard, namespace: guard}}\n  namespaceSelector:\n    matchExpressions:\n    - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, guard]}\n  rules:\n  - {apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*']}\n"
            ),
            webhook!(
                "  clientConfig: {service: {name: guard, namespace: guard}}\n  rules:\n  - {apiGroups: [apps], apiVersions: [v1], resources: [deployments], operations: [CREATE]}\n"
            ),
        ],
        check: Check::Object(WEBHOOKS, everything),
    },
    Rule {
        id: "BS-K363",
        title: "admission webhook that may take very long",
        severity: Severity::Low,
        aliases: &[],
        why: "Requests wait for the webhook that long, one after the other, while the API server holds them: a slow webhook slows the whole cluster down, and requests end before it.",
        advice: "Set `timeoutSeconds` to 10 or less; a good webhook answers within one.",
        references: &[
            "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/#use-small-timeouts",
        ],
        bad: &[webhook!("  timeoutSeconds: 30\n  clientConfig: {service: {name: guard, namespace: guard}}\n")],
        good: &[webhook!("  timeoutSeconds: 5\n  clientConfig: {service: {name: guard, namespace: guard}}\n")],
        check: Check::Object(WEBHOOKS, slow),
    },
    Rule {
        id: "BS-K364",
        title: "admission webhook that an object's own label switches off",
        severity: Severity::High,
        aliases: &[],
        why: "Whoever writes an object writes its labels: with an `objectSelector` that leaves some out, a label is enough to get past the check.",
        advice: "Leave out whole namespaces with `namespaceSelector`, or use `matchConditions`; keep `objectSelector` for webhooks that one opts in to.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-objectselector",
        ],
        bad: &[webhook!(
            "  clientConfig: {service: {name: guard, namespace: guard}}\n  objectSelector:\n    matchExpressions:\n    - {key: skip-guard, operator: DoesNotExist}\n"
        )],
        good: &[
            webhook!(
                "  clientConfig: {service: {name: guard, namespace: guard}}\n  namespaceSelector:\n    matchExpressions:\n    - {key: skip-guard, operator: DoesNotExist}\n"
            ),
            webhook!(
                "  clientConfig: {service: {name: guard, namespace: guard}}\n  objectSelector:\n    matchLabels: {guarded: 'true'}\n"
            ),
        ],
        check: Check::Object(&["ValidatingWebhookConfiguration"], opt_out),
    },
    Rule {
        id: "BS-K371",
        title: "PodSecurityPolicy",
        severity: Severity::Medium,
        aliases: &[],
        why: "PodSecurityPolicies went with Kubernetes 1.25: the file is refused, and the pods that it was to hold back are let in.",
        advice: "Label namespaces with Pod Security Standards, or write a ValidatingAdmissionPolicy.",
        references: &["https://kubernetes.io/docs/tasks/configure-pod-container/migrate-from-psp/"],
        bad: &[
            "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: restricted\nspec:\n  privileged: false\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n",
        ],
        check: Check::Object(&["PodSecurityPolicy"], removed),
    },
    Rule {
        id: "BS-K372",
        title: "admission policy that is skipped when it fails",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `failurePolicy: Ignore` an object that an expression cannot judge is let in: one with a field missing, for example, which whoever writes it decides.",
        advice: "Set `failurePolicy: Fail`, which is the default, and ask for fields with `has()` in the expression.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#failure-policy",
        ],
        bad: &[
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata:\n  name: guard\nspec:\n  failurePolicy: Ignore\n",
        ],
        good: &[
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata:\n  name: guard\nspec:\n  failurePolicy: Fail\n",
        ],
        check: Check::Object(&["ValidatingAdmissionPolicy"], policy_ignores),
    },
    Rule {
        id: "BS-K373",
        title: "admission policy that denies nothing",
        severity: Severity::Low,
        aliases: &[],
        why: "Without `Deny` among the actions the policy only warns or writes to the audit log: what breaks it is let in.",
        advice: "Add `Deny` once the warnings have been dealt with.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions",
        ],
        bad: &[
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata:\n  name: guard\nspec:\n  policyName: guard\n  validationActions: [Warn, Audit]\n",
        ],
        good: &[
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata:\n  name: guard\nspec:\n  policyName: guard\n  validationActions: [Deny, Audit]\n",
        ],
        check: Check::Object(&["ValidatingAdmissionPolicyBinding"], denies_nothing),
    },
    Rule {
        id: "BS-K379",
        title: "exemptions from the Pod Security Standards",
        severity: Severity::Medium,
        aliases: &[],
        why: "Exempt namespaces, users and runtime classes are past every standard, also where a namespace's label says otherwise; a user that is a controller exempts the pods of everyone.",
        advice: "Exempt `kube-system` at most; give other namespaces a label with the level that they need.",
        references: &["https://kubernetes.io/docs/concepts/security/pod-security-admission/#exemptions"],
        bad: &[
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n  configuration:\n    apiVersion: pod-security.admission.config.k8s.io/v1\n    kind: PodSecurityConfiguration\n    defaults:\n      enforce: baseline\n    exemptions:\n      usernames: [deployer]\n",
            "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\ndefaults:\n  enforce: privileged\n",
        ],
        good: &[
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n  configuration:\n    apiVersion: pod-security.admission.config.k8s.io/v1\n    kind: PodSecurityConfiguration\n    defaults:\n      enforce: baseline\n    exemptions:\n      usernames: []\n      namespaces: [kube-system]\n",
        ],
        check: Check::Object(&["AdmissionConfiguration", "PodSecurityConfiguration"], exemptions),
    },
];

fn webhooks<'a>(object: &Object<'a>) -> &'a [Node] {
    let own = object.group() == "admissionregistration.k8s.io";
    object.node.get("webhooks").filter(|_| own).map_or(&[], Node::items)
}

fn name(webhook: &Node) -> &str {
    webhook.text("name").unwrap_or("?")
}

fn ignores(object: &Object<'_>, found: &mut Found<'_>) {
    for webhook in webhooks(object) {
        if let Some(node) = webhook.get("failurePolicy").filter(|node| node.as_str() == Some("Ignore")) {
            found.report(node.span, format!("`{}` is skipped when it does not answer", name(webhook)));
        }
    }
}

fn outside(object: &Object<'_>, found: &mut Found<'_>) {
    for webhook in webhooks(object) {
        let Some(node) = webhook.at(&["clientConfig", "url"]) else { continue };
        let url = node.as_str().unwrap_or_default();
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let local = ["127.", "localhost", "[::1]"].iter().any(|start| host.starts_with(start));
        let inner = host
            .split(['/', ':'])
            .next()
            .is_some_and(|host| host.ends_with(".svc") || host.ends_with(".svc.cluster.local"));
        if !local && !inner {
            found.report(node.span, format!("`{}` sends objects to `{url}`", name(webhook)));
        }
    }
}

fn everything(object: &Object<'_>, found: &mut Found<'_>) {
    let holds = |node: &Node, key: &str, words: &[&str]| {
        node.list(key).iter().filter_map(Node::as_str).any(|text| words.contains(&text))
    };
    for webhook in webhooks(object) {
        let selects = |key: &str| webhook.get(key).is_some_and(|node| !node.is_empty());
        let fails = webhook.text("failurePolicy").is_none_or(|policy| policy == "Fail");
        if !fails || selects("namespaceSelector") || selects("objectSelector") || selects("matchConditions") {
            continue;
        }
        let all = |rule: &&Node| holds(rule, "apiGroups", &["*"]) && holds(rule, "resources", &["*", "*/*"]);
        if let Some(rule) = webhook.list("rules").iter().find(all) {
            found.report(
                rule.span,
                format!("`{}` must answer for every object of the cluster, also for its own pods", name(webhook)),
            );
        }
    }
}

fn slow(object: &Object<'_>, found: &mut Found<'_>) {
    for webhook in webhooks(object) {
        let Some(node) = webhook.get("timeoutSeconds") else { continue };
        if let Some(seconds) = node.as_int().filter(|seconds| *seconds > 10) {
            found.report(node.span, format!("`{}` may take {seconds} seconds for each request", name(webhook)));
        }
    }
}

fn opt_out(object: &Object<'_>, found: &mut Found<'_>) {
    for webhook in webhooks(object) {
        for expression in webhook.at(&["objectSelector", "matchExpressions"]).map_or(&[][..], Node::items) {
            if let (Some("DoesNotExist" | "NotIn"), Some(key)) = (expression.text("operator"), expression.get("key")) {
                let label = key.as_str().unwrap_or_default();
                found.report(key.span, format!("the label `{label}` on an object switches `{}` off", name(webhook)));
            }
        }
    }
}

fn removed(object: &Object<'_>, found: &mut Found<'_>) {
    if matches!(object.group(), "policy" | "extensions") {
        found.report(
            object.heading(),
            "PodSecurityPolicies are not served since Kubernetes 1.25: this holds back nothing",
        );
    }
}

fn policy_ignores(object: &Object<'_>, found: &mut Found<'_>) {
    if let Some(node) = object.node.at(&["spec", "failurePolicy"]).filter(|node| node.as_str() == Some("Ignore")) {
        found.report(node.span, "objects that the policy cannot judge are let in");
    }
}

fn denies_nothing(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(node) = object.node.at(&["spec", "validationActions"]).filter(|node| !node.is_empty()) else { return };
    if !node.items().iter().any(|action| action.as_str() == Some("Deny")) {
        found.report(node.span, "what breaks the policy is let in");
    }
}

fn exemptions(object: &Object<'_>, found: &mut Found<'_>) {
    let plugins = object.node.list("plugins").iter().filter(|plugin| plugin.text("name") == Some("PodSecurity"));
    let configurations: Vec<&Node> = match object.kind {
        "PodSecurityConfiguration" => vec![object.node],
        _ => plugins.filter_map(|plugin| plugin.get("configuration")).collect(),
    };
    for configuration in configurations {
        if let Some(node) =
            configuration.at(&["defaults", "enforce"]).filter(|node| node.as_str() == Some("privileged"))
        {
            found.report(node.span, "namespaces without a label take every pod").severity(Severity::Low);
        }
        for key in ["usernames", "namespaces", "runtimeClasses"] {
            for item in configuration.at(&["exemptions", key]).map_or(&[][..], Node::items) {
                let text = item.as_str().unwrap_or_default();
                if key != "namespaces" || text != "kube-system" {
                    found.report(item.span, format!("`{text}` among the exempt {key} is past every standard"));
                }
            }
        }
    }
}
