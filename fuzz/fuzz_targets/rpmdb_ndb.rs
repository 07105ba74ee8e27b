//! Fuzzes rpm's NDB.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("rpmdb_ndb", data);
});
