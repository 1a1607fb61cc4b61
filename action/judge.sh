#!/usr/bin/env bash
# Fails the job by the caller's choice; what could not be read or compared always does.
set -euo pipefail

case "${RESULT:?}:${FAIL_ON:?}" in
  same:*) echo "no difference" ;;
  different:different) echo "::error::the code and what is there differ" && exit 1 ;;
  different:error) echo "::warning::the code and what is there differ" ;;
  partial:*) echo "::error::some configuration sets could not be read" && exit 1 ;;
  failed:*) echo "::error::the comparison failed" && exit 1 ;;
  *) echo "::error::fail-on is 'different' or 'error', not '$FAIL_ON'" && exit 1 ;;
esac
