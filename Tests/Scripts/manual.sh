#!/usr/bin/env bash
# The manual page and the completions of the binary PLAD are well-formed, and the page has every command and flag.
# Needs groff; the completions of shells that are not there are not read.
set -euo pipefail
plad=${1:?usage: manual.sh PLAD}
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 docs/man.py "$plad" > "$folder/plad.1"
groff -man -Tascii -ww -P-cbou "$folder/plad.1" > "$folder/page" 2> "$folder/complaints"
if [ -s "$folder/complaints" ]; then cat "$folder/complaints"; exit 1; fi

"$plad" --experimental-dump-help | python3 -c '
import json, re, sys
page = re.sub(r"\s+", " ", open(sys.argv[1]).read())
def names(node, above=""):
    command = (above + " " + node["commandName"]).strip()
    if node["commandName"] == "help": return
    yield command
    for argument in node.get("arguments", []):
        yield from ("--" + name["name"] for name in argument.get("names", []) if name["kind"] == "long")
    for child in node.get("subcommands", []): yield from names(child, command)
missing = sorted({name for name in names(json.load(sys.stdin)["command"]) if not re.search(re.escape(name) + r"(?![\w-])", page)})
if missing: sys.exit("the manual page lacks " + ", ".join(missing))
' "$folder/page"

for shell in bash zsh fish; do
    "$plad" --generate-completion-script $shell > "$folder/$shell"
    if command -v $shell > /dev/null; then $shell -n "$folder/$shell"; fi
done
