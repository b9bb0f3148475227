# The two commands are `make run` and `make test`; either may be the first one.
SHELL := /bin/bash
UV := .venv/bin/uv
BIN := .venv/bin
.DEFAULT_GOAL := help
# What one start has compiled, the next one reads: compiling is most of what a start costs.
unexport PYTHONDONTWRITEBYTECODE

help: ## print this help
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/ready: pyproject.toml uv.lock
	@test -x .venv/bin/python || python3 -m venv .venv
	@test -x $(UV) || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(UV) sync --frozen --inexact --quiet
	@touch $@

run: .venv/ready ## start everything with the demo province on http://127.0.0.1:8000 (PORT)
	@exec $(BIN)/yelin demo

test: .venv/ready ## what each change must pass, services included; the rest is in `prove`
	@.ci/system-packages
	$(BIN)/pytest -m "not long" -n 3 --dist worksteal

prove: .venv/ready ## every test, and the long proofs: kill loops, five million rows, a cluster, independent verifier
	@.ci/system-packages
	@$(UV) sync --frozen --inexact --quiet --extra spark
	$(BIN)/python -m prove

bench: .venv/ready ## the benchmarks, as ratios against a peer in the same run
	@$(UV) sync --frozen --inexact --quiet --group bench
	$(BIN)/python -m bench

mutants: .venv/ready ## a sample of small changes to the code, each of which a test should see
	@$(UV) sync --frozen --inexact --quiet --group mutants
	nice -n 15 $(BIN)/python -m prove.mutants

check: .venv/ready ## format, lint, types, import contracts, migrations, docs in step; no tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/yelin check

fix: .venv/ready ## format and mend what the linters can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

conformance: .venv/ready ## write docs/conformance.md
	$(BIN)/yelin law conformance

.PHONY: help run test prove bench mutants check fix conformance
