//! Ingress and gateways (BS-K320–339).

pub(super) mod annotation;
pub(super) mod gateway;
pub(super) mod route;

use crate::kubernetes::Object;
use crate::yaml::Node;

const INGRESS: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress/";

/// An example: an Ingress with these annotations, TLS, and one path.
macro_rules! annotated {
    ($annotations:literal) => {
        concat!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  annotations:\n",
            $annotations,
            "spec:\n  tls:\n  - hosts: [shop.example.com]\n    secretName: web-tls\n  rules:\n  - host: shop.example.com\n    http:\n      paths:\n",
            "      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: web\n            port: {number: 80}\n"
        )
    };
}

use annotated;

/// An Ingress of Kubernetes itself.
fn is_ingress(object: &Object<'_>) -> bool {
    matches!(object.group(), "networking.k8s.io" | "extensions")
}

/// Annotations with their places, by name.
fn annotations<'a>(object: &Object<'a>) -> impl Iterator<Item = (&'a str, &'a Node)> {
    let entries = object.node.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries);
    entries.iter().filter_map(|(key, value)| Some((key.as_str()?, value)))
}

/// The name of an annotation of ingress-nginx, without its prefix: `nginx.ingress.kubernetes.io/` unless the
/// controller was told otherwise, which nobody can see in the file.
fn nginx(name: &str) -> Option<&str> {
    name.strip_prefix("nginx.ingress.kubernetes.io/").or_else(|| name.strip_prefix("ingress.kubernetes.io/"))
}
