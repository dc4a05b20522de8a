//! The example bundle: it loads, passes its own tests, and answers as its readers are told.

use std::path::Path;

use approval_policy::Bundle;

fn bundle() -> Bundle {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/customer-support/policy");
    Bundle::load(&folder, "demo").unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn the_example_bundle_passes_its_own_tests() {
    let results = bundle().test();
    assert_eq!(results.len(), 14);
    for result in results {
        assert!(result.passed(), "{result:?}");
    }
}
