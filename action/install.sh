#!/usr/bin/env bash
# Installs ses2iac into an environment of its own, with the versions that its tests ran with.
set -euo pipefail

venv="${RUNNER_TEMP:?}/ses2iac"
# Isolated (-I), so that no file of the checkout is taken for a module.
"${PYTHON:?}" -I -m venv --clear "$venv"
"$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check \
  --constraint "${GITHUB_ACTION_PATH:?}/constraints.txt" "$GITHUB_ACTION_PATH"
