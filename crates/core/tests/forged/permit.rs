use approval_core::permit::ExecutionPermit;

fn retarget(permit: ExecutionPermit) -> ExecutionPermit {
    ExecutionPermit { target: "lambda:other".to_owned(), ..permit }
}

fn main() {
    let _ = retarget;
}
