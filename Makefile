# `make demo` and `make test` do everything from a fresh clone: they make .venv and install into it.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Real graphs for the tests that want some: the folder GRAPHKIT_DATA names, else one found beside the checkout.
GRAPHKIT_DATA ?= $(patsubst %/,%,$(dir $(abspath $(firstword $(wildcard ../*/data/blogcatalog.mat)))))
ifneq ($(GRAPHKIT_DATA),)
export GRAPHKIT_DATA
endif

.PHONY: help demo test campaign lint wheel page docs bench clean

help:
	@echo "make demo   embed the shipped graph, score it, show neighbours (makes .venv first)"
	@echo "make test   run the whole test suite"
	@echo "make campaign MINUTES=60   damaged files, hostile calls, kills, full disks, for so long"
	@echo "make lint   ruff and mypy --strict"
	@echo "make wheel  build the wheel and import it outside the checkout"
	@echo "make page   build the map page from page/ (needs Node.js 20)"
	@echo "make docs   build the documentation, docs/build/html/index.html"
	@echo "make bench  run the benchmarks and rewrite their tables"

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "graphkit needs Python 3.11 or newer, $(PYTHON) is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/made pyproject.toml constraints.txt
	$(INSTALL) --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(INSTALL) --editable ".[test]"
	@touch $@

$(VENV)/installed-lint: $(VENV)/installed-test
	$(INSTALL) --editable ".[test,lint]"
	@touch $@

demo: $(VENV)/installed
	@sh examples/demo.sh $(BIN)/graphkit

# Three files of tests at a time: many wait for processes that they start.
test: $(VENV)/installed-test
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

MINUTES ?= 10

# A disk can be made small by root only. What fails is kept in campaign-faults/.
campaign: $(VENV)/installed-test
	PYTHONPATH=tests $(BIN)/python -m campaign --minutes $(MINUTES)

lint: $(VENV)/installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: $(VENV)/installed-test
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist > /dev/null
	$(PYTHON) -m venv --clear dist/venv
	dist/venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt dist/*.whl
	cd / && $(abspath dist)/venv/bin/python $(CURDIR)/tests/support/installed_wheel.py

page:
	cd page && npm ci --silent && npm run --silent build

$(VENV)/installed-docs: $(VENV)/installed
	$(INSTALL) --editable ".[docs]"
	@touch $@

GALLERY ?= 1

# A warning is an error. Examples run once, and again when they change; with GALLERY=0 they are shown without results.
docs: $(VENV)/installed-docs
	GALLERY=$(GALLERY) OMP_NUM_THREADS=1 $(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs docs/build/html
	@echo "docs/build/html/index.html"

CASES ?= $(basename $(notdir $(wildcard benchmarks/cases/*.py)))

bench: $(VENV)/installed-test
	$(BIN)/python benchmarks/run.py $(CASES)
	$(BIN)/python benchmarks/figures.py
	$(BIN)/python benchmarks/pictures.py

clean:
	rm -rf $(VENV) dist build demo-output docs/build docs/gallery docs/api docs/project
