#!/bin/bash
# sign.sh: signs names.zone once for each algorithm, with ldns-signzone and with BIND's dnssec-signzone, and the zone of
# RFC 5155, appendix A, with a key that is long enough. Overwrites the *.signed files of this folder. The keys are new
# each time, and thrown away; the dates are fixed. A signature may last 68 years at most (RFC 4034 §3.1.5), so 2090.
#
# On Debian: apt-get install ldnsutils bind9-utils
set -euo pipefail
cd "$(dirname "$0")"
HERE=$PWD
WORK=$(mktemp -d)
trap 'rm -r "$WORK"' EXIT
BEGIN=20260101000000
END=20900101000000
cd "$WORK"

# keep NAME HOW...: the signed zone, and above it how it was signed.
keep() {
    local name=$1
    shift
    { echo "; $*"; grep -v '^;' signed; } >"$HERE/$name.signed"
}

# with_ldns NAME ALGORITHM BITS FLAGS...
with_ldns() {
    local name=$1 algorithm=$2 bits=$3 key
    shift 3
    key=$(ldns-keygen -k -a "$algorithm" -b "$bits" names.test)
    ldns-signzone -i $BEGIN -e $END "$@" -o names.test -f signed "$HERE/names.zone" "$key"
    keep "$name" "names.zone with a key of $algorithm, $bits bits, by ldns-signzone 1.8.3 -i $BEGIN -e $END $*"
    rm -f signed K*
}

# with_bind NAME ZONE FILE ALGORITHM BITS FLAGS...
with_bind() {
    local name=$1 zone=$2 file=$3 algorithm=$4 bits=$5 key
    shift 5
    case $algorithm in RSA*) key=$(dnssec-keygen -q -a "$algorithm" -b "$bits" -f KSK "$zone") ;;
    *) key=$(dnssec-keygen -q -a "$algorithm" -f KSK "$zone") ;; esac
    cat "$file" "$key.key" >unsigned
    dnssec-signzone -q -s $BEGIN -e $END -z -O full "$@" -o "$zone" -f signed unsigned "$key" >/dev/null
    keep "$name" "$(basename "$file") with a key of $algorithm, $bits bits, by dnssec-signzone 9.18.49 -s $BEGIN -e $END -z $*"
    # The digests of its key by SHA-1, SHA-256 and SHA-384.
    case $name in bind-13) dnssec-dsfromkey -1 "$key.key" >"$HERE/$name.ds"
        dnssec-dsfromkey -a SHA-256 "$key.key" >>"$HERE/$name.ds"
        dnssec-dsfromkey -a SHA-384 "$key.key" >>"$HERE/$name.ds" ;; esac
    rm -f signed K* unsigned dsset-*
}

with_ldns ldns-5 RSASHA1 1024
with_ldns ldns-7 RSASHA1-NSEC3-SHA1 1024 -n -p -t 0
with_ldns ldns-8 RSASHA256 2048
with_ldns ldns-10 RSASHA512 1024 -n -t 5 -s aabb
with_ldns ldns-13 ECDSAP256SHA256 256 -n -t 0
with_ldns ldns-14 ECDSAP384SHA384 384
with_ldns ldns-15 ED25519 256
with_bind bind-8 names.test "$HERE/names.zone" RSASHA256 1024
with_bind bind-10 names.test "$HERE/names.zone" RSASHA512 2048 -3 - -H 0
with_bind bind-13 names.test "$HERE/names.zone" ECDSAP256SHA256 256
with_bind bind-14 names.test "$HERE/names.zone" ECDSAP384SHA384 384 -A -3 aabb -H 1
with_bind bind-15 names.test "$HERE/names.zone" ED25519 256
# Ed448 and more than 150 iterations: zones that count as unsigned here.
with_ldns ldns-16 ED448 456
with_ldns ldns-512 RSASHA256 512
with_ldns ldns-151 ED25519 256 -n -t 151

# The zone of RFC 5155, appendix A, without its own proofs and signatures.
python3 - "$HERE/../../zones/rfc5155.zone" >rfc5155 <<'PYTHON'
import re, sys
text = re.sub(r";.*", "", open(sys.argv[1]).read())
text = re.sub(r"\(([^)]*)\)", lambda inner: inner[1].replace("\n", " "), text)
owner, kept = "", []
for line in text.splitlines():
    if not line.strip():
        continue
    if not line[0].isspace():
        owner, line = line.split(None, 1)
    if line.startswith("$") or owner.startswith("$"):
        kept.append(f"{owner} {line}")
    elif not re.search(r"\b(RRSIG|NSEC3|NSEC3PARAM|DNSKEY)\b", line):
        kept.append(f"{owner} {line.strip()}")
print("\n".join(kept))
PYTHON
with_bind rfc5155 example "$WORK/rfc5155" ED25519 256 -A -3 aabbccdd -H 12
