//! What an Ingress answers for, and whether with TLS.

use boltseal_evidence::Severity;

use super::{INGRESS, annotations, is_ingress};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const KINDS: &[&str] = &["Ingress"];
const TLS: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls";

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K320",
        title: "Ingress without TLS",
        severity: Severity::Medium,
        aliases: &["C-0263"],
        why: "Without TLS everyone on the way reads and changes what is sent: sessions, passwords, and the pages themselves.",
        advice: "Add `tls` with the hosts and a Secret with the certificate; cert-manager gets and renews one.",
        references: &[TLS],
        bad: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: shop.example.com\n",
        ],
        good: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  tls:\n  - hosts: [shop.example.com]\n    secretName: web-tls\n  rules:\n  - host: shop.example.com\n",
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  annotations:\n    alb.ingress.kubernetes.io/certificate-arn: arn:aws:acm:eu-west-1:111122223333:certificate/x\nspec:\n  rules:\n  - host: shop.example.com\n",
        ],
        check: Check::Object(KINDS, no_tls),
    },
    Rule {
        id: "BS-K322",
        title: "Ingress host that its TLS leaves out",
        severity: Severity::Medium,
        aliases: &[],
        why: "The host has a rule but stands in no entry of `tls`: it is served without TLS, or with the controller's own certificate, which people learn to click away.",
        advice: "Add the host to `tls[].hosts`.",
        references: &[TLS],
        bad: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  tls:\n  - hosts: [shop.example.com]\n    secretName: web-tls\n  rules:\n  - host: shop.example.com\n  - host: api.example.com\n",
        ],
        good: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  tls:\n  - hosts: ['*.example.com']\n    secretName: web-tls\n  rules:\n  - host: shop.example.com\n",
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  tls:\n  - secretName: web-tls\n  rules:\n  - host: shop.example.com\n",
        ],
        check: Check::Object(KINDS, uncovered),
    },
    Rule {
        id: "BS-K321",
        title: "Ingress for all hosts",
        severity: Severity::Low,
        aliases: &[],
        why: "A rule without a host, or with one like `*.example.com`, answers for names that nobody thought of, also for those of other teams on the same controller, and takes any `Host` header.",
        advice: "Write the host: `host: shop.example.com`.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards"],
        bad: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: '*.example.com'\n",
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - http:\n      paths: []\n",
        ],
        good: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: shop.example.com\n",
        ],
        check: Check::Object(KINDS, any_host),
    },
    Rule {
        id: "BS-K323",
        title: "Ingress with a backend for everything",
        severity: Severity::Low,
        aliases: &[],
        why: "`defaultBackend` answers each request that no rule matches, for any host and path: pages that were never meant to be public among them.",
        advice: "Write rules with hosts and paths, and let the controller answer 404 to the rest.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/ingress/#default-backend"],
        bad: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  defaultBackend:\n    service:\n      name: web\n      port: {number: 80}\n",
        ],
        good: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: shop.example.com\n",
        ],
        check: Check::Object(KINDS, default_backend),
    },
    Rule {
        id: "BS-K334",
        title: "Ingress of a version that is no longer served",
        severity: Severity::Low,
        aliases: &["no-extensions-v1beta"],
        why: "`extensions/v1beta1` and `networking.k8s.io/v1beta1` went with Kubernetes 1.22: the file is refused.",
        advice: "Write `networking.k8s.io/v1`, give each path a `pathType` and write backends as `service: {name, port}`.",
        references: &["https://kubernetes.io/docs/reference/using-api/deprecation-guide/#ingress-v122"],
        bad: &[
            "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: shop.example.com\n",
        ],
        good: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: shop.example.com\n",
        ],
        check: Check::Object(KINDS, old),
    },
    Rule {
        id: "BS-K337",
        title: "dashboard behind an Ingress",
        severity: Severity::Medium,
        aliases: &["C-0014", "C-0021"],
        why: "Dashboards of clusters and pipelines start pods and show Secrets; behind an Ingress the whole internet may try to sign in, or use a hole in them.",
        advice: "Reach them through `kubectl port-forward`, or put a proxy with single sign-on in front.",
        references: &[INGRESS, "https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/"],
        bad: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: k8s.example.com\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: kubernetes-dashboard\n            port: {number: 443}\n",
        ],
        good: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: shop.example.com\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: web\n            port: {number: 443}\n",
        ],
        check: Check::Object(KINDS, dashboard),
    },
];

