//! All rules, and what finds one by its name.

use crate::rule::Rule;
use crate::{compose, dockerfile, host, image, kubernetes};

/// Every rule, in the order of the themes.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [dockerfile::RULES, kubernetes::RULES, compose::RULES, image::RULES, host::RULES]
        .into_iter()
        .flat_map(|groups| groups.iter().flat_map(|group| group.iter()))
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The rules that a name means: an id of ours, or an alias, which several may share.
pub fn called(name: &str) -> Vec<&'static Rule> {
    rules().filter(|rule| rule.is_called(name)).collect()
}
