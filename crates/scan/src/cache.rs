//! Which layers need not be read again.

use std::time::{Duration, SystemTime};

use boltseal_evidence::Digest;
use boltseal_image::{FileIdentity, Image, LayerDescriptor};
use boltseal_inventory::Catalogers;
use boltseal_store::{Cache, Entry};

use crate::collect::LayerRecords;

/// Counted up when the form of [`LayerRecords`] changes.
const FORMAT: u32 = 2;

/// Time stamps are too coarse to tell apart two writes within this span.
const SETTLED: Duration = Duration::from_secs(2);

/// Layer results, looked up by digests that were computed here.
pub(crate) struct LayerCache<'a> {
    cache: &'a Cache,
    fingerprint: String,
}

impl<'a> LayerCache<'a> {
    pub(crate) fn new(cache: &'a Cache, catalogers: &Catalogers) -> Self {
        Self {
            cache,
            fingerprint: format!(
                "boltseal {} format {FORMAT}: {}",
                env!("CARGO_PKG_VERSION"),
                catalogers.fingerprint()
            ),
        }
    }

    /// What was learnt from the layer's bytes before, if they are known to be the same.
    ///
    /// For a registry that is so if the verified manifest names content that was read under this digest; for a file on
    /// this machine, if the file's digest was computed and the file has not changed since.
    pub(crate) fn get(&self, image: &Image, layer: &LayerDescriptor) -> Option<LayerRecords> {
        let digest = match image.layer_identity(layer.index) {
            Some(identity) => self.cache.get(Entry::FileDigest, &identity_key(&identity)?)?,
            None => layer.digest.clone()?,
        };
        let records: LayerRecords = self.cache.get(Entry::Layer, &self.layer_key(&digest))?;
        let claims_hold = records.digest == digest
            && layer.digest.as_ref().is_none_or(|claimed| *claimed == digest)
            && layer.diff_id.as_ref().is_none_or(|claimed| *claimed == records.diff_id);
        claims_hold.then_some(records)
    }

    /// Keeps what a layer gave. `before` is the file's identity from before it was read. A cache that cannot be
    /// written costs time, not the scan.
    pub(crate) fn put(
        &self,
        image: &Image,
        layer: &LayerDescriptor,
        before: Option<FileIdentity>,
        records: &LayerRecords,
    ) {
        if self.cache.put(Entry::Layer, &self.layer_key(&records.digest), records).is_err() {
            return;
        }
        if let Some(identity) =
            before.filter(|before| image.layer_identity(layer.index) == Some(*before) && is_settled(before))
            && let Some(key) = identity_key(&identity)
        {
            let _ = self.cache.put(Entry::FileDigest, &key, &records.digest);
        }
    }

    fn layer_key(&self, digest: &Digest) -> Digest {
        Digest::sha256_of(format!("{digest}\n{}", self.fingerprint).as_bytes())
    }
}

fn identity_key(identity: &FileIdentity) -> Option<Digest> {
    Some(Digest::sha256_of(&serde_json::to_vec(identity).ok()?))
}

fn is_settled(identity: &FileIdentity) -> bool {
    let newest = u64::try_from(identity.changed.max(identity.modified)).unwrap_or(0);
    let settled_at = SystemTime::UNIX_EPOCH + Duration::from_nanos(newest) + SETTLED;
    settled_at < SystemTime::now()
}
