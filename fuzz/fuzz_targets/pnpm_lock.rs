//! Fuzzes pnpm-lock.yaml.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("pnpm_lock", data);
});
