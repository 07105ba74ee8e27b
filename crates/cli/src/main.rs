//! The `boltseal` program.
fn main() {}
