#!/usr/bin/env bash
# Keeps one comment a comparison on the pull request; makes none where nothing differs and none stands.
set -euo pipefail

marker="<!-- ses2iac ${OLD:?} -->"
comments="repos/${GITHUB_REPOSITORY:?}/issues/${PULL_REQUEST:?}/comments"
body="${RUNNER_TEMP:?}/ses2iac-comment.md"
{
  echo "$marker"
  if [ "${RESULT:?}" = failed ]; then
    echo "**ses2iac could not compare \`$OLD\`**; the log of the job says why."
  else
    cat "${REPORT:?}"
  fi
} >"$body"

mine=$(MARKER="$marker" gh api --paginate "$comments" \
  --jq '.[] | select(.body | startswith(env.MARKER)) | .id' | head -n 1)
if [ -n "$mine" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$mine" --field "body=@$body" >/dev/null
elif [ "$RESULT" != same ]; then
  gh api --method POST "$comments" --field "body=@$body" >/dev/null
fi
