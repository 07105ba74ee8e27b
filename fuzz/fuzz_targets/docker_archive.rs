//! Fuzzes archives of `docker save`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("docker_archive", data);
});
