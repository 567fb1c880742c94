#!/bin/bash
# record.sh: asks unbound the questions in the file of that name, each with an empty cache, and overwrites unbound.txt:
# what it answers, and what it asks the servers of the zones for it. The servers are nsd's, as servers.sh starts them, in
# a network namespace of their own that ends with this script.
#
# Needs root. On Debian: apt-get install iproute2 nsd unbound bind9-dnsutils tcpdump tshark util-linux
set -euo pipefail
cd "$(dirname "$0")"
if [ "${1:-}" != inside ]; then
    exec unshare --net --pid --fork --kill-child --mount-proc bash "$PWD/record.sh" inside
fi
WORK=$(mktemp -d)
trap 'rm -r "$WORK"' EXIT
bash servers.sh "$WORK"

# Until the server at an address answers.
wait_for() {
    for _ in $(seq 100); do
        dig +tries=1 +time=1 +norecurse "@$1" . SOA >/dev/null && return
        sleep 0.1
    done
    echo "record.sh: nobody answers at $1" >&2
    exit 1
}

# The reply as lines: `status`, `ede`, and the records of two sections. dig writes a tab, or two, between fields.
reply() {
    awk '
        /^;; ->>HEADER/ { match($0, /status: [A-Z]+/); status = substr($0, RSTART + 8, RLENGTH - 8) }
        /^;; flags:/ { print "status", status (/ ad[ ;]/ ? " ad" : "") }
        /^; EDE: / { sub(/^; EDE: /, ""); gsub(/[()]/, ""); print "ede", $0; next }
        /^;; [A-Z]+ SECTION:/ { section = tolower($2) }
        /^[^;]/ { gsub(/\t+/, " "); print section, $0 }'
}

# What went by: `query`, server, protocol, name and type of each, and `answered` where the client got the reply.
queries() {
    local wanted='dns.flags.response == 0 && ip.dst != 10.53.0.99 || dns.flags.response == 0 && ipv6'
    wanted="dns && ($wanted || dns.flags.response == 1 && ip.src == 10.53.0.99)"
    tshark -r "$1" -Y "$wanted" -T fields -E separator='|' \
        -e ip.dst -e ipv6.dst -e dns.flags.response -e udp.port -e dns.qry.name -e dns.qry.type 2>/dev/null | awk -F'|' '
        BEGIN { split("1 A 2 NS 6 SOA 10 NULL 15 MX 16 TXT 28 AAAA 43 DS 48 DNSKEY 65 HTTPS", known, " ")
                for (i = 1; i in known; i += 2) names[known[i]] = known[i + 1] }
        $3 == "1" || $3 == "True" { print "answered"; next }
        { name = $5 == "<Root>" ? "." : tolower($5) "."
          print "query", $1 $2, ($4 == "" ? "TCP" : "UDP"), name, ($6 in names ? names[$6] : "TYPE" $6) }'
}

# Asks unbound, started anew, one question, and writes all that is to be said of it. The third word is +cd, or +nocd.
ask() {
    local name=$1 rtype=$2 cd=$3 unbound tcpdump
    rm -f "$WORK/tcpdump"
    tcpdump -q -i any -U -w "$WORK/packets" port 53 2>"$WORK/tcpdump" &
    tcpdump=$!
    until grep -qs listening "$WORK/tcpdump"; do sleep 0.05; done
    unbound -d -c "$WORK/unbound.conf" &
    unbound=$!
    until [ -s "$WORK/unbound.pid" ] && ss -lun | grep -q '10.53.0.99:53'; do sleep 0.05; done
    dig +tcp +tries=1 +time=60 +dnssec "$cd" +nocookie +noall +comments +answer +authority +nosplit \
        "@10.53.0.99" "$name" "$rtype" >"$WORK/reply"
    sleep 1
    kill $unbound $tcpdump
    wait $unbound $tcpdump || true
    rm -f "$WORK/unbound.pid"
    echo "question $name. $rtype" $([ "$cd" = +nocd ] || echo "$cd")
    reply <"$WORK/reply"
    queries "$WORK/packets"
    echo
}

for number in 1 2 3 4 5; do wait_for 10.53.0.$number; done
{
    echo "; What unbound $(unbound -V | awk 'NR == 1 { print $2 }') answers, and whom it asks, each time with an empty cache."
    echo "; Recorded by record.sh, with nsd $(nsd -v 2>&1 | awk 'NR == 1 { print $3 }') as the servers."
    echo
    while read -r name rtype what; do
        cd=+nocd
        [ "${what%% *}" = +cd ] && read -r cd what <<<"$what"
        echo "; $what"
        ask "$name" "$rtype" "$cd" </dev/null
    done <questions
} >"$WORK/table"
cp "$WORK/table" unbound.txt
