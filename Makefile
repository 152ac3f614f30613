# The verbs of this project. `make demo` and `make test` work from a bare clone.

PYTHON  ?= python3
# Many tests wait for a clock on the wall: a third worker uses that time.
WORKERS ?= 3
ARGS    ?=
FORM    ?= short
SEED    ?=

# What tests write need not last: in memory, where there is room, it takes a third of
# the time. Whether things last is tried by `make faults`, on the disk.
ROOMY   := $(shell [ "$$(df -Pk /dev/shm 2>/dev/null | awk 'END { print $$4 }')" -gt 6000000 ] 2>/dev/null && echo /dev/shm)
QUICKLY := $(if $(ROOMY),TMPDIR=$(ROOMY))

BIN     := .venv/bin
READY   := .venv/.gadelys-ready
LOCKS   := requirements/uv.txt requirements/run.txt requirements/otel.txt requirements/dev.txt
CHECK   := build/dist-check

PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
           --no-warn-script-location --require-hashes --no-deps
UV      := $(BIN)/uv pip
COMPILE := $(UV) compile --quiet --universal --python-version 3.11 --no-header \
           --no-annotate --no-emit-index-url --generate-hashes

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check lint types contracts fix bench golden run vendor dist lock docs faults tamper clean browser

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv ready; nothing to do the second time
	@echo "Ready: .venv"

$(READY): pyproject.toml $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.x" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv"
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(PIP) -r requirements/uv.txt
	@$(UV) sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## six weeks of follow-up in under a minute, and the report on it in build/demo
	@$(BIN)/gadelys demo --out build/demo $(ARGS)

test: $(READY) browser ## the whole test suite; ARGS="tests/domain -k four_eyes" for a part
	@$(QUICKLY) $(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

browser: ## Chromium from Debian, which tries the pages; only root can install it
	@[ -x /usr/bin/chromium ] || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	  || echo "Chromium could not be installed: the tests of pages will fail." >&2

check: lint types contracts ## style, types and import contracts

lint: $(READY) ## style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## static types
	@$(BIN)/mypy

contracts: $(READY) ## who may import whom
	@$(BIN)/lint-imports --no-logo

fix: $(READY) ## repair style and format where a tool can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

faults: $(READY) ## hurt it on purpose; FORM=long for hours, SEED=… to repeat
	@FAULTS_FORM=$(FORM) FAULTS_SEED=$(SEED) \
	  $(if $(SEED),GADELYS_EXACT_SEED=$(SEED) GADELYS_KILLS_SEED=$(SEED)) \
	  $(if $(filter long,$(FORM)),GADELYS_EXACT_CAMPAIGNS=5 GADELYS_KILLS=200) \
	  $(BIN)/pytest -n 2 --dist worksteal -p tests.faults.figures $(ARGS) \
	  tests/campaign \
	  $(if $(filter long,$(FORM)),tests/workflows/test_kill.py)

tamper: $(READY) ## tamper with history on purpose; FORM and SEED likewise
	@FAULTS_FIGURES=tamper FAULTS_FORM=$(FORM) FAULTS_SEED=$(SEED) \
	  GADELYS_TWO_WORLDS_VARIANTS=10 \
	  $(BIN)/pytest -n 2 --dist worksteal -p tests.faults.figures $(ARGS) \
	  tests/tampering tests/adapters/test_two_worlds.py

bench: $(READY) ## measure; the figures of docs/
	@$(BIN)/python -m tests.tools.bench $(ARGS)

golden: $(READY) ## rewrite the golden files; review the difference
	@$(BIN)/python -m tests.tools.golden
	@$(BIN)/python -m tests.tools.golden_rows

run: $(READY) ## everything on this machine, with the demo walk, at http://127.0.0.1:8000
	@$(BIN)/gadelys up --demo $(ARGS)

dist: $(READY) ## build the wheel and try it in a fresh environment, from /
	@rm -rf dist build
	@$(BIN)/python -m build --quiet --no-isolation --outdir dist . >/dev/null
	@$(BIN)/python -m venv --without-pip $(CHECK)
	@$(UV) sync --quiet --python $(CHECK)/bin/python --require-hashes requirements/run.txt
	@$(UV) install --quiet --python $(CHECK)/bin/python --no-deps dist/*.whl
	@cd / && "$(CURDIR)/$(CHECK)/bin/gadelys" --help >/dev/null
	@ls dist

lock: $(READY) ## pin again after a change in pyproject.toml; ARGS=--upgrade for newer versions
	@$(COMPILE) $(ARGS) pyproject.toml -o requirements/run.txt
	@$(COMPILE) $(ARGS) pyproject.toml --extra otel -c requirements/run.txt -o requirements/otel.txt
	@$(COMPILE) $(ARGS) pyproject.toml --extra otel --group dev -c requirements/otel.txt -o requirements/dev.txt
	@$(COMPILE) --group setup -c requirements/dev.txt -o requirements/uv.txt

docs: $(READY) ## generate the catalogue of facts and the page of permissions
	@$(BIN)/python -m tests.tools.event_catalogue $(ARGS)
	@$(BIN)/python -m tests.tools.permission_table

vendor: $(READY) ## fetch the files again that browsers get from us; needs npm
	@$(BIN)/python -m tests.tools.vendor

clean: ## remove what can be made again; .gadelys (data) stays
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
