//! All objects of all files, by namespace, so that no rule compares everything with everything.

use std::collections::{BTreeMap, HashMap};

use crate::kubernetes::facts::{Detail, Labels, ObjectFacts, Pods, Selector};
use crate::set::Set;

/// An object and its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) path: &'a str,
    pub(super) object: &'a ObjectFacts,
}

/// Every object, by path and then in the order of the file.
pub(super) fn members<'a>(set: &Set<'a>) -> impl Iterator<Item = Member<'a>> + use<'a> {
    let files = set.facts.iter();
    files.flat_map(|file| file.kubernetes.objects.iter().map(|object| Member { path: &file.path, object }))
}

/// The pods of one namespace.
#[derive(Debug, Default)]
pub(super) struct PodIndex<'a> {
    pub(super) pods: Vec<(Member<'a>, &'a Pods)>,
    /// Pods of the same labels are asked once.
    groups: Vec<(&'a Labels, Vec<usize>)>,
    group_of: HashMap<&'a Labels, usize>,
    by_label: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> PodIndex<'a> {
    fn add(&mut self, member: Member<'a>, pods: &'a Pods) {
        let next = self.groups.len();
        let group = *self.group_of.entry(&pods.labels).or_insert(next);
        if group == next {
            self.groups.push((&pods.labels, Vec::new()));
            for (key, value) in &pods.labels {
                self.by_label.entry((key, value)).or_default().push(group);
            }
        }
        if let Some((_, members)) = self.groups.get_mut(group) {
            members.push(self.pods.len());
        }
        self.pods.push((member, pods));
    }

    /// Which of the groups a selector may match: those with the rarest of its labels.
    fn candidates<'i>(&'i self, selector: &'i Selector) -> Candidates<'i> {
        let lists = selector
            .labels
            .iter()
            .map(|(key, value)| self.by_label.get(&(key.as_ref(), value.as_ref())).map_or(&[][..], Vec::as_slice));
        match lists.min_by_key(|list| list.len()) {
            Some(list) => Candidates::Listed(list.iter()),
            None => Candidates::All(0..self.groups.len()),
        }
    }

    /// The pods that a selector matches, by their place in [`PodIndex::pods`].
    pub(super) fn selected<'i>(
        &'i self,
        selector: &'i Selector,
    ) -> impl Iterator<Item = (usize, &'a Pods)> + use<'i, 'a> {
        let groups = self.candidates(selector).filter_map(|at| self.groups.get(at));
        let members = groups.filter(|(labels, _)| selector.matches(labels)).flat_map(|(_, members)| members);
        members.filter_map(|at| Some((*at, self.pods.get(*at)?.1)))
    }

    pub(super) fn selects_any(&self, selector: &Selector) -> bool {
        self.selected(selector).next().is_some()
    }
}

enum Candidates<'i> {
    Listed(std::slice::Iter<'i, usize>),
    All(std::ops::Range<usize>),
}

impl Iterator for Candidates<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        match self {
            Self::Listed(list) => list.next().copied(),
            Self::All(range) => range.next(),
        }
    }
}

/// The pods of every namespace that has any.
pub(super) fn pods<'a>(set: &Set<'a>) -> BTreeMap<&'a str, PodIndex<'a>> {
    let mut spaces: BTreeMap<&str, PodIndex<'_>> = BTreeMap::new();
    for member in members(set) {
        if let Detail::Workload(pods) = &member.object.detail {
            spaces.entry(&member.object.namespace).or_default().add(member, pods);
        }
    }
    spaces
}

/// What messages call a namespace.
pub(super) fn called(namespace: &str) -> String {
    if namespace.is_empty() { "the namespace".to_owned() } else { format!("namespace `{namespace}`") }
}
