//! What texts in Compose files mean: variables, ports, volumes.

use crate::yaml::Node;

/// The text after Compose put variables in place: the default of a variable that has one. `None` where a variable
/// without default decides.
pub(super) fn resolve(text: &str) -> Option<String> {
    let (text, known) = substitute(text, 0);
    known.then_some(text)
}

/// The same, with `?` for what is not known.
pub(super) fn resolve_partly(text: &str) -> String {
    substitute(text, 0).0
}

fn substitute(text: &str, depth: usize) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut known = true;
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let after = after.get(1..).unwrap_or_default();
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(inner) = after.strip_prefix('{') {
            let end = closing(inner);
            let (body, following) = inner.split_at(end);
            rest = following.strip_prefix('}').unwrap_or(following);
            let name = body.find([':', '-', '?', '+']).unwrap_or(body.len());
            let operator = body.get(name..).unwrap_or_default();
            let default = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
            match default {
                Some(default) if depth < 8 => {
                    let (value, is_known) = substitute(default, depth + 1);
                    out.push_str(&value);
                    known &= is_known;
                }
                _ => {
                    out.push('?');
                    known = false;
                }
            }
        } else {
            let end = after.find(|each: char| !(each.is_ascii_alphanumeric() || each == '_')).unwrap_or(after.len());
            if end == 0 {
                out.push('$');
            } else {
                out.push('?');
                known = false;
            }
            rest = after.get(end..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    (out, known)
}

/// Where the brace that was opened before `text` closes; its end if it does not.
fn closing(text: &str) -> usize {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' if open == 0 => return at,
            b'}' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

/// A port of a container that is published on the host.
#[derive(Debug)]
pub(super) struct Port<'a> {
    /// The address of the host it is bound to; empty for all.
    pub(super) address: String,
    /// The first and the last port of the host; `None` where the engine chooses.
    pub(super) published: Option<(u16, u16)>,
    /// The first and the last port of the container.
    pub(super) target: (u16, u16),
    /// Where it stands.
    pub(super) node: &'a Node,
}

impl Port<'_> {
    /// It answers on every interface of the host.
    pub(super) fn is_everywhere(&self) -> bool {
        matches!(self.address.as_str(), "" | "0.0.0.0" | "::" | "[::]" | "*")
    }

    /// The container's port is `port`.
    pub(super) fn reaches(&self, port: u16) -> bool {
        (self.target.0..=self.target.1).contains(&port)
    }
}

/// Reads an item of `ports`; `None` where variables leave it open, or it is none.
pub(super) fn port(node: &Node) -> Option<Port<'_>> {
    if node.entries().is_empty() {
        let text = resolve(node.as_str()?)?;
        let text = text.trim();
        let text = text.rsplit_once('/').map_or(text, |(text, _)| text);
        let (front, target) = text.rsplit_once(':').map_or((None, text), |(front, target)| (Some(front), target));
        let (address, published) = match front {
            None => ("", None),
            Some(front) => match front.rsplit_once(':') {
                Some((address, published)) => (address, Some(published)),
                None if front.contains('.') => (front, None),
                None => ("", Some(front)),
            },
        };
        let published = match published {
            None | Some("") => None,
            Some(published) => Some(range(published)?),
        };
        let address = address.trim_start_matches('[').trim_end_matches(']').to_owned();
        return Some(Port { address, published, target: range(target)?, node });
    }
    let target = range(&resolve(node.text("target")?)?)?;
    let published = match node.text("published") {
        None | Some("") => None,
        Some(published) => Some(range(&resolve(published)?)?),
    };
    let address = node.text("host_ip").map_or(Some(String::new()), resolve)?;
    Some(Port { address, published, target, node })
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some((first, last))
}

