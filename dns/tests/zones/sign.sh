#!/bin/bash
# sign.sh [NAME...]: signs steps.zone, and overwrites the files of this folder that it names: nsec.zone, nsec3.zone and
# optout.zone, or those given. The keys are new each time, and thrown away. The dates are fixed.
#
# ldns-signzone gives each cut an NSEC3 record also with opt-out; BIND's dnssec-signzone leaves out those of unsigned
# zones. On Debian: apt-get install ldnsutils bind9-utils
set -euo pipefail
cd "$(dirname "$0")"
HERE=$PWD
WORK=$(mktemp -d)
trap 'rm -r "$WORK"' EXIT
BEGIN=20260101000000
END=20361231235959

# copy NAME: steps.zone as NAME.test, in the folder for the work.
copy() {
    sed "s/steps\.test/$1.test/g" steps.zone >"$WORK/$1"
}

# keep NAME HOW...: the signed zone, and above it how it was signed.
keep() {
    local name=$1
    shift
    { echo "; steps.zone as $name.test, signed by $*"; grep -v '^;' "$WORK/signed"; } >"$HERE/$name.zone"
}

# with_ldns NAME FLAGS...
with_ldns() {
    local name=$1 key
    shift
    copy "$name"
    cd "$WORK"
    key=$(ldns-keygen -k -a ED25519 "$name.test")
    ldns-signzone -i $BEGIN -e $END "$@" -o "$name.test" -f signed "$name" "$key"
    cd "$HERE"
    keep "$name" "ldns-signzone -i $BEGIN -e $END $*"
}

# with_bind NAME FLAGS...
with_bind() {
    local name=$1 key
    shift
    copy "$name"
    cd "$WORK"
    key=$(dnssec-keygen -q -a ED25519 -f KSK "$name.test")
    cat "$key.key" >>"$name"
    dnssec-signzone -q -s $BEGIN -e $END -z -O full "$@" -o "$name.test" -f signed "$name" "$key" >/dev/null
    cd "$HERE"
    keep "$name" "dnssec-signzone -s $BEGIN -e $END -z $*"
}

[ $# -gt 0 ] || set -- nsec nsec3 optout
for name in "$@"; do
    case $name in
    nsec) with_ldns nsec ;;
    nsec3) with_ldns nsec3 -n -t 0 ;;
    optout) with_bind optout -A -3 aabbccdd -H 5 ;;
    *) echo "sign.sh: no way to sign $name" >&2; exit 2 ;;
    esac
done
