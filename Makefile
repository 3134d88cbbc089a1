# What people run. Every target sets up what it needs; `make help` lists them.
# Written for GNU make 3.81 and newer (macOS ships 3.81).

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Processes that `make test` uses.
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench soak docs docs-check clean
MAKEFLAGS += --no-print-directory

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## make a project in demo/, run its tests, ask the graph about it
	@scripts/demo.sh

test: $(VENV)/.installed-dev $(VENV)/.wheels tests/node/node_modules/.installed ## run all tests, with branch coverage
	@$(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=term

lint: $(VENV)/.installed-dev ## check style, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.installed-dev ## let ruff repair what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed-bench ## measure, side by side with a peer
	@$(BIN)/python -m benchmarks

soak: $(VENV)/.installed-dev $(VENV)/.wheels tests/node/node_modules/.installed ## run the long forms of the tests
	@$(BIN)/python -m pytest -m soak -n $(JOBS) --dist worksteal

docs: $(VENV)/.installed-dev ## write the pages of docs/reference that come from the code
	@$(BIN)/python scripts/write_reference.py

docs-check: $(VENV)/.installed-dev ## check the links of docs/, and run its commands
	@$(BIN)/python -m pytest tests/docs

clean: ## remove what make made
	@scripts/remove-demo.sh
	rm -rf $(VENV) build dist tests/node/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage .coverage.*

$(BIN)/python:
	@scripts/make-venv.sh "$(PYTHON)" "$(VENV)"

$(VENV)/.installed: $(BIN)/python pyproject.toml
	@echo "Installing ggen from this checkout into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python pyproject.toml
	@echo "Installing ggen from this checkout, with what its tests need, into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@ $(VENV)/.installed

# The peers that benchmarks compare with; libsolv has no wheel for every machine, so tests don't ask for it.
$(VENV)/.installed-bench: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

# What the package depends on, as wheels: tests install it into an empty environment without a network.
$(VENV)/.wheels: $(VENV)/.installed-dev
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --wheel-dir $(VENV)/wheels .
	@rm -f $(VENV)/wheels/ggen_graph-*.whl
	@touch $@

tests/node/node_modules/.installed: tests/node/package.json tests/node/package-lock.json scripts/system-packages.sh
	@scripts/system-packages.sh
	@cd tests/node && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
