//! The advisory database: parsing advisories, the index file, and matching.
//!
//! Three steps, each a pure function of its input, with time passed in as text:
//!
//! 1. A *feed* is parsed into [`Advisory`] values ([`osv`], [`secdb`], [`debian`], [`starter`]; [`kev`] and [`epss`]
//!    say more about ids). A broken record costs one problem, not the feed.
//! 2. A [`Builder`] joins the feeds into one immutable index file: ids of one vulnerability are united, exploitation
//!    data is attached, every block carries a checksum. The same input gives the same bytes.
//! 3. [`assess`] matches an inventory against an [`Index`], and says why for each finding and what it could not judge.
//!
//! ```
//! use boltseal_advisory::{assess, starter};
//! use boltseal_evidence::{Inventory, Package, PackageType, Subject, SubjectKind};
//!
//! let mut package = Package::new(PackageType::Maven, "log4j-core");
//! package.namespace = Some("org.apache.logging.log4j".to_owned());
//! package.version = Some("2.14.1".to_owned());
//! let subject = Subject { kind: SubjectKind::Directory, id: None, platform: None, created: None };
//! let inventory = Inventory {
//!     subject, os: None, layers: vec![], packages: vec![package], not_assessed: vec![], problems: vec![],
//! };
//!
//! let assessment = assess(&inventory, &starter::index()?)?;
//! assert!(assessment.findings.iter().any(|finding| finding.id == "CVE-2021-44228"));
//! # Ok::<(), boltseal_advisory::IndexError>(())
//! ```

mod assess;
pub mod debian;
mod ecosystem;
pub mod epss;
mod index;
pub mod kev;
pub mod osv;
mod rating;
mod record;
pub mod secdb;
pub mod starter;

pub use assess::{Assessment, assess};
pub use ecosystem::ecosystem_of;
pub use index::{Builder, Built, Index, IndexError, Record, Statements};
pub use record::{Advisory, Affected, End, Interval, Parsed, Skipped, Statement};
