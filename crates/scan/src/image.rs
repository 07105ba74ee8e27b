//! Scanning an image: its layers in parallel, then the merge.

use std::sync::atomic::{AtomicU64, Ordering};

use boltseal_evidence::{Inventory, Layer, Problem, Subject, SubjectKind};
use boltseal_image::{Error, FileTree, Image, LayerDescriptor, LayerTree, Target, for_each_layer, read_layer};
use boltseal_inventory::Catalogers;

use crate::cache::LayerCache;
use crate::collect::{Collector, LayerRecords};
use crate::{Options, Scanned, bound, links, merge};

pub(crate) fn scan(target: &Target, options: &Options) -> Result<Scanned, Error> {
    let image = Image::open(target, &options.image)?;
    let catalogers = Catalogers::for_images();
    let cache = LayerCache::new(&options.cache, &catalogers);

    let mut layers = Vec::new();
    let mut problems: Vec<Problem> = image.problems().to_vec();
    let limit = options.image.limits.entries;
    let entries = AtomicU64::new(0);
    let results = for_each_layer(image.layers(), options.image.parallel, |layer| {
        if entries.load(Ordering::Relaxed) > limit {
            return Err(too_many(layer, limit));
        }
        let records = read(&image, layer, &catalogers, &cache, options)?;
        let all = entries.fetch_add(records.entries, Ordering::Relaxed).saturating_add(records.entries);
        if all > limit { Err(too_many(layer, limit)) } else { Ok(records) }
    });
    for result in results {
        layers.push(result?);
    }
    options.cache.prune();

    let trees: Vec<LayerTree> = layers.iter_mut().map(|layer| std::mem::take(&mut layer.tree)).collect();
    let tree = FileTree::merge(&trees);
    problems.extend(tree.problems().iter().cloned());
    let linked = links::read(&image, &tree, &catalogers, options)?;
    let described = describe(&image, &layers);
    let merged = merge::layers(layers, linked, &tree);
    problems.extend(merged.problems);

    let subject = Subject {
        kind: SubjectKind::Image,
        id: Some(image.id().clone()),
        platform: Some(image.platform().clone()),
        created: image.created().map(str::to_owned),
    };
    let inventory = Inventory {
        subject,
        os: merged.os,
        layers: described,
        packages: merged.packages,
        not_assessed: bound::not_assessed(merged.not_assessed),
        problems: bound::problems(problems),
    };
    Ok(Scanned { inventory, manifest_digest: image.manifest_digest().cloned() })
}

/// A single layer is held to the limit while it is read; this is for many that are just below it.
fn too_many(layer: &LayerDescriptor, limit: u64) -> Error {
    Error::TooLarge {
        what: "the number of entries",
        place: format!("all layers together, met in layer {},", layer.index),
        limit: limit.to_string(),
    }
}

fn read(
    image: &Image,
    layer: &LayerDescriptor,
    catalogers: &Catalogers,
    cache: &LayerCache<'_>,
    options: &Options,
) -> Result<LayerRecords, Error> {
    if let Some(records) = cache.get(image, layer) {
        return Ok(records);
    }
    let identity = image.layer_identity(layer.index);
    let mut collector = Collector::new(catalogers);
    let summary = read_layer(image.open_layer(layer.index)?, layer, &options.image.limits, &mut collector)?;
    let records = LayerRecords::new(summary, collector);
    cache.put(image, layer, identity, &records);
    Ok(records)
}

fn describe(image: &Image, layers: &[LayerRecords]) -> Vec<Layer> {
    let described = image.layers().iter().zip(layers).map(|(descriptor, records)| Layer {
        index: descriptor.index,
        diff_id: records.diff_id.clone(),
        created_by: descriptor.created_by.clone(),
        entries: records.entries,
        size: records.size,
    });
    described.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use boltseal_fixture::attacks::{many_entries::ManyEntries, witness};
    use boltseal_fixture::layout::{Image as Fixture, Layer};

    #[test]
    fn layers_that_are_small_alone_are_refused_together() {
        let folder = tempfile::tempdir().unwrap();
        let layer = || Layer::gzip(ManyEntries::new(60)).unwrap();
        let target = Fixture::new().layer(witness()).layer(layer()).layer(layer()).write(folder.path()).unwrap();
        let target = Target::parse(&target.to_string()).unwrap();
        let mut options =
            Options { image: boltseal_image::Options::default(), cache: boltseal_store::Cache::disabled() };
        options.image.limits.entries = 122;
        assert!(scan(&target, &options).is_ok());
        options.image.limits.entries = 121;
        let error = scan(&target, &options).unwrap_err().to_string();
        assert!(error.contains("all layers together, met in layer"), "{error}");
        assert!(error.ends_with("is beyond the limit of 121"), "{error}");
    }
}
