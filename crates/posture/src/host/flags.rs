//! Flags of programs, from the words they are started with.

use super::Component;
use crate::source::{Source, Span};
use crate::yaml::Node;

/// A flag.
#[derive(Debug, Clone)]
pub struct Flag<'a> {
    /// Its name without dashes.
    pub name: String,
    /// Its value; `true` where none is given.
    pub value: String,
    /// Where it stands.
    pub span: Span,
    /// It is not written here: the tool that reads this file sets it unless told otherwise.
    pub is_default: bool,
    /// The item of the list that it stands in alone.
    pub item: Option<&'a Node>,
}

/// A word of a command line, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) item: Option<&'a Node>,
}

/// The component that a program is, by its path.
pub(super) fn program(word: &str) -> Option<Component> {
    Some(match word.rsplit('/').next().unwrap_or_default() {
        "kube-apiserver" => Component::ApiServer,
        "kube-controller-manager" => Component::ControllerManager,
        "kube-scheduler" => Component::Scheduler,
        "kube-proxy" => Component::KubeProxy,
        "kubelet" => Component::Kubelet,
        "etcd" => Component::Etcd,
        "dockerd" => Component::Docker,
        _ => return None,
    })
}

/// Flags that are on by being named and take no word after them.
const SWITCHES: &[&str] = &[
    "anonymous-auth",
    "profiling",
    "client-cert-auth",
    "peer-client-cert-auth",
    "auto-tls",
    "peer-auto-tls",
    "tls",
    "tlsverify",
    "icc",
    "iptables",
    "debug",
    "D",
    "live-restore",
    "userland-proxy",
    "experimental",
    "no-new-privileges",
    "selinux-enabled",
    "use-service-account-credentials",
    "service-account-lookup",
    "allow-privileged",
    "kubelet-https",
    "enable-bootstrap-token-auth",
    "leader-elect",
    "rotate-certificates",
    "protect-kernel-defaults",
    "make-iptables-util-chains",
    "service-account-extend-token-expiration",
    "seccomp-default",
    "allow-direct-routing",
];

/// The flags among words that follow a program.
pub(super) fn flags<'a>(words: &[Word<'a>]) -> Vec<Flag<'a>> {
    let mut flags = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let Some(body) = word.text.strip_prefix('-') else { continue };
        let body = body.strip_prefix('-').unwrap_or(body);
        if body.is_empty() {
            continue;
        }
        let (name, value, span) = match body.split_once('=') {
            Some((name, value)) => (name, value.trim_matches(['"', '\'']).to_owned(), word.span),
            None => match words.peek() {
                Some(next) if !next.text.starts_with('-') && !SWITCHES.contains(&body) => {
                    let (value, span) = (next.text.clone(), word.span.to(next.span));
                    words.next();
                    (body, value, span)
                }
                _ => (body, "true".to_owned(), word.span),
            },
        };
        let item = word.item.filter(|item| item.span == span);
        flags.push(Flag { name: name.to_owned(), value, span, is_default: false, item });
    }
    flags
}

/// A variable of etcd's environment is a flag: `ETCD_CLIENT_CERT_AUTH` is `client-cert-auth`.
pub(super) fn of_variable<'a>(name: &str, value: &str, span: Span) -> Option<Flag<'a>> {
    let name = name.strip_prefix("ETCD_")?.to_ascii_lowercase().replace('_', "-");
    Some(Flag { name, value: value.trim_matches(['"', '\'']).to_owned(), span, is_default: false, item: None })
}

/// The words of a stretch of text; quotes around them and line continuations are left out.
pub(super) fn words<'a>(source: &Source<'_>, span: Span) -> Vec<Word<'a>> {
    let text = source.slice(span);
    let mut words = Vec::new();
    let mut start = None;
    for (at, each) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        let is_gap = each.is_whitespace() || matches!(each, '"' | '\'' | '\\');
        match (start, is_gap) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                let text = text.get(from..at).unwrap_or_default().to_owned();
                words.push(Word { text, span: Span::new(span.start + from, span.start + at), item: None });
                start = None;
            }
            _ => {}
        }
    }
    words
}
