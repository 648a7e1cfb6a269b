# On a machine with Python 3.11 or later and make: `make run`. Everything else is installed into .venv.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3.13 python3.12 python3.11 python3 python3.14 python

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
export PIP_USER := 0
unexport PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/$(VENV)/home
endif

.DEFAULT_GOAL := help
.PHONY: help run test pytest soak lint lock clean
.SUFFIXES:

help: ## what can be made
	@awk -F ': ## ' '/^[a-z]+: ## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the whole line, with everything it needs, until Ctrl-C
run: $(VENV)/.ready-to-run
	@exec $(BIN)/helpline up

test: ## every check and every test
test: $(VENV)/.ready-to-test
	@$(MAKE) --no-print-directory -j2 lint pytest

# Three share two cores best: some tests wait for processes, and each worker costs a database of its own.
pytest:
	@exec $(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

soak: ## the long proofs: hours of simulated traffic and many more examples and kills
soak: $(VENV)/.ready-to-test
	@echo "Hours; how far it is stands in docs/soak.json. HELPLINE_SOAK_SECONDS or HELPLINE_SOAK_EXAMPLES make it shorter."
	@exec $(BIN)/python -m pytest -m soak -n auto --timeout 0 $(ARGS)

lint: ## the checks that run nothing
lint: $(VENV)/.ready-to-test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock: ## new versions of everything we depend on
lock: $(BIN)/python
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv
	@uv pip compile pyproject.toml --upgrade --generate-hashes --universal --python-version 3.11 \
	  --quiet -o requirements.lock
	@uv pip compile pyproject.toml --extra dev --upgrade --constraint requirements.lock --generate-hashes --universal \
	  --python-version 3.11 --quiet -o requirements-dev.lock

clean: ## removes what was installed and built; the line's data stays
clean:
	@rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready-to-run: requirements.lock pyproject.toml $(BIN)/python
	@echo "Installing into $(VENV) (the first time takes a minute)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-to-test: requirements-dev.lock requirements.lock pyproject.toml $(BIN)/python
	@echo "Installing into $(VENV), with what the tests need (the first time takes a minute)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(VENV)/.ready-to-run $@

$(BIN)/python:
	@VENV=$(VENV) PYTHONS="$(PYTHONS)" sh .ci/environment
