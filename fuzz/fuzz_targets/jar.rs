//! Fuzzes Java archives, nested ones too.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("jar", data);
});
