//! The rules on Dockerfiles, by theme.

mod base;
mod configuration;
mod copy;
mod fetch;
mod language;
mod layout;
mod lineage;
mod secret;
mod shell;
mod syntax;
mod system;
mod user;
mod variable;
mod verification;

use crate::rule::Rule;

/// All of them.
pub(crate) const RULES: &[&[Rule]] = &[
    syntax::RULES,
    base::RULES,
    user::RULES,
    copy::RULES,
    secret::RULES,
    configuration::RULES,
    layout::RULES,
    shell::RULES,
    system::RULES,
    language::RULES,
    fetch::RULES,
    verification::RULES,
];
