#!/bin/bash
# Builds the page with one command: the program as WebAssembly, and dist/ around it. Words given go to wasm.sh.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --ignore-scripts
WASM=$(./wasm.sh "$@")
node build.mjs --wasm "$(cd .. && realpath "$WASM")"
