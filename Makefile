# The commands of the project. `make` alone lists them.

python := .venv/bin/python
# Tests wait for browsers, servers and databases as long as they compute, so there are twice as many as cores.
WORKERS ?= $(shell expr 2 '*' $$(nproc 2>/dev/null || echo 1))

.PHONY: help run test long check faults bench sheet screenshots messages clean
.DEFAULT_GOAL := help

help: ## list these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

run: ## set everything up and start a demonstration instance on http://127.0.0.1:8000; PORT=8080 for another
	@.ci/setup run
	@exec $(python) -m elearn.demonstration

test: ## set everything up and run the tests, on SQLite and PostgreSQL; ARGS="-k certificate" for some
	@.ci/setup test
	@$(python) -m pytest --database=all --numprocesses=$(WORKERS) -m "not long" $(ARGS)

long: ## the tests that go through everything: each command of the manual, each page, servers killed at work; ARGS as above
	@.ci/setup test
	@$(python) -m pytest --database=all --numprocesses=$(WORKERS) -m long $(ARGS)

check: ## style, types and the rules of the house, without the other tests
	@.ci/setup test
	$(python) -m ruff check .
	$(python) -m mypy
	$(python) -m pytest --quiet --database=all --numprocesses=$(WORKERS) -m "not long" tests/test_*.py

faults: ## kill server and worker at random moments of a thousand schedules on each database, ten minutes; SEED=… again
	@.ci/setup test
	@FAULT_SCHEDULES=1000 FAULT_SEED=$(SEED) $(python) -m pytest --quiet --database=all tests/faults/test_killed.py

sheet: ## pictures of every page, for looking at: instance/sheet/index.html; ONLY=quiz LANGS=ar for some
	@.ci/setup test
	@$(python) -m tests.browser.sheet

screenshots: ## take the pictures of the README again
	@.ci/setup test
	@$(python) -m tests.browser.screenshots

bench: ## set everything up and measure it against references, some six minutes; writes docs/benchmarks.md
	@.ci/setup bench
	@$(python) -m benchmarks $(ARGS)

messages: ## collect the texts of the interface and update and compile the three catalogues
	@.ci/setup test
	@.ci/messages update

clean: ## remove what can be made again: .venv, caches, compiled catalogues; instance/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	find elearn -name '*.mo' -delete
