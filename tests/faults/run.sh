#!/usr/bin/env bash
# Makes each call of the functions fail on the local stack. FAULTS=short: a few, in a minute; PATH: one path, such as
# once; all: also what comes to the same as another.
set -eu
cd "$(dirname "$0")/../.."
short=ExecuteTimeoutSeconds=10,WaitSeconds=2
exec python3 infra/local/stack.py run --faults --stack "faults,$short" --stack "hurry,$short,MostDecideSeconds=4" \
    -- cargo test --locked -p countersign-tests --features stack --test faults -- --nocapture "$@"
