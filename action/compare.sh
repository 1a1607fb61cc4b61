#!/usr/bin/env bash
# Compare, and pass the report and the result on to the next steps.
set -euo pipefail

exec python3 -E -s -B "$(dirname "$0")/compare.py"
