//! Images as a caller sees them: layers, hostile archives, trees, transports, a registry.

// `cfg(test)` says to clippy that these are tests, too, where they are no test function.
#[cfg(test)]
mod build;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod layer;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod tree;
