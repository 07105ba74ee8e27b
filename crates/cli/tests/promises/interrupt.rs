//! An interrupted scan leaves nothing behind.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use boltseal_fixture::attacks;
use boltseal_fixture::layout::Image;
use boltseal_fixture::registry::{Options, Registry};

use crate::program::Program;

#[test]
fn an_interrupted_scan_is_130_and_leaves_no_file() {
    for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
        let program = Program::new();
        let layout = program.path().join("layout");
        Image::new().layer(attacks::witness()).write(&layout).unwrap();
        let slow = Options { delay: Duration::from_secs(20), ..Options::default() };
        let registry = Registry::serve(&layout, slow).unwrap();
        let (work, temporary) = (program.path().join("work"), program.path().join("temporary"));
        std::fs::create_dir_all(&work).unwrap();
        std::fs::create_dir_all(&temporary).unwrap();

        let reference = registry.reference("team/slow", "attack");
        let mut child = Command::new(env!("CARGO_BIN_EXE_boltseal"))
            .args(["scan", "--output", "result.json", "--format", "json", &reference])
            .current_dir(&work)
            .env("HOME", program.path())
            .env("TMPDIR", &temporary)
            .env("BOLTSEAL_CACHE_DIR", program.path().join("cache"))
            .env("BOLTSEAL_DB_DIR", program.path().join("db"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while registry.requests().is_empty() && start.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        assert!(child.try_wait().unwrap().is_none(), "the scan is under way");
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(status), "{signal}");
        assert!(start.elapsed() < Duration::from_secs(15), "{signal}: ended at once, not with the registry's answer");
        for folder in [&work, &temporary] {
            let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(left.is_empty(), "{signal}: {left:?}");
        }
    }
}
