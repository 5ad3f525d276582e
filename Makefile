# Every verb sets up what it needs in .venv/; nothing but Python 3.11+ and make has to be there before.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PORT ?= 8501
BIN := .venv/bin

.PHONY: help demo demo-live test fast lint docs clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.demo: pyproject.toml constraints.txt .ci/environment
	@.ci/environment '.'
	@touch $@

.venv/.test: pyproject.toml constraints.txt .ci/environment
	@.ci/environment '.[postgres,report,test]'
	@touch .venv/.demo $@

demo: .venv/.demo ## a demo organisation with 18 months of history, in the browser
	@$(BIN)/mlops-maturity demo --port $(PORT)

demo-live: .venv/.test ## the same path on a real MLflow, Prometheus and Buildbot on this machine
	@$(BIN)/mlops-maturity demo --live --port $(PORT)

test: .venv/.test ## every check: lint, types, imports, all tests; skips with a reason what needs system packages
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n auto --dist loadgroup --cov --cov-report=term:skip-covered

fast: .venv/.test ## the tests that start no server and no browser
	@$(BIN)/python -m pytest -n auto -q -m "not live and not browser and not packaging and not slow"

lint: .venv/.test ## ruff, mypy --strict, import direction
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: .venv/.test ## write the generated pages of docs/ anew
	@$(BIN)/python -m mlops_maturity.cli.docs

clean: ## remove the environment and the demo
	@rm -rf .venv .demo
