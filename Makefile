# Two commands: `make demo` to try Concord, `make test` to check it.
.POSIX:
.PHONY: demo build test check fmt lint unit browser deny js bench screenshots clean-test-database

# A build cache outside the checkout is used where the caller names one in CARGO_TARGET_DIR.
CARGO = cargo

demo: node_modules/.package-lock.json
	$(CARGO) build --release --locked
	@target=$${CARGO_TARGET_DIR:-target}; exec "$$target/release/concord" demo

build: node_modules/.package-lock.json
	$(CARGO) build --release --locked

node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund

# Everything: formatting, lints, policy, unit and property tests, HTTP tests on SQLite and PostgreSQL, browser tests.
test:
	scripts/test

fmt:
	$(CARGO) fmt

bench:
	$(CARGO) bench --locked

screenshots: build
	scripts/screenshots
