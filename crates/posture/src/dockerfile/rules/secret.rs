//! Secrets in ARG, ENV, RUN and files (BS-D080–099).

mod account;
mod command;
mod file;
mod text;
mod variable;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    variable::ENV,
    variable::ARG_DEFAULT,
    variable::ARG,
    variable::LABEL,
    command::ASSIGNMENT,
    text::ADDRESS,
    command::OPTION,
    text::TOKEN,
    file::WRITTEN,
    file::KEY_MADE,
    file::MOUNT_KEPT,
    variable::ENV_FROM_ARG,
    account::PASSWORD_SET,
];
