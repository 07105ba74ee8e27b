//! Fuzzes signatures: bundles, detached ones, and what cosign wrote before bundles.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("trust_bundle", data);
});
