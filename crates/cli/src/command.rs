//! What each command does.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod db;
pub(crate) mod demo;
pub(crate) mod lsp;
pub(crate) mod rules;
pub(crate) mod sbom;
pub(crate) mod scan;
