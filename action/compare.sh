#!/usr/bin/env bash
# Compares, and leaves the report and the result for the steps that follow.
set -uo pipefail

report="${RUNNER_TEMP:?}/ses2iac-report.md"
# Options are words, by the action's own description.
# shellcheck disable=SC2086
ses2iac diff "${OLD:?}" "${NEW:?}" --region "${REGION:?}" --output markdown ${OPTIONS:-} >"$report"
code=$?

case "$code" in
  0) result=same ;;
  3) result=different ;;
  4) result=partial ;;
  *) result=failed ;;
esac

{
  echo "result=$result"
  echo "report=$report"
} >>"${GITHUB_OUTPUT:?}"
cat "$report" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
# The last step judges, after the comment.
exit 0
