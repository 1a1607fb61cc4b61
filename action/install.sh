#!/usr/bin/env bash
# Install ses2iac into its own environment, with the versions that it was tested with.
set -euo pipefail

venv="${RUNNER_TEMP:?}/ses2iac"
# Isolated (-I), so that Python imports no file of the checkout.
"${PYTHON:?}" -I -m venv --clear "$venv"
"$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check \
  --constraint "${GITHUB_ACTION_PATH:?}/constraints.txt" "$GITHUB_ACTION_PATH"
