//! Fuzzes package-lock.json.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("package_lock", data);
});
