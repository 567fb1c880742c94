#!/bin/bash
# sign.sh: signs the zones of zones/, from the leaves up, and overwrites all files of signed/: the signed zones, root.ds
# (the trust anchor) and root.hints. The keys are new each time, and thrown away; afterwards, run record.sh.
#
# Signatures begin in 2026 and end in 2093. Their times are 32 bits that wrap around (RFC 4034 §3.1.5), so that 68 years
# is the longest time that a signature can be valid for. On Debian: apt-get install ldnsutils
set -euo pipefail
cd "$(dirname "$0")"
HERE=$PWD
WORK=$(mktemp -d)
trap 'rm -r "$WORK"' EXIT
VALID="-i 20260101000000 -e 20930101000000"
PAST="-i 20200101000000 -e 20200201000000"
SIGNER="ldns-signzone $(ldns-signzone -v | grep -o '[0-9.]*' | head -1)"

# keep ZONE HOW...: puts a zone of the folder for the work into signed/, and says above it how it was made.
keep() {
    local zone=$1
    shift
    { echo "; zones/$zone.zone, $*"; grep -v '^;' "$WORK/$zone.signed"; } >"$HERE/signed/$zone.zone"
}

# sign ZONE PARENT FLAGS...: signs a zone with a new KSK and a new ZSK, and gives its parent the DS record.
sign() {
    local zone=$1 parent=$2 apex ksk zsk
    shift 2
    apex=$zone.
    [ "$zone" = root ] && apex=.
    cd "$WORK"
    ksk=$(ldns-keygen -r /dev/urandom -k -a ECDSAP256SHA256 "$apex")
    zsk=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 "$apex")
    ldns-signzone "$@" -f "$zone.signed" "$zone.zone" "$ksk" "$zsk"
    tr '\t' ' ' <"$ksk.ds" >>"$parent"
    cd "$HERE"
    keep "$zone" "signed by $SIGNER $*"
}

cp zones/*.zone "$WORK"
echo "; The trust anchor: the DS record of the root's key." >"$WORK/root.ds"
sign sub.example.com example.com.zone $VALID
sign example.com com.zone $VALID
sign glueless.org org.zone $VALID
sign deadfirst.com com.zone $VALID
sign expired.com com.zone $PAST
sign bogus.com com.zone $VALID
sed -i '/^www\.bogus\.com\..*\sA\s/s/192\.0\.2\.66/192.0.2.67/' "$WORK/bogus.com.signed"
keep bogus.com "signed by $SIGNER $VALID; then the address of www was changed"
cp zones/insecure.com.zone signed/insecure.com.zone
sign com root.zone $VALID -n -p -t 0
sign org root.zone $VALID -n -t 5 -s aabb
sign root root.ds $VALID
cp "$WORK/root.ds" signed/root.ds
cat >signed/root.hints <<HINTS
; Where the root is found.
. 3600000 NS a.root-servers.net.
a.root-servers.net. 3600000 A 10.53.0.1
a.root-servers.net. 3600000 AAAA fd53::1
HINTS
