#!/usr/bin/env bash
# Prints docs/cli.md: the help of every command, as the binary PLAD gives it.
set -euo pipefail
plad=${1:?usage: cli-reference.sh PLAD}
export COLUMNS=120

subcommands() { "$plad" help "$@" | sed -n '/SUBCOMMANDS:$/,$p' | grep -oE '^  [a-z][a-z-]*' | tr -d ' ' | grep -v '^help$' || true; }

page() {
    printf '\n## plad%s\n\n```\n' "${*:+ $*}"
    "$plad" help "$@" | sed 's/[[:space:]]*$//'
    printf '```\n'
    local name
    for name in $(subcommands "$@"); do page "$@" "$name"; done
}

echo "# plad's commands"
echo
echo "What the binary says of itself; written by \`make docs\`."
page
