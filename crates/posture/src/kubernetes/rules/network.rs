//! NetworkPolicies (BS-K280–299).

pub(super) mod allowed;
pub(super) mod meaning;
pub(super) mod vendor;

use crate::kubernetes::Object;
use crate::source::Span;
use crate::yaml::Node;

const POLICIES: &str = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";

/// An example: a NetworkPolicy with this spec.
macro_rules! policy {
    ($spec:literal) => {
        concat!("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: example\n  namespace: shop\nspec:\n", $spec)
    };
}

use policy;

/// One of the two directions of a policy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    const fn key(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    const fn peers(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }
}

/// The spec of a policy of Kubernetes itself; Calico's have the same name.
fn spec<'a>(object: &Object<'a>) -> Option<&'a Node> {
    matches!(object.group(), "networking.k8s.io" | "extensions").then(|| object.node.get("spec"))?
}

/// The directions that a policy isolates: ingress unless `policyTypes` leave it out, egress if they name it or if they
/// are absent and there are egress rules.
fn isolates(spec: &Node, direction: Direction) -> bool {
    let types = spec.list("policyTypes");
    let named = |name: &str| types.iter().any(|node| node.as_str() == Some(name));
    match direction {
        Direction::Ingress => types.is_empty() || named("Ingress"),
        Direction::Egress if types.is_empty() => !spec.list("egress").is_empty(),
        Direction::Egress => named("Egress"),
    }
}

/// A rule of a policy that counts.
struct Allowed<'a> {
    /// Where to point if the rule as a whole is meant.
    span: Span,
    /// None mean everyone.
    peers: &'a [Node],
    /// None mean all.
    ports: &'a [Node],
}

/// The rules of a direction, if the policy isolates it at all.
fn allowed<'a>(object: &Object<'a>, direction: Direction) -> Vec<Allowed<'a>> {
    let Some(spec) = spec(object).filter(|spec| isolates(spec, direction)) else { return Vec::new() };
    let rules = spec.list(direction.key()).iter().map(|node| Allowed {
        span: node.entries().first().map_or(node.span, |(key, _)| key.span),
        peers: node.list(direction.peers()),
        ports: node.list("ports"),
    });
    rules.collect()
}

/// A block of addresses: the first one, and how many leading bits count. Addresses of version 4 as `::ffff:…`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Block {
    bits: u128,
    length: u32,
}

impl Block {
    fn new(text: &str) -> Option<Self> {
        let (address, length) = text.trim().split_once('/')?;
        let length: u32 = length.parse().ok()?;
        let (bits, length) = match address.parse().ok()? {
            std::net::IpAddr::V4(address) => (address.to_ipv6_mapped().to_bits(), length.checked_add(96)?),
            std::net::IpAddr::V6(address) => (address.to_bits(), length),
        };
        (length <= 128).then_some(Self { bits, length })
    }

    fn contains(self, other: Self) -> bool {
        let shift = 128 - self.length;
        let top = |bits: u128| bits.checked_shr(shift).unwrap_or_default();
        self.length <= other.length && top(self.bits) == top(other.bits)
    }

    /// `0.0.0.0/0`, `::/0`, or a half of one.
    fn is_world(self) -> bool {
        let is_four = self.bits >> 32 == 0xffff;
        if is_four { self.length <= 97 } else { self.length <= 1 }
    }
}

/// The block of a peer, and those left out of it.
fn block(peer: &Node) -> Option<(Block, &Node, Vec<Block>)> {
    let node = peer.get("ipBlock")?;
    let cidr = node.get("cidr")?;
    let except = node.list("except").iter().filter_map(Node::as_str).filter_map(Block::new);
    Some((Block::new(cidr.as_str()?)?, cidr, except.collect()))
}

/// Everyone is a peer: there are none, or a block is the whole world.
fn open_to_all<'a>(rule: &Allowed<'a>) -> Option<Span> {
    if rule.peers.is_empty() {
        return Some(rule.span);
    }
    let world = |peer: &'a Node| block(peer).filter(|(block, _, except)| block.is_world() && except.is_empty());
    rule.peers.iter().find_map(world).map(|(_, cidr, _)| cidr.span)
}

#[cfg(test)]
mod tests {
    use super::Block;

    #[test]
    fn blocks_contain_what_lies_in_them() {
        let block = |text| Block::new(text).unwrap();
        let metadata = block("169.254.169.254/32");
        for (wide, expected) in [
            ("0.0.0.0/0", true),
            ("169.254.0.0/16", true),
            ("169.254.169.254/32", true),
            ("10.0.0.0/8", false),
            ("::/0", true),
            ("2000::/3", false),
        ] {
            assert_eq!(block(wide).contains(metadata), expected, "{wide}");
        }
        assert!(block("0.0.0.0/0").is_world() && block("::/0").is_world() && block("128.0.0.0/1").is_world());
        assert!(!block("10.0.0.0/8").is_world());
        assert!(Block::new("10.0.0.0").is_none() && Block::new("10.0.0.0/33").is_none());
    }
}
