#!/bin/bash
# registries.sh [FOLDER]: the tests with Go, node 24 and tlslite-ng. Installs them into FOLDER (1 GB), a temporary one
# that it takes away again unless you name one. It takes two minutes, most of them to build Go's TLS.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
if [ $# -gt 0 ]; then
    mkdir -p "$1"
    FOLDER=$(cd "$1" && pwd)
else
    FOLDER=$(mktemp -d)
    trap 'chmod -R u+w "$FOLDER"; rm -rf "$FOLDER"' EXIT
fi
"$HERE/install.sh" "$FOLDER"
cd "$HERE"
BAREWIRE_PEERS=$FOLDER cargo test -p barewire-tls13 --test peers -- --ignored
