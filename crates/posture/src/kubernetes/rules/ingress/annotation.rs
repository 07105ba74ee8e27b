//! Annotations by which an Ingress changes what its controller does.

use boltseal_evidence::Severity;

use super::{annotated, annotations, is_ingress, nginx};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::source::Span;
use crate::yaml::Node;

const KINDS: &[&str] = &["Ingress"];
const ANNOTATIONS: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/";
const RISKS: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations-risk/";

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K324",
        title: "piece of nginx configuration in an annotation",
        severity: Severity::High,
        aliases: &["CKV_K8S_153", "CKV_K8S_152", "CKV_K8S_154", "C-0059"],
        why: "A snippet is configuration of the controller, which holds the certificates and tokens of all namespaces: whoever writes it can read them (CVE-2021-25742).",
        advice: "Use an annotation made for the purpose, and set `allow-snippet-annotations: \"false\"` on the controller, as it is by default.",
        references: &["https://github.com/kubernetes/ingress-nginx/issues/7837", RISKS],
        bad: &[
            annotated!(
                "    nginx.ingress.kubernetes.io/configuration-snippet: |\n      more_set_headers \"X-Frame-Options: DENY\";\n"
            ),
            annotated!("    nginx.ingress.kubernetes.io/server-snippet: |\n      set_by_lua $x 'return 1';\n"),
            annotated!(
                "    nginx.ingress.kubernetes.io/server-snippet: |\n      location /x { alias /etc/ingress-controller/; }\n"
            ),
        ],
        good: &[annotated!("    nginx.ingress.kubernetes.io/custom-headers: shop/headers\n")],
        check: Check::Object(KINDS, snippet),
    },
    Rule {
        id: "BS-K325",
        title: "Ingress that does not lead to TLS",
        severity: Severity::Medium,
        aliases: &[],
        why: "Without the redirect the pages are served in the clear beside TLS, and the first request of everyone who types the name goes that way.",
        advice: "Remove the annotation; the redirect is on by default where there is TLS.",
        references: &[
            "https://kubernetes.github.io/ingress-nginx/user-guide/tls/#server-side-https-enforcement-through-redirect",
        ],
        bad: &[annotated!("    nginx.ingress.kubernetes.io/ssl-redirect: 'false'\n")],
        good: &[
            annotated!("    nginx.ingress.kubernetes.io/ssl-redirect: 'true'\n"),
            annotated!(
                "    nginx.ingress.kubernetes.io/ssl-redirect: 'false'\n    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'\n"
            ),
        ],
        check: Check::Object(KINDS, no_redirect),
    },
    Rule {
        id: "BS-K326",
        title: "nginx configuration smuggled into an annotation",
        severity: Severity::Critical,
        aliases: &[],
        why: "Values of these annotations were written into nginx's configuration as they are: a quote, a brace or a line break in them runs code in the controller, which reads every Secret of the cluster (CVE-2025-1097, CVE-2025-1098, CVE-2025-24514).",
        advice: "Write a plain address or name, update the controller to 1.12.1 or later, and find out who wrote this.",
        references: &["https://kubernetes.io/blog/2025/03/24/ingress-nginx-cve-2025-1974/", RISKS],
        bad: &[
            annotated!("    nginx.ingress.kubernetes.io/auth-url: \"http://example.com/#;load_module test;\\n\"\n"),
            annotated!(
                "    nginx.ingress.kubernetes.io/auth-tls-match-cn: \"CN=abc #(\\n){}\\n}}\\nssl_engine ../../../x;\"\n"
            ),
        ],
        good: &[
            annotated!(
                "    nginx.ingress.kubernetes.io/auth-url: https://sso.example.com/oauth2/auth?x=$request_uri\n"
            ),
            annotated!("    nginx.ingress.kubernetes.io/auth-tls-match-cn: CN=(web|api)\n"),
        ],
        check: Check::Object(KINDS, smuggled),
    },
    Rule {
        id: "BS-K327",
        title: "certificate of the backend not verified",
        severity: Severity::Medium,
        aliases: &[],
        why: "Without verification the proxy talks to whoever answers at the backend's address: TLS hides the traffic from others and not from them.",
        advice: "Give the proxy the CA that signed the backend's certificate, and leave verification on.",
        references: &[
            ANNOTATIONS,
            "https://doc.traefik.io/traefik/reference/routing-configuration/http/load-balancing/serverstransport/",
        ],
        bad: &[
            annotated!(
                "    nginx.ingress.kubernetes.io/backend-protocol: HTTPS\n    nginx.ingress.kubernetes.io/proxy-ssl-verify: 'off'\n"
            ),
            "apiVersion: traefik.io/v1alpha1\nkind: ServersTransport\nmetadata:\n  name: any\nspec:\n  insecureSkipVerify: true\n",
            "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: any\nspec:\n  host: db.example.com\n  trafficPolicy:\n    tls: {mode: SIMPLE, insecureSkipVerify: true}\n",
        ],
        good: &[
            annotated!(
                "    nginx.ingress.kubernetes.io/backend-protocol: HTTPS\n    nginx.ingress.kubernetes.io/proxy-ssl-verify: 'on'\n"
            ),
            "apiVersion: traefik.io/v1alpha1\nkind: ServersTransport\nmetadata:\n  name: ours\nspec:\n  rootCAsSecrets: [ca]\n",
        ],
        check: Check::Object(&["Ingress", "ServersTransport", "ServersTransportTCP", "DestinationRule"], unverified),
    },
    Rule {
        id: "BS-K328",
        title: "outdated TLS version allowed",
        severity: Severity::Medium,
        aliases: &[],
        why: "TLS 1.0 and 1.1 and SSL before them are broken and withdrawn (RFC 8996): an attacker on the way makes both sides fall back to them.",
        advice: "Allow TLS 1.2 and 1.3 only: `ELBSecurityPolicy-TLS13-1-2-2021-06`, `VersionTLS12`, `TLSV1_2`.",
        references: &["https://www.rfc-editor.org/rfc/rfc8996"],
        bad: &[
            annotated!("    alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-2016-08\n"),
            "apiVersion: traefik.io/v1alpha1\nkind: TLSOption\nmetadata:\n  name: default\nspec:\n  minVersion: VersionTLS10\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ingress-nginx-controller\ndata:\n  ssl-protocols: TLSv1 TLSv1.1 TLSv1.2\n",
        ],
        good: &[
            annotated!("    alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-TLS13-1-2-2021-06\n"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ingress-nginx-controller\ndata:\n  ssl-protocols: TLSv1.2 TLSv1.3\n",
        ],
        check: Check::Object(&["Ingress", "Service", "TLSOption", "ConfigMap"], weak_tls),
    },
    Rule {
        id: "BS-K335",
        title: "passwords asked for without TLS",
        severity: Severity::High,
        aliases: &[],
        why: "Basic authentication sends the password with every request, readable for everyone on the way.",
        advice: "Add `tls` to the Ingress, better with single sign-on (`auth-url`) than with passwords.",
        references: &["https://kubernetes.github.io/ingress-nginx/examples/auth/basic/"],
        bad: &[
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  annotations:\n    nginx.ingress.kubernetes.io/auth-type: basic\nspec:\n  rules:\n  - host: shop.example.com\n",
        ],
        good: &[annotated!("    nginx.ingress.kubernetes.io/auth-type: basic\n")],
        check: Check::Object(KINDS, basic),
    },
    Rule {
        id: "BS-K336",
        title: "cross-origin requests from everyone",
        severity: Severity::Low,
        aliases: &[],
        why: "With `*` for the origin, which is the default once `enable-cors` is set, any page that someone opens reads what the API answers to that person's browser, also from an internal network. Browsers refuse `*` together with credentials, so the next change is often to reflect every origin.",
        advice: "Name the origins: `cors-allow-origin: https://shop.example.com`.",
        references: &[
            "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#enable-cors",
        ],
        bad: &[annotated!("    nginx.ingress.kubernetes.io/enable-cors: 'true'\n")],
        good: &[
            annotated!(
                "    nginx.ingress.kubernetes.io/enable-cors: 'true'\n    nginx.ingress.kubernetes.io/cors-allow-origin: https://shop.example.com\n"
            ),
            annotated!("    nginx.ingress.kubernetes.io/enable-cors: 'false'\n"),
        ],
        check: Check::Object(KINDS, cross_origin),
    },
    Rule {
        id: "BS-K339",
        title: "list of allowed addresses that allows all",
        severity: Severity::Low,
        aliases: &[],
        why: "`0.0.0.0/0` is every address there is: the limit is written down and limits nothing.",
        advice: "Write the ranges of those who should connect, or remove the annotation.",
        references: &[
            "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#whitelist-source-range",
        ],
        bad: &[annotated!("    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8,0.0.0.0/0\n")],
        good: &[annotated!("    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8\n")],
        check: Check::Object(KINDS, all_addresses),
    },
];

