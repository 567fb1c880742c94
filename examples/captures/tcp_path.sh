# Kernel TCP against kernel TCP on a path that loses, delays, doubles and marks single packets: how a sender notices and repairs,
# and what a receiver tells it. peer.py says what the two programs do with their sockets; the packets are the kernels' own.

versions() {
    echo "both ends are the kernel's TCP, driven by $(python3 --version), each socket with TCP_CONGESTION set to cubic"
    echo "net.ipv4.tcp_recovery=1 (RACK), tcp_early_retrans=3 (TLP), tcp_frto=2, which are Linux's defaults"
    echo "in the router's place there is the relay of tcp/examples/relay.rs, where a line says so: no hop is then counted, the TTL is 64"
    echo "segments carry 488 bytes, because the client's route says advmss 500, where nothing else is said"
}

# serve [ADDRESS] PORT ACTION...: peer.py at the server's end, until `stop`.
serve() {
    local address=10.91.2.2
    case $1 in *:*) address=$1; shift ;; esac
    note "(server) python3 $HERE/peer.py serve $address $*"
    background server python3 "$HERE/peer.py" serve "$address" "$@"
    if [ $address = 10.91.2.2 ]; then listening $address "$1"; else sleep 0.5; fi
}

mac() { within "$1" cat "/sys/class/net/${2:-eth0}/address"; }

# relay WORD...: the relay takes the router's place, between the devices `client` (its left) and `server` (its right). Each end
# is told that the router has the other end's Ethernet address. `unrelay` gives the place back.
relay() {
    echo "(router) \$ relay client server $*" >>"$WORK/README.md"
    within router sysctl -qw net.ipv4.ip_forward=0
    within client ip neigh replace 10.91.1.1 lladdr "$(mac server)" dev eth0 nud permanent
    within server ip neigh replace 10.91.2.1 lladdr "$(mac client)" dev eth0 nud permanent
    : >"$WORK/relay.log"
    background router "${CARGO_TARGET_DIR:-$ROOT/target}/debug/examples/relay" client server "$@"
    RELAY=${PIDS[-1]}
    local tries=0
    until grep -q ready "$WORK/relay.log"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "record.sh: the relay does not start" >&2; return 1; }
        sleep 0.05
    done
}
unrelay() {
    local pid rest=()
    kill "$RELAY"
    wait "$RELAY" 2>/dev/null || true
    for pid in "${PIDS[@]}"; do [ "$pid" = "$RELAY" ] || rest+=("$pid"); done
    PIDS=("${rest[@]}")
    within client ip neigh del 10.91.1.1 dev eth0
    within server ip neigh del 10.91.2.1 dev eth0
    within router sysctl -qw net.ipv4.ip_forward=1
}

# both NAME: as `begin` has begun to record one end, this records the server's end too, into NAME.
both() { recorder server "$WORK/$1.pcap"; }

# shows TEXT FILTER: which frames of the capture that was finished last show what, for the README; tshark finds them.
shows() {
    local frames
    frames=$(tshark -r "$WORK/out/$NAME.pcapng" -Y "$2" -T fields -e frame.number 2>>"$WORK/tshark.log" | paste -sd' ')
    [ -n "$frames" ] || { echo "record.sh: no frame of $NAME shows this: $1 ($2)" >&2; return 1; }
    printf '\n* %s: frame %s\n' "$1" "$frames" >>"$WORK/README.md"
}

# run SERVER-ACTION -- CLIENT-ACTION -- RELAY-WORD...: one connection, recorded from before the SYN.
run() {
    local part=0 server=() client=() words=() word
    for word in "$@"; do
        if [ "$word" = -- ]; then part=$((part + 1)); continue; fi
        case $part in 0) server+=("$word") ;; 1) client+=("$word") ;; *) words+=("$word") ;; esac
    done
    serve 20 "${server[@]}"
    relay "${words[@]}"
    client python3 "$HERE/peer.py" connect 10.91.2.2 20 "${client[@]}"
    sleep 0.3 # what the path still holds
    unrelay
    stop # the server
}

settings() { local end; for end in client server; do within $end sysctl -qw "$@"; done; note "(both)" sysctl -w "$@"; }

