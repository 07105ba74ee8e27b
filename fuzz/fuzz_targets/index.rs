//! Fuzzes the index file: any bytes give an error or an index that answers without a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("index", data);
});
