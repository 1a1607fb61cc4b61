#!/usr/bin/env bash
# Keep one comment per comparison on the pull request; don't create one if nothing differs.
# A comment that can't be written is a warning: the last step sets the result.
set -uo pipefail

# What identifies a comparison, in a form that can't end the HTML comment.
marker() {
  python3 -I -c 'import sys, urllib.parse
print("<!-- ses2iac", *(urllib.parse.quote(word, safe="/:@") for word in sys.argv[1:] if word), "-->")' "$@"
}

keep_comment() {
  local comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" body="$RUNNER_TEMP/ses2iac-comment.md" mine
  MARKER=$(marker "$OLD" "${NEW:-live}" "${REGION:-}" "${NAME:-}") || return
  export MARKER
  {
    echo "$MARKER"
    if [ -n "${NAME:-}" ]; then
      printf '**%s**\n\n' "$NAME"
    fi
    if [ "$RESULT" = failed ]; then
      echo "**ses2iac could not compare \`$OLD\` in ${REGION:-}**; the log of the job says why."
    else
      cat "$REPORT"
    fi
  } >"$body" || return

  mine=$(gh api --paginate "$comments" --jq '.[] | select(.body | startswith(env.MARKER)) | .id') || return
  mine=${mine%%$'\n'*}
  if [ -n "$mine" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$mine" --field "body=@$body" >/dev/null
  elif [ "$RESULT" != same ]; then
    gh api --method POST "$comments" --field "body=@$body" >/dev/null
  fi
}

if ! said=$(keep_comment 2>&1); then
  echo "::warning::no comment on the pull request: ${said//$'\n'/ }"
  echo "No comment on the pull request: its token may not write one, or GitHub could not be reached." \
    >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
fi
