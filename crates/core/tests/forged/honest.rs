use approval_core::permit::ExecutionPermit;

fn perform(permit: &ExecutionPermit) -> &str {
    permit.target()
}

fn main() {
    let _ = perform;
}
