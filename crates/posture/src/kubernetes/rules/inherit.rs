//! What counts for a container: its own settings, else those of its pod; and whether it runs on Linux at all.

use crate::kubernetes::{Container, ContainerKind, Workload};
use crate::yaml::Node;

/// The pod runs on Windows: it says so itself, or asks for a node that does.
pub(super) fn on_windows(workload: &Workload<'_>) -> bool {
    workload.is_windows()
        || workload.spec.get("nodeSelector").is_some_and(|selector| {
            ["kubernetes.io/os", "beta.kubernetes.io/os"].iter().any(|key| selector.text(key) == Some("windows"))
        })
}

/// The containers, unless they run on Windows.
pub(super) fn linux<'w, 'a>(workload: &'w Workload<'a>) -> &'w [Container<'a>] {
    if on_windows(workload) { &[] } else { &workload.containers }
}

/// A container without an image is one of a patch (Kustomize): what it lacks stands in what it is merged into.
pub(super) fn is_whole(container: &Container<'_>) -> bool {
    container.node.get("image").is_some_and(|image| !image.is_empty())
}

/// The containers that are written out, unless they run on Windows: those of which it can be said that they lack
/// something.
pub(super) fn whole_linux<'w, 'a>(workload: &'w Workload<'a>) -> impl Iterator<Item = &'w Container<'a>> {
    linux(workload).iter().filter(|container| is_whole(container))
}

/// The workload is written out and not a patch.
pub(super) fn is_written_out(workload: &Workload<'_>) -> bool {
    workload.containers.iter().any(|container| container.kind == ContainerKind::Main && is_whole(container))
}

/// A Pod that the kubelet starts from a file of its node, as kubeadm labels those of the control plane: it has no
/// service account, and no controller.
pub(super) fn is_static(workload: &Workload<'_>) -> bool {
    workload.object.kind == "Pod"
        && workload.object.namespace() == Some("kube-system")
        && workload.object.node.at(&["metadata", "labels", "tier"]).and_then(Node::as_str) == Some("control-plane")
}

/// A field of the security context that counts for a container: its own, else its pod's.
pub(super) fn effective<'a>(workload: &Workload<'a>, container: &Container<'a>, path: &[&str]) -> Option<&'a Node> {
    let said = |node: &&Node| !node.is_null();
    container.security(path).filter(said).or_else(|| workload.security(path).filter(said))
}

/// A field that is there and not null.
pub(super) fn given<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).filter(|value| !value.is_null())
}

/// The pod has a user namespace of its own: root inside is nobody outside.
pub(super) fn has_own_users(workload: &Workload<'_>) -> bool {
    workload.spec.boolean("hostUsers") == Some(false)
}

/// The container is privileged.
pub(super) fn is_privileged(container: &Container<'_>) -> bool {
    container.security(&["privileged"]).and_then(Node::as_bool) == Some(true)
}

/// The capabilities that a container adds or drops, without `CAP_`.
pub(super) fn capabilities<'a>(
    container: &Container<'a>,
    list: &'static str,
) -> impl Iterator<Item = (&'a Node, &'a str)> {
    container
        .security(&["capabilities", list])
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|node| Some((node, bare_capability(node.as_str()?))))
}

/// A capability's name without `CAP_`.
pub(super) fn bare_capability(name: &str) -> &str {
    match name.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("CAP_") => name.get(4..).unwrap_or(name),
        _ => name,
    }
}

/// A value in the way that the one it replaces is quoted.
pub(super) fn quoted_like(source: &crate::Source<'_>, old: &Node, new: &str) -> String {
    let text = source.slice(old.span);
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => format!("{quote}{new}{quote}"),
        _ => new.to_owned(),
    }
}