/// A path of the host that is mounted.
#[derive(Debug)]
pub(super) struct Mount<'a> {
    /// The path of the host: `~` stays, `?` stands for unknown variables, no slash at the end.
    pub(super) path: String,
    /// It cannot be written to.
    pub(super) read_only: bool,
    /// How mounts made later spread: `rshared`, or empty.
    pub(super) propagation: String,
    /// Where it stands.
    pub(super) node: &'a Node,
}

/// Reads an item of `volumes` that mounts a path of the host; `named` are the top-level volumes, whose `driver_opts`
/// may name a path.
pub(super) fn mount<'a>(node: &'a Node, named: Option<&Node>) -> Option<Mount<'a>> {
    let (path, read_only, propagation) = if node.entries().is_empty() {
        let text = resolve_partly(node.as_str()?);
        let mut parts = text.splitn(3, ':');
        let first = parts.next()?;
        parts.next()?;
        let mut options = parts.next().unwrap_or_default().split(',');
        let read_only = options.clone().any(|option| option == "ro");
        let propagation = options.find(|option| option.trim_start_matches('r') == "shared").unwrap_or_default();
        (first.to_owned(), read_only, propagation.to_owned())
    } else {
        let path = resolve_partly(node.text("source")?);
        let propagation = node.at(&["bind", "propagation"]).and_then(Node::as_str).unwrap_or_default();
        (path, node.boolean("read_only") == Some(true), propagation.to_owned())
    };
    let path = if path.starts_with(['/', '~', '?', '.']) {
        path
    } else {
        let options = named?.at(&[path.as_str(), "driver_opts"])?;
        let is_bind =
            options.text("o").is_some_and(|text| text.split(',').any(|each| matches!(each, "bind" | "rbind")));
        is_bind.then(|| options.text("device").map(resolve_partly))??
    };
    let trimmed = path.trim_end_matches('/');
    let path = if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() };
    Some(Mount { path, read_only, propagation, node })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::yaml::{Limits, parse};

    #[test]
    fn variables_stand_for_their_defaults() {
        let table = [
            ("a${B:-c}d", Some("acd")),
            ("${B-c}", Some("c")),
            ("${A:-${B:-c}}", Some("c")),
            ("$$A", Some("$A")),
            ("${A}", None),
            ("$A", None),
            ("${A:?must}", None),
            ("${A:+x}", None),
            ("a$", Some("a$")),
        ];
        for (text, expected) in table {
            assert_eq!(resolve(text).as_deref(), expected, "{text}");
        }
        assert_eq!(resolve_partly("${HOME}/x"), "?/x");
    }

    #[test]
    fn ports_are_read_in_every_form() {
        let read = |text: &str| {
            let text = format!("- {text}\n");
            let parsed = parse(&Source::from_text("a", &text), Limits::default());
            port(&parsed.documents[0].items()[0]).map(|port| {
                let (address, published, target) = (&port.address, port.published, port.target);
                format!("{address}|{published:?}|{target:?}|{}", port.is_everywhere())
            })
        };
        let table = [
            ("80", Some("|None|(80, 80)|true")),
            ("\"8080:80\"", Some("|Some((8080, 8080))|(80, 80)|true")),
            ("\"127.0.0.1:8080:80/tcp\"", Some("127.0.0.1|Some((8080, 8080))|(80, 80)|false")),
            ("\"127.0.0.1::80\"", Some("127.0.0.1|None|(80, 80)|false")),
            ("\"[::1]:80:80\"", Some("::1|Some((80, 80))|(80, 80)|false")),
            ("\"3000-3005:3000-3005\"", Some("|Some((3000, 3005))|(3000, 3005)|true")),
            (
                "{target: 80, published: \"8080\", host_ip: 127.0.0.1}",
                Some("127.0.0.1|Some((8080, 8080))|(80, 80)|false"),
            ),
            ("\"${PORT}:80\"", None),
            ("\"${PORT:-90}:80\"", Some("|Some((90, 90))|(80, 80)|true")),
        ];
        for (text, expected) in table {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
