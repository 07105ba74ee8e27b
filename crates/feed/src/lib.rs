//! Advisory feeds: where they are, downloading them, keeping them fresh.
//!
//! [`update`] fetches every feed that has changed (conditional requests, several at once, interrupted downloads are
//! resumed), parses what it has, builds the index and puts it in place. A feed that cannot be fetched or read costs
//! that feed: its last good copy serves on, and the report says so. [`open`] opens the index for matching; [`export`]
//! and [`import`] carry it to a machine without a network as one file that verifies itself.

mod copies;
mod feeds;
mod fetch;
mod origin;
mod parse;
mod progress;
mod transfer;
mod update;

pub use feeds::{Feed, Format, feeds};
pub use origin::{Origin, OriginError};
pub use progress::{Progress, Silent};
pub use transfer::{OpenError, TransferError, export, import, open};
pub use update::{FeedReport, FeedState, UpdateError, UpdateOptions, UpdateReport, update};
