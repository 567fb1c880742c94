#!/bin/bash
# Builds the page with one command: the viewer that the program has inside, the program as WebAssembly, and dist/ around
# it. web/build.sh; CONTRIBUTING.md says more.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --ignore-scripts
node build.mjs --template
WASM=$(./wasm.sh)
node build.mjs --wasm "$(cd .. && realpath "$WASM")"
