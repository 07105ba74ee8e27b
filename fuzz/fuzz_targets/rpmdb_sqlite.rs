//! Fuzzes rpm's SQLite database.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("rpmdb_sqlite", data);
});
