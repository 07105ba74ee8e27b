//! Fuzzes dockerd's configuration in JSON, and the rules on it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("check_json", data);
});
