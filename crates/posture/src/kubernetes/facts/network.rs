//! Who talks to whom: NetworkPolicies, Services, and what routes to them.

use boltseal_evidence::Region;

use super::Selector;
use crate::source::Source;
use crate::yaml::Node;

/// A NetworkPolicy: which pods it isolates, in which direction.
///
/// Ingress is isolated unless `policyTypes` leave it out; egress if they name it, or are absent and there are egress
/// rules.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) selector: Selector,
    pub(crate) ingress: bool,
    pub(crate) egress: bool,
    /// It isolates all pods of its namespace and lets nothing in.
    pub(crate) denies_ingress: bool,
}

impl Policy {
    pub(crate) fn new(spec: &Node) -> Self {
        let selector = spec.get("podSelector").map(Selector::new).unwrap_or_default();
        let types = spec.list("policyTypes");
        let named = |name: &str| types.iter().any(|node| node.as_str() == Some(name));
        let ingress = types.is_empty() || named("Ingress");
        let egress = if types.is_empty() { !spec.list("egress").is_empty() } else { named("Egress") };
        let denies_ingress = ingress && selector.is_everything() && spec.list("ingress").is_empty();
        Self { selector, ingress, egress, denies_ingress }
    }
}

/// A Service.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// `None` if it has no selector: someone else writes its endpoints.
    pub(crate) selector: Option<Selector>,
    pub(crate) ports: Vec<Port>,
    /// Its type is `NodePort` or `LoadBalancer`.
    pub(crate) reached: bool,
}

/// A port of a Service.
#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(crate) name: Box<str>,
    pub(crate) number: i64,
    /// A `targetPort` that is a name, with its place.
    pub(crate) target: Option<(Box<str>, Region)>,
}

impl Service {
    pub(crate) fn new(source: &Source<'_>, spec: &Node) -> Self {
        let kind = spec.text("type").unwrap_or("ClusterIP");
        let selector = spec.get("selector").filter(|node| !node.is_empty());
        let ports = spec.list("ports").iter().map(|port| Port {
            name: port.text("name").unwrap_or_default().into(),
            number: port.integer("port").unwrap_or_default(),
            target: port.get("targetPort").filter(|target| target.as_int().is_none()).and_then(|target| {
                let name = target.as_str().filter(|name| !name.contains("{{") && name.parse::<u16>().is_err())?;
                Some((name.into(), source.region(target.span)))
            }),
        });
        Self {
            selector: selector.filter(|_| kind != "ExternalName").map(|node| Selector::by_labels(Some(node))),
            ports: ports.collect(),
            reached: matches!(kind, "NodePort" | "LoadBalancer"),
        }
    }
}

/// What an Ingress routes to.
#[derive(Debug, Clone)]
pub(crate) struct Backend {
    pub(crate) service: Box<str>,
    pub(crate) port: Reached,
    pub(crate) region: Region,
}

/// Which port of a Service is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reached {
    Name(Box<str>),
    Number(i64),
    Unsaid,
}

/// The backends of an Ingress, of `networking.k8s.io/v1` and of the versions before it.
pub(crate) fn of_ingress(source: &Source<'_>, spec: &Node) -> Vec<Backend> {
    let default = spec.get("defaultBackend").or_else(|| spec.get("backend"));
    let rules = spec.list("rules").iter().flat_map(|rule| rule.at(&["http", "paths"]).map_or(&[][..], Node::items));
    let backends = rules.filter_map(|path| path.get("backend"));
    default.into_iter().chain(backends).filter_map(|node| backend(source, node)).collect()
}

fn backend(source: &Source<'_>, node: &Node) -> Option<Backend> {
    let reached = |port: Option<&Node>| match port {
        None => Reached::Unsaid,
        Some(port) => match (port.as_int(), port.as_str()) {
            (Some(number), _) => Reached::Number(number),
            (None, Some(name)) => Reached::Name(name.into()),
            (None, None) => Reached::Unsaid,
        },
    };
    let (name, port) = match node.get("service") {
        Some(service) => {
            let port = service.get("port");
            (service.get("name")?, port.and_then(|port| port.get("number").or_else(|| port.get("name"))))
        }
        None => (node.get("serviceName")?, node.get("servicePort")),
    };
    // The AWS controller reads `name` as that of an annotation when the port is called so.
    let by_annotation = port.and_then(Node::as_str) == Some("use-annotation");
    let service = name.as_str().filter(|name| !name.contains("{{") && !by_annotation)?;
    Some(Backend { service: service.into(), port: reached(port), region: source.region(name.span) })
}
