#!/usr/bin/env bash
# Compares, and leaves the report and the result for the steps that follow.
set -euo pipefail

exec python3 -E -s -B "$(dirname "$0")/compare.py"
