# Kernel TCP against kernel TCP. peer.py says what the two programs do with their sockets; the packets are the kernels' own.

versions() { echo "both ends are the kernel's TCP, driven by $(python3 --version), each socket with TCP_CONGESTION set to cubic"; }

# serve PORT ACTION...: peer.py at the server's end, until `stop`.
serve() {
    note "(server) python3 $HERE/peer.py serve 10.91.2.2 $*"
    background server python3 "$HERE/peer.py" serve 10.91.2.2 "$@"
    listening 10.91.2.2 "$1"
}

# lose HOW...: the router drops packets that match, as nft writes it.
lose() {
    within router nft add table inet loss
    within router nft add chain inet loss forward '{ type filter hook forward priority 0; }'
    within router nft add rule inet loss forward "$@" drop
    echo "(router) # nft add rule inet loss forward $* drop" >>"$WORK/README.md"
}
lose_no_more() { within router nft delete table inet loss; }

record_tcp() {
    begin open_close "Opening with options (MSS, SACK permitted, timestamps, window scale), a line each way, and the close: first the client's FIN, half closed while the server still sends, then the server's."
    serve 7 echo
    client python3 "$HERE/peer.py" connect 10.91.2.2 7 talk
    end
    stop

    begin server_closes_first "The server sends 600 bytes and closes first, so the server is the one in TIME-WAIT."
    serve 19 send 600
    client python3 "$HERE/peer.py" connect 10.91.2.2 19 read
    end
    stop

    begin transfer "40,000 bytes from the server, nothing lost."
    serve 20 send 40000
    client python3 "$HERE/peer.py" connect 10.91.2.2 20 read
    end
    stop

    begin loss_receiver "40,000 bytes from the server; the router loses every ninth data segment. Seen from the receiver's end: holes, duplicate ACKs with SACK blocks, retransmissions. loss_sender.pcapng is the same connection from the other end."
    serve 20 send 40000
    local first=$NAME
    lose ip saddr 10.91.2.2 ip length '>' 200 numgen inc mod 9 == 5
    recorder server "$WORK/loss_sender.pcap"
    client python3 "$HERE/peer.py" connect 10.91.2.2 20 read
    sleep 0.2
    stop # the server's end
    NAME=$first end
    finish_file loss_sender
    printf '\n## loss_sender.pcapng\n\nThe connection of loss_receiver.pcapng, recorded at the server: what was sent, with the retransmissions and the ACKs that asked for them.\n' >>"$WORK/README.md"
    lose_no_more
    stop

    begin syn_lost "The router loses the first SYN; the kernel sends it again when its timer of 1 s has run out."
    serve 7 echo
    lose ip saddr 10.91.1.2 tcp flags '&' '(syn|ack)' == syn limit rate 1/hour burst 1 packets
    client python3 "$HERE/peer.py" connect 10.91.2.2 7 talk
    end
    lose_no_more
    stop

    begin refused "A SYN to a port where nobody listens; the kernel answers RST ACK."
    refused python3 "$HERE/peer.py" connect 10.91.2.2 81 talk
    end

    begin reset_by_client "The client sends a line and throws the connection away (SO_LINGER 0): RST ACK, no FIN."
    serve 7 echo
    client python3 "$HERE/peer.py" connect 10.91.2.2 7 reset
    end
    stop

    begin reset_by_server "The server closes with the client's bytes unread: RST instead of FIN (RFC 9293 §3.10.4, RFC 2525 §2.17)."
    serve 9 drop
    client python3 "$HERE/peer.py" connect 10.91.2.2 9 talk
    end
    stop

    begin zero_window "The server has a small buffer and does not read for two seconds: its window goes to zero, the client probes, the window opens again and the rest arrives."
    serve 9 stall 2
    client python3 "$HERE/peer.py" connect 10.91.2.2 9 push 24000
    end
    stop

    offloads on
    begin offloads "40,000 bytes with the kernel's offloads on, as every veth pair and most laptops have them: **checksums are unfinished** (the field holds only the folded sum of the pseudo-header), and some packets are larger than the 1500 bytes of the MTU."
    serve 20 send 40000
    client python3 "$HERE/peer.py" connect 10.91.2.2 20 read
    end
    stop
    offloads off
}
