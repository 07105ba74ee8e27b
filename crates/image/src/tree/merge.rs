//! All layers laid over each other, as a container run-time would.
//!
//! The rules are those of the OCI image specification, `layer.md`: whiteouts and opaque whiteouts act on the layers
//! below only, whatever their place in the tar; a non-directory takes the place of all that was below its path; an
//! entry whose parents are symbolic links lands where they lead, as the appliers of overlay file systems have it.

use std::collections::HashMap;

use boltseal_evidence::Problem;

use super::LayerTree;
use super::layer_tree::Change;
use crate::EntryKind;

/// Links followed on the way to one file, as on Linux.
const MAX_LINKS: usize = 40;
/// Problems told; further ones are of the same hostile image.
const MAX_PROBLEMS: usize = 100;

const ROOT: u32 = 0;

/// The file system of the image, built from the trees of its layers.
#[derive(Debug)]
pub struct FileTree<'a> {
    layers: &'a [LayerTree],
    nodes: Vec<Node<'a>>,
    children: HashMap<(u32, &'a str), u32>,
    problems: Vec<Problem>,
}

#[derive(Debug, Clone, Copy)]
struct Node<'a> {
    parent: u32,
    name: &'a str,
    /// The layer whose entry put the node here, and that entry's number.
    layer: u32,
    entry: u32,
    kind: NodeKind<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeKind<'a> {
    Directory,
    File,
    /// A further name of a file that some entry brought.
    HardLink {
        layer: u32,
        entry: u32,
    },
    Symlink(&'a str),
    Other,
}

/// Where the bytes of a file come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The layer whose tar holds the bytes.
    pub layer: usize,
    /// The number of the entry in that layer.
    pub entry: u32,
    /// The path of that entry as written in its layer, normalised: what [`crate::Visitor`] was told.
    pub path: String,
}

/// How a name leads to a file other than by being its own entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// By a hard link.
    Hard,
    /// By a symbolic link.
    Symbolic,
}

/// A visible name that leads to a regular file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The path of the link in the image.
    pub path: String,
    /// The layer that brought the link.
    pub layer: usize,
    /// Hard or symbolic.
    pub kind: LinkKind,
    /// The file.
    pub origin: Origin,
}

/// A name that the final image shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The path in the image.
    pub path: String,
    /// What it is: a file, a directory, a symbolic link, a hard link to a file, or something else.
    pub kind: EntryKind,
    /// The layer of the entry that says what it is like: of a hard link that of the file, of a directory the last one.
    pub layer: usize,
    /// The number of that entry in its layer; none for a directory that no entry names.
    pub entry: Option<u32>,
}

impl<'a> FileTree<'a> {
    /// Lays the layers over each other, base first.
    pub fn merge(layers: &'a [LayerTree]) -> Self {
        let root = Node { parent: ROOT, name: "", layer: 0, entry: 0, kind: NodeKind::Directory };
        let mut tree = Self { layers, nodes: vec![root], children: HashMap::new(), problems: Vec::new() };
        for (number, layer) in layers.iter().enumerate() {
            Applier::new(&mut tree, number, layer).apply();
        }
        tree
    }

    /// What could not be placed: hard links to nothing, parents that are links in a circle.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The final image has, at the path that a file of this layer has in its tar, the file that this layer brought.
    pub fn visible(&self, layer: usize, path: &str) -> bool {
        self.own_file(layer, path).is_some()
    }

    /// The same of one entry: also false if a later entry of the same layer has replaced it.
    pub fn visible_entry(&self, layer: usize, entry: u32) -> bool {
        let path = self.layers.get(layer).and_then(|tree| tree.path(entry));
        path.and_then(|path| self.own_file(layer, &path)).is_some_and(|node| node.entry == entry)
    }

    /// The path under which the final image shows the file that this layer's tar has at `path`: another one where
    /// parents are symbolic links (`lib/x` → `usr/lib/x`). None if it is not visible.
    pub fn visible_path(&self, layer: usize, path: &str) -> Option<String> {
        let node = self.find(path, false)?;
        let file = self.node(node)?;
        (file.layer as usize == layer && file.kind == NodeKind::File).then(|| self.path(node))
    }