fn spec<'a>(object: &Object<'a>) -> Option<&'a Node> {
    is_ingress(object).then(|| object.node.get("spec"))?
}

/// A certificate that an annotation names instead of `tls`, or TLS that ends elsewhere.
fn has_certificate_elsewhere(object: &Object<'_>) -> bool {
    const ENDINGS: &[&str] = &[
        "/certificate-arn",
        "/managed-certificates",
        "/pre-shared-cert",
        "/certmap",
        "/appgw-ssl-certificate",
        "/ssl-passthrough",
        "/router.tls",
        "/listen-ports",
    ];
    annotations(object).any(|(name, value)| {
        let value = value.as_str().unwrap_or_default();
        // The listener alone is enough where certificates are found by their host.
        ENDINGS.iter().any(|ending| name.ends_with(ending))
            && value != "false"
            && (!name.ends_with("/listen-ports") || value.contains("HTTPS"))
    })
}

fn no_tls(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object) else { return };
    if spec.list("tls").is_empty() && !has_certificate_elsewhere(object) {
        found.report(object.heading(), "no `tls`: what is sent can be read and changed on the way");
    }
}

fn uncovered(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object) else { return };
    let tls = spec.list("tls");
    // Without hosts the certificate's own names count.
    if tls.is_empty() || tls.iter().any(|entry| entry.list("hosts").is_empty()) {
        return;
    }
    let covered: Vec<&str> =
        tls.iter().flat_map(|entry| entry.list("hosts")).filter_map(Node::as_str).take(256).collect();
    for host in spec.list("rules").iter().filter_map(|rule| rule.get("host")) {
        let Some(name) = host.as_str().filter(|name| !name.contains("{{")) else { continue };
        let parent = name.split_once('.').map(|(_, parent)| parent);
        let fits = |each: &&str| {
            *each == name || each.contains("{{") || each.strip_prefix("*.").is_some_and(|rest| parent == Some(rest))
        };
        if !covered.iter().any(fits) {
            found.report(host.span, format!("`{name}` stands in no entry of `tls`"));
        }
    }
}

fn any_host(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object) else { return };
    for rule in spec.list("rules") {
        match rule.get("host").and_then(|host| Some((host, host.as_str()?))) {
            Some((host, name)) if name.starts_with('*') => {
                found.report(host.span, format!("`{name}` answers for every name of that domain"));
            }
            Some((_, name)) if !name.is_empty() => {}
            _ => {
                let span = rule.entries().first().map_or(rule.span, |(key, _)| key.span);
                found.report(span, "a rule without a host answers for every name");
            }
        }
    }
}

fn default_backend(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object) else { return };
    if let Some((key, _)) = spec.entry("defaultBackend").or_else(|| spec.entry("backend")) {
        found.report(key.span, "answers each request that no rule matches");
    }
}

fn old(object: &Object<'_>, found: &mut Found<'_>) {
    let removed = matches!(object.api_version, "extensions/v1beta1" | "networking.k8s.io/v1beta1");
    if let (true, Some(version)) = (removed, object.node.get("apiVersion")) {
        found.report(version.span, format!("`{}` is not served since Kubernetes 1.22", object.api_version));
    }
}

fn dashboard(object: &Object<'_>, found: &mut Found<'_>) {
    const NAMES: &[&str] = &[
        "kubernetes-dashboard",
        "kubernetes-dashboard-kong-proxy",
        "weave-scope-app",
        "ml-pipeline-ui",
        "longhorn-frontend",
    ];
    let Some(spec) = spec(object) else { return };
    let paths = spec.list("rules").iter().flat_map(|rule| rule.at(&["http", "paths"]).map_or(&[][..], Node::items));
    let backends = paths.filter_map(|path| path.get("backend"));
    for backend in backends.chain(spec.get("defaultBackend")) {
        let name = backend.at(&["service", "name"]).or_else(|| backend.get("serviceName"));
        if let Some(node) = name.filter(|node| node.as_str().is_some_and(|name| NAMES.contains(&name))) {
            found.report(
                node.span,
                format!("`{}` is open to whoever reaches this host", node.as_str().unwrap_or_default()),
            );
        }
    }
}
