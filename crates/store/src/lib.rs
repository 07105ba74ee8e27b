//! Files that Boltseal keeps: the layer cache and the advisory database.
