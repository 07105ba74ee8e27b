//! Clients of Sigstore's services: Fulcio, Rekor, timestamps, the trusted root.
//!
//! Used by signing and by `boltseal trust update` alone; verification never comes here. Everything blocks until it is
//! done, brings its own async runtime and must not be called from inside another.
//!
//! - [`refresh`] brings the trusted root up to date through TUF, into a [`Folder`].

mod folder;
mod http;
mod import;
mod inspect;
mod service;
mod tuf;

pub use folder::{Folder, FolderError, Provenance, TufState};
pub use http::{Connection, ConnectionError, Http};
pub use import::{ImportError, Imported, import};
pub use inspect::{Authority, Document, DocumentError, Log, Overview};
pub use service::{Service, ServiceError};
pub use tuf::{Anchor, Origin, OriginError, PUBLIC_TUF_URL, RefreshError, Refreshed, refresh};
