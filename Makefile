# Everything a newcomer, a tester or a builder needs. Wants Python 3.11 or later with pip, and make. `make` lists the targets.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Wheels only: building from source would fetch build tools that no lock names.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all:
COMPILE := pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help try test promises prove install lint lock bench bench-quick

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

try: install ## Chat with the bot on a page of this machine; TRY="--port 8081 --no-browser" passes options
	$(BIN)/waymark try $(TRY)

test: lint browser server ## Every check and every test; PYTEST="-k words" passes options
	$(BIN)/python -m pytest --numprocesses 2 --ignore tests/promises $(PYTEST)
	@echo "make: what is promised ..."
	@$(BIN)/python -m pytest --numprocesses 2 tests/promises $(PYTEST) || { [ $$? = 5 ] && [ -n "$(PYTEST)" ]; }

promises: install $(VENV)/test.stamp ## What we promise, tried at full size; takes hours. PYTEST="-k p06" takes one
	PROMISES=full $(BIN)/python -m pytest -p no:randomly tests/promises $(PYTEST)

prove: install $(VENV)/test.stamp ## Take away what keeps each promise and see its test fail; PROVE="--only P24"
	$(BIN)/python tests/promises/prove.py $(PROVE)

lint: install $(VENV)/test.stamp ## Style, types and content, without the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/waymark check

install: $(VENV)/package.stamp ## The environment in .venv, from the hash-locked lists of deploy/

bench: install ## What a tap costs, against other foundations; takes about half an hour, wants a quiet machine
	$(BIN)/python deploy/bench/bench.py --draw

bench-quick: install ## The same in under three minutes
	$(BIN)/python deploy/bench/bench.py --quick

lock: ## Renew the lists of deploy/ from pyproject.toml (wants pip-tools, with the oldest Python we support)
	$(COMPILE) --upgrade --output-file deploy/requirements-build.lock deploy/requirements-build.in
	$(COMPILE) --upgrade --constraint deploy/requirements-build.lock --output-file deploy/requirements.lock pyproject.toml
	$(COMPILE) --upgrade --constraint deploy/requirements-build.lock --constraint deploy/requirements.lock \
		--extra test --output-file deploy/requirements-test.lock pyproject.toml

# A stamp is written last: an interrupted installation begins again. New lists of what runs make a new environment.
# Some systems ship venv without pip; then the pip beside this Python fills the environment.
$(VENV)/runtime.stamp: deploy/requirements-build.lock deploy/requirements.lock
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or later was found. Install it, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "make: installing what waymark needs into $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || { \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install -qq --require-hashes -r deploy/requirements-build.lock; }
	@$(INSTALL) -r deploy/requirements-build.lock
	@$(INSTALL) -r deploy/requirements.lock
	@touch $@

$(VENV)/package.stamp: $(VENV)/runtime.stamp pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/runtime.stamp deploy/requirements-test.lock
	@echo "make: installing what the tests need into $(VENV) ..."
	@$(INSTALL) -r deploy/requirements-test.lock
	@touch $@

# A browser and letters for every script we draw. What is there is left alone; nothing is installed without root.
.PHONY: browser
browser:
	@missing=""; \
	command -v chromium >/dev/null || missing="chromium"; \
	fc-list 2>/dev/null | grep -q NotoSansArabic || missing="$$missing fonts-noto-core"; \
	fc-list 2>/dev/null | grep -q NotoSansCJK || missing="$$missing fonts-noto-cjk"; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "make: installing $$missing for the browser tests ..."; \
		DEBIAN_FRONTEND=noninteractive apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "make: the browser tests want $$missing (Debian package names). Install that first." >&2; fi

# The server that replicas share, for its tests. What is there is left alone; nothing is installed without root.
.PHONY: server
server:
	@if command -v valkey-server >/dev/null || command -v redis-server >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "make: installing redis-server for the tests of replicas ..."; \
		DEBIAN_FRONTEND=noninteractive apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null; \
	else echo "make: the tests of replicas want valkey-server or redis-server. They are passed over." >&2; fi
