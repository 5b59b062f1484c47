# `make run` and `make test` do all their set-up themselves, and only once; `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV   ?= .venv
#: Any build from 2.4 on will do; the CPU build is enough for the demo and the tests.
TORCH  ?= torch==2.13.0
#: Passed on: make run ARGS="--n 5", make test ARGS="-k passk"
ARGS   ?=
#: That share the suite (tests/side_by_side.py); 0, as --pdb needs: pytest itself runs one test after the other.
PROCESSES ?= 2
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ROOT_WITH_APT = [[ $$(id -u) -eq 0 ]] && command -v apt-get >/dev/null
APT_INSTALL = apt-get -q update </dev/null >/dev/null && DEBIAN_FRONTEND=noninteractive \
	apt-get -q install -y --no-install-recommends </dev/null >/dev/null

.PHONY: help run test lint pictures docs release clean chromium print-venv
.DELETE_ON_ERROR:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: $(VENV)/.stamp-run ## evaluate the bundled demo model on the bundled problems (ARGS="..." is passed on)
	@kind=$$(PYTHON=$(BIN)/python docker/ready.sh); flag=; [[ $$kind == local ]] && flag="--sandbox local"; \
	$(BIN)/codeeval run $$flag $(ARGS)

test: $(VENV)/.stamp-test chromium ## install what the tests need, then check style, types and run the whole suite
	@PYTHON=$(BIN)/python docker/ready.sh >/dev/null
	@$(MAKE) lint
	@$(BIN)/pytest -n $(PROCESSES) $(ARGS)

lint: $(VENV)/.stamp-test ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	for what in "ci demo docs tests" tests/*/conftest.py; do $(BIN)/mypy --config-file tests/mypy.ini $$what; done

pictures: $(VENV)/.stamp-test ## draw the pictures of docs/images anew, from a run of the demo
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(BIN)/codeeval run --out "$$folder/run" --format quiet; \
	for t in 0.2 0.4 1.0; do $(BIN)/codeeval run --temperature $$t --out "$$folder/temperature-$$t" --format quiet; done; \
	$(BIN)/python docs/pictures.py "$$folder/run"; \
	$(BIN)/python docs/explorer_picture.py "$$folder/run" "$$folder"/temperature-*

docs: $(VENV)/.stamp-docs ## build the documentation as a site into build/site
	@$(BIN)/mkdocs build --strict

release: $(VENV)/.stamp-release ## build wheel and sdist into dist/ and check them; nothing is uploaded
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist . >/dev/null
	@$(BIN)/twine check --strict dist/*

print-venv: # for .ci/run
	@echo $(VENV)

clean: ## remove the virtual environment, caches and build products; runs/ stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(VENV)/.stamp-venv:
	@if [[ -z "$(PYTHON)" ]]; then \
		echo "Python 3.11 or newer is needed: apt install python3, or make PYTHON=/path/to/python3.12 ..." >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
		if $(ROOT_WITH_APT); then echo "Installing $$package"; $(APT_INSTALL) $$package; \
		else echo "$(PYTHON) can't make virtual environments. Run: sudo apt install $$package" >&2; exit 1; fi; fi
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.stamp-torch: $(VENV)/.stamp-venv
	@if ! $(BIN)/python -c 'import torch' 2>/dev/null; then \
		echo "Installing $(TORCH) (the largest part)"; $(PIP) install $(TORCH); fi
	@touch $@

$(VENV)/.stamp-run: pyproject.toml $(VENV)/.stamp-torch
	@echo "Installing codeeval"
	@$(PIP) install -e ".[hf]"
	@# as pip does for what it copies: otherwise each command compiles its modules where Python may not write byte code
	@$(BIN)/python -m compileall -q codeeval sandbox
	@touch $@

$(VENV)/.stamp-test: pyproject.toml $(VENV)/.stamp-run
	@echo "Installing what the tests need"
	@$(PIP) install -e ".[hf,dev]"
	@touch $@

$(VENV)/.stamp-docs: pyproject.toml $(VENV)/.stamp-venv
	@echo "Installing what the site needs"
	@$(PIP) install "mkdocs>=1.6,<2" "mkdocs-material>=9.5"
	@touch $@

$(VENV)/.stamp-release: $(VENV)/.stamp-venv
	@echo "Installing what a release needs"
	@$(PIP) install build twine
	@touch $@

chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null && exit; \
	if $(ROOT_WITH_APT); then echo "Installing chromium"; $(APT_INSTALL) chromium || echo "chromium can't be installed"; \
	else echo "No Chromium here: the browser tests will be skipped (apt install chromium)"; fi
