# What needs more than one layer: a machine with both versions of IP. It is the only recording with IPv6.
#
#     client 2001:db8:91:1::2  ──  router  ──  server 2001:db8:91:2::2 (nginx); unbound is asked over IPv4, on 10.91.2.3

# The certificates are made as those of the TLS captures.
# shellcheck source=/dev/null
. "$HERE/tls13.sh"

versions() {
    curl --version | sed -n '1s/ (.*//p'
    unbound -V | sed -n '1s/Version/unbound/p'
    nginx -v 2>&1 | sed 's/nginx version: //'
    openssl version | sed 's/OpenSSL/openssl/; s/ (Lib.*//'
}

# IPv6 beside IPv4, without asking who else has the address ("nodad"), so that there is no waiting for an answer.
add_ipv6() {
    local pair
    for pair in client:eth0 router:client router:server server:eth0; do
        within "${pair%%:*}" sysctl -qw "net.ipv6.conf.${pair##*:}.disable_ipv6=0" "net.ipv6.conf.${pair##*:}.accept_ra=0"
    done
    within router sysctl -qw net.ipv6.conf.all.forwarding=1
    within router ip addr add 2001:db8:91:1::1/64 dev client nodad
    within router ip addr add 2001:db8:91:2::1/64 dev server nodad
    within client ip addr add 2001:db8:91:1::2/64 dev eth0 nodad
    within server ip addr add 2001:db8:91:2::2/64 dev eth0 nodad
    within client ip -6 route add default via 2001:db8:91:1::1
    within server ip -6 route add default via 2001:db8:91:2::1
}

raise_resolver() {
    cat >unbound.conf <<C
server:
  interface: 10.91.2.3
  access-control: 0.0.0.0/0 allow
  directory: "$PWD"
  chroot: ""
  username: ""
  pidfile: "$PWD/unbound.pid"
  use-syslog: no
  num-threads: 1
  module-config: iterator
  local-zone: "example.test." static
  local-data: "www.example.test. 300 A 10.91.2.2"
  local-data: "www.example.test. 300 AAAA 2001:db8:91:2::2"
remote-control:
  control-enable: no
C
    background server unbound -d -c "$PWD/unbound.conf"
    listening 10.91.2.3 53
}

raise_web_server() {
    mkdir -p site
    printf '<!doctype html><title>It works</title>\n<h1>It works</h1>\n' >site/index.html
    chmod -R a+rX .
    cat >nginx.conf <<C
user root;
daemon off;
pid $PWD/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
    server {
        listen 10.91.2.2:443 ssl; listen [2001:db8:91:2::2]:443 ssl; root $PWD/site; ssl_protocols TLSv1.3;
        ssl_certificate $PWD/ecdsa.pem; ssl_certificate_key $PWD/ecdsa.key;
    }
}
C
    background server nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf"
    listening 10.91.2.2 443
}

# by_name COMMAND...: runs it at the client's end with unbound for a resolver. `ip netns exec` has mounts of its own, so that
# nobody else sees this /etc/resolv.conf.
by_name() {
    note "$@"
    within client env SSLKEYLOGFILE="$KEYS" sh -c 'mount --bind "$0" /etc/resolv.conf && exec timeout 20 "$@"' \
        "$PWD/resolv.conf" "$@" </dev/null >>"$WORK/client.log" 2>&1
}

# The first packets wait for neighbor discovery, and some of them in vain.
reachable() {
    local tries=0
    until within client curl -s -6 -k --max-time 1 --resolve "www.example.test:443:[2001:db8:91:2::2]" https://www.example.test/ >/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 10 ] || { echo "record.sh: no page over IPv6" >&2; return 1; }
    done
}

record_examples() {
    mkdir -p "$WORK/examples"
    cd "$WORK/examples"
    write_certificates 2>/dev/null
    add_ipv6
    raise_resolver
    raise_web_server
    echo "nameserver 10.91.2.3" >resolv.conf
    reachable

    # Not what else IPv6 says: neighbors and listeners.
    FILTER='tcp or udp' begin dual_stack "A machine with both versions of IP, and a resolver that it asks over IPv4: it asks for A and AAAA, and the page comes over IPv6 (RFC 6724 prefers it)."
    by_name curl -s --http1.1 --cacert root.pem https://www.example.test/
    end

    within router nft add table ip6 loss
    within router nft add chain ip6 loss forward '{ type filter hook forward priority 0; }'
    within router nft add rule ip6 loss forward drop
    FILTER='tcp or udp' begin fallback "The same where the way over IPv6 is broken: the router drops each of its packets. After 200 ms curl tries IPv4 beside it (RFC 8305 §5), and gets the page."
    echo "(router) # nft add rule ip6 loss forward drop" >>"$WORK/README.md"
    by_name curl -s --http1.1 --cacert root.pem https://www.example.test/
    end
    within router nft delete table ip6 loss

    stop
    stop
    cd "$HERE"
}
