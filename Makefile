# make platform | quick | test | full | demo | faults | clauses | foreign | bench | lint | pins | sbom | fixture
# Python (3.11 or newer), pip and make are all that is needed.

PYTHON ?= python3
BIN := .venv/bin
KILLS ?= 20
CI ?=
# The tests start some hundred processes, and each would compile the whole package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: platform quick test full full-tests demo faults clauses foreign bench lint lint-rest install pins sbom fixture system catalogues

# Four workers for two cores: a worker waits half of its time. The files come in the order of tests/conftest.py.
PYTEST := $(BIN)/pytest -q --durations 20 -n 4 --dist loadfile --no-loadscope-reorder

# For every commit: what is wrong anywhere in the house, the pure rules, every clause, and one walk through each door.
QUICK := $(filter-out tests/test_cli.py tests/test_base_install.py, $(wildcard tests/test_*.py)) tests/core tests/spec \
    tests/worker tests/plane/answer/test_compare.py tests/plane/delivery/test_quality.py tests/gateway/test_walk.py \
    tests/web/test_pages.py
quick: install catalogues lint
	HUTONG_TEST_SERVERS=embedded $(PYTEST) $(QUICK)

# The small form of every check: about ten minutes on two cores; the slowest twenty are printed.
test: install system catalogues lint
	$(PYTEST)

# Everything at its full size, kills at random, planted faults and other people's tools too: about two hours. A part
# that fails hides none of the others: they are carried out, and the end says which failed.
full: install system catalogues lint
	@failed=; for part in full-tests faults clauses foreign; do \
	    began=$$(date +%s); $(MAKE) $$part ARGS= || failed="$$failed $$part"; echo "$$part: $$(( $$(date +%s) - began )) s"; \
	done; test -z "$$failed" || { echo "failed:$$failed"; exit 1; }

full-tests: install
	KILLS=$(KILLS) $(PYTEST) -m "full or not full" --ignore tests/foreign

# Types are looked at on one core while all else is on another.
lint: install
	@$(BIN)/mypy > .venv/mypy.log & types=$$!; $(MAKE) -s lint-rest; rest=$$?; \
	    wait $$types || { cat .venv/mypy.log; exit 1; }; exit $$rest

lint-rest: install
	$(BIN)/ruff check -q src tests benchmarks tools
	@$(BIN)/djhtml --check --tabwidth 2 src/hutong/web/templates 2> .venv/djhtml.log || { cat .venv/djhtml.log; exit 1; }
	@$(BIN)/djcss --check --tabwidth 2 src/hutong/web/static/css 2> .venv/djcss.log || { cat .venv/djcss.log; exit 1; }
	@$(BIN)/lint-imports --no-cache > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }

# HUTONG_PORT, HUTONG_GATEWAY_PORT and HUTONG_DATA are read from the environment.
demo: install catalogues
	@exec $(BIN)/hutong demo

faults: install
	KILLS=$(KILLS) SEED=$${SEED:-$$($(BIN)/python -c 'import secrets; print(secrets.randbelow(10**9))')} \
	    $(BIN)/pytest -q -s --timeout 0 tests/faults

# Breaks each clause that is kept and sees its tests fail; ARGS="--only SX-07-e" for one of them. Without ARGS every
# literal of every lifecycle is changed too. Some fifteen minutes.
clauses: install catalogues
	$(BIN)/python tools/plant.py $(ARGS)
	@if [ -z "$(ARGS)" ]; then $(BIN)/python tools/mutants.py; fi

# Other people's tools, in other languages too, asked about what we sign: what cannot be had fails (tests/foreign/tools.py).
foreign: install .venv-foreign/.installed
	$(BIN)/pytest -q -n 0 -m "full or not full" tests/foreign

.venv-foreign/.installed: tests/foreign/requirements.txt tests/foreign/package.json
	if [ -n "$(CI)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then sh .ci/foreign; fi
	test -x .venv-foreign/bin/python || $(PYTHON) -m venv .venv-foreign
	echo '*' > .venv-foreign/.gitignore
	.venv-foreign/bin/python -m pip install -q --disable-pip-version-check --root-user-action ignore -r tests/foreign/requirements.txt
	mkdir -p .venv-foreign/node
	cp tests/foreign/package.json .venv-foreign/node/
	npm install --prefix .venv-foreign/node --silent --no-audit --no-fund
	touch $@

bench: install .venv-bench/.installed
	$(BIN)/python -m benchmarks

install: .venv/.installed

# What an operator's machine needs to run the platform, and no tools of tests: the same pins and hashes.
platform: .venv/.platform

# Nothing is installed whose hash requirements.txt does not have, and nothing is built on the way but Hutong itself, by what
# was just installed.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --root-user-action ignore
.venv/.installed: pyproject.toml requirements.txt
	@echo "Installing into .venv (once, some minutes) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --only-binary :all: -r requirements.txt
	@$(PIP) --no-deps --no-index --no-build-isolation -e .
	@touch $@

.venv/.platform: pyproject.toml requirements-platform.txt
	@echo "Installing the platform into .venv (once, a minute or two) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --only-binary :all: -r requirements-platform.txt
	@$(PIP) --no-deps --no-index --no-build-isolation -e .
	@$(BIN)/pybabel -q compile -f -D django -d src/hutong/web/locale
	@touch $@

# What constraints.txt pins, with the hashes of all files it may come as, for every Python and platform: after a change of
# pyproject.toml or constraints.txt. `make sbom` follows.
RESOLVE := .venv-tools/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
    --custom-compile-command "make pins"
pins: .venv-tools/.installed
	$(RESOLVE) pyproject.toml --extra platform --extra test -c constraints.txt -o requirements.txt
	$(RESOLVE) $(if $(UPGRADE_TOOLS),--upgrade) tools/requirements.in -o tools/requirements.txt

# The software bill of materials (CycloneDX): every pin with version, licence and hashes.
sbom: install .venv-tools/.installed
	.venv-tools/bin/cyclonedx-py environment --output-reproducible --of JSON --pyproject pyproject.toml \
	    -o .venv-tools/environment.json $(BIN)/python
	$(BIN)/python tools/sbom.py .venv-tools/environment.json

.venv-tools/.installed: tools/requirements.txt
	test -x .venv-tools/bin/python || $(PYTHON) -m venv .venv-tools
	echo '*' > .venv-tools/.gitignore
	.venv-tools/bin/python -m pip install -q --disable-pip-version-check --root-user-action ignore --require-hashes \
	    --only-binary :all: -r tools/requirements.txt
	touch $@

# The peers we measure ourselves against want other versions than we do, so they get rooms of their own.
.venv-bench/.installed: $(wildcard benchmarks/requirements.txt)
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	echo '*' > .venv-bench/.gitignore
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check --root-user-action ignore -r benchmarks/requirements.txt
	touch $@

# A browser, a second PostgreSQL and Chinese letters for the screenshots: where we are root on a machine of a CI.
system:
	if [ -n "$(CI)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then sh .ci/system; fi

catalogues: install
	@if [ -d src/hutong/web/locale ]; then \
	    $(BIN)/pybabel -q compile -f -D django -d src/hutong/web/locale; fi

# The county that later versions upgrade, and the names that only grow from here on: at the close of a version.
fixture: install catalogues
	$(BIN)/python tools/county.py
