//! What each package is for, found by following dependencies from the project.

use std::collections::HashMap;

use boltseal_evidence::Scope;

/// Dependencies between named entries of a lock file.
#[derive(Default)]
pub(super) struct Graph<'a> {
    numbers: HashMap<&'a str, usize>,
    edges: Vec<Vec<usize>>,
    roots: Vec<(Scope, usize)>,
}

impl<'a> Graph<'a> {
    /// The project itself needs this entry.
    pub(super) fn root(&mut self, scope: Scope, name: &'a str) {
        let number = self.number(name);
        self.roots.push((scope, number));
    }

    /// One entry needs another.
    pub(super) fn edge(&mut self, from: &'a str, to: &'a str) {
        let (from, to) = (self.number(from), self.number(to));
        if let Some(edges) = self.edges.get_mut(from) {
            edges.push(to);
        }
    }

    /// The widest scope by which each entry is reached: run time before optional before development.
    pub(super) fn scopes(&self) -> HashMap<&'a str, Scope> {
        let mut reached: Vec<Option<Scope>> = vec![None; self.edges.len()];
        for scope in [Scope::Runtime, Scope::Optional, Scope::Development] {
            let mut open: Vec<usize> =
                self.roots.iter().filter(|(of, _)| *of == scope).map(|&(_, number)| number).collect();
            while let Some(number) = open.pop() {
                let Some(place @ None) = reached.get_mut(number) else { continue };
                *place = Some(scope);
                open.extend(self.edges.get(number).into_iter().flatten());
            }
        }
        let scope = |&number: &usize| reached.get(number).copied().flatten();
        self.numbers.iter().filter_map(|(name, number)| Some((*name, scope(number)?))).collect()
    }

    fn number(&mut self, name: &'a str) -> usize {
        let next = self.edges.len();
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.edges.push(Vec::new());
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_way_to_a_package_counts_and_cycles_end() {
        let mut graph = Graph::default();
        graph.root(Scope::Development, "test");
        graph.root(Scope::Runtime, "app");
        for (from, to) in
            [("test", "shared"), ("app", "shared"), ("shared", "app"), ("test", "only"), ("stray", "only")]
        {
            graph.edge(from, to);
        }
        let scopes = graph.scopes();
        assert_eq!(scopes.get("shared"), Some(&Scope::Runtime));
        assert_eq!(scopes.get("only"), Some(&Scope::Development));
        assert_eq!(scopes.get("stray"), None);
    }
}
