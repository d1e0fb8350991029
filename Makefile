# Everything below is installed into a cache outside the tree: BONDPROOF_CACHE, or
# XDG_CACHE_HOME/bondproof-lacp, or ~/.cache/bondproof-lacp. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
TOOLS := tests/tools/run

INVENTORY ?=
TOPOLOGY ?= fleet
HOST ?= h1
SCENARIOS ?=
ARGS ?=

.NOTPARALLEL:

.PHONY: help
help: ## Show this list
	@echo 'make TARGET [VARIABLE=value]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## Make the Python environment in the cache (other targets do it when they need it)
	@$(TOOLS) setup

.PHONY: audit
audit: ## Audit the embedded fleet, or your own: INVENTORY=hosts.yml (KEEP=1 leaves the lab up)
	@$(TOOLS) audit $(if $(INVENTORY),'$(INVENTORY)')

.PHONY: test
test: test-unit test-lint test-sanity test-molecule ## Run every test there is

.PHONY: test-unit
test-unit: ## Run the unit tests (ARGS='-k name' picks some)
	@$(TOOLS) unit $(ARGS)

.PHONY: test-lint
test-lint: ## Run ruff, mypy, ansible-lint, yamllint, antsibull, galaxy-importer
	@$(TOOLS) lint $(ARGS)

.PHONY: test-sanity
test-sanity: ## Run ansible-test sanity on each supported ansible-core
	@$(TOOLS) sanity $(ARGS)

.PHONY: test-molecule
test-molecule: ## Run molecule and the lab's tests on real bonds (LAB_KERNEL=6.1 for that kernel)
	@$(TOOLS) molecule $(ARGS)

.PHONY: bench
bench: ## Measure the audit beside ping and setup; writes build/bench.json
	@$(TOOLS) bench $(ARGS)

.PHONY: accuracy
accuracy: ## Judge every scenario, count right verdicts (SCENARIOS=dir for others); writes build/accuracy.json
	@SCENARIOS='$(SCENARIOS)' $(TOOLS) accuracy $(ARGS)

.PHONY: incident
incident: ## Replay the incident that this grew out of; writes build/incident.json, docs/incident.md
	@$(TOOLS) incident $(ARGS)

.PHONY: faults
faults: ## Hit a repair with every fault at every step; writes build/faults.json (ARGS='"clock jump"')
	@$(TOOLS) faults $(ARGS)

.PHONY: docs
docs: ## Generate the rule reference and render the documentation into build/docs
	@$(TOOLS) docs

.PHONY: lab-up
lab-up: ## Start the lab (TOPOLOGY=fleet, LAB_KERNEL=6.12)
	@$(TOOLS) lab up '$(TOPOLOGY)'

.PHONY: lab-down
lab-down: ## Stop the lab; nothing of it stays behind
	@$(TOOLS) lab down

.PHONY: lab-ssh
lab-ssh: ## Open a shell on a lab host: HOST=h1
	@$(TOOLS) lab ssh '$(HOST)'

.PHONY: print-python
print-python: ## Print the path of the environment's Python (make -s print-python)
	@$(TOOLS) print-python

.PHONY: clean
clean: ## Delete build/ (the lab goes down first); the cache stays
	@$(TOOLS) lab clean
