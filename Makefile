# Needs Python 3.11 or newer and make, nothing else. A bare `make` lists the targets.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 3
# Every process that the tests start finds our modules compiled, also where the environment says otherwise.
unexport PYTHONDONTWRITEBYTECODE
# Tests make and throw away databases by the hundred: in memory, where the system offers it.
SCRATCH := $(shell test -w /dev/shm && echo /dev/shm || echo /tmp)

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run test tests compiled check lint types format assets bench soak screenshots clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup:  ## Install everything the product needs into .venv
	@$(PYTHON) tools/setup.py

setup-tests:  ## The same, and what development and the tests need
	@$(PYTHON) tools/setup.py --for-tests

run: setup  ## Run LTC Flow with a demo organisation; PORT and DATABASE_URL are honoured
	@$(BIN)/ltc demo
	@$(BIN)/ltc serve

test: setup-tests  ## Everything that must hold; the types are checked beside the tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory --jobs 2 types tests

# Once, instead of by each of the processes that share the tests; what the tests never import stays as it is.
compiled:
	@found=$$($(BIN)/python -m pytest --collect-only -qq) || { echo "$$found"; exit 1; }

tests: compiled
	TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -n $(WORKERS) --no-loadscope-reorder

check: lint types  ## Lint, types, import rules

lint: setup-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types:
	$(BIN)/mypy

format: setup-tests  ## Format the code and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

assets: setup  ## Build the front end anew, after a change in webui/assets
	$(BIN)/python hatch_build.py --again

bench: setup-tests  ## Measure the hot paths and print the figures
	$(BIN)/python -m benchmarks

soak: setup-tests  ## Run random processes for an hour (SECONDS=…), far beyond what the tests do
	SOAK_SECONDS=$(or $(SECONDS),3600) $(BIN)/python -m pytest tests/property tests/unit/test_layout_tool.py \
		tests/unit/test_diagram_layout.py tests/checks/test_mutations.py

screenshots: setup-tests  ## Take the pictures in docs/images from the running demo
	$(BIN)/python -m tools.screenshots

clean:  ## Remove what was built; keeps var/ with your data
	rm -rf .venv dist webui/assets/dist webui/assets/node_modules
	find webui -name '*.mo' -delete
	find . -name __pycache__ -prune -exec rm -rf {} +
