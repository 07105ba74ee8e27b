//! Fuzzes policies, and judging by them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("gate_policy", data);
});
