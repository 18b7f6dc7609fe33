#!/bin/sh
# The demo: a teacher of two million parameters is served over HTTP, a student of half a million learns from its answers.
#
#     Prompts/demo/demo.sh PLAD             serve, distil with each seed, compare, then repeat the first run offline
#     Prompts/demo/demo.sh PLAD --replay    from the committed recording alone: no teacher, no network
#
# PLAD is the binary. Runs are written to runs/demo, anew each time.
set -eu
cd "$(dirname "$0")/../.."

plad=$1
mode=${2:-}
task=Prompts/demo
runs=runs/demo
seeds="1 2"
recording=Cache/demo.jsonl

rm -rf "$runs"
mkdir -p "$runs"
# The messages that the teacher is never asked about.
unpaid=$runs/unpaid.jsonl
tail -n +301 "$task/train.jsonl" > "$unpaid"

say() {
    printf '\n== %s\n' "$*"
}

distill() { # RUN SEED [more flags]
    run=$1 seed=$2
    shift 2
    "$plad" distill --config "$task/distill.yaml" --unpaid-prompts "$unpaid" --seed "$seed" --out "$runs/$run" "$@"
}

same() { # RUN RUN: their students agree to the byte
    cmp "$runs/$1/student/model.safetensors" "$runs/$2/student/model.safetensors"
    echo "$runs/$1 and $runs/$2: student/model.safetensors is the same, byte for byte"
}

if [ "$mode" = --replay ]; then
    say "From the recording $recording: no teacher, no network"
    distill replayed 1 --replay --cache "$recording"
    distill again 1 --replay --cache "$recording"
    say "Held-out prompts"
    "$plad" compare "$runs/replayed"
    same replayed again
    exit
fi

say "The teacher: $task/models/teacher"
"$plad" serve --model "$task/models/teacher" --port 0 --port-file "$runs/port" &
teacher=$!
trap 'kill "$teacher" 2>/dev/null || true' EXIT INT TERM
while [ ! -s "$runs/port" ]; do
    kill -0 "$teacher" 2>/dev/null || { echo "the teacher did not start" >&2; exit 69; }
    sleep 0.1
done
url=http://127.0.0.1:$(cat "$runs/port")/v1

for seed in $seeds; do
    say "Distilling from $url, seed $seed"
    distill "seed-$seed" "$seed" --remote "$url" --cache "$runs/answers.sqlite"
done

say "The first run again, offline: the teacher is gone"
kill "$teacher"
wait "$teacher" || true
trap - EXIT INT TERM
distill replayed 1 --replay --cache "$runs/answers.sqlite"
same seed-1 replayed

say "Held-out prompts: ROUGE-L to the teacher, facts kept to the letter; before, after warm-up alone, after ranking"
set --
for seed in $seeds; do set -- "$@" "$runs/seed-$seed"; done
"$plad" compare "$@"
echo "The pages: $runs/seed-*/report.html"
