//! What an ask can look up while the policy is read, and how it says what is wrong with itself.

use std::collections::BTreeMap;

use boltseal_trust::PublicKey;

use super::node::{listed, nearest};
use crate::KnownBase;

/// Reads the files that a policy names.
pub trait PolicyFiles {
    /// The bytes of the file at `path`, which is as written in the policy: relative to the policy, not to the caller.
    ///
    /// # Errors
    /// Why not, in a few words.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

impl<F: Fn(&str) -> Result<Vec<u8>, String>> PolicyFiles for F {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self(path)
    }
}

/// No file can be read: for policies that name none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl PolicyFiles for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no file can be read here".to_owned())
    }
}

/// What an ask can look up, and where it says what is wrong.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    keys: &'a BTreeMap<String, PublicKey>,
    bases: &'a [KnownBase],
    /// Places below the ask, and what is wrong there.
    pub(super) mistakes: Vec<(String, String)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(keys: &'a BTreeMap<String, PublicKey>, bases: &'a [KnownBase]) -> Self {
        Self { keys, bases, mistakes: Vec::new() }
    }

    /// Something is wrong with what stands at `place`: keys and numbers of items from the ask on, joined by `/`
    /// (`any-of/0/key`); empty for the ask itself.
    pub(crate) fn mistake(&mut self, place: &str, message: impl Into<String>) {
        self.mistakes.push((place.to_owned(), message.into()));
    }

    /// The public key of this name, which stands at `place`; a mistake where there is none.
    pub(crate) fn key(&mut self, place: &str, name: &str) -> Option<&'a PublicKey> {
        let key = self.keys.get(name);
        if key.is_none() {
            let names: Vec<&str> = self.keys.keys().map(String::as_str).collect();
            let way_out = match (nearest(name, &names), names.is_empty()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, true) => format!("add it, as in `keys: {{{name}: {{file: {name}.pub}}}}`"),
                (None, false) => format!("write {}, or add it", listed(&names)),
            };
            self.mistake(place, format!("no key under `keys` is called `{name}`: {way_out}"));
        }
        key
    }

    /// Images that the policy knows as bases.
    #[allow(dead_code, reason = "for the asks about bases")]
    pub(crate) fn bases(&self) -> &'a [KnownBase] {
        self.bases
    }
}
