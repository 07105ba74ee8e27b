#[path = "sample/debian.rs"]
mod debian;
use boltseal_report::*;
#[test]
fn look() {
    let r = debian::report();
    for w in [60, 80, 120, 200] {
        let o = RenderOptions {
            width: Some(w),
            color: false,
            all: false,
            today: debian::TODAY.into(),
            target: debian::TARGET.into(),
            compare: Some(debian::compare),
        };
        println!("=== {w}\n{}", render(&r, Format::Table, &o).unwrap());
    }
}
