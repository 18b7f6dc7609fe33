#!/usr/bin/env bash
# Runs plad on processors older than this one, emulated by qemu-user: one without AVX, one with AVX2 and no AVX-512. Each must
# choose the kernels it has, refuse in one line to be forced to others, and never die of an illegal instruction; and what it
# computes must be to the byte what this machine computes with the same kernels.
#
#     Tests/Scripts/old_processors.sh PLAD
set -euo pipefail
plad=$(realpath "${1:?usage: old_processors.sh PLAD}")
command -v qemu-x86_64 >/dev/null || { echo "processors are emulated by qemu-user; run: sudo apt-get install -y qemu-user"; exit 1; }
fixtures=$(realpath "$(dirname "$0")/../Fixtures")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0 failed=0
# What is set for other programs is nothing to plad.
unset PLAD_KERNELS OPENBLAS_CORETYPE

# run PROCESSOR ARGUMENTS: leaves output, errors and code. Emulation is slow; a hang is a failure.
run() {
    local processor=$1 emulator=(qemu-x86_64 -cpu "$1")
    [ "$processor" != native ] || emulator=()
    shift
    code=0
    timeout 600 "${emulator[@]}" "$plad" "$@" <"$folder/input" >"$folder/output" 2>"$folder/errors" || code=$?
}

# judge WHAT CONDITION: counts a check; a failed one shows what was said.
judge() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok    $what"
    else
        failed=$((failed + 1))
        echo "FAIL  $what: exit status $code"
        head -c 1000 "$folder/output" "$folder/errors"
    fi
}

says() { [ "$code" = 0 ] && grep -qE -- "$1" "$folder/output"; }

# Ended by itself, with one line that names what was asked for, beside the emulator's warnings: 124 is the time limit, 128 and more
# a signal.
refuses() {
    [ "$code" -gt 0 ] && [ "$code" -lt 124 ] && [ "$(grep -vc '^qemu-' "$folder/errors")" = 1 ] && grep -q -- "$1" "$folder/errors"
}

# What the last run printed is what this machine prints with the kernels named.
is_native() {
    [ "$code" = 0 ] && mv "$folder/output" "$folder/emulated" && PLAD_KERNELS=$kernels run native "$@" &&
        [ "$code" = 0 ] && cmp "$folder/emulated" "$folder/output"
}

: >"$folder/input"
tiny=(--shape tiny --threads 1 --prompt 12 --json)
scoring=(bench score "${tiny[@]}" --batch 1 --response 6 --steps 1)
for processor in Nehalem Haswell; do
    case $processor in
        Nehalem) kernels=generic others=(avx2 avx512 sse9) ;;
        Haswell) kernels=avx2 others=(avx512 sse9) ;;
    esac
    here=$processor
    run "$processor" --version && judge "$here tells its version" says '[0-9]+\.[0-9]'
    run "$processor" "${scoring[@]}" && judge "$here chooses $kernels" says "\"kernels\":\"$kernels\""
    PLAD_KERNELS=generic run "$processor" "${scoring[@]}" && judge "$here is forced to generic" says '"kernels":"generic"'
    for other in "${others[@]}"; do
        PLAD_KERNELS=$other run "$processor" "${scoring[@]}" && judge "$here refuses $other" refuses "$other"
    done
    run "$processor" bench train "${tiny[@]}" --pairs 2 --response 6 --steps 1 && judge "$here trains" says '"command":"train"'
    run "$processor" bench sample "${tiny[@]}" --batch 2 --new 4 --dtype bf16 && judge "$here samples from bfloat16" says '"command":"sample"'

    # The same bytes; where this machine lacks the kernels, the work alone.
    echo '{"text":"The quick brown fox, 12,345 times: naïve café 東京."}' >"$folder/input"
    run "$processor" tokenize --student "$fixtures/goldens/qwen3" && judge "$here tokenizes" says '"ids"'
    same=(says .)
    PLAD_KERNELS=$kernels run native "${scoring[@]}" && [ "$code" != 0 ] || same=(is_native)
    echo '{"prompt":"The quick brown fox","completion":" jumps over the lazy dog."}' >"$folder/input"
    for model in qwen3 llama-gqa-tied gpt2 t5-gated; do
        arguments=(score --student "$fixtures/goldens/$model" --threads 2)
        run "$processor" "${arguments[@]}" && judge "$here scores with $model" "${same[@]}" "${arguments[@]}"
    done
    echo 'The quick brown fox' >"$folder/input"
    for weights in float32 int8; do
        arguments=(sample --student "$fixtures/goldens/llama-gqa-tied" --samples 3 --max-tokens 12 --threads 2 --weights "$weights")
        run "$processor" "${arguments[@]}" && judge "$here samples with $weights" "${same[@]}" "${arguments[@]}"
    done
    : >"$folder/input"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