/// Annotations of ingress-nginx on an Ingress of Kubernetes itself.
fn of_nginx<'a>(object: &Object<'a>) -> impl Iterator<Item = (&'a str, &'a Node, &'a str)> {
    let own = is_ingress(object);
    let named = annotations(object).filter_map(|(name, value)| Some((nginx(name)?, value, value.as_str()?)));
    named.filter(move |_| own)
}

fn value_of<'a>(object: &Object<'a>, wanted: &str) -> Option<(&'a str, Span)> {
    of_nginx(object).find(|(name, ..)| *name == wanted).map(|(_, node, value)| (value, node.span))
}

fn snippet(object: &Object<'_>, found: &mut Found<'_>) {
    for (name, node, value) in of_nginx(object).filter(|(name, ..)| name.ends_with("-snippet")) {
        let lower = value.to_ascii_lowercase();
        let worse = ["_by_lua", "alias ", "load_module", "root /"].iter().find(|word| lower.contains(*word));
        match worse {
            Some(word) => {
                let message = format!("`{name}` with `{}`: reads files or runs code in the controller", word.trim());
                found.report(node.span, message).severity(Severity::Critical);
            }
            None => {
                found.report(node.span, format!("`{name}` is configuration of the controller for everyone"));
            }
        }
    }
}

