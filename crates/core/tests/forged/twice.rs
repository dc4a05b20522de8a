use approval_core::permit::ExecutionPermit;

fn twice(permit: &ExecutionPermit) -> ExecutionPermit {
    permit.clone()
}

fn main() {
    let _ = twice;
}
