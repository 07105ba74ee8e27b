//! Fuzzes tables of examples for a policy.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("gate_examples", data);
});