    /// The file behind a path, all links followed. None if there is none, if links go in a circle, or if it is not a
    /// regular file. Never leads out of the root: `..` stops there, as in a container.
    pub fn resolve(&self, path: &str) -> Option<Origin> {
        self.origin(self.find(path, true)?)
    }

    /// There is something other than a directory at this path, links not followed.
    pub fn contains(&self, path: &str) -> bool {
        self.find(path, false).and_then(|node| self.node(node)).is_some_and(|node| node.kind != NodeKind::Directory)
    }

    /// All visible hard and symbolic links that lead to regular files, in the order in which they came. What is wanted
    /// by the name of the link alone has passed by unread: read the [`Origin`]s with [`crate::read_files`]. Files below a
    /// linked *directory* are not listed; ask [`resolve`](Self::resolve) for a path that is wanted as a whole.
    pub fn links(&self) -> impl Iterator<Item = Link> + '_ {
        (1u32..).zip(self.nodes.iter().skip(1)).filter_map(|(number, node)| {
            let kind = match node.kind {
                NodeKind::HardLink { .. } => LinkKind::Hard,
                NodeKind::Symlink(_) => LinkKind::Symbolic,
                _ => return None,
            };
            if !self.is_attached(number) {
                return None;
            }
            let path = self.path(number);
            let origin = match kind {
                LinkKind::Hard => self.origin(number)?,
                LinkKind::Symbolic => self.resolve(&path)?,
            };
            Some(Link { path, layer: node.layer as usize, kind, origin })
        })
    }

    /// Every name that the final image shows, in the order in which they came.
    pub fn entries(&self) -> impl Iterator<Item = Shown> + '_ {
        (1u32..).zip(self.nodes.iter().skip(1)).filter(|(number, _)| self.is_attached(*number)).map(|(number, node)| {
            let (kind, layer, entry) = match node.kind {
                NodeKind::Directory => (EntryKind::Directory, node.layer, node.entry),
                NodeKind::File => (EntryKind::File, node.layer, node.entry),
                NodeKind::HardLink { layer, entry } => (EntryKind::HardLink, layer, entry),
                NodeKind::Symlink(_) => (EntryKind::Symlink, node.layer, node.entry),
                NodeKind::Other => (EntryKind::Other, node.layer, node.entry),
            };
            Shown { path: self.path(number), kind, layer: layer as usize, entry: (entry != u32::MAX).then_some(entry) }
        })
    }

    fn own_file(&self, layer: usize, path: &str) -> Option<&Node<'a>> {
        let node = self.node(self.find(path, false)?)?;
        (node.layer as usize == layer && node.kind == NodeKind::File).then_some(node)
    }

    fn origin(&self, node: u32) -> Option<Origin> {
        let node = self.node(node)?;
        let (layer, entry) = match node.kind {
            NodeKind::File => (node.layer, node.entry),
            NodeKind::HardLink { layer, entry } => (layer, entry),
            _ => return None,
        };
        let path = self.layers.get(layer as usize)?.path(entry)?;
        Some(Origin { layer: layer as usize, entry, path })
    }

    fn node(&self, number: u32) -> Option<&Node<'a>> {
        self.nodes.get(number as usize)
    }

    fn kind(&self, number: u32) -> NodeKind<'a> {
        self.node(number).map_or(NodeKind::Other, |node| node.kind)
    }

    fn child(&self, directory: u32, name: &str) -> Option<u32> {
        self.children.get(&(directory, name)).copied()
    }

    fn is_attached(&self, mut number: u32) -> bool {
        while number != ROOT {
            let Some(node) = self.node(number) else { return false };
            if self.child(node.parent, node.name) != Some(number) {
                return false;
            }
            // A parent is made before its children, so this ends.
            number = node.parent;
        }
        true
    }

    fn path(&self, mut number: u32) -> String {
        let mut names = Vec::new();
        while let Some(node) = self.node(number).filter(|_| number != ROOT) {
            names.push(node.name);
            number = node.parent;
        }
        names.reverse();
        names.join("/")
    }

    /// The node at a path; symbolic links among the parents are followed, one at the end where `follow` says so.
    fn find(&self, path: &str, follow: bool) -> Option<u32> {
        let mut walk = Walk::new(path);
        let mut at = ROOT;
        while let Some(name) = walk.next() {
            at = match name {
                "" => at,
                _ if self.kind(at) != NodeKind::Directory => return None,
                "." => at,
                ".." => self.node(at)?.parent,
                _ => {
                    let child = self.child(at, name)?;
                    match self.kind(child) {
                        NodeKind::Symlink(target) if follow || !walk.is_done() => {
                            walk.follow(target)?;
                            if target.starts_with('/') { ROOT } else { at }
                        }
                        _ => child,
                    }
                }
            };
        }
        Some(at)
    }
}

