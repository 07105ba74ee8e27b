//! The rules on Dockerfiles, by theme.

mod base;
mod configuration;
mod copy;
mod fetch;
mod language;
mod layout;
mod lineage;
mod run;
mod secret;
mod shell;
mod syntax;
mod system;
mod user;
mod variable;
mod verification;

use crate::rule::Rule;

pub(super) use run::Known;

/// All of them.
pub(crate) const RULES: &[&[Rule]] = &[
    syntax::RULES,
    base::RULES,
    user::RULES,
    copy::RULES,
    secret::RULES,
    configuration::RULES,
    layout::RULES,
    shell::form::RULES,
    shell::program::RULES,
    shell::right::RULES,
    shell::layer::RULES,
    system::general::RULES,
    system::apt::RULES,
    system::alpine::RULES,
    system::redhat::RULES,
    system::suse::RULES,
    system::source::RULES,
    language::python::RULES,
    language::javascript::RULES,
    language::ruby::RULES,
    language::compiled::RULES,
    language::locked::RULES,
    fetch::script::RULES,
    fetch::unverified::RULES,
    fetch::git::RULES,
    fetch::tool::RULES,
    verification::program::RULES,
    verification::package::RULES,
    verification::variable::RULES,
];
