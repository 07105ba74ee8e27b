//! The forms in which settings come: static pods, objects of configuration, what kubeadm reads, unit files and files of
//! variables.

use super::flags::{Flag, Word, flags, of_variable, program, words};
use super::{Component, Host};
use crate::kubernetes::{Container, Object};
use crate::source::{Source, Span};
use crate::yaml::{Node, Style, Value};

/// Settings that are flags alone.
static NOTHING: Node = Node { span: Span::new(0, 0), value: Value::Null, style: Style::Plain, shared: false };

/// The component that a container runs, whatever it is started by.
pub(crate) fn of_container<'a>(source: &'a Source<'a>, container: &Container<'a>) -> Option<Host<'a>> {
    let node = container.node;
    let (command, args) = (node.get("command"), node.get("args"));
    let items = command.into_iter().chain(args).flat_map(Node::items);
    let mut words: Vec<Word<'a>> = Vec::new();
    for item in items {
        let Some(text) = item.as_str() else { continue };
        // A script for a shell is read word by word.
        let is_script = text.contains(char::is_whitespace) && !text.starts_with('-');
        let parts = if is_script { text.split_whitespace().collect() } else { vec![text] };
        words.extend(parts.into_iter().map(|part| Word { text: part.to_owned(), span: item.span, item: Some(item) }));
    }
    let at = words.iter().position(|word| program(&word.text).is_some());
    let (component, rest) = match at {
        Some(at) => (program(&words.get(at)?.text)?, words.get(at + 1..)?),
        None if command.is_none() && words.first().is_some_and(|word| word.text.starts_with("--")) => {
            let image = node.text("image")?.split('@').next()?;
            let name = image.rsplit('/').next()?.split(':').next()?;
            (program(name)?, words.as_slice())
        }
        None => return None,
    };
    let mut flags = flags(rest);
    if component == Component::Etcd {
        let variables = node.list("env").iter().filter_map(|variable| {
            let (name, value) = (variable.text("name")?, variable.text("value")?);
            of_variable(name, value, variable.span)
        });
        flags.extend(variables);
    }
    let list = [args, command]
        .into_iter()
        .flatten()
        .find(|list| list.items().last().is_some_and(|last| last.as_str().is_some_and(|text| text.starts_with("--"))));
    let mut host = Host {
        source,
        component,
        root: &NOTHING,
        flags,
        is_complete: true,
        heading: container.heading(),
        subject: container.title(),
        list,
    };
    host.is_complete = !reads_a_file(&host);
    Some(host)
}

/// What the program does is decided in a file that it is told to read.
fn reads_a_file(host: &Host<'_>) -> bool {
    let name = match host.component {
        Component::Etcd => "config-file",
        Component::Kubelet | Component::Scheduler | Component::KubeProxy => "config",
        _ => return false,
    };
    host.flags.iter().any(|flag| flag.name == name)
}

/// The components that an object configures, if it is one that configures any.
pub(crate) fn of_object<'a>(source: &'a Source<'a>, object: &Object<'a>) -> Option<Vec<Host<'a>>> {
    let component = match (object.group(), object.kind) {
        ("kubelet.config.k8s.io", "KubeletConfiguration") => Component::Kubelet,
        ("kubeproxy.config.k8s.io", "KubeProxyConfiguration") => Component::KubeProxy,
        ("kubeadm.k8s.io", "ClusterConfiguration") => return Some(of_kubeadm(source, object)),
        ("kubeadm.k8s.io", "InitConfiguration" | "JoinConfiguration") => return Some(of_registration(source, object)),
        _ => return None,
    };
    Some(vec![Host {
        source,
        component,
        root: object.node,
        flags: Vec::new(),
        is_complete: true,
        heading: object.heading(),
        subject: String::new(),
        list: None,
    }])
}

