# Two commands are enough: `make demo` shows what it does, `make test` runs the whole test suite.
# Both make their own environment in .venv; nothing needs to be activated.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
BIN := .venv/bin
READY := .venv/ready
DEMO := data/demo

.PHONY: demo test lint format clean help

help:                ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

demo: $(READY)       ## read the fictional letters of data/letters, ask "massage upheld by specialty"
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@sh data/demo.sh $(BIN)/imr-archive $(DEMO)/imr.db

test: $(READY)       ## linters, type checks and all tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache >.venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	@$(BIN)/pytest -n auto -q

lint: $(READY)       ## linters, type checks and layer rules alone
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

format: $(READY)     ## bring the code to the house's format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

clean:               ## remove the environment and the demo's archive
	rm -rf .venv $(DEMO)

$(READY): pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "No python3 found: install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is too old: Python 3.11 or newer is needed (make PYTHON=/path/to/python3.11)."; exit 1; }
	@echo "Making the environment in .venv ..."
	@$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "Python's venv module is missing: on Debian, apt-get install python3-venv."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

.PHONY: docs
docs: $(READY)       ## write the data dictionary and the command reference anew
	@$(BIN)/python -m imr_archive.archive.dictionary > docs/data-dictionary.md
	@$(BIN)/python -m imr_archive.cli.reference > docs/commands.md