/// The names still to go on the way to a path, with the targets of links put in front.
struct Walk<'p> {
    /// Rests of paths, the innermost last.
    rests: Vec<&'p str>,
    links: usize,
}

impl<'p> Walk<'p> {
    fn new(path: &'p str) -> Self {
        Self { rests: vec![path], links: 0 }
    }

    fn next(&mut self) -> Option<&'p str> {
        loop {
            let rest = self.rests.last_mut()?;
            if rest.is_empty() {
                self.rests.pop();
                continue;
            }
            let (name, after) = rest.split_once('/').unwrap_or((rest, ""));
            *rest = after;
            return Some(name);
        }
    }

    /// Only slashes are left.
    fn is_done(&self) -> bool {
        self.rests.iter().all(|rest| rest.bytes().all(|byte| byte == b'/'))
    }

    fn follow(&mut self, target: &'p str) -> Option<()> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return None;
        }
        self.rests.push(target);
        Some(())
    }
}

/// Applies one layer.
struct Applier<'t, 'a> {
    tree: &'t mut FileTree<'a>,
    number: u32,
    layer: &'a LayerTree,
    /// The node of each directory of the layer, as far as known; forgotten whenever a directory or a link goes.
    resolved: HashMap<u32, u32>,
}

impl<'t, 'a> Applier<'t, 'a> {
    fn new(tree: &'t mut FileTree<'a>, number: usize, layer: &'a LayerTree) -> Self {
        Self { tree, number: u32::try_from(number).unwrap_or(u32::MAX), layer, resolved: HashMap::new() }
    }

    fn apply(&mut self) {
        if self.number > 0 {
            self.apply_whiteouts();
        }
        for (entry, (directory, name, change)) in (0u32..).zip(self.layer.changes()) {
            let kind = match change {
                Change::Directory => NodeKind::Directory,
                Change::File => NodeKind::File,
                Change::Other => NodeKind::Other,
                Change::Symlink(target) => NodeKind::Symlink(target),
                Change::HardLink(target) => match self.link_target(target) {
                    Some(kind) => kind,
                    None => {
                        self.problem(entry, format!("is a hard link to `{target}`, which is not there"));
                        continue;
                    }
                },
                Change::Whiteout | Change::Opaque | Change::Nothing => continue,
            };
            match self.parent(directory, true) {
                Some(parent) => self.place(parent, name, entry, kind),
                None => self.problem(entry, "is in a directory that is a symbolic link in a circle".to_owned()),
            }
        }
        self.drop_aufs_leftovers();
    }

    fn apply_whiteouts(&mut self) {
        for (directory, name, change) in self.layer.changes() {
            match change {
                Change::Whiteout => {
                    if let Some(parent) = self.parent(directory, false) {
                        self.tree.children.remove(&(parent, name));
                        self.resolved.clear();
                    }
                }
                Change::Opaque => {
                    if let Some(node) = self.parent(directory, false) {
                        self.empty(node);
                        self.resolved.clear();
                    }
                }
                _ => {}
            }
        }
    }

