# make run: environment, demo data, release, dashboard.  make test: everything CI runs.  make audit: the same at full size.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run demo build serve test lint audit bench clean

run: data/release.duckdb serve

$(VENV)/app: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev: $(VENV)/app requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	sh tests/install_chromium.sh $(BIN)/python
	touch $@

demo: $(VENV)/app
	$(BIN)/python -m metrics demo --out data

data/sources.yaml: | $(VENV)/app
	$(BIN)/python -m metrics demo --out data

data/release.duckdb: data/sources.yaml strategy.yaml | $(VENV)/app
	$(BIN)/python -m metrics build

build: $(VENV)/app
	$(BIN)/python -m metrics build

serve: $(VENV)/app
	$(BIN)/python -m streamlit run dashboard.py --server.port $(PORT)

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy metrics

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadgroup --timeout 300

audit: $(VENV)/dev
	CX_AUDIT=1 $(BIN)/python -m pytest -n 2 --dist loadgroup --timeout 1800

bench: $(VENV)/app
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/loyalty.py
	$(BIN)/python benchmarks/page.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
