#!/usr/bin/env bash
# Runs the tests of the local stack, each group on a stack of its own.
set -eu
cd "$(dirname "$0")/../.."
operator=arn:aws:iam::000000000000:role/operator
short=ExecuteTimeoutSeconds=10,WaitSeconds=1
exec python3 infra/local/stack.py run \
    --stack main --stack retarget --stack "personal,SnsPersonalLinks=true,OperatorRoleArn=$operator" --stack "faults,$short" --stack "once,bundle=tests/bundles/once,$short" --stack "operators,$short" \
    -- cargo test --locked -p countersign-tests --features stack --test stack -- "$@"
