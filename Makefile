# Two commands are enough: `make demo` shows what it does, `make test` runs the whole test suite.
# Both make their own environment in .venv; nothing needs to be activated.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
BIN := .venv/bin
READY := .venv/ready
DEMO := data/demo
COMPILED := .venv-compiled

.PHONY: demo test lint format clean help compiled test-compiled benchmark

help:                ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

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

compiled: $(COMPILED)/ready  ## the package with its parser compiled, in .venv-compiled (needs a C compiler)
	@$(COMPILED)/bin/imr-archive --version

test-compiled: compiled  ## what the compiled parser reads, held to the same tests
	@$(COMPILED)/bin/imr-archive --version | grep -q compiled || { echo "This build is not compiled."; exit 1; }
	@PYTHONSAFEPATH=1 $(COMPILED)/bin/pytest -n auto -q $(COMPILED_TESTS)

benchmark: compiled  ## letters into an archive against PDFium, sqlite-utils and find, compiled (10 minutes)
	@$(COMPILED)/bin/python tests/benchmarks/ingest.py

clean:               ## remove the environments and the demo's archive
	rm -rf .venv $(COMPILED) $(DEMO)

$(READY): pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "No python3 found: install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is too old: Python 3.11 or newer is needed (make PYTHON=/path/to/python3.11)."; exit 1; }
	@echo "Making the environment in .venv ..."
	@$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "Python's venv module is missing: on Debian, apt-get install python3-venv."; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

# Built from a source distribution, so that nothing is ever compiled inside the source tree; installed as a
# copy, so that it goes stale as a whole, which make sees by the sources' times.
COMPILED_TESTS := tests/parsing tests/vocabulary tests/archive/test_prepare.py \
  tests/archive/test_ingest.py tests/archive/test_worker_preload.py tests/faults/test_workers.py
SOURCES := $(shell find imr_archive migrations -type f ! -name '*.pyc')
COMPILER = import os, shutil, sys, sysconfig; \
  command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"; \
  sys.exit(not shutil.which(command.split()[0]))
HEADERS = import os, sys, sysconfig; \
  sys.exit(not os.path.isfile(os.path.join(sysconfig.get_path("include"), "Python.h")))

$(COMPILED)/ready: $(READY) $(SOURCES)
	@$(BIN)/python -c '$(COMPILER)' \
	  || { echo "No C compiler found: on Debian, apt-get install gcc."; exit 1; }
	@$(BIN)/python -c '$(HEADERS)' \
	  || { echo "Python's C headers are missing: on Debian, apt-get install python3-dev."; exit 1; }
	@echo "Compiling the parser into $(COMPILED), some two minutes ..."
	@rm -rf $(COMPILED)
	@$(BIN)/python -m venv $(COMPILED)
	@$(BIN)/python -m build --sdist --outdir $(COMPILED)/dist . >$(COMPILED)/build.log 2>&1 \
	  || { cat $(COMPILED)/build.log; exit 1; }
	@HATCH_BUILD_HOOK_ENABLE_MYPYC=true $(COMPILED)/bin/python -m pip install -qq \
	  --disable-pip-version-check "$$(ls $(COMPILED)/dist/*.tar.gz)[benchmarks,dev]"
	@touch $@

.PHONY: docs
docs: $(READY)       ## write the data dictionary and the command reference anew
	@$(BIN)/python -m imr_archive.archive.dictionary > docs/data-dictionary.md
	@$(BIN)/python -m imr_archive.cli.reference > docs/commands.md
