//! Pods as a whole: service-account tokens, scheduling, priorities, shared processes (BS-K150–179).

mod account;
mod api;
mod label;
mod place;
mod process;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    account::TOKEN,
    account::DEFAULT,
    account::OLD_FIELD,
    process::BARE,
    place::DEFAULT_NAMESPACE,
    place::SYSTEM_NAMESPACE,
    label::NO_NAME,
    place::NODE_NAME,
    place::TOLERATES_ALL,
    place::TOLERATES_CONTROL_PLANE,
    place::ON_CONTROL_PLANE,
    place::SYSTEM_PRIORITY,
    process::SHARED,
    process::SERVICE_LINKS,
    process::TERMINAL,
    api::REMOVED,
    process::EPHEMERAL,
    label::DEAD_ANNOTATION,
    place::OLD_LABEL,
    label::SELECTOR,
    process::SAME_NAME,
    process::SAME_VARIABLE,
];
