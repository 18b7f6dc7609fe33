#!/bin/sh
# Makes the demo's teacher and student from nothing, with plad alone:
#
#     Prompts/demo/models/make-models.sh PLAD WORK      PLAD: the binary; WORK: a folder for what lies between
#
# About half an hour on a core of its own. The same machine and flags give the same bytes. The tokenizer is committed; it came from
#
#     python3 generator/generate.py examples --count 60000 --seed 3 > examples.jsonl
#     python3 models/make_tokenizer.py examples.jsonl models/tokenizer
set -eu

plad=$1
work=$2
task=$(cd "$(dirname "$0")/.." && pwd)
models=$task/models
mkdir -p "$work"

examples() { # KIND SEED: 60,000 messages with their summaries; none is a prompt of the demo
    python3 "$task/generator/generate.py" "$1" --count 60000 --seed "$2" > "$work/$1-$2.jsonl"
}

train() { # STUDENT EXAMPLES OUT [more flags]
    student=$1 pairs=$2 out=$3
    shift 3
    "$plad" train --student "$student" --pairs "$pairs" --loss sft --batch-size 24 --weight-decay 0.01 --threads 1 --out "$out" "$@"
}

# The teacher sees whole summaries: first at a constant rate, then, on other messages, at one that falls to nothing.
examples examples 3
examples examples 4
"$plad" init --config "$models/teacher/config.json" --tokenizer "$models/tokenizer" --seed 1 --out "$work/teacher-0"
train "$work/teacher-0" "$work/examples-3.jsonl" "$work/teacher-1" \
    --steps 2200 --learning-rate 2e-3 --learning-rate-warm-up 0.08 --seed 1
train "$work/teacher-1" "$work/examples-4.jsonl" "$work/teacher" \
    --steps 1800 --learning-rate 2e-3 --learning-rate-warm-up 0.02 --schedule linear --seed 2 --dtype bf16

# The student sees careless summaries, which leave facts out: it can copy a little, but has never seen the task done well.
examples rough 5
"$plad" init --config "$models/student/config.json" --tokenizer "$models/tokenizer" --seed 1 --out "$work/student-0"
train "$work/student-0" "$work/rough-5.jsonl" "$work/student" \
    --steps 3000 --learning-rate 3e-3 --learning-rate-warm-up 0.03 --schedule linear --seed 1 --dtype bf16

for model in teacher student; do
    cp "$work/$model"/*.json "$work/$model/model.safetensors" "$models/$model/"
done
