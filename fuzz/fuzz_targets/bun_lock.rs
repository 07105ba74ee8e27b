//! Fuzzes bun.lock.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("bun_lock", data);
});
