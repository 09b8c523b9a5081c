# VirtRigaud: every target brings what it needs. `make` alone prints the list.
SHELL := /bin/bash
PYTHON ?= python3
PROVIDER ?= memory
BENCH ?=
MACHINES ?= 1000
IMAGE_TOOL ?= docker
IMAGE_REGISTRY ?= ghcr.io/virtrigaud
IMAGE_TAG ?= dev
BIN := .venv/bin
CRDS := charts/virtrigaud/crds
SOURCES := packages tools tests bench

# Which tests run: LIBVIRT=auto takes what the machine allows, require fails without, skip leaves it out.
LIBVIRT ?= $(if $(VIRTRIGAUD_REQUIRE_LIBVIRT),require,auto)

.DEFAULT_GOAL := help
.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} /^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## See it work
.PHONY: demo up down
demo: ## A VirtualMachine from YAML to Ready and through its life; PROVIDER=libvirt boots a real guest
	@$(PYTHON) tools/prepare.py --libvirt $(if $(filter libvirt,$(PROVIDER)),require,skip)
	@$(BIN)/vrtg demo --provider $(PROVIDER)

up: prepare ## The whole system on this machine, until `make down`
	@$(BIN)/vrtg up

down: prepare ## Stop what `make up` started
	@$(BIN)/vrtg down

## Prove it
.PHONY: test check bench
test: ## All tests that this machine allows; what is skipped is listed at the end
	@$(PYTHON) tools/prepare.py --libvirt $(LIBVIRT)
	@$(BIN)/python tools/run_tests.py $(TESTS)

check: prepare lint ## Lint, types, layers, dependencies, sizes, names, and generated files up to date
	@$(BIN)/mypy $$($(BIN)/python tools/typed_sources.py)
	@PYTHONPATH=packages/provider-libvirt/src $(BIN)/lint-imports --no-logo
	@$(BIN)/python tools/check_dependencies.py
	@$(BIN)/python tools/check_sizes.py
	@$(BIN)/python tools/check_literals.py
	@$(BIN)/python tools/check_diagrams.py
	@$(BIN)/python tools/check_changes.py
	@$(MAKE) --no-print-directory verify-proto verify-crd-sync verify-reference

bench: prepare ## Measure everything, or BENCH=scale; MACHINES=8000 is the long way; writes bench/results/latest.jsonl
	@$(BIN)/python -m bench $(BENCH) --machines $(MACHINES)

## Change it
.PHONY: prepare fmt lint proto generate-proto verify-proto crds update-crds verify-crd-sync verify-helm-crds docs reference verify-reference setup-git-hooks
prepare: ## The locked environment in .venv
	@$(PYTHON) tools/prepare.py

fmt: prepare ## Format and sort
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix --quiet $(SOURCES)

lint: prepare ## Lint and check the format
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)

proto: prepare ## Generate the gRPC modules from proto/
	@$(BIN)/python tools/generate_protobuf.py

generate-proto: proto ## The same as proto

verify-proto: prepare ## Fail when the gRPC modules are not what proto/ says
	@$(BIN)/python tools/generate_protobuf.py --check

crds: prepare ## Generate the CRDs of the chart from the models
	@$(BIN)/python -m virtrigaud_api.crd --output $(CRDS)

update-crds: crds ## The same as crds

verify-crd-sync: prepare ## Fail when the CRDs of the chart are not what the models say
	@$(BIN)/python -m virtrigaud_api.crd --output $(CRDS) --check

verify-helm-crds: verify-crd-sync ## The same as verify-crd-sync

reference: prepare ## Generate docs/reference from the models
	@$(BIN)/python -m tools.reference

docs: reference ## The same as reference

verify-reference: prepare ## Fail when docs/reference is not what the models say
	@$(BIN)/python -m tools.reference --check

setup-git-hooks: prepare ## Regenerate, format and lint at every commit
	@$(BIN)/pre-commit install

## Ship it
.PHONY: build docker-build run install uninstall clean
build: prepare ## Wheels of all packages into dist/
	@rm -rf dist
	@.tools/uv/bin/uv build --all-packages --wheel --quiet --out-dir dist
	@ls -1 dist

docker-build: ## Container images (needs a container engine)
	@$(IMAGE_TOOL) info >/dev/null 2>&1 || { \
	  echo "docker-build needs a running container engine: '$(IMAGE_TOOL) info' does not answer here."; \
	  echo "Start one, or name another with IMAGE_TOOL=podman."; exit 1; }
	@set -e; for file in images/*.Dockerfile; do name=$$(basename $$file .Dockerfile); \
	  $(IMAGE_TOOL) build --file $$file --tag $(IMAGE_REGISTRY)/$$name:$(IMAGE_TAG) .; done

run: prepare ## The manager against the current kubeconfig
	@$(BIN)/virtrigaud-manager

install: prepare ## CRDs into the current cluster
	@$(BIN)/kubectl apply --server-side -f $(CRDS)

uninstall: prepare ## CRDs, and with them all their objects, out of the current cluster
	@$(BIN)/kubectl delete --ignore-not-found -f $(CRDS)

clean: ## Remove the environment and everything that was built
	@rm -rf .venv .tools .local dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
