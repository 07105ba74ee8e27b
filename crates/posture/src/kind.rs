//! Which kind of file something is, by its name and its content.

use crate::host::{Component, text_component};

/// A kind of file that rules read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// Kubernetes objects in YAML or JSON.
    Kubernetes,
    /// A Compose file.
    Compose,
    /// An image's configuration in JSON.
    Image,
    /// A configuration file of a host or cluster component.
    Host(Component),
}

impl Kind {
    /// The name in reports: `dockerfile`, `kubernetes`, `docker-daemon`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::Kubernetes => "kubernetes",
            Self::Compose => "compose",
            Self::Image => "image",
            Self::Host(Component::Docker) => "docker-daemon",
            Self::Host(Component::Containerd) => "containerd",
            Self::Host(Component::Kubelet) => "kubelet",
            Self::Host(Component::ApiServer) => "api-server",
            Self::Host(Component::ControllerManager) => "controller-manager",
            Self::Host(Component::Scheduler) => "scheduler",
            Self::Host(Component::Etcd) => "etcd",
            Self::Host(Component::KubeProxy) => "kube-proxy",
        }
    }
}

/// Recognises a file. `path` may be anything; `text` is its beginning or all of it.
///
/// A static pod of a cluster component is a Kubernetes object; [`crate::check`] judges its flags as well.
pub fn recognise(path: &str, text: &str) -> Option<Kind> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    if is_dockerfile_name(&name) {
        return Some(Kind::Dockerfile);
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "yaml" | "yml" | "json" => structured(&name, text),
        "toml" => (is_containerd(text) || (name == "hosts.toml" && path.contains("certs.d")))
            .then_some(Kind::Host(Component::Containerd)),
        "service" | "conf" | "env" => text_component(path, text).map(Kind::Host),
        "" | "txt" if dockerfile_by_content(text) => Some(Kind::Dockerfile),
        "" => text_component(path, text).map(Kind::Host),
        _ => None,
    }
}

/// Tables that only containerd's configuration has; other TOML has `version` and `plugins` too.
fn is_containerd(text: &str) -> bool {
    text.contains("io.containerd.")
        || text.contains("[plugins.cri")
        || (text.contains("[grpc]") && text.contains("containerd"))
}

fn is_dockerfile_name(name: &str) -> bool {
    ["dockerfile", "containerfile"].iter().any(|word| {
        name == *word
            || name.strip_prefix(word).is_some_and(|rest| {
                rest.starts_with(['.', '-', '_']) && !rest.ends_with(".dockerignore") && !rest.ends_with(".md")
            })
            || name.strip_suffix(word).is_some_and(|rest| rest.ends_with(['.', '-', '_']))
    })
}

fn structured(name: &str, text: &str) -> Option<Kind> {
    if name == "daemon.json" {
        return Some(Kind::Host(Component::Docker));
    }
    if has_key(text, "apiVersion") && has_key(text, "kind") {
        let kubelet = text.contains("kubelet.config.k8s.io/") && text.contains("KubeletConfiguration");
        return Some(if kubelet { Kind::Host(Component::Kubelet) } else { Kind::Kubernetes });
    }
    let compose_name =
        name.starts_with("compose.") || name.starts_with("docker-compose") || name.starts_with("compose-");
    if has_key(text, "services") && (compose_name || has_key(text, "image") || has_key(text, "build")) {
        return Some(Kind::Compose);
    }
    let oci = has_key(text, "rootfs") && has_key(text, "architecture") && text.contains("\"diff_ids\"");
    let inspected = has_key(text, "RootFS") && has_key(text, "Architecture") && has_key(text, "Config");
    let image = name.ends_with(".json") && (oci || inspected);
    image.then_some(Kind::Image)
}

/// A key of YAML or JSON stands at the beginning of a line or in quotes.
fn has_key(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + key.len()..).unwrap_or_default();
        let quoted = before.ends_with('"') || before.ends_with('\'');
        let open = before.trim_end_matches([' ', '-', '{', '"', '\'', '\u{feff}']);
        let begins =
            open.is_empty() || open.ends_with(['\n', '\r', ',']) || (quoted && open.ends_with(['\t', '{', ',']));
        let after = after.strip_prefix(['"', '\'']).unwrap_or(after).trim_start_matches(' ');
        (begins || quoted) && after.starts_with([':', '='])
    })
}

/// The first line that is neither blank nor a comment is `FROM image` or `ARG name` with a `FROM` further down.
fn dockerfile_by_content(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let is_from = |line: &str| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|word| word.eq_ignore_ascii_case("from"))
            && matches!(
                (words.next(), words.next().map(str::to_ascii_lowercase).as_deref(), words.count()),
                (Some(_), None, _) | (Some(_), Some("as"), 1)
            )
    };
    match lines.next() {
        Some(line) if is_from(line) => true,
        Some(line) if line.starts_with("ARG ") => lines.take(20).any(is_from),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_or_content() {
        let table = [
            ("Dockerfile", "", Some(Kind::Dockerfile)),
            ("app/Dockerfile.prod", "", Some(Kind::Dockerfile)),
            ("web.dockerfile", "", Some(Kind::Dockerfile)),
            ("Containerfile", "", Some(Kind::Dockerfile)),
            ("Dockerfile.dockerignore", "", None),
            ("build", "# x\nFROM debian:12 AS a\n", Some(Kind::Dockerfile)),
            ("letter.txt", "From Anna with love\n", None),
            ("a.yaml", "apiVersion: v1\nkind: Pod\n", Some(Kind::Kubernetes)),
            ("a.json", "{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}", Some(Kind::Kubernetes)),
            ("a.yaml", "- hosts: all\n", None),
            ("compose.yaml", "services:\n  a:\n    image: b\n", Some(Kind::Compose)),
            ("daemon.json", "{}", Some(Kind::Host(Component::Docker))),
            (
                "k.yaml",
                "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
                Some(Kind::Host(Component::Kubelet)),
            ),
            (
                "config.toml",
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
                Some(Kind::Host(Component::Containerd)),
            ),
            ("pyproject.toml", "version = \"1\"\n[tool.x]\nplugins = []\n", None),
            (
                "kubelet.service",
                "[Service]\nExecStart=/usr/bin/kubelet \\\n  --x\n",
                Some(Kind::Host(Component::Kubelet)),
            ),
            ("web.service", "[Service]\nExecStart=/usr/bin/web\n", None),
            ("etc/default/kubelet", "KUBELET_EXTRA_ARGS=--x\n", Some(Kind::Host(Component::Kubelet))),
            ("etc/default/grub", "GRUB_TIMEOUT=1\n", None),
            (
                "x.json",
                "{\"architecture\": \"amd64\", \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}",
                Some(Kind::Image),
            ),
        ];
        for (path, text, expected) in table {
            assert_eq!(recognise(path, text), expected, "{path}: {text}");
        }
    }
}
