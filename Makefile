# On a fresh machine with Python 3.11+ and make: `make demo` runs the product, `make test` its tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL = PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/install
export PYTHONUNBUFFERED = 1

.PHONY: help demo test check bench reliability format messages docs requirements clean

help:
	@sed -n 's/^\([a-z]*\):.*## /\1  /p' Makefile

demo: ## the whole product with a demo company, until Ctrl-C (PORT=8001 for another port)
	@$(INSTALL) requirements/local.txt
	@exec $(BIN)/python -m abm.local demo

test: ## all tests, on servers of their own (ARGS="tests/funnel" for some, WORKERS=0 for one process)
	@$(INSTALL) requirements/dev.txt
	@$(BIN)/python -m abm.local messages
	@$(BIN)/python -m pytest -n $${WORKERS:-2} --dist loadfile $(ARGS)

check: ## everything that must be true before a change lands
	@$(INSTALL) requirements/dev.txt
	@VENV=$(VENV) sh scripts/check

bench: ## the benchmarks (SIZE=full for the full size)
	@$(INSTALL) requirements/dev.txt
	@$(BIN)/python -m bench --size $${SIZE:-small}

reliability: ## the reliability promises at full size, killed brokers and all (ARGS="--share 0.1 --only R4")
	@$(INSTALL) requirements/dev.txt
	@$(BIN)/python -m bench.reliability $(ARGS)

format: ## lay the code out
	@$(INSTALL) requirements/dev.txt
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

messages: ## collect texts to translate into locale/ (needs gettext)
	@$(INSTALL) requirements/dev.txt
	@$(BIN)/python manage.py makemessages -l ja --no-location --no-wrap --no-obsolete -i "$(VENV)" -i .venv -i var -i tests -i bench
	@$(BIN)/python -m abm.local messages

docs: ## write the generated pages of docs/
	@$(INSTALL) requirements/dev.txt
	@$(BIN)/python manage.py docs

requirements: ## resolve requirements/*.in into versions with hashes
	@$(INSTALL) requirements/dev.txt
	@for set in base local dev; do CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --upgrade \
	  --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  --strip-extras --no-header --output-file requirements/$$set.txt requirements/$$set.in; done

clean: ## remove what was made here: the virtual environment and all data under var/
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m abm.local clean; fi
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
