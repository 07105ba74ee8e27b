//! Clients of Sigstore's services: Fulcio, Rekor, timestamps, the trusted root.
//!
//! Used by signing and by `boltseal trust update` alone; verification never comes here. Everything blocks until it is
//! done, brings its own async runtime and must not be called from inside another.
//!
//! - [`sign_keyless`] signs without a key of one's own. Its steps one by one: [`certify`] asks for a certificate for a
//!   key, [`witness`] enters a signature in logs and has it timestamped.
//! - [`Services`] says which services do that, [`Token`] in whose name.
//! - [`refresh`] brings the trusted root up to date through TUF, into a [`Folder`].

mod folder;
mod fulcio;
mod http;
mod import;
mod inspect;
mod key;
mod keyless;
mod rekor;
mod service;
mod services;
mod timestamp;
mod token;
mod tuf;

pub use folder::{Folder, FolderError, Provenance, TufState};
pub use fulcio::{Issued, certify};
pub use http::{Connection, ConnectionError, Http};
pub use import::{ImportError, Imported, import};
pub use inspect::{Authority, Document, DocumentError, Log, Overview};
pub use key::{Holder, KeyError};
pub use keyless::{Keyless, KeylessError, ToSign, Witnesses, sign_keyless, witness};
pub use rekor::{Content, Entry, Verifier, enter};
pub use service::{Service, ServiceError};
pub use services::{LogAddress, LogVersion, Services, ServicesError, address};
pub use timestamp::timestamp;
pub use token::{AUDIENCE, Token, TokenError};
pub use tuf::{Anchor, Origin, OriginError, PUBLIC_TUF_URL, RefreshError, Refreshed, refresh};