    /// Puts a new, empty directory in the place of `node`, which makes all below it unreachable at once.
    fn empty(&mut self, node: u32) {
        if node == ROOT {
            self.tree.children.clear();
            return;
        }
        if let Some(&Node { parent, name, entry, layer, .. }) = self.tree.node(node) {
            self.add(Node { parent, name, layer, entry, kind: NodeKind::Directory });
        }
    }

    /// Entries under `.wh..wh.plnk` and the like serve hard links of the same layer and are not part of the image.
    fn drop_aufs_leftovers(&mut self) {
        for prefix in 1..=self.layer.directories() {
            let number = u32::try_from(prefix).unwrap_or(0);
            if let Some((0, name)) = self.layer.prefix(number)
                && name.starts_with(".wh..wh.")
            {
                self.tree.children.remove(&(ROOT, name));
            }
        }
    }

    fn link_target(&self, target: &str) -> Option<NodeKind<'a>> {
        let node = self.tree.node(self.tree.find(target, false)?)?;
        match node.kind {
            NodeKind::File => Some(NodeKind::HardLink { layer: node.layer, entry: node.entry }),
            NodeKind::Directory => None,
            kind => Some(kind),
        }
    }

    fn place(&mut self, parent: u32, name: &'a str, entry: u32, kind: NodeKind<'a>) {
        if let Some(existing) = self.tree.child(parent, name) {
            match (self.tree.kind(existing), kind) {
                (NodeKind::Directory, NodeKind::Directory) => {
                    // What is in it stays; its mode is that of the later entry.
                    if let Some(node) = self.tree.nodes.get_mut(existing as usize) {
                        (node.layer, node.entry) = (self.number, entry);
                    }
                    return;
                }
                (NodeKind::Directory | NodeKind::Symlink(_), _) => self.resolved.clear(),
                _ => {}
            }
        }
        self.add(Node { parent, name, layer: self.number, entry, kind });
    }

    fn add(&mut self, node: Node<'a>) -> u32 {
        let number = u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX);
        self.tree.nodes.push(node);
        self.tree.children.insert((node.parent, node.name), number);
        number
    }

    /// The node where the entries of a directory of the layer go. Where `make` says so, what is missing is made and
    /// what is no directory is replaced by one.
    fn parent(&mut self, directory: u32, make: bool) -> Option<u32> {
        if let Some(&node) = self.resolved.get(&directory) {
            return Some(node);
        }
        let mut names = Vec::new();
        let mut at = ROOT;
        let mut prefix = directory;
        while let Some((parent, name)) = self.layer.prefix(prefix) {
            names.push((prefix, name));
            prefix = parent;
            if let Some(&node) = self.resolved.get(&prefix) {
                at = node;
                break;
            }
        }
        for (prefix, name) in names.into_iter().rev() {
            at = self.enter(at, name, make)?;
            self.resolved.insert(prefix, at);
        }
        Some(at)
    }

    /// One step down, along symbolic links if need be.
    fn enter(&mut self, from: u32, name: &'a str, make: bool) -> Option<u32> {
        let mut walk = Walk::new(name);
        let mut at = from;
        while let Some(name) = walk.next() {
            at = match name {
                "" | "." => at,
                ".." => self.tree.node(at)?.parent,
                _ => match self.tree.child(at, name).map(|child| (child, self.tree.kind(child))) {
                    Some((child, NodeKind::Directory)) => child,
                    Some((_, NodeKind::Symlink(target))) => {
                        walk.follow(target)?;
                        if target.starts_with('/') { ROOT } else { at }
                    }
                    _ if make => self.add(Node {
                        parent: at,
                        name,
                        layer: self.number,
                        entry: u32::MAX,
                        kind: NodeKind::Directory,
                    }),
                    _ => return None,
                },
            };
        }
        Some(at)
    }

    fn problem(&mut self, entry: u32, message: String) {
        if self.tree.problems.len() < MAX_PROBLEMS {
            let path = self.layer.path(entry);
            self.tree.problems.push(Problem { path, layer: Some(self.number as usize), message });
        }
    }
}
