//! Version ordering and ranges for every ecosystem that Boltseal matches.
