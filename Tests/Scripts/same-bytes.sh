#!/usr/bin/env bash
# Prints the digests of what four small runs leave, all from recordings: equal builds print the same lines.
#
#     Tests/Scripts/same-bytes.sh PLAD > before; …; Tests/Scripts/same-bytes.sh PLAD | diff before -
#
# demo: the run of `make replay-demo`. lora, t5, dpo: a Llama of 30,000 parameters with an adapter, a T5, and two rounds of
# two samples under the DPO loss, from Tests/Fixtures/old-run/answers.jsonl.
set -euo pipefail
plad=$(realpath "${1:?usage: same-bytes.sh PLAD}")
cd "$(dirname "$0")/../.."
fixtures=Tests/Fixtures
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

distill() { # RUN STUDENT [more flags]
    local run=$1 student=$2
    shift 2
    "$plad" distill --replay --cache $fixtures/old-run/answers.jsonl --teacher-model llama-untied-sp --teacher-id fixture \
        --keep-truncated --student "$student" --prompts $fixtures/old-run/prompts.jsonl --out "$folder/$run" --max-tokens 12 \
        --held-out 0.25 --batch-size 4 --threads 1 --seed 5 --learning-rate 1e-4 "$@" > /dev/null 2> "$folder/$run.log" ||
        { cat "$folder/$run.log" >&2; exit 1; }
}

tail -n +301 Prompts/demo/train.jsonl > "$folder/unpaid.jsonl"
"$plad" distill --config Prompts/demo/distill.yaml --unpaid-prompts "$folder/unpaid.jsonl" --seed 1 --replay --cache Cache/demo.jsonl \
    --threads 2 --out "$folder/demo" > /dev/null 2> "$folder/demo.log" || { cat "$folder/demo.log" >&2; exit 1; }
distill lora $fixtures/goldens/llama-gqa-tied --lora-rank 4
distill t5 $fixtures/goldens/t5-gated
distill dpo $fixtures/goldens/llama-gqa-tied --loss dpo --samples 2 --rounds 2

for run in demo lora t5 dpo; do
    for file in student/model.safetensors pairs.jsonl samples.jsonl evaluation.json; do
        printf '%s  %s/%s\n' "$(sha256sum < "$folder/$run/$file" | cut -d' ' -f1)" "$run" "$file"
    done
done
