//! Fuzzes rpm's Berkeley DB.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("rpmdb_bdb", data);
});
