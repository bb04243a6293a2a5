# `make` prints this help.
PY ?= python
SEED ?= 0

help:            ## this list
	@grep -E '^[a-z-]+: .*##' Makefile | sed 's/:.*##/\t/'
setup:           ## install everything, uv if it is there, and the git hooks
	@if command -v uv >/dev/null; then uv pip install -r requirements-dev.txt; else $(PY) -m pip install -r requirements-dev.txt; fi
	$(PY) -m tests.chromium
	git config core.hooksPath .githooks
lock:            ## uv.lock anew, after a change of requirements.txt or of pyproject.toml's extras; needs uv
	uv lock
app:             ## start the page
	$(PY) app.py
fix:             ## format and mend
	ruff format . && ruff check --fix .
check:           ## format, lint, types, layers
	ruff format --check . && ruff check . && pyright && lint-imports
test:            ## the suite, browser included
	$(PY) -m pytest
slow:            ## each engine learns what it can, and fails at what it cannot
	$(PY) -m pytest -m slow tests/slow
test-pose:       ## people in real footage, in an environment of its own
	$(PY) -m venv .venv-pose && .venv-pose/bin/pip install -q -r requirements-pose.txt
	.venv-pose/bin/python -m pytest -o addopts="-ra --strict-markers" -m pose tests/test_real_poses.py
nightly:         ## the cells of the contract grid that a push leaves out
	$(PY) -m pytest -m nightly
mutants:         ## planted bugs, each must turn a test red
	$(PY) tests/mutants.py
random-mutants:  ## random ones in three files, of each most must
	$(PY) -m tests.random_mutants --seed $(SEED)
bench:           ## timings as ratios
	for what in engines decode start throughput lens gradients busy slow_browser; do $(PY) -m tests.benchmarks.$$what; done
gpu:             ## every engine gives the CPU's answers on a GPU, with throughput beside the CPU's
	$(PY) -m tests.benchmarks.gpu
train:           ## train every shipped checkpoint (about six hours on 2 CPU cores)
	$(PY) -m train addition --engine all --seed 0 && $(PY) -m train addition --engine all --seed 1
	$(PY) -m train addition --engine all --seed 2 && $(PY) -m train arithmetic --engine all --approach all
	for seed in 0 1 2; do $(PY) -m train sums --engine all --seed $$seed; done
	for task in pos-en pos-ko intent-en intent-ko; do $(PY) -m train $$task --engine all; done
	$(PY) -m train frames && $(PY) -m train swing --engine all
	for fold in 0 1 2; do $(PY) -m train exercises --engine all --seed $$fold; done
	$(PY) -m train snapshots && $(PY) -m train longrange --resume
evaluate:        ## score every shipped checkpoint and keep the scores beside it
	for task in sums addition arithmetic pos-en pos-ko intent-en intent-ko swing exercises; do $(PY) -m train evaluate $$task --json --keep; done
docs:            ## the pages in docs/ as a site in build/site; needs requirements-docs.txt
	mkdocs build --strict
shots:           ## the screenshots in docs/, from the app as it is
	$(PY) -m tests.browser.shots
.PHONY: help setup lock app fix check test slow test-pose nightly mutants random-mutants bench gpu train evaluate docs shots
