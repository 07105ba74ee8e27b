//! The shell in RUN: pipes, cd, sudo, programs that make no sense in a build (BS-D140–159).

pub(super) mod form;
pub(super) mod layer;
pub(super) mod program;
pub(super) mod right;
