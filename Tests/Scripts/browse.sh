#!/usr/bin/env bash
# Looks at a report in headless Chromium: screenshots at 400 and 1400 pixels, light and dark. Fails on any message on the
# page's console.
#
#     Tests/Scripts/browse.sh REPORT.html FOLDER
set -euo pipefail
page=$(realpath "${1:?usage: browse.sh REPORT.html FOLDER}")
folder=${2:?usage: browse.sh REPORT.html FOLDER}
mkdir -p "$folder"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for width in 400 1400; do
    for scheme in light:1 dark:0; do
        shot=$folder/$width-${scheme%%:*}.png
        timeout 120 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --enable-logging=stderr \
            --window-size="$width,${HEIGHT:-6000}" --blink-settings=preferredColorScheme="${scheme##*:}" \
            --screenshot="$shot" "file://$page" 2>"$log"
        if grep CONSOLE "$log"; then exit 1; fi
        [ -s "$shot" ] || { cat "$log" >&2; exit 1; }
        echo "$shot"
    done
done
