//! Fuzzes versions under every scheme.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("version", data);
});