record_tcp_path() {
    local word
    cargo build -q --manifest-path "$ROOT/Cargo.toml" -p barewire-tcp --example relay
    within client ip route replace default via 10.91.1.1 advmss 500
    # What the kernel learns of a path it forgets: each connection begins anew.
    for word in client server; do within $word sysctl -qw net.ipv4.tcp_no_metrics_save=1; done

    local data='tcp.srcport == 20 && tcp.len > 0' acks='tcp.dstport == 20'
    begin sack_recovery "20,000 bytes from the server; the 12th, 14th and 15th segments with data are lost. Recorded at the server: SACK blocks, three segments sent again in one round trip (RFC 6675, RFC 8985), the window reduced step by step (RFC 6937)." server
    run send 20000 -- read -- delay=10ms left:data:12:drop left:data:14-15:drop
    end
    shows "the first SACK block" "$acks && tcp.options.sack.count == 1 && tcp.analysis.duplicate_ack_num == 1"
    shows "sent again, all in one round trip" "$data && (tcp.analysis.retransmission || tcp.analysis.out_of_order)"

    begin lost_retransmission "20,000 bytes from the server; the 12th segment is lost, and its first retransmission, too. RACK notices, because what was sent after the retransmission has arrived (RFC 8985 §6.2). Recorded at the server." server
    run send 20000 -- read -- delay=10ms left:data:12:drop left:data:35:drop
    end
    shows "sent again" "$data && (tcp.analysis.retransmission || tcp.analysis.out_of_order)"

    begin reordering "20,000 bytes from the server; the 5th segment is 3 ms late, so that later ones overtake it, and the 31st, too. The first time the server takes it for lost, and learns by a D-SACK that it was not; the second time it waits, and is right (RFC 8985 §6.2). Recorded at the server." server
    run send 20000 -- read -- delay=10ms left:data:5:hold:3ms left:data:31:hold:3ms
    end
    shows "the needless retransmission" "$data && (tcp.analysis.retransmission || tcp.analysis.out_of_order)"
    shows "the D-SACK" "$acks && tcp.options.sack.dsack"
    shows "ACKs with SACK blocks; those after the D-SACK cause no retransmission" "$acks && tcp.options.sack_le"

    begin tail_loss "The server sends 4,000 bytes, then nothing for a second; the last two segments are lost, so no ACK can tell. After two round trips a probe goes out, the last segment again (TLP, RFC 8985 §7); its SACK shows that the one before is missing. Recorded at the server." server
    run pause 4000 1 -- read -- delay=10ms left:data:8-9:drop
    end
    shows "the probe, and then what it showed to be lost" "$data && (tcp.analysis.retransmission || tcp.analysis.out_of_order)"
    shows "the SACK between them" "$acks && tcp.options.sack_le"

    begin spurious_timeout "20,000 bytes from the server; for 400 ms the path delivers nothing, then everything: the timer runs out for nothing. The first ACK after that echoes the timestamp of the original, so the server undoes its reduction, and goes on as fast as before (F-RTO, RFC 5682; Eifel, RFC 3522, 4015). The late copy is answered with a D-SACK. Recorded at the server." server
    run pause 20000 1 -- read -- delay=10ms left:data:11-32:hold:400ms
    end
    shows "sent again by the timer, for nothing" "$data && (tcp.analysis.retransmission || tcp.analysis.out_of_order)"
    shows "the probe before that (TLP): a new segment, 50 ms after the last one" "$data && frame.time_delta > 0.03 && !tcp.analysis.retransmission && frame.number < 60"
    shows "the D-SACK for the copy" "$acks && tcp.options.sack.dsack"

    begin lost_ack "2,440 bytes from the server, then nothing for two seconds; the ACK of the last segment is lost, and three more. Each time the segment comes again, the client answers with a D-SACK, and echoes the timestamp of the copy that came last (RFC 7323 §4.3), though it has had its bytes for long: so the server measures the round trip, and not its own waiting. Recorded at the client."
    run pause 2440 2 -- read -- delay=10ms right:bare:7-10:drop
    end
    shows "the D-SACKs" "$acks && tcp.options.sack.dsack"

    begin dsack "12,000 bytes from the server; the path doubles the 7th segment and the 15th. The client reports each: the first SACK block lies below the ACK (RFC 2883). Recorded at the client."
    run send 12000 -- read -- delay=10ms left:data:7:twice left:data:15:twice
    end
    shows "the D-SACKs" "$acks && tcp.options.sack.dsack"

    begin ecn_receiver "ECN (RFC 3168): asked for in the SYN (ECE and CWR), agreed in the SYN-ACK (ECE), data sent as ECT(0). The path marks the 12th segment; the client says so with ECE in each ACK, until the server says CWR. Recorded at the client; ecn_sender.pcapng is the same connection from the other end."
    settings net.ipv4.tcp_ecn=1
    local first=$NAME
    both ecn_sender
    run send 16000 -- read -- delay=10ms left:data:12:mark
    sleep 0.2
    stop # the server's end
    NAME=$first end
    NAME=$first shows "asked for, agreed" "tcp.flags.syn == 1"
    NAME=$first shows "marked (CE)" "ip.dsfield.ecn == 3"
    NAME=$first shows "ACKs with ECE" "$acks && tcp.flags.ece == 1 && tcp.flags.syn == 0"
    NAME=$first shows "the segment with CWR" "$data && tcp.flags.cwr == 1"
    finish_file ecn_sender
    printf '\n## ecn_sender.pcapng\n\nThe connection of ecn_receiver.pcapng, recorded at the server: what was sent, and what it made of the ECE.\n' >>"$WORK/README.md"
    for word in client server; do within $word sysctl -qw net.ipv4.tcp_ecn=2; done

    begin syn_cookies "The server keeps nothing of a SYN (net.ipv4.tcp_syncookies=2): all that it must know is in its initial sequence number and in its timestamp, and comes back with the ACK. Recorded at the server." server
    within server sysctl -qw net.ipv4.tcp_syncookies=2
    echo "(server) # sysctl -w net.ipv4.tcp_syncookies=2" >>"$WORK/README.md"
    serve 7 echo
    client python3 "$HERE/peer.py" connect 10.91.2.2 7 talk
    end_server
    within server sysctl -qw net.ipv4.tcp_syncookies=1

    shows "the SYN-ACK whose number is a cookie" "tcp.flags.syn == 1 && tcp.flags.ack == 1"

    begin fast_open "Fast Open (RFC 7413), two connections: in the first the client asks for a cookie, in the second its SYN carries the cookie and the request, and the server takes the data before the handshake is over. Recorded at the client; fast_open_server.pcapng is the same from the other end."
    settings net.ipv4.tcp_fastopen=3
    first=$NAME
    both fast_open_server
    serve 7 echo
    relay delay=10ms
    client python3 "$HERE/peer.py" connect 10.91.2.2 7 fast
    client python3 "$HERE/peer.py" connect 10.91.2.2 7 fast
    sleep 0.3
    unrelay
    stop # the server
    stop # the server's end
    NAME=$first end
    NAME=$first shows "the cookie asked for, given, used" "tcp.options.tfo"
    NAME=$first shows "data in the SYN" "tcp.flags.syn == 1 && tcp.len > 0"
    finish_file fast_open_server
    printf '\n## fast_open_server.pcapng\n\nThe connections of fast_open.pcapng, recorded at the server.\n' >>"$WORK/README.md"
    for word in client server; do within $word sysctl -qw net.ipv4.tcp_fastopen=1; done

    record_path_mtu
}

