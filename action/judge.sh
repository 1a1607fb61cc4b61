#!/usr/bin/env bash
# Fail the job if the result is at least as serious as fail-on; always fail if something could not be read.
set -euo pipefail

fail_on=${FAIL_ON:-}
if [ -z "$fail_on" ]; then
  case "${GITHUB_EVENT_NAME:-}" in
    # Changes of a pull request are pending until they are applied.
    pull_request | pull_request_target | merge_group) fail_on=drift ;;
    *) fail_on=any ;;
  esac
fi

# The results that each choice lets pass.
case "$fail_on" in
  any | different | pending) passes="" ;;
  drift) passes="pending" ;;
  conflict) passes="pending drift" ;;
  error) passes="pending drift conflict different not-compared" ;;
  *)
    echo "::error::fail-on is 'any', 'pending', 'drift', 'conflict', 'different' or 'error', not '$fail_on'"
    exit 1
    ;;
esac

case "${RESULT:-}" in
  same)
    echo "no difference"
    exit 0
    ;;
  pending) said="the code has changes that are not applied yet" ;;
  drift) said="the account changed, but the code did not" ;;
  conflict) said="the code and the account both changed" ;;
  different) said="the code and the account differ" ;;
  not-compared) said="nothing differs, but not everything could be compared; the report says what" ;;
  partial) said="some configuration sets could not be read" ;;
  *) said="the comparison failed" ;;
esac

case " $passes " in
  *" ${RESULT:-} "*) echo "::warning::$said" ;;
  *)
    echo "::error::$said"
    exit 1
    ;;
esac
