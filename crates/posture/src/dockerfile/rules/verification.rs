//! Checks of certificates and signatures that are switched off (BS-D250–289).

use crate::dockerfile::rules::run::{Setting, settings, shown};
use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;

pub(super) mod package;
pub(super) mod program;
pub(super) mod variable;

/// Reports a variable wherever it has a value that switches a check off.
fn report_settings(
    file: &Dockerfile<'_>,
    found: &mut Found<'_>,
    names: &[&str],
    off: impl Fn(&str) -> bool,
    what: &str,
) {
    for setting in settings(file, names) {
        if off(setting.value.trim_matches(['"', '\''])) {
            let value = shown(&setting.value);
            found.report(setting.span, format!("`{}={value}` {what}{}", setting.name, whence(&setting)));
        }
    }
}

/// What the instruction adds to the matter.
fn whence(setting: &Setting<'_>) -> &'static str {
    match setting.instruction.body {
        Body::Env(_) => ", in the build and in every container",
        _ => "",
    }
}

/// A value that means no: `0`, `false`, `off`, `no`.
fn is_off(value: &str) -> bool {
    ["0", "false", "off", "no", "never", "none"].iter().any(|each| each.eq_ignore_ascii_case(value))
}

/// A value that means yes: `1`, `true`, `on`, `yes`.
fn is_on(value: &str) -> bool {
    ["1", "true", "on", "yes"].iter().any(|each| each.eq_ignore_ascii_case(value))
}
