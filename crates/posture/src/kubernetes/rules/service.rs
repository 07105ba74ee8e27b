//! Services (BS-K300–319).

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::{Object, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const KINDS: &[&str] = &["Service"];
const SERVICE: &str = "https://kubernetes.io/docs/concepts/services-networking/service/";

/// An example: a Service with this spec.
macro_rules! service {
    ($spec:literal) => {
        concat!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {app: web}\n",
            $spec
        )
    };
}

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K300",
        title: "Service on a port of every node",
        severity: Severity::Low,
        aliases: &["exposed-services"],
        why: "A NodePort is open on every node's address, past the ingress controller with its TLS, its logs and its limits, and past many firewalls.",
        advice: "Use `ClusterIP` and an Ingress or Gateway in front.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport"],
        bad: &[service!("  type: NodePort\n  ports:\n  - port: 80\n    nodePort: 30080\n")],
        good: &[service!("  type: ClusterIP\n  ports:\n  - port: 80\n"), service!("  ports:\n  - port: 80\n")],
        check: Check::Object(KINDS, node_port),
    },
    Rule {
        id: "BS-K301",
        title: "load balancer open to the internet",
        severity: Severity::Medium,
        aliases: &["exposed-services"],
        why: "A load balancer gets a public address in most clouds, and without source ranges everyone may connect to it.",
        advice: "Set `loadBalancerSourceRanges`, or the cloud's annotation for an internal one; for the web, put an Ingress or Gateway in front.",
        references: &[
            "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
            "https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer",
        ],
        bad: &[service!("  type: LoadBalancer\n  ports:\n  - port: 80\n")],
        good: &[
            service!("  type: LoadBalancer\n  loadBalancerSourceRanges: [192.0.2.0/24]\n  ports:\n  - port: 80\n"),
            "\
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    service.beta.kubernetes.io/azure-load-balancer-internal: 'true'
spec:
  type: LoadBalancer
  selector: {app: web}
  ports:
  - port: 80
",
        ],
        check: Check::Object(KINDS, public),
    },
    Rule {
        id: "BS-K302",
        title: "load balancer whose source ranges are everyone",
        severity: Severity::Medium,
        aliases: &[],
        why: "`0.0.0.0/0` is every address there is: the limit is written down and limits nothing.",
        advice: "Write the ranges of those who should connect.",
        references: &[SERVICE],
        bad: &[service!("  type: LoadBalancer\n  loadBalancerSourceRanges: [0.0.0.0/0]\n  ports:\n  - port: 80\n")],
        good: &[service!("  type: LoadBalancer\n  loadBalancerSourceRanges: [10.0.0.0/8]\n  ports:\n  - port: 80\n")],
        check: Check::Object(KINDS, everyone),
    },
    Rule {
        id: "BS-K303",
        title: "Service with external addresses",
        severity: Severity::High,
        aliases: &["KSV-0108"],
        why: "`externalIPs` draw traffic to any address to the Service's pods, also to addresses that belong to others: CVE-2020-8554, which has no fix. The field is deprecated since 1.36.",
        advice: "Use a load balancer, and refuse the field with the admission plugin `DenyServiceExternalIPs`.",
        references: &[
            "https://github.com/kubernetes/kubernetes/issues/97076",
            "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
        ],
        bad: &[service!("  externalIPs: [203.0.113.7]\n  ports:\n  - port: 443\n")],
        good: &[service!("  externalIPs: []\n  ports:\n  - port: 443\n")],
        check: Check::Object(KINDS, external_addresses),
    },
    Rule {
        id: "BS-K304",
        title: "Service that is another name",
        severity: Severity::Low,
        aliases: &[],
        why: "An ExternalName answers with any DNS name: an ingress that routes to it reaches what the pods should not, `localhost` of the controller and Services of other namespaces among them.",
        advice: "Let programs use the outer name themselves, and keep ExternalName Services out of Ingress backends.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/service/#externalname"],
        bad: &[
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: db\nspec:\n  type: ExternalName\n  externalName: db.example.com\n",
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: admin\nspec:\n  type: ExternalName\n  externalName: localhost\n",
        ],
        good: &[service!("  ports:\n  - port: 5432\n")],
        check: Check::Object(KINDS, external_name),
    },
    Rule {
        id: "BS-K305",
        title: "management or database port reachable from outside",
        severity: Severity::High,
        aliases: &[],
        why: "SSH, databases, etcd, the Docker API and kubelets are scanned for all day, and many of them ask for no password.",
        advice: "Keep the Service at `ClusterIP` and reach it through a VPN or `kubectl port-forward`.",
        references: &[SERVICE],
        bad: &[
            service!("  type: LoadBalancer\n  ports:\n  - port: 22\n"),
            service!("  type: NodePort\n  ports:\n  - port: 80\n    targetPort: 6379\n"),
        ],
        good: &[
            service!("  ports:\n  - port: 5432\n"),
            service!("  type: LoadBalancer\n  loadBalancerSourceRanges: [192.0.2.0/24]\n  ports:\n  - port: 22\n"),
            service!("  type: LoadBalancer\n  ports:\n  - port: 443\n"),
        ],
        check: Check::Object(KINDS, sensitive_port),
    },
    Rule {
        id: "BS-K306",
        title: "Service for Tiller",
        severity: Severity::High,
        aliases: &["CKV_K8S_44"],
        why: "Tiller, the server of Helm 2, does what anyone who reaches it says, mostly as `cluster-admin`, and gets no fixes since 2020.",
        advice: "Delete it and use Helm 3 or later, which has no server.",
        references: &["https://helm.sh/docs/topics/v2_v3_migration/"],
        bad: &[
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: tiller-deploy\n  namespace: kube-system\nspec:\n  selector: {app: helm, name: tiller}\n  ports:\n  - port: 44134\n",
        ],
        good: &[service!("  ports:\n  - port: 44134\n")],
        check: Check::Object(KINDS, tiller_service),
    },
    Rule {
        id: "BS-K307",
        title: "dashboard reachable from outside",
        severity: Severity::High,
        aliases: &["C-0021"],
        why: "Dashboards of clusters and pipelines start pods and show Secrets to whoever is signed in, and several ask nobody to sign in: open ones have been taken for mining coins again and again.",
        advice: "Keep the Service at `ClusterIP` and reach it through `kubectl port-forward` or a proxy that signs people in.",
        references: &["https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/"],
        bad: &[
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: kubernetes-dashboard\nspec:\n  type: NodePort\n  selector: {k8s-app: kubernetes-dashboard}\n  ports:\n  - port: 443\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: kubernetes-dashboard\nspec:\n  selector: {k8s-app: kubernetes-dashboard}\n  ports:\n  - port: 443\n",
        ],
        check: Check::Object(KINDS, dashboard),
    },
    Rule {
        id: "BS-K308",
        title: "Tiller",
        severity: Severity::High,
        aliases: &["CKV_K8S_34"],
        why: "Tiller, the server of Helm 2, does what anyone who reaches it says, mostly as `cluster-admin`, and gets no fixes since 2020.",
        advice: "Delete it and use Helm 3 or later, which has no server.",
        references: &["https://helm.sh/docs/topics/v2_v3_migration/"],
        bad: &[
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: tiller\nspec:\n  containers:\n  - name: tiller\n    image: ghcr.io/helm/tiller:v2.17.0\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: distiller\nspec:\n  containers:\n  - name: app\n    image: example.com/distiller:1.0\n",
        ],
        check: Check::Workload(tiller),
    },
    Rule {
        id: "BS-K309",
        title: "Kubernetes Dashboard",
        severity: Severity::Medium,
        aliases: &["CKV_K8S_33", "C-0014"],
        why: "The dashboard acts with its own service account for those who skip signing in, in the versions before 2.0, and with anyone's token after; the project is archived, so nobody fixes it.",
        advice: "Remove it and use `kubectl`, or a maintained tool that runs on people's own machines.",
        references: &[
            "https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/",
            "https://github.com/kubernetes/dashboard",
        ],
        bad: &[
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: dashboard\nspec:\n  containers:\n  - name: dashboard\n    image: kubernetesui/dashboard:v2.7.0\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: dashboard\nspec:\n  containers:\n  - name: dashboard\n    image: example.com/shop/dashboard:2.7\n",
        ],
        check: Check::Workload(kubernetes_dashboard),
    },
    Rule {
        id: "BS-K310",
        title: "Service that sends to pods which are not ready",
        severity: Severity::Low,
        aliases: &[],
        why: "With `publishNotReadyAddresses` the readiness probe counts for nothing: requests go to pods that are starting or failing. Only members of a cluster that must find each other want that, through a headless Service.",
        advice: "Remove it, or set `clusterIP: None` if peers look for each other.",
        references: &["https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec"],
        bad: &[service!("  publishNotReadyAddresses: true\n  ports:\n  - port: 80\n")],
        good: &[
            service!("  clusterIP: None\n  publishNotReadyAddresses: true\n  ports:\n  - port: 80\n"),
            service!("  publishNotReadyAddresses: false\n  ports:\n  - port: 80\n"),
        ],
        check: Check::Object(KINDS, not_ready),
    },
    Rule {
        id: "BS-K311",
        title: "port of a protocol without encryption reachable from outside",
        severity: Severity::Medium,
        aliases: &[],
        why: "FTP, Telnet, LDAP and mail without TLS send passwords as they are, and a load balancer or NodePort sends them over networks of others.",
        advice: "Use the encrypted form (SFTP, LDAPS on 636, SMTPS on 465), or keep the Service inside.",
        references: &[SERVICE],
        bad: &[service!("  type: LoadBalancer\n  ports:\n  - port: 389\n")],
        good: &[service!("  type: LoadBalancer\n  ports:\n  - port: 636\n"), service!("  ports:\n  - port: 389\n")],
        check: Check::Object(KINDS, clear_text),
    },
];