# end_server: `end` where the server was started after the recorder.
end_server() {
    stop
    end
}

record_path_mtu() {
    within client ip route replace default via 10.91.1.1
    within router ip link set client mtu 1300
    FILTER='tcp or icmp' begin path_mtu_v4 "16,000 bytes from the server over IPv4; between router and client a packet may have 1300 bytes. The router sends ICMP \"fragmentation needed\" with that number, and the server sends what was lost in smaller segments (RFC 1191). Recorded at the server, 1448 bytes in a segment before that." server
    echo "(router) # ip link set client mtu 1300" >>"$WORK/README.md"
    serve 20 send 16000
    client python3 "$HERE/peer.py" connect 10.91.2.2 20 read
    end_server
    shows "fragmentation needed" "icmp.type == 3"
    shows "sent again, smaller" "tcp.srcport == 20 && tcp.len > 0 && ip.len <= 1300 && !icmp"

    for word in client:eth0 router:client router:server server:eth0; do
        within "${word%%:*}" sysctl -qw "net.ipv6.conf.${word##*:}.disable_ipv6=0" "net.ipv6.conf.${word##*:}.accept_ra=0"
    done
    within router sysctl -qw net.ipv6.conf.all.forwarding=1
    within client ip addr add 2001:db8:91:1::2/64 dev eth0 nodad
    within router ip addr add 2001:db8:91:1::1/64 dev client nodad
    within router ip addr add 2001:db8:91:2::1/64 dev server nodad
    within server ip addr add 2001:db8:91:2::2/64 dev eth0 nodad
    within client ip -6 route add default via 2001:db8:91:1::1
    within server ip -6 route add default via 2001:db8:91:2::1
    within client timeout 5 python3 "$HERE/peer.py" connect 2001:db8:91:2::2 81 read >/dev/null 2>&1 || true # finds the neighbours
    FILTER='tcp or (icmp6 and ip6[40] < 128)' begin path_mtu_v6 "The same over IPv6: ICMPv6 \"packet too big\" (RFC 8201). Recorded at the server." server
    echo "(router) # ip link set client mtu 1300" >>"$WORK/README.md"
    serve 2001:db8:91:2::2 20 send 16000
    client python3 "$HERE/peer.py" connect 2001:db8:91:2::2 20 read
    end_server
    shows "packet too big" "icmpv6.type == 2"
}