fn no_redirect(object: &Object<'_>, found: &mut Found<'_>) {
    if let (Some(("false", span)), false) = (
        value_of(object, "ssl-redirect"),
        value_of(object, "force-ssl-redirect").is_some_and(|(value, _)| value == "true"),
    ) {
        found.report(span, "`ssl-redirect` is `false`: pages are served in the clear too");
    }
}

fn smuggled(object: &Object<'_>, found: &mut Found<'_>) {
    const READ_AS_IS: &[&str] = &[
        "auth-url",
        "auth-signin",
        "auth-tls-match-cn",
        "mirror-target",
        "mirror-host",
        "permanent-redirect",
        "temporal-redirect",
        "rewrite-target",
        "proxy-ssl-name",
        "upstream-vhost",
        "app-root",
    ];
    for (name, node, value) in of_nginx(object).filter(|(name, ..)| READ_AS_IS.contains(name)) {
        let inner = value.trim_end();
        let braces = inner.contains('{') && inner.contains('}') && inner.contains(';');
        if inner.contains(['\n', '\r']) || braces || inner.contains(";\"") || inner.contains("#;") {
            found.report(node.span, format!("the value of `{name}` ends a directive and begins another"));
        }
    }
}

fn unverified(object: &Object<'_>, found: &mut Found<'_>) {
    if let Some(("off", span)) = value_of(object, "proxy-ssl-verify") {
        found.report(span, "`proxy-ssl-verify` is `off`: whoever answers is believed");
    }
    let Some(spec) = object.node.get("spec") else { return };
    let places = match object.kind {
        "ServersTransport" => vec![spec.get("insecureSkipVerify")],
        "ServersTransportTCP" => vec![spec.at(&["tls", "insecureSkipVerify"])],
        "DestinationRule" => {
            let ports = spec.at(&["trafficPolicy", "portLevelSettings"]).map_or(&[][..], Node::items);
            let ports = ports.iter().map(|port| port.at(&["tls", "insecureSkipVerify"]));
            std::iter::once(spec.at(&["trafficPolicy", "tls", "insecureSkipVerify"])).chain(ports).collect()
        }
        _ => Vec::new(),
    };
    for node in places.into_iter().flatten().filter(|node| node.as_bool() == Some(true)) {
        found.report(node.span, "`insecureSkipVerify`: whoever answers is believed");
    }
}

