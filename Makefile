# make demo    the whole job on a made-up account, without AWS
# make test    every test
# make check   lint, formatting and types, as CI runs them

PYTHON ?= python3
VENV := .venv
MINISTACK := .venv-ministack
CDK := .venv-cdk
BIN := $(VENV)/bin

.PHONY: demo test check format goldens bench clean

$(VENV)/.done: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ses2iac needs Python 3.11 or later; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# An emulator by others, the judge of the tests. It pins a botocore of its own, so it lives apart.
$(MINISTACK)/.done: constraints-ministack.txt
	$(PYTHON) -m venv $(MINISTACK)
	$(MINISTACK)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-ministack.txt
	@touch $@

# 430 MB with all that it needs, and apart because it drags in much that nothing else here uses.
$(CDK)/.done: constraints-cdk.txt
	$(PYTHON) -m venv $(CDK)
	$(CDK)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-cdk.txt
	@touch $@

demo: $(VENV)/.done
	$(BIN)/ses2iac demo --out demo-output

test: $(VENV)/.done $(MINISTACK)/.done $(CDK)/.done
	SES2IAC_MINISTACK=$(MINISTACK)/bin/ministack SES2IAC_CDK_PYTHON=$(CDK)/bin/python \
		$(BIN)/pytest --numprocesses auto --dist loadfile $(PYTEST_ARGS)

check: $(VENV)/.done
	$(BIN)/ruff check .
	$(BIN)/black --check --quiet . || { echo "not formatted: run 'make format'"; exit 1; }
	$(BIN)/mypy

format: $(VENV)/.done
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/black --quiet .

# Write the expected outputs anew with the command itself; read the diff before committing it.
goldens: $(VENV)/.done
	$(BIN)/python -m tests.goldens

bench: $(VENV)/.done
	$(BIN)/python -m benchmarks.export

clean:
	rm -rf $(VENV) $(MINISTACK) $(CDK) demo-output build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
