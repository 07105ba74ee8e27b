//! Fuzzes OSV records.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = boltseal_advisory::osv::parse(data);
});
