#!/bin/bash
# Signs steps.zone in three ways, and overwrites the files of this folder that it names: nsec.zone, nsec3.zone and
# optout.zone. The keys are new each time, and thrown away. The dates are fixed: the tests compare servers, and check no
# signature.
#
# On Debian: apt-get install ldnsutils
set -euo pipefail
cd "$(dirname "$0")"
HERE=$PWD
WORK=$(mktemp -d)
trap 'rm -r "$WORK"' EXIT
DATES=(-i 20260101000000 -e 20361231235959)

# sign NAME HOW...: steps.zone as NAME.test, signed with these flags of ldns-signzone.
sign() {
    local name=$1 key
    shift
    sed "s/steps\.test/$name.test/g" steps.zone >"$WORK/$name"
    key=$(cd "$WORK" && ldns-keygen -k -a ED25519 "$name.test")
    (cd "$WORK" && ldns-signzone "${DATES[@]}" "$@" -o "$name.test" -f signed "$name" "$key")
    {
        echo "; steps.zone as $name.test, signed by $(ldns-signzone -v 2>&1 | grep -o 'version [0-9.]*' | head -1) of ldns:"
        echo "; ldns-signzone ${DATES[*]} $*"
        cat "$WORK/signed"
    } >"$HERE/$name.zone"
}

sign nsec
sign nsec3 -n -t 0
sign optout -n -p -t 5 -s aabbccdd