fn spec<'a>(object: &Object<'a>) -> Option<&'a Node> {
    object.api_version.eq("v1").then(|| object.node.get("spec"))?
}

fn kind(spec: &Node) -> &str {
    spec.text("type").unwrap_or("ClusterIP")
}

fn node_port(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object).filter(|spec| kind(spec) == "NodePort") else { return };
    if let Some(node) = spec.get("type") {
        let ports: Vec<&str> = spec.list("ports").iter().filter_map(|port| port.text("nodePort")).collect();
        let which = if ports.is_empty() { "a port".to_owned() } else { format!("port `{}`", ports.join("`, `")) };
        found.report(node.span, format!("`NodePort` opens {which} on every node"));
    }
}

/// An annotation by which a cloud makes the load balancer internal, or limits who may connect.
fn is_limited(object: &Object<'_>) -> bool {
    object.annotations().iter().any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        let name = name.to_ascii_lowercase();
        (name.contains("internal") && !matches!(value.as_str(), "false" | "0.0.0.0/0" | ""))
            || (name.ends_with("load-balancer-scheme") && value == "internal")
            || (name.ends_with("load-balancer-type") && value == "internal")
            || (name.ends_with("ip-type") && value.starts_with("private"))
            || (name.ends_with("network-type") && value == "private")
            || (name.ends_with("address-type") && value == "intranet")
            || name.ends_with("load-balancer-source-ranges")
            || name.ends_with("-allowed-ip-ranges")
            || name.ends_with("-allowed-service-tags")
    })
}

