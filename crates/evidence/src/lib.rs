//! The vocabulary that every part of Boltseal shares.
//!
//! Each capability either *produces evidence* about a subject or *judges* it; the types here are what
//! travels between them: a [`Digest`] names content, a [`Package`] says what was found and where, an
//! [`Inventory`] is all that was found in one subject, a [`Finding`] is one vulnerability of one package
//! with the reason why, and a [`Report`] is the whole answer. A [`Misconfiguration`] is a mistake in a file, and a
//! [`CheckReport`] the answer about a tree of them. A [`Verification`] says whether a
//! signature holds and what is stated under it, and a [`Verdict`] what a policy says to all of that. What could not be looked at is a value of
//! its own, [`NotAssessed`], so that it can never be mistaken for "clean".
//!
//! Types and total functions only: no I/O, no clock, no panic.
//!
//! ```
//! use boltseal_evidence::{Digest, Package, PackageType};
//!
//! let digest = Digest::sha256_of(b"hello");
//! assert_eq!(digest.to_string().parse::<Digest>().as_ref(), Ok(&digest));
//!
//! let mut package = Package::new(PackageType::PyPi, "Django");
//! package.version = Some("3.2.1".to_owned());
//! assert_eq!(package.purl(), "pkg:pypi/django@3.2.1");
//! ```

mod compliance;
mod digest;
mod finding;
mod inventory;
mod os;
mod package;
mod posture;
mod report;
mod severity;
mod trust;
mod verdict;

pub use compliance::{Assessment, Citation, ControlResult, ControlStatus, FrameworkInfo};
pub use digest::{Algorithm, Digest, DigestError, Hasher};
pub use finding::{Epss, Finding, FixState, KnownExploited, PackageRef, Status, Suppression, Why};
pub use inventory::{Inventory, Layer, NotAssessed, NotAssessedReason, Platform, Problem, Subject, SubjectKind};
pub use os::OperatingSystem;
pub use package::{Location, Package, PackageType, Scope, SourcePackage};
pub use posture::{CheckReport, CheckedFile, Edit, Fix, Misconfiguration, Note, Region, RuleInfo};
pub use report::{Database, DatabaseKind, FeedInfo, Report, Source, Tool};
pub use severity::{Rating, Severity};
pub use trust::{BuildClaims, SignatureFormat, Signer, Standing, Statement, Step, StepStatus, Verification};
pub use verdict::{
    AppliedException, Decision, JudgedSubject, Mode, PolicyInfo, Reason, RuleOutcome, RuleResult, Verdict,
};
