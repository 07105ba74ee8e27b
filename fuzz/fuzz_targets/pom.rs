//! Fuzzes pom.xml.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("pom", data);
});
