#!/bin/bash
# sign.sh: signs three zones of the folder above, from the leaf up, and overwrites the files here: the signed zones, and
# root.ds, the trust anchor. The keys are new each time, and thrown away; afterwards, bless the lesson `dns_sec`.
#
# Time in the toy internet begins with the year 2026. The signatures of example.test are valid until January 15 of that
# year, and the others until 2093: 68 years is the longest time there is (RFC 4034 §3.1.5). On Debian: apt-get install
# ldnsutils
set -euo pipefail
cd "$(dirname "$0")"
HERE=$PWD
WORK=$(mktemp -d)
trap 'rm -r "$WORK"' EXIT
SIGNER="ldns-signzone $(ldns-signzone -v | grep -o '[0-9.]*' | head -1)"

# sign ZONE PARENT UNTIL: signs a zone with a new KSK and a new ZSK, and gives its parent the DS record.
sign() {
    local zone=$1 parent=$2 until=$3 apex=$1. ksk zsk
    [ "$zone" = root ] && apex=.
    cd "$WORK"
    ksk=$(ldns-keygen -r /dev/urandom -k -a ECDSAP256SHA256 "$apex")
    zsk=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 "$apex")
    ldns-signzone -i 20251201000000 -e "$until" -f "$zone.signed" "$zone.zone" "$ksk" "$zsk"
    tr '\t' ' ' <"$ksk.ds" >>"$parent"
    { echo "; ../$zone.zone, signed by $SIGNER until $until"; grep -v '^;' "$zone.signed"; } >"$HERE/$zone.zone"
    cd "$HERE"
}

cp ../root.zone ../test.zone ../example.test.zone "$WORK"
echo "; The trust anchor: the DS record of the root's key." >"$WORK/root.ds"
sign example.test test.zone 20260115000000
sign test root.zone 20930101000000
sign root root.ds 20930101000000
cp "$WORK/root.ds" root.ds