fn has_ranges(spec: &Node) -> bool {
    !spec.list("loadBalancerSourceRanges").is_empty()
}

/// Reached from outside, by anyone.
fn is_open(object: &Object<'_>, spec: &Node) -> bool {
    match kind(spec) {
        "NodePort" => true,
        "LoadBalancer" => !has_ranges(spec) && !is_limited(object),
        _ => false,
    }
}

fn public(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object) else { return };
    if let (true, Some(node)) = (kind(spec) == "LoadBalancer" && is_open(object, spec), spec.get("type")) {
        found.report(node.span, "load balancer without source ranges: everyone may connect");
    }
}

fn everyone(object: &Object<'_>, found: &mut Found<'_>) {
    let ranges = spec(object).map_or(&[][..], |spec| spec.list("loadBalancerSourceRanges"));
    for range in ranges.iter().filter(|range| matches!(range.as_str().map(str::trim), Some("0.0.0.0/0" | "::/0"))) {
        found.report(range.span, format!("`{}` is everyone", range.as_str().unwrap_or_default()));
    }
}

fn external_addresses(object: &Object<'_>, found: &mut Found<'_>) {
    for address in spec(object).map_or(&[][..], |spec| spec.list("externalIPs")) {
        let text = address.as_str().unwrap_or_default();
        found.report(address.span, format!("traffic to `{text}` goes to this Service, whoever has that address"));
    }
}

fn external_name(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object).filter(|spec| kind(spec) == "ExternalName") else { return };
    let Some(name) = spec.get("externalName") else { return };
    let text = name.as_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let inner = text == "localhost"
        || text.ends_with(".svc.cluster.local")
        || text.starts_with("127.")
        || text == "169.254.169.254"
        || text == "metadata.google.internal"
        || text.starts_with("kubernetes.default");
    if inner {
        let message = format!("`{text}` leads into the cluster, past the namespace that it is in");
        found.report(name.span, message).severity(Severity::Medium);
    } else {
        found.report(name.span, format!("answers with `{text}`, which is outside of the cluster"));
    }
}

