//! Fuzzes the .deps.json of .NET programs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("deps_json", data);
});
