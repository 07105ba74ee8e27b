//! Fuzzes NuGet's packages.lock.json.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("nuget_lock", data);
});
