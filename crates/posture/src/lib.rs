//! Misconfiguration of Dockerfiles, Kubernetes manifests, Compose files, images, hosts and clusters.
//!
//! [`check`] judges the bytes of one file, [`check_together`] what only shows when all files are seen together. Both
//! are pure: no I/O, no clock, no panic on hostile bytes. What a rule says, why, and examples of both kinds are part
//! of the [`Rule`] itself; `docs/rules/` is written from it.
//!
//! ```
//! use boltseal_posture::{Options, check};
//!
//! let checked = check("Dockerfile", b"FROM debian:latest\nUSER 1000\n", &Options::default());
//! assert_eq!(checked.kind.map(|kind| kind.name()), Some("dockerfile"));
//! ```

mod check;
pub mod compliance;
pub mod compose;
pub mod dockerfile;
mod finding;
mod fix;
pub mod host;
mod ignore;
pub mod image;
mod kind;
pub mod kubernetes;
mod rule;
mod rules;
mod secret;
mod set;
mod source;
pub mod yaml;

pub use check::{Checked, Options, check, check_image, check_namespaces, check_together};
pub use finding::{Found, Report, SetFound};
pub use fix::{Fixed, fix};
pub use ignore::Decisions;
pub use kind::{Kind, recognise};
pub use rule::{Check, Rule};
pub use rules::{called, rule, rules};
pub use set::{Facts, Set};
pub use source::{Source, Span};
