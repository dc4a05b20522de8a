# Everything a person or CI calls. `make` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
ARCH ?= arm64
LINT := target/local/venv-lint/bin
STACK := python3 infra/local/stack.py
FEATURES := --features countersign-tests/stack
MODEL := cargo test --quiet --locked -p countersign-tests --test model
BROWSE := target/local/venv-browser/bin/python tests/browser
GALLERIES := target/local/gallery/letters target/local/gallery/console
EXAMPLE := cargo run --quiet --locked --package approval-views --example
FUNCTIONS := submit-action risk-classify request-approval callback-handler execute-action relay-outbox operator-desk
# No path of the builder's machine in what ships.
REMAP := --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=/cargo --remap-path-prefix=$(CURDIR)=/countersign

# It compiles programs, for minutes where nothing is built yet; no mistake in a rule makes them compile.
SLOW := promise_1_no_code_outside_the_evidence_check
MUTANTS := audit.rs canonical.rs claim.rs decision.rs digest.rs evidence.rs freeze.rs lifecycle.rs link.rs link/*.rs matchcode.rs \
	matching.rs permit.rs repeat.rs requirement.rs running.rs status.rs steering.rs tally.rs voting.rs

.PHONY: help demo test check fmt lint arch doc asl binaries unit model mutants stack-test browser gallery screenshots faults scale build bench deny clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: binaries ## run the worked example locally; AUTO=1 plays it to its end and checks it
	@$(STACK) setup ministack moto
	@$(STACK) run --stack demo,OperatorRoleArn=arn:aws:iam::000000000000:user/operator-demo --stack hurry,MostDecideSeconds=6 -- env AUTO=$(AUTO) target/local/venv-ministack/bin/python examples/customer-support/demo/demo.py

test: check unit stack-test ## everything: style, rules, stories, and the local stack with IAM enforced
	@$(MAKE) --no-print-directory browser BROWSER=short
	@$(MAKE) --no-print-directory faults FAULTS=short
	@$(MAKE) --no-print-directory demo AUTO=1

check: fmt lint arch doc asl ## style, warnings, arrows between crates, docs, template and state machine

fmt: ## the format is as it should be (`cargo fmt` makes it so)
	cargo fmt --all --check

lint: ## no warnings
	cargo clippy --locked --workspace --all-targets $(FEATURES) -- -D warnings

arch: ## which crate may know which, and how large files are
	cargo test --locked -p countersign-tests --test contract arrows

doc: ## the documentation builds without warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

asl: ## the template and the state machine are clean
	@$(STACK) setup lint
	$(LINT)/cfn-lint infra/template.yaml infra/boundary.yaml examples/customer-support/backend-template.yaml
	$(LINT)/statelint statemachines/approval.asl.json

binaries:
	cargo build --locked --workspace --bins

unit: binaries ## rules, adapters, contracts and stories over memory
	cargo test --locked --workspace

model: ## every state of the life of a request, random stories against it, ten thousand requests at once
	COUNTERSIGN_MODEL=full $(MODEL) model_ -- --nocapture --test-threads 1
	PROPTEST_CASES=1000 $(MODEL) reftest_ -- --nocapture
	COUNTERSIGN_REQUESTS=10000 $(MODEL) many_ -- --nocapture

mutants: ## one mistake at a time in the core of the decision: its tests must notice (needs cargo-mutants)
	cargo mutants --package approval-core --timeout 120 $(MUTANTS:%=--file 'crates/core/src/%') -- --lib --tests -- --skip $(SLOW)

stack-test: binaries ## stories on the real parts: Lambda binaries, state machine, KMS, DynamoDB, IAM
	@$(STACK) setup ministack moto
	tests/stack/run.sh

browser: binaries ## mails, pages and console in real Chromium, and the approver's minute on the real parts; BROWSER=short
	@$(STACK) setup ministack moto browser
	@$(MAKE) --no-print-directory gallery
	$(BROWSE)/main.py $(GALLERIES) $(if $(BROWSER),--$(BROWSER))
	$(if $(BROWSER),@true,@$(STACK) run -- $(BROWSE)/live.py)

gallery: ## every mail, page state and console screen as files: target/local/gallery
	$(EXAMPLE) gallery -- $(word 1,$(GALLERIES))
	$(EXAMPLE) console_gallery -- $(word 2,$(GALLERIES))

screenshots: ## a picture of every mail, page state and console screen, in both themes: target/local/screenshots
	@$(STACK) setup browser
	@$(MAKE) --no-print-directory gallery
	$(BROWSE)/screenshots.py $(GALLERIES) --to target/local/screenshots

faults: binaries ## each AWS call of each path fails once, each way; FAULTS=short: a few, in a minute
	@$(STACK) setup ministack moto
	FAULTS=$(FAULTS) tests/faults/run.sh

scale: binaries ## what a queue page, a search, an idle sweep and the console read and how soon it shows, with 1,000 and 100,000 requests pending
	@$(STACK) setup ministack moto browser
	cargo install --quiet --locked dynoxide-rs@3.2.0 --no-default-features --features cli,http-server,native-sqlite --root target/local/dynoxide
	@$(STACK) run --faults -- target/local/venv-browser/bin/python bench/scale.py

build: ## release builds for Lambda: target/lambda/NAME/bootstrap (ARCH=arm64 or x86_64)
	@$(STACK) setup build
	PATH="$(CURDIR)/target/local/venv-build/bin:$$PATH" RUSTFLAGS="$(REMAP)" cargo-lambda lambda build --release --locked \
		--target $(if $(filter arm64,$(ARCH)),aarch64,$(ARCH))-unknown-linux-gnu $(FUNCTIONS:%=--package %)

bench: ## cold start, warm CPU, memory, size and AWS calls of what `make build` built for this machine
	python3 bench/run.py

deny: ## licences, sources, duplicate versions, advisories (needs cargo-deny)
	cargo deny --locked check

clean: ## forget everything that was built
	cargo clean
