//! Fuzzes go.mod.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("go_mod", data);
});
