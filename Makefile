# The two commands are `make run` and `make test`. `make` alone lists all.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTEST := .venv/bin/python -m pytest
ARGS ?=
upper = $(shell echo $(1) | tr a-z A-Z)

.PHONY: help run test check format fuzz audit test-fast test-postgres test-services test-browser pictures test-faults faults chaos test-one latency bench soak wheel pins environment tools

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: ## start hypertalk with demo data on http://localhost:8000 (PORT=8001 for another port)
	@sh tools/environment.sh base
	@sh tools/run.sh

test: environment tools ## check everything and run all tests; installs or starts what they need
	@.venv/bin/python tools/test.py

check: environment ## formatting, lint, types, templates, deployment settings, migrations
	@sh tools/check.sh

format: environment ## format the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

test-fast: environment ## the fast suite on SQLite and memory (ARGS= for pytest)
	@$(PYTEST) -n 2 $(ARGS)

test-postgres: environment tools ## the same suite on PostgreSQL and Redis
	@$(PYTEST) -n 2 --services $(ARGS)

test-services: environment tools ## several real Daphnes, one PostgreSQL, one Redis
	@$(PYTEST) tests/services $(ARGS)

test-browser: environment tools ## a real Daphne and a real Chromium
	@$(PYTEST) tests/browser $(ARGS)

pictures: environment tools ## the same, with screenshots of every page in var/pictures, to look at (ARGS= names tests)
	@PICTURES=1 $(PYTEST) tests/browser $(ARGS)

test-faults: environment tools ## everything breaks while a room talks, in short (a minute)
	@$(PYTEST) tests/faults --short $(ARGS)

faults: environment ## all of it, with twenty people and thousands of messages; writes var/faults.md (half an hour at most)
	@sh tools/services.sh faults
	@$(PYTEST) tests/faults $(ARGS)

test-one: environment ## one test or file: make test-one ARGS=tests/chat/actions/test_posting.py
	@$(PYTEST) $(ARGS)

# JOBS is a setting of the server too (docs/settings.md), with other values.
chaos: environment ## ten thousand runs of the model (SEEDS=n, FIRST=n, JOBS=n, SERVICES=1) and all its mutants, or one run exactly (SEED=n)
	@$(if $(SERVICES),sh tools/services.sh)
	@env -u JOBS .venv/bin/python -m tests.model.chaos $(foreach name,seeds first seed keep jobs,$(if $($(call upper,$(name))),--$(name) $($(call upper,$(name))))) $(if $(SERVICES),--services)

fuzz: environment ## send whatever may be sent, for MINUTES=10 or once with EXAMPLES=100 (SEED= repeats a run, ARGS= names tests)
	@.venv/bin/python tools/fuzz.py --minutes "$(or $(MINUTES),10)" --examples "$(EXAMPLES)" --seed "$(SEED)" $(ARGS)

audit: environment ## look up the pins of requirements/ among known vulnerabilities; needs the network
	@.venv/bin/python tools/audit.py

latency: environment ## measure a post's way to the other person's screen
	@.venv/bin/python tools/latency.py

bench: environment tools ## measure delivery, posting, pages and handshakes, next to a lower bound and the stock design (ARGS= names some)
	@.venv/bin/python -m benchmarks $(ARGS)

soak: environment tools ## MINUTES=60 of connecting, talking, editing and dropping, RATE=300 posts a second: nothing may grow
	@.venv/bin/python -m benchmarks.soak

wheel: environment ## build the wheel of the chat, for a Django project of your own, into dist/ (docs/embedding.md)
	@rm -rf dist && .venv/bin/python -m hatchling build

pins: environment ## compile requirements/*.in into hashed pins
	@for name in base dev audit; do .venv/bin/uv pip compile -q --universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt; done

environment:
	@sh tools/environment.sh dev

tools:
	@sh tools/services.sh
