//! Fuzzes zipped Python eggs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("python_egg", data);
});
