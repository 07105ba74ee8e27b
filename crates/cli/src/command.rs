//! What each command does.

pub(crate) mod attest;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod db;
pub(crate) mod demo;
pub(crate) mod evidence;
pub(crate) mod explain;
pub(crate) mod gate;
pub(crate) mod keys;
pub(crate) mod lsp;
pub(crate) mod rules;
pub(crate) mod sbom;
pub(crate) mod scan;
pub(crate) mod sign;
pub(crate) mod trust;
pub(crate) mod verify;
