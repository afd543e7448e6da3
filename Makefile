# Everything a fresh Debian machine with Swift 6.3 needs: `make demo`, `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build charts demo test test-faults test-report test-interop data bench format lint clean

COHORT := .build/release/cohort
# Without testable imports the tests link the modules that the program is built of, instead of building them anew.
TEST := swift test -c release --disable-testable-imports
LIBRARIES := libopenblas-dev liblapacke-dev libpq-dev libsqlite3-dev pkg-config
PYTHON := python3 python3-venv
VENV := .venv

# $(call install,PACKAGES): installs what is missing, saying so.
define install
missing=(); \
for package in $(1); do \
  dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$$package"); \
done; \
if [ "$${#missing[@]}" -gt 0 ]; then \
  command -v apt-get >/dev/null || { echo "error: missing $${missing[*]}; this machine has no apt-get; install them with its package manager" >&2; exit 1; }; \
  root=(); \
  if [ "$$(id -u)" -ne 0 ]; then \
    command -v sudo >/dev/null || { echo "error: missing $${missing[*]}; neither root nor sudo; ask an administrator to install them" >&2; exit 1; }; \
    root=(sudo); \
  fi; \
  echo "installing $${missing[*]}"; \
  { "$${root[@]}" apt-get update -qq && "$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}"; } >/tmp/cohort-apt.$$$$.log 2>&1 \
    || { tail -n 5 /tmp/cohort-apt.$$$$.log >&2; echo "error: apt-get could not install $${missing[*]}; check the network and /etc/apt/sources.list" >&2; exit 1; }; \
  rm -f /tmp/cohort-apt.$$$$.log; \
fi
endef

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the libraries the build needs (apt)
	@command -v swift >/dev/null || { echo "error: Swift is not installed; install Swift 6.3 from https://www.swift.org/install" >&2; exit 1; }
	@command -v dpkg-query >/dev/null || { echo "error: this is not a Debian system; install OpenBLAS (pthread build) and LAPACKE with headers, then run swift build" >&2; exit 1; }
	@$(call install,$(LIBRARIES))

build: setup ## build the release binary
	@swift build -c release --product cohort

charts: build ## make the chart bundle for reports (once; without it reports have tables only)
	@$(call install,$(PYTHON)) || true
	@$(COHORT) setup || echo "reports will have tables instead of pictures"

demo: charts ## build and run experiments/bank-segments.yaml
	@$(COHORT) run experiments/bank-segments.yaml

test: setup ## run every test, faults at a few calls among them
	@command -v strace >/dev/null || { $(call install,strace); }
	@$(TEST)

test-faults: setup ## break runs, registry, scoring and artifacts in every place (over an hour; better as root)
	@command -v strace >/dev/null || { $(call install,strace); }
	@COHORT_FAULTS=1 $(TEST) --filter \
	  'FaultSweepTests|FaultTests|MutatedArtifactTests|DamagedArtifactTests'

test-report: setup ## open a report in a browser and check its markup
	@$(call install,chromium tidy)
	@$(TEST) --filter ReportPageTests

test-interop: build ## ask onnxruntime, MLflow, LightGBM, Treelite, SQLite, PostgreSQL and model-signing about ours
	@$(call install,$(PYTHON) openssl postgresql)
	@[ -x .venv-interop/bin/python ] || python3 -m venv .venv-interop
	@.venv-interop/bin/python -m pip install -q -r Tests/Interop/requirements.txt
	@.venv-interop/bin/python Tests/Interop/run $(COHORT)

data: ## fetch the public data sets into datasets/fetched
	@$(call install,$(PYTHON))
	@[ -x $(VENV)/bin/python ] || python3 -m venv $(VENV)
	@$(VENV)/bin/python datasets/fetch

bench: build ## compare with scikit-learn and others, side by side (fetches them with pip)
	@$(call install,$(PYTHON))
	@benchmarks/run

format: ## format the sources in place
	@swift format --in-place --recursive Package.swift Sources Tests

lint: ## check the format
	@swift format lint --strict --recursive Package.swift Sources Tests

clean: ## remove what was built; runs and models stay
	@rm -rf .build .build-* benchmarks/data
