//! Gateways: those of the Gateway API and of Istio.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const GATEWAYS: &str = "https://gateway-api.sigs.k8s.io/api-types/gateway/";

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K329",
        title: "Gateway without TLS",
        severity: Severity::Medium,
        aliases: &[],
        why: "The gateway listens with HTTP only: everyone on the way reads and changes what is sent.",
        advice: "Add a listener with `protocol: HTTPS` and a certificate, and let the HTTP one only redirect.",
        references: &["https://gateway-api.sigs.k8s.io/guides/tls/", GATEWAYS],
        bad: &["\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
spec:
  gatewayClassName: shared
  listeners:
  - name: http
    protocol: HTTP
    port: 80
"],
        good: &["\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
spec:
  gatewayClassName: shared
  listeners:
  - name: http
    protocol: HTTP
    port: 80
  - name: https
    protocol: HTTPS
    port: 443
    tls:
      certificateRefs:
      - name: web-tls
"],
        check: Check::Object(&["Gateway"], no_tls),
    },
    Rule {
        id: "BS-K330",
        title: "Istio gateway that serves HTTP without leading to TLS",
        severity: Severity::Medium,
        aliases: &[],
        why: "A server with `protocol: HTTP` and no redirect serves the pages in the clear, whatever the others do.",
        advice: "Add `tls: {httpsRedirect: true}` to it.",
        references: &["https://istio.io/latest/docs/reference/config/networking/gateway/"],
        bad: &["\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: web
spec:
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
"],
        good: &["\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: web
spec:
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
    tls: {httpsRedirect: true}
"],
        check: Check::Object(&["Gateway"], istio),
    },
    Rule {
        id: "BS-K331",
        title: "Gateway open to routes of all namespaces",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `from: All` every namespace attaches routes to the listener: any team answers for any host and path of it, also for another team's.",
        advice: "Use `from: Selector` with a label of the namespaces, or `from: Same`.",
        references: &["https://gateway-api.sigs.k8s.io/guides/multiple-ns/", GATEWAYS],
        bad: &["\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
spec:
  gatewayClassName: shared
  listeners:
  - name: https
    protocol: HTTPS
    port: 443
    allowedRoutes:
      namespaces:
        from: All
"],
        good: &["\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
spec:
  gatewayClassName: shared
  listeners:
  - name: https
    protocol: HTTPS
    port: 443
    allowedRoutes:
      namespaces:
        from: Selector
        selector:
          matchLabels: {shared-gateway: 'true'}
"],
        check: Check::Object(&["Gateway"], all_namespaces),
    },
    Rule {
        id: "BS-K332",
        title: "Istio gateway for all hosts",
        severity: Severity::Low,
        aliases: &[],
        why: "`*` lets every VirtualService of every namespace bind to the gateway with any host.",
        advice: "Write the hosts, with the namespace whose services may bind: `shop/shop.example.com`.",
        references: &[
            "https://istio.io/latest/docs/ops/best-practices/security/#avoid-overly-broad-hosts-configurations",
        ],
        bad: &["\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: web
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: ['*']
    tls: {mode: SIMPLE, credentialName: web-tls}
"],
        good: &["\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: web
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop/shop.example.com]
    tls: {mode: SIMPLE, credentialName: web-tls}
"],
        check: Check::Object(&["Gateway"], all_hosts),
    },
    Rule {
        id: "BS-K333",
        title: "Secrets of a namespace granted to another",
        severity: Severity::Medium,
        aliases: &[],
        why: "A ReferenceGrant for Secrets without a name lets gateways of the other namespace use every certificate here, and whoever writes them there.",
        advice: "Name the Secret in `to[].name`.",
        references: &["https://gateway-api.sigs.k8s.io/api-types/referencegrant/"],
        bad: &["\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata:
  name: certificates
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}
  to:
  - {group: '', kind: Secret}
"],
        good: &["\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata:
  name: certificates
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}
  to:
  - {group: '', kind: Secret, name: web-tls}
"],
        check: Check::Object(&["ReferenceGrant"], grant),
    },
];

fn listeners<'a>(object: &Object<'a>) -> &'a [Node] {
    let own = object.group() == "gateway.networking.k8s.io";
    object.node.at(&["spec", "listeners"]).filter(|_| own).map_or(&[], Node::items)
}

fn no_tls(object: &Object<'_>, found: &mut Found<'_>) {
    let listeners = listeners(object);
    if listeners.iter().any(|listener| matches!(listener.text("protocol"), Some("HTTPS" | "TLS"))) {
        return;
    }
    if let Some(node) =
        listeners.iter().filter_map(|each| each.get("protocol")).find(|node| node.as_str() == Some("HTTP"))
    {
        found.report(node.span, "`HTTP` only: no listener has TLS");
    }
}

fn all_namespaces(object: &Object<'_>, found: &mut Found<'_>) {
    for node in listeners(object).iter().filter_map(|each| each.at(&["allowedRoutes", "namespaces", "from"])) {
        if node.as_str() == Some("All") {
            found.report(node.span, "routes of every namespace attach to this listener");
        }
    }
}

fn servers<'a>(object: &Object<'a>) -> &'a [Node] {
    let own = object.group() == "networking.istio.io";
    object.node.at(&["spec", "servers"]).filter(|_| own).map_or(&[], Node::items)
}

fn istio(object: &Object<'_>, found: &mut Found<'_>) {
    for server in servers(object) {
        let Some(protocol) = server.at(&["port", "protocol"]) else { continue };
        let redirects = server.at(&["tls", "httpsRedirect"]).and_then(Node::as_bool) == Some(true);
        if matches!(protocol.as_str(), Some("HTTP" | "HTTP2")) && !redirects {
            found.report(protocol.span, "serves pages in the clear");
        }
    }
}

fn all_hosts(object: &Object<'_>, found: &mut Found<'_>) {
    for host in servers(object).iter().flat_map(|server| server.list("hosts")) {
        if let Some(name @ ("*" | "*/*")) = host.as_str() {
            found.report(host.span, format!("`{name}`: services of every namespace bind to it with any host"));
        }
    }
}

fn grant(object: &Object<'_>, found: &mut Found<'_>) {
    for to in object.node.at(&["spec", "to"]).map_or(&[][..], Node::items) {
        if let (Some("Secret"), None, Some(kind)) = (to.text("kind"), to.text("name"), to.get("kind")) {
            found.report(kind.span, "every Secret of this namespace may be used");
        }
    }
}
