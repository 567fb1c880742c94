#!/bin/bash
# Records the captures under <crate>/tests/captures: what real servers and the kernel's TCP put on a wire, to test our parsers against.
#
# Everything happens in three network namespaces made here and taken down at the end, also on failure:
#
#     client 10.91.1.2  ──veth──  10.91.1.1 router 10.91.2.1  ──veth──  server 10.91.2.2 and up
#
# The router is there so that a lost packet is lost on the way: a rule at either end would be noticed by that end's own TCP.
# One file per layer (dns.sh, tcp.sh, tls13.sh, http1.sh), and one for what needs more than one of them (examples.sh), says
# what is recorded; this file holds the wire and the recorder. Two layers have a second file: tcp_path.sh has a relay in the
# router's place, which can delay single packets, and records into tcp/tests/captures/path; tls13_servers.sh records what servers of
# eight projects send into tls13/tests/captures/servers.
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
LAYERS=(dns tcp tcp_path tls13 tls13_servers http1 examples)
TOOLS=(ip ethtool nft sysctl ss tcpdump editcap tshark dig nsd unbound ldns-keygen ldns-signzone nginx apache2 lighttpd haproxy caddy node curl openssl gnutls-serv selfserv python3)

usage() {
    cat <<HELP
usage: record.sh [--help] [LAYER...]        layers: ${LAYERS[*]} (all, when none is named)

Records <layer>/tests/captures/*.pcapng and writes the README.md beside them. It replaces what is there, so it may be run again.
Needs root on Linux, and: ${TOOLS[*]}
On Debian: apt-get install iproute2 ethtool nftables procps tcpdump tshark bind9-dnsutils nsd unbound ldnsutils nginx apache2-bin lighttpd haproxy caddy nodejs curl openssl gnutls-bin libnss3-tools lighttpd-mod-wolfssl python3
HELP
}

# ---- what is raised, and how all of it comes down --------------------------------------------------------------------

PIDS=()   # processes we started, newest last
SPACES=() # namespaces we made

tidy() {
    local status=$?
    set +e
    local pid space
    for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null; done
    for space in "${SPACES[@]}"; do
        # Servers that forked away from us are still inside their namespace, which nobody else shares.
        for pid in $(ip netns pids "$space" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
        ip netns del "$space" 2>/dev/null
    done
    if [ $status -ne 0 ] && [ -n "${WORK:-}" ]; then
        echo "record.sh: failed; the last lines of the logs:" >&2
        tail -n 5 "$WORK"/*.log >&2
    fi
    rm -rf "${WORK:-}"
    exit $status
}

space() { echo "bwcap$$-$1"; }
within() { local where=$1; shift; ip netns exec "$(space "$where")" "$@"; }

make_wire() {
    local end
    for end in client router server; do
        ip netns add "$(space $end)"
        SPACES+=("$(space $end)")
        # No IPv6: its neighbour chatter would land in the captures. examples.sh turns it on for its own.
        within $end sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
        # A loss-based congestion control, whatever the host prefers. Where a namespace may not have cubic, it may have reno.
        within $end sysctl -qw net.ipv4.tcp_congestion_control=cubic 2>/dev/null ||
            within $end sysctl -qw net.ipv4.tcp_congestion_control=reno
        within $end ip link set lo up
    done
    ip -n "$(space client)" link add eth0 type veth peer name client netns "$(space router)"
    ip -n "$(space server)" link add eth0 type veth peer name server netns "$(space router)"
    within router sysctl -qw net.ipv4.ip_forward=1
    within router ip addr add 10.91.1.1/24 dev client
    within router ip addr add 10.91.2.1/24 dev server
    within router ip link set client up
    within router ip link set server up
    within client ip addr add 10.91.1.2/24 dev eth0
    within client ip link set eth0 up
    within client ip route add default via 10.91.1.1
    for end in 2 3 4 5 6; do within server ip addr add 10.91.2.$end/24 dev eth0; done
    within server ip link set eth0 up
    within server ip route add default via 10.91.2.1
    offloads off
}

# Off: each packet is at most 1500 bytes and its checksum is complete, as on a real wire.
# On: veth carries "packets" of up to 64 KiB with checksums that no card will ever finish.
offloads() {
    local pair
    for pair in client:eth0 server:eth0 router:client router:server; do
        within "${pair%%:*}" ethtool -K "${pair##*:}" tx "$1" tso "$1" gso "$1" >/dev/null 2>&1
    done
}

# background WHERE COMMAND...: a server that stays in the foreground of its own process; its output goes to a log.
# Its input stays open and empty, for some servers end when theirs does.
background() {
    local where=$1 name=$2; shift
    ip netns exec "$(space "$where")" "$@" >>"$WORK/$(basename "$name").log" 2>&1 <&9 &
    PIDS+=($!)
}

# Waits until ADDRESS:PORT is listened on in the server's namespace (tcp or udp).
listening() {
    local address=$1 port=$2 tries=0
    until within server ss -Hlntu "src $address and sport = :$port" | grep -q .; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "record.sh: nothing listens on $address:$port after 5 s" >&2; return 1; }
        sleep 0.05
    done
}

stop() { # the newest background process
    local pid=${PIDS[-1]}
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    unset 'PIDS[-1]'
}

# ---- the recorder ----------------------------------------------------------------------------------------------------

# begin NAME TEXT [WHERE]: starts to record what passes the end WHERE (client, when not given) and opens its part of the README.
begin() {
    NAME=$1
    KEYS=$WORK/$1.keys
    printf '\n## %s.pcapng\n\n%s\n\n```text\n' "$1" "$2" >>"$WORK/README.md"
    recorder "${3:-client}" "$WORK/$1.pcap"
}

recorder() { # recorder WHERE FILE: returns once tcpdump is listening
    local where=$1 file=$2 tries=0
    : >"$WORK/tcpdump.log"
    ip netns exec "$(space "$where")" tcpdump -Z root -i eth0 -s 0 -B 8192 -U --immediate-mode -w "$file" "${FILTER:-ip}" 2>"$WORK/tcpdump.log" &
    PIDS+=($!)
    until grep -q 'listening on' "$WORK/tcpdump.log"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "record.sh: tcpdump does not start" >&2; return 1; }
        sleep 0.05
    done
}

# client COMMAND...: runs it at the client's end, and writes it into the README as the reader would type it.
client() {
    note "$@"
    within client timeout 20 "$@" </dev/null >>"$WORK/client.log" 2>&1
}

# refused COMMAND...: the same, for a command that must fail.
refused() {
    if client "$@"; then echo "record.sh: this was meant to fail: $*" >&2; return 1; fi
}

# note [(WHERE)] COMMAND...: a line of the README, quoted where a shell wants it, without the paths of this machine.
note() {
    local text="\$" word
    case $1 in "("*) text="$1 \$"; shift ;; esac
    for word in "$@"; do
        case $word in "<<<") ;; *[!A-Za-z0-9_./:=@+,%-]* | "") word="'$word'" ;; esac
        text+=" $word"
    done
    text=${text//$HERE\//}
    text=${text//$WORK\/$LAYER\//}
    echo "$text" >>"$WORK/README.md"
}

# end: stops the recorder and writes the pcapng; TLS secrets, where the client left some, stand before the first packet.
end() {
    sleep 0.2 # what is still on the wire: last ACKs
    stop
    finish_file "$NAME"
    printf '```\n' >>"$WORK/README.md"
}

# cut_off COUNT: ends the recording as `end` does, without its first COUNT frames.
cut_off() {
    sleep 0.2
    stop
    note editcap -r "$NAME.pcap" "$NAME.pcapng" "$(($1 + 1))-"
    editcap -r "$WORK/$NAME.pcap" "$WORK/cut.pcap" "$(($1 + 1))-99999"
    mv "$WORK/cut.pcap" "$WORK/$NAME.pcap"
    finish_file "$NAME"
    printf '```\n' >>"$WORK/README.md"
}

finish_file() {
    local secrets=()
    [ ! -s "$KEYS" ] || secrets=(--inject-secrets "tls,$KEYS")
    editcap -F pcapng "${secrets[@]}" "$WORK/$1.pcap" "$WORK/out/$1.pcapng"
    local malformed
    malformed=$(tshark -r "$WORK/out/$1.pcapng" -Y _ws.malformed 2>>"$WORK/tshark.log")
    [ -z "$malformed" ] || { echo "record.sh: tshark calls this malformed in $1: $malformed" >&2; return 1; }
    printf '%-28s %4d packets %7d bytes\n' "$LAYER/$1.pcapng" \
        "$(tshark -r "$WORK/out/$1.pcapng" 2>>"$WORK/tshark.log" | wc -l)" "$(stat -c %s "$WORK/out/$1.pcapng")"
}

# ---- one layer -------------------------------------------------------------------------------------------------------

record_layer() {
    LAYER=$1
    rm -rf "$WORK/out" "$WORK/README.md"
    mkdir -p "$WORK/out"
    # shellcheck source=/dev/null
    . "$HERE/$LAYER.sh"
    {
        echo "# Captures for \`$LAYER\`"
        echo
        echo "Recorded by \`examples/captures/record.sh $LAYER\`, which overwrites this file too. Ethernet frames, as tcpdump saw them at the client's"
        echo "end (where another end was used, it is said). Unless a file says otherwise, checksum offload was off: every checksum is complete."
        echo "The client is 10.91.1.2; the server has 10.91.2.2 to 10.91.2.6, one router away, which is why it sees TTL 63."
        echo
        echo "Linux $(uname -r | cut -d- -f1), net.ipv4.tcp_congestion_control=$(within server sysctl -n net.ipv4.tcp_congestion_control); $(versions | paste -sd';' | sed 's/;/; /g')."
    } >"$WORK/head.md"
    "record_$LAYER"
    local target=$ROOT/$LAYER/tests/captures
    [ "$LAYER" != tcp_path ] || target=$ROOT/tcp/tests/captures/path
    [ "$LAYER" != tls13_servers ] || target=$ROOT/tls13/tests/captures/servers
    mkdir -p "$target"
    rm -f "$target"/*.pcapng
    cp "$WORK"/out/*.pcapng "$target/"
    cat "$WORK/head.md" "$WORK/README.md" >"$target/README.md"
}

main() {
    local layer tool
    for layer in "$@"; do
        case $layer in
        -h | --help) usage; exit 0 ;;
        dns | tcp | tcp_path | tls13 | tls13_servers | http1 | examples) ;;
        *) usage >&2; exit 2 ;;
        esac
    done
    [ "$(id -u)" = 0 ] || { echo "record.sh: network namespaces need root" >&2; exit 1; }
    for tool in "${TOOLS[@]}"; do
        command -v "$tool" >/dev/null || { echo "record.sh: $tool is not installed; see record.sh --help" >&2; exit 1; }
    done
    WORK=$(mktemp -d)
    trap tidy EXIT
    mkfifo "$WORK/silence"
    exec 9<>"$WORK/silence"
    trap 'exit 130' INT TERM
    make_wire
    [ $# -gt 0 ] || set -- "${LAYERS[@]}"
    for layer in "$@"; do record_layer "$layer"; done
}

main "$@"
