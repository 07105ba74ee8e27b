//! What cannot be read, or is read otherwise than it looks: unknown instructions, odd order, deprecated forms (BS-D001–029).

mod form;
mod json;
mod label;
mod order;
mod origin;
mod repeated;
mod scope;
mod spelling;
mod top;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    order::UNKNOWN,
    order::UNREADABLE,
    order::NO_FROM,
    order::BEFORE_FROM,
    order::MAINTAINER,
    repeated::CMD,
    repeated::ENTRYPOINT,
    repeated::HEALTHCHECK,
    repeated::STAGE,
    form::RELATIVE_WORKDIR,
    form::LEGACY,
    json::SHELL_FORM,
    json::BROKEN,
    order::ONBUILD,
    form::PORT,
    top::LATE_DIRECTIVE,
    scope::NOT_IN_STAGE,
    scope::SAME_STATEMENT,
    spelling::CASE,
    spelling::AS,
    origin::UNDEFINED,
    origin::ITSELF,
    spelling::EMPTY_LINE,
    label::KEY,
    top::FRONTEND,
    spelling::RESERVED,
    scope::NOT_IN_FROM,
    spelling::STAGE_CASE,
    label::VALUE,
];
