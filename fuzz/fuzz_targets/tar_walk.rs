//! Fuzzes the pass over a layer: decompression, the tar walk and the tree.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("tar_walk", data);
});
