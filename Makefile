# One command each. Bare `make` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell nproc)
PYTHON := /usr/bin/python3
LISTEN ?= 127.0.0.1:8080
CYCLES ?= 200
SECONDS_EACH ?= $(or $(SECONDS),60)
SEEDS ?= 100
FROM ?= 1
MIB ?= 1024
EVERY ?= 1
FOLDERS ?= Health check,QuickStart,Refunds

# A clone in another folder finds the same objects in the compiler cache.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: help
help:  ## list these commands
	@echo "Payweir: a payment switch in one binary"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: run
run: build  ## build, then start the switch and a sandbox gateway on 127.0.0.1:8080
	@exec build/release/payweir serve --sandbox --listen $(LISTEN) --data build/run

.PHONY: test
test: dev  ## every test; one subject: make test T=Vectors
ifdef T
	@ctest --test-dir build/dev -V -R '$(T)'
else
	@ctest --test-dir build/dev -j $(JOBS) --output-on-failure
endif

.PHONY: build
build:  ## the release binary: build/release/payweir
	@tools/setup.sh build
	@tools/build.sh release payweir

.PHONY: dev
dev:  ## everything that the tests need, under ASan and UBSan: build/dev
	@tools/setup.sh test
	@tools/build.sh dev

.PHONY: check
check:  ## layers, formatting, links in the documents, nothing of one machine
	@tools/setup.sh test
	@$(PYTHON) tools/check_layers.py --self-test
	@$(PYTHON) tools/check_tree.py --self-test
	@$(PYTHON) tools/faults.py | tail -n 1
	@git ls-files 'src/*.[ch]pp' 'tests/*.[ch]pp' 'bench/*.[ch]pp' | xargs -r clang-format-19 --dry-run -Werror --ferror-limit=1
	@echo "format: as .clang-format says"

.PHONY: faults
faults:  ## what can go wrong, and the tests that show that it does no harm
	@$(PYTHON) tools/faults.py

.PHONY: demo
demo: build  ## payments told step by step in the terminal
	@exec build/release/payweir demo

.PHONY: bench
bench: build  ## payments a second, latency, CPU and bytes written a payment: [CONNECTOR=alipay]
	@tools/build.sh release payweir_load payweir_http_floor store_bench
	@exec python3 bench/run.py $(if $(CONNECTOR),--connector $(CONNECTOR)) $(ARGS)

.PHONY: bench-routing
bench-routing:  ## what routing by success rate wins, and what a decision costs: FROM=1 [SEEDS=40]
	@tools/setup.sh build
	@tools/build.sh release routing_bench
	@build/release/bench/routing_bench $(FROM) $(if $(filter file,$(origin SEEDS)),40,$(SEEDS))

.PHONY: statements
statements:  ## statements of 1024 MiB read through: MB/s and memory; [MIB=1024]
	@tools/setup.sh build
	@tools/build.sh release statement_bench
	@build/release/bench/statement_bench $(MIB)

.PHONY: killloop
killloop: build  ## kill -9 under load, CYCLES=200 times: nothing lost, nothing charged twice
	@tools/setup.sh test
	@$(PYTHON) tests/killloop/killloop.py --binary build/release/payweir --cycles $(CYCLES)

.PHONY: simulator
simulator:
	@tools/setup.sh test
	@tools/build.sh sim payweir_sim

.PHONY: sim
sim: simulator  ## years of faults in minutes: SEEDS=100 FROM=1 [PAYMENTS=500] [FAULTS=kind=cap,…]
	@exec build/sim/tests/sim/payweir_sim --seeds $(SEEDS) --from $(FROM) --jobs $(JOBS) \
	  $(if $(PAYMENTS),--payments $(PAYMENTS)) $(if $(FAULTS),--faults $(FAULTS)) $(ARGS)

.PHONY: sweep
sweep: simulator  ## 69 scenarios, each call, write and step failing in every way it can: [EVERY=1] [PARTS=1]
	@exec build/sim/tests/sim/payweir_sim sweep --every $(EVERY) $(if $(PARTS),--parts $(PARTS) --from $(FROM)) --jobs $(JOBS) $(ARGS)

.PHONY: mutants
mutants: simulator  ## bugs planted on purpose, and after how many seeds each is found
	@exec build/sim/tests/sim/payweir_sim mutants --seeds 1000 --from $(FROM) --payments 60 --jobs $(JOBS) $(ARGS)

.PHONY: ambiguity
ambiguity: simulator  ## what a gateway did, what it says, when, and who else is asked then: no double charge
	@exec build/sim/tests/sim/payweir_sim ambiguity --jobs $(JOBS)

.PHONY: cover
cover:  ## how much of the pure rooms their tests reach: branches and conditions
	@tools/setup.sh test
	@tools/cover.sh $(ROOMS)

.PHONY: compat
compat: build  ## a Hyperswitch Postman collection: HS_COLLECTION=FILE [FOLDERS="A,B"]
	@tools/setup.sh compat
	@$(PYTHON) tests/compat/run_collection.py --binary build/release/payweir \
	  --collection '$(HS_COLLECTION)' --folders '$(FOLDERS)'

.PHONY: fuzz
fuzz:  ## every parser under libFuzzer; one: F=name; SECONDS=60 each
	@tools/setup.sh test
	@tools/build.sh dev fuzzers
	@tools/fuzz.sh $(SECONDS_EACH) $(F)

.PHONY: format
format:  ## lay out the sources as .clang-format says
	@git ls-files 'src/*.[ch]pp' 'tests/*.[ch]pp' 'bench/*.[ch]pp' | xargs -r clang-format-19 -i

.PHONY: clean
clean:  ## remove what was built; downloaded parts stay in build/deps
	@find build -mindepth 1 -maxdepth 1 ! -name deps -exec rm -rf {} +
