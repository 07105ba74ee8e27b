//! The components of a bill of materials: packages that share a purl are one, found in several places.

use std::collections::HashMap;

use boltseal_evidence::{Inventory, Location, Package};

use crate::license::License;

/// All packages of one purl.
#[derive(Debug)]
pub(crate) struct Component<'a> {
    /// The purl, unique among the components.
    pub(crate) purl: String,
    /// The package as it was first found.
    pub(crate) package: &'a Package,
    rest: Vec<&'a Package>,
}

impl<'a> Component<'a> {
    /// The components of `inventory`, in the order of its packages.
    pub(crate) fn all(inventory: &'a Inventory) -> Vec<Self> {
        let mut components: Vec<Self> = Vec::new();
        let mut by_purl: HashMap<String, usize> = HashMap::new();
        for package in &inventory.packages {
            let purl = package.purl();
            match by_purl.get(&purl).and_then(|index| components.get_mut(*index)) {
                Some(component) => component.rest.push(package),
                None => {
                    by_purl.insert(purl.clone(), components.len());
                    components.push(Self { purl, package, rest: Vec::new() });
                }
            }
        }
        components
    }

    /// Every package of the purl.
    pub(crate) fn packages(&self) -> impl Iterator<Item = &'a Package> {
        std::iter::once(self.package).chain(self.rest.iter().copied())
    }

    /// Every place, without repetition.
    pub(crate) fn locations(&self) -> Vec<&'a Location> {
        let mut seen = std::collections::HashSet::new();
        self.packages().flat_map(|package| &package.locations).filter(|location| seen.insert(*location)).collect()
    }

    /// Every licence, without repetition.
    pub(crate) fn licenses(&self) -> Vec<License> {
        License::all(self.packages().flat_map(|package| &package.licenses))
    }
}