/// What kubeadm sets by itself.
/// <https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/>
const KUBEADM: &[(Component, &str, &str)] = &[
    (Component::ApiServer, "authorization-mode", "Node,RBAC"),
    (Component::ApiServer, "client-ca-file", "/etc/kubernetes/pki/ca.crt"),
    (Component::ApiServer, "enable-admission-plugins", "NodeRestriction"),
    (Component::ApiServer, "etcd-cafile", "/etc/kubernetes/pki/etcd/ca.crt"),
    (Component::ApiServer, "etcd-certfile", "/etc/kubernetes/pki/apiserver-etcd-client.crt"),
    (Component::ApiServer, "etcd-keyfile", "/etc/kubernetes/pki/apiserver-etcd-client.key"),
    (Component::ApiServer, "kubelet-client-certificate", "/etc/kubernetes/pki/apiserver-kubelet-client.crt"),
    (Component::ApiServer, "kubelet-client-key", "/etc/kubernetes/pki/apiserver-kubelet-client.key"),
    (Component::ApiServer, "service-account-key-file", "/etc/kubernetes/pki/sa.pub"),
    (Component::ApiServer, "tls-cert-file", "/etc/kubernetes/pki/apiserver.crt"),
    (Component::ApiServer, "tls-private-key-file", "/etc/kubernetes/pki/apiserver.key"),
    (Component::ControllerManager, "bind-address", "127.0.0.1"),
    (Component::ControllerManager, "root-ca-file", "/etc/kubernetes/pki/ca.crt"),
    (Component::ControllerManager, "service-account-private-key-file", "/etc/kubernetes/pki/sa.key"),
    (Component::ControllerManager, "use-service-account-credentials", "true"),
    (Component::Scheduler, "bind-address", "127.0.0.1"),
    (Component::Etcd, "cert-file", "/etc/kubernetes/pki/etcd/server.crt"),
    (Component::Etcd, "key-file", "/etc/kubernetes/pki/etcd/server.key"),
    (Component::Etcd, "client-cert-auth", "true"),
    (Component::Etcd, "trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
    (Component::Etcd, "peer-cert-file", "/etc/kubernetes/pki/etcd/peer.crt"),
    (Component::Etcd, "peer-key-file", "/etc/kubernetes/pki/etcd/peer.key"),
    (Component::Etcd, "peer-client-cert-auth", "true"),
    (Component::Etcd, "peer-trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
];

fn of_kubeadm<'a>(source: &'a Source<'a>, object: &Object<'a>) -> Vec<Host<'a>> {
    let parts: [(Component, &[&str]); 4] = [
        (Component::ApiServer, &["apiServer"]),
        (Component::ControllerManager, &["controllerManager"]),
        (Component::Scheduler, &["scheduler"]),
        (Component::Etcd, &["etcd", "local"]),
    ];
    let mut hosts = Vec::new();
    for (component, path) in parts {
        // An etcd of its own is none of kubeadm's.
        if component == Component::Etcd && object.node.at(&["etcd", "external"]).is_some() {
            continue;
        }
        let part = object.node.at(path);
        let key = path.first().and_then(|key| object.node.entry(key)).map(|(key, _)| key.span);
        let heading = key.unwrap_or_else(|| object.heading());
        let defaults = KUBEADM.iter().filter(|(of, ..)| *of == component).map(|(_, name, value)| Flag {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
            span: heading,
            is_default: true,
            item: None,
        });
        let mut flags: Vec<Flag<'a>> = defaults.collect();
        flags.extend(extra_args(part.and_then(|part| part.get("extraArgs"))));
        let subject = path.join(".");
        hosts.push(Host { source, component, root: &NOTHING, flags, is_complete: true, heading, subject, list: None });
    }
    hosts
}

/// `extraArgs`: a mapping up to v1beta3, a list of `name` and `value` from v1beta4 on.
fn extra_args<'a>(node: Option<&'a Node>) -> Vec<Flag<'a>> {
    let Some(node) = node else { return Vec::new() };
    let flag = |name: &str, value: &str, span| Flag {
        name: name.to_owned(),
        value: value.to_owned(),
        span,
        is_default: false,
        item: None,
    };
    let entries = node.entries().iter().filter_map(|(key, value)| {
        Some(flag(key.as_str()?, value.as_str().unwrap_or_default(), key.span.to(value.span)))
    });
    let items = node.items().iter();
    let items =
        items.filter_map(|item| Some(flag(item.text("name")?, item.text("value").unwrap_or_default(), item.span)));
    entries.chain(items).collect()
}

/// The kubelet's flags in what kubeadm reads for a node.
fn of_registration<'a>(source: &'a Source<'a>, object: &Object<'a>) -> Vec<Host<'a>> {
    let args = object.node.at(&["nodeRegistration", "kubeletExtraArgs"]);
    vec![Host {
        source,
        component: Component::Kubelet,
        root: &NOTHING,
        flags: extra_args(args),
        is_complete: false,
        heading: object.heading(),
        subject: "nodeRegistration".to_owned(),
        list: None,
    }]
}

