# make test | demo | faults | bench | lint: python3 (3.11 or newer), pip and make are all that is needed.

PYTHON ?= python3
BIN := .venv/bin
KILLS ?= 20
CI ?=

.PHONY: test demo faults bench lint install system catalogues

test: install system catalogues lint
	$(BIN)/pytest -q -n 2 --dist loadfile

lint: install
	$(BIN)/ruff check -q src tests
	$(BIN)/lint-imports --no-cache > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }

# HUTONG_PORT, HUTONG_GATEWAY_PORT and HUTONG_DATA are read from the environment.
demo: install catalogues
	exec $(BIN)/hutong demo

faults: install
	KILLS=$(KILLS) $(BIN)/python -m benchmarks.faults

bench: .venv-bench/.installed
	for bench in benchmarks/bench_*.py; do .venv-bench/bin/python $$bench || exit 1; done

install: .venv/.installed

.venv/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action ignore -e '.[platform,test]' -c constraints.txt
	touch $@

# What we measure ourselves against wants other versions than we do, so it gets rooms of its own.
.venv-bench/.installed: pyproject.toml
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	echo '*' > .venv-bench/.gitignore
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check --root-user-action ignore -e '.[platform,bench]'
	touch $@

# A browser, a second PostgreSQL and Chinese letters for the screenshots: where we are root on a machine of a CI.
system:
	if [ -n "$(CI)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then sh .ci/system; fi

catalogues: install
	if [ -d src/hutong/web/locale ]; then \
	    $(BIN)/pybabel -q compile -f -D django -d src/hutong/web/locale; fi
