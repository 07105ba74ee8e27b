//! Fuzzes shell scripts, as they stand in `RUN`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("shell_script", data);
});
