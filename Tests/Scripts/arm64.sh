#!/usr/bin/env bash
# The kernels for arm64, compiled across and run by qemu-user: each within rounding of its definition, and with fused products,
# as AVX2 has them, the same bits as AVX2 on this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
missing=""
for p in gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user; do dpkg -s $p >/dev/null 2>&1 || missing="$missing $p"; done
[ -z "$missing" ] || { echo "to compile for arm64 and emulate it, run: sudo apt-get install -y$missing"; exit 1; }
# The Swift toolchain's own clang, which also compiles the package.
clang=$(dirname "$(realpath "$(command -v swift)")")/clang
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sources=(Sources/CKernels/*.c Tests/Scripts/kernels.c)
for source in "${sources[@]}"; do
    name=$(basename "${source%.c}")
    "$clang" -O2 -ISources/CKernels/include -c "$source" -o "$folder/$name.here.o"
    "$clang" --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -O2 -ISources/CKernels/include -c "$source" -o "$folder/$name.arm64.o"
done
"$clang" "$folder"/*.here.o -lm -o "$folder/here"
aarch64-linux-gnu-gcc -static "$folder"/*.arm64.o -lm -o "$folder/arm64"
qemu-aarch64 "$folder/arm64" >"$folder/arm64.txt" || { cat "$folder/arm64.txt"; exit 1; }
if "$folder/here" avx2 >"$folder/avx2.txt"; then
    diff "$folder/avx2.txt" "$folder/arm64.txt" && echo "arm64: $(wc -l <"$folder/arm64.txt") kernels, the same bits as AVX2"
else
    echo "arm64: $(wc -l <"$folder/arm64.txt") kernels within rounding; this processor has no AVX2 to compare with"
fi