/// The component of a unit file, a drop-in of one, or a file of variables for one.
pub(crate) fn text_component(path: &str, text: &str) -> Option<Component> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_unit = extension == "service" || (extension == "conf" && text.contains("[Service]"));
    let is_variables = extension == "env"
        || ((path.contains("default/") || path.contains("sysconfig/")) && matches!(extension, "" | "conf"));
    if !is_unit && !is_variables {
        return None;
    }
    let source = Source::from_text(path, text);
    let statements = statements(&source);
    let started = statements.iter().filter(|statement| statement.name == "ExecStart").find_map(|statement| {
        words(&source, statement.value)
            .iter()
            .take(4)
            .find_map(|word| program(word.text.trim_start_matches(['-', '@', '+', '!', ':'])))
    });
    let named = || {
        statements.iter().find_map(|statement| {
            let (variable, _) = variable_of(&source, statement)?;
            by_variable(&variable, name)
        })
    };
    started.or_else(named)
}

fn by_variable(variable: &str, file: &str) -> Option<Component> {
    let takes_flags = ["ARGS", "OPTS", "OPTIONS", "FLAGS"].iter().any(|end| variable.ends_with(end));
    let starts = [
        ("KUBELET_", Component::Kubelet),
        ("KUBE_API", Component::ApiServer),
        ("KUBE_CONTROLLER", Component::ControllerManager),
        ("KUBE_SCHEDULER", Component::Scheduler),
        ("KUBE_PROXY", Component::KubeProxy),
        ("DOCKER_OPT", Component::Docker),
        ("DOCKERD_", Component::Docker),
    ];
    if variable.starts_with("ETCD_") {
        return Some(Component::Etcd);
    }
    let by_name = starts.iter().find(|(start, _)| variable.starts_with(start)).map(|(_, component)| *component);
    let by_file = (variable == "OPTIONS" && file == "docker").then_some(Component::Docker);
    by_name.filter(|_| takes_flags).or(by_file)
}

/// `name=value` at the beginning of a line, to the end of its last continued line.
struct Statement {
    name: String,
    value: Span,
}

fn statements(source: &Source<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut line = 1;
    while line <= source.line_count() {
        let mut span = source.line(line);
        let first = source.slice(span);
        while source.slice(source.line(line)).ends_with('\\') && line < source.line_count() {
            line += 1;
            span = span.to(source.line(line));
        }
        line += 1;
        let trimmed = first.trim_start();
        let trimmed = trimmed.strip_prefix("export ").unwrap_or(trimmed);
        if trimmed.starts_with(['#', ';', '[']) {
            continue;
        }
        let Some((name, _)) = trimmed.split_once('=') else { continue };
        let at = span.start + (first.len() - trimmed.len()) + name.len() + 1;
        statements.push(Statement { name: name.trim().to_owned(), value: Span::new(at, span.end) });
    }
    statements
}

/// The variable that a statement sets, and where its value stands: `NAME=…`, or `Environment="NAME=…"` of a unit.
fn variable_of(source: &Source<'_>, statement: &Statement) -> Option<(String, Span)> {
    if statement.name != "Environment" {
        let is_variable =
            statement.name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        return is_variable.then(|| (statement.name.clone(), statement.value));
    }
    let text = source.slice(statement.value);
    let (name, _) = text.split_once('=')?;
    let value = Span::new(statement.value.start + name.len() + 1, statement.value.end);
    Some((name.trim_matches(['"', '\'', ' ']).to_owned(), value))
}

/// A unit file or a file of variables.
pub(crate) fn of_text<'a>(source: &'a Source<'a>, component: Component) -> Host<'a> {
    let file = source.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut all = Vec::new();
    let mut is_complete = false;
    for statement in statements(source) {
        if statement.name == "ExecStart" {
            let words = words(source, statement.value);
            let at = words
                .iter()
                .position(|word| program(word.text.trim_start_matches(['-', '@', '+', '!', ':'])).is_some());
            if let Some(rest) = at.and_then(|at| words.get(at + 1..)) {
                // Variables bring flags of other files.
                is_complete = !rest.iter().any(|word| word.text.contains('$'));
                all.extend(flags(rest));
            }
        } else if let Some((name, value)) = variable_of(source, &statement) {
            if component == Component::Etcd && by_variable(&name, file) == Some(Component::Etcd) {
                all.extend(of_variable(&name, source.slice(value).trim(), value));
            } else if by_variable(&name, file) == Some(component) {
                all.extend(flags(&words(source, value)));
            }
        }
    }
    let mut host = Host {
        source,
        component,
        root: &NOTHING,
        flags: all,
        is_complete,
        heading: Span::empty(0),
        subject: String::new(),
        list: None,
    };
    // What dockerd is not told by flags may stand in daemon.json.
    host.is_complete &= component != Component::Docker && !reads_a_file(&host);
    host
}