/// A policy of AWS load balancers that still allows TLS 1.0 or 1.1.
fn is_weak_policy(name: &str) -> bool {
    matches!(
        name,
        "ELBSecurityPolicy-2016-08" | "ELBSecurityPolicy-TLS-1-0-2015-04" | "ELBSecurityPolicy-TLS-1-1-2017-01"
    ) || name.starts_with("ELBSecurityPolicy-FS-2018-06")
        || name.starts_with("ELBSecurityPolicy-FS-1-1-")
        || name.starts_with("ELBSecurityPolicy-TLS13-1-0-")
        || name.starts_with("ELBSecurityPolicy-TLS13-1-1-")
        || name.starts_with("ELBSecurityPolicy-2015-")
}

fn weak_tls(object: &Object<'_>, found: &mut Found<'_>) {
    let mut report = |node: &Node, value: &str| {
        found.report(node.span, format!("`{value}` allows TLS before 1.2"));
    };
    for (name, node) in annotations(object) {
        let Some(value) = node.as_str() else { continue };
        let of_aws = name == "alb.ingress.kubernetes.io/ssl-policy"
            || name == "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy";
        let to_backend = nginx(name).is_some_and(|name| name == "proxy-ssl-protocols");
        if (of_aws && is_weak_policy(value)) || (to_backend && has_old_version(value)) {
            report(node, value);
        }
    }
    if let ("TLSOption", Some(node)) = (object.kind, object.node.at(&["spec", "minVersion"]))
        && let Some(value @ ("VersionTLS10" | "VersionTLS11" | "VersionSSL30")) = node.as_str()
    {
        report(node, value);
    }
    if let ("ConfigMap", Some(node)) = (object.kind, object.node.at(&["data", "ssl-protocols"]))
        && let Some(value) = node.as_str().filter(|value| has_old_version(value))
    {
        report(node, value);
    }
}

/// A list of protocols as nginx writes it.
fn has_old_version(list: &str) -> bool {
    list.split_whitespace().any(|word| matches!(word, "SSLv2" | "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.1"))
}

fn basic(object: &Object<'_>, found: &mut Found<'_>) {
    let tls = object.node.at(&["spec", "tls"]).is_some_and(|tls| !tls.is_empty());
    if let (Some((value @ ("basic" | "digest"), span)), false) = (value_of(object, "auth-type"), tls) {
        found.report(span, format!("`{value}` passwords without TLS"));
    }
}

fn cross_origin(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(("true", enabled)) = value_of(object, "enable-cors") else { return };
    let origin = value_of(object, "cors-allow-origin");
    let open = origin.is_none_or(|(value, _)| value.split(',').any(|each| each.trim() == "*"));
    if open {
        let span = origin.map_or(enabled, |(_, span)| span);
        found.report(span, "every origin may read what this answers");
    }
}

fn all_addresses(object: &Object<'_>, found: &mut Found<'_>) {
    for name in ["whitelist-source-range", "allowlist-source-range"] {
        let Some((value, span)) = value_of(object, name) else { continue };
        if let Some(wide) = value.split(',').map(str::trim).find(|each| matches!(*each, "0.0.0.0/0" | "::/0")) {
            found.report(span, format!("`{wide}` is everyone"));
        }
    }
}
