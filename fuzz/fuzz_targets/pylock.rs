//! Fuzzes pylock.toml.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("pylock", data);
});
