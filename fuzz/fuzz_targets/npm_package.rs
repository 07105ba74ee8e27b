//! Fuzzes npm's package.json.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("npm_package", data);
});