const SENSITIVE: &[(i64, &str)] = &[
    (22, "SSH"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2375, "the Docker API"),
    (2376, "the Docker API"),
    (2379, "etcd"),
    (2380, "etcd"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (5900, "VNC"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (8001, "`kubectl proxy`"),
    (9042, "Cassandra"),
    (9200, "Elasticsearch"),
    (10250, "the kubelet"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
];

const CLEAR_TEXT: &[(i64, &str)] = &[
    (21, "FTP"),
    (23, "Telnet"),
    (69, "TFTP"),
    (110, "POP3"),
    (143, "IMAP"),
    (161, "SNMP"),
    (389, "LDAP"),
    (1883, "MQTT"),
];

fn sensitive_port(object: &Object<'_>, found: &mut Found<'_>) {
    ports(object, found, SENSITIVE);
}

fn clear_text(object: &Object<'_>, found: &mut Found<'_>) {
    ports(object, found, CLEAR_TEXT);
}

/// Reports ports of a list on a Service that anyone reaches.
fn ports(object: &Object<'_>, found: &mut Found<'_>, list: &[(i64, &str)]) {
    let Some(spec) = spec(object).filter(|spec| is_open(object, spec)) else { return };
    for port in spec.list("ports") {
        let hit = ["port", "targetPort"].iter().find_map(|key| {
            let node = port.get(key)?;
            let number = node.as_int()?;
            list.iter().find(|(each, _)| *each == number).map(|(_, what)| (node, number, *what))
        });
        if let Some((node, number, what)) = hit {
            found.report(node.span, format!("port `{number}` ({what}) is reachable from outside"));
        }
    }
}

fn tiller_service(object: &Object<'_>, found: &mut Found<'_>) {
    let selects = spec(object).and_then(|spec| spec.at(&["selector", "name"])).and_then(Node::as_str) == Some("tiller");
    if object.api_version == "v1" && (object.name() == "tiller-deploy" || selects) {
        found.report(object.heading(), "a Service for Tiller, the server of Helm 2");
    }
}

/// Services of tools that run things for whoever opens them.
const DASHBOARDS: &[&str] = &[
    "kubernetes-dashboard",
    "kubernetes-dashboard-kong-proxy",
    "argo-server",
    "argo-workflows-server",
    "weave-scope-app",
    "ml-pipeline-ui",
    "jenkins",
    "jupyter",
    "kubeshark-front",
    "polaris-dashboard",
    "longhorn-frontend",
    "portainer",
    "rancher",
    "headlamp",
];

fn dashboard(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object).filter(|spec| is_open(object, spec)) else { return };
    if let (true, Some(node)) = (DASHBOARDS.contains(&object.name()), spec.get("type")) {
        found.report(node.span, format!("`{}` is reachable from outside", object.name()));
    }
}

fn tiller(workload: &Workload<'_>, found: &mut Found<'_>) {
    images(workload, found, &["tiller"], "Tiller, the server of Helm 2");
}

fn kubernetes_dashboard(workload: &Workload<'_>, found: &mut Found<'_>) {
    const NAMES: &[&str] =
        &["kubernetes-dashboard", "kubernetes-dashboard-amd64", "kubernetesui/dashboard", "kubernetesui/dashboard-web"];
    images(workload, found, NAMES, "the Kubernetes Dashboard");
}

/// Reports containers of an image whose name ends with one of some.
fn images(workload: &Workload<'_>, found: &mut Found<'_>, names: &[&str], what: &str) {
    for container in &workload.containers {
        let Some(image) = container.node.get("image") else { continue };
        let text = image.as_str().unwrap_or_default();
        let text = text.split_once('@').map_or(text, |(name, _)| name);
        let slash = text.rfind('/').unwrap_or(0);
        let name = match text.rfind(':') {
            Some(colon) if colon > slash => text.get(..colon).unwrap_or(text),
            _ => text,
        };
        let is = |wanted: &&str| name == *wanted || name.strip_suffix(*wanted).is_some_and(|rest| rest.ends_with('/'));
        if names.iter().any(is) {
            found.report(image.span, format!("`{text}` is {what}")).within(&container.title());
        }
    }
}

fn not_ready(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object) else { return };
    // One Service for each member, or a headless one for all: peers that look for each other.
    let of_member = spec.at(&["selector", "statefulset.kubernetes.io/pod-name"]).is_some();
    let headless = spec.text("clusterIP") == Some("None") || of_member;
    if let (Some(node), false) = (spec.get("publishNotReadyAddresses"), headless)
        && node.as_bool() == Some(true)
    {
        found.report(node.span, "sends requests to pods that are not ready");
    }
}
