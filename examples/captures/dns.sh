# dig against nsd (10.91.2.2, authoritative for a small signed zone) and unbound (10.91.2.3, which asks nsd and validates).

versions() {
    dig -v 2>&1 | sed 's/^DiG/dig/'
    nsd -v 2>&1 | sed -n '1s/NSD version/nsd/p'
    unbound -V | sed -n '1s/Version/unbound/p'
    ldns-signzone -v 2>&1 | grep -o 'ldns version [0-9.]*' | head -1
}

NSD=@10.91.2.2
UNBOUND=@10.91.2.3

write_zones() {
    cat >example.test <<'Z'
$ORIGIN example.test.
$TTL 300
@       SOA   ns1 hostmaster 2026010100 1800 900 604800 60
@       NS    ns1
@       NS    ns2
@       MX    10 mail
@       MX    20 mail.backup
@       TXT   "v=spf1 -all"
@       CAA   0 issue "ca.example.net"
@       HTTPS 1 . alpn=h2,http/1.1 ipv4hint=192.0.2.80
ns1     A     10.91.2.2
ns2     A     10.91.2.2
www     A     192.0.2.80
www     AAAA  2001:db8::80
mail    A     192.0.2.25
mail.backup A 192.0.2.26
alias   CNAME www
chain1  CNAME chain2
chain2  CNAME chain3.deeper
chain3.deeper CNAME www
txt     TXT   "one string" "and another" ""
_sip._tcp SRV 10 60 5060 www
odd     TYPE65280 \# 4 c0000201
*.wild  A     192.0.2.42
Z
    # Thirty mail servers under one domain: every name but the first few bytes can be a pointer.
    for i in $(seq 1 30); do echo "many MX $i server-$i.a-rather-long-label.many"; done >>example.test
    for i in $(seq 1 40); do echo "big TXT \"string number $i of forty, so that no 1232 bytes can hold them all\""; done >>example.test
    cat >2.0.192.in-addr.arpa <<'Z'
$ORIGIN 2.0.192.in-addr.arpa.
$TTL 300
@  SOA ns1.example.test. hostmaster.example.test. 2026010100 1800 900 604800 60
@  NS  ns1.example.test.
80 PTR www.example.test.
Z
}

sign_zone() { # writes example.test.signed and example.test.ds
    local ksk zsk
    ksk=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 -k example.test.)
    zsk=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 example.test.)
    ldns-signzone -e 20560101000000 -f example.test.signed example.test "$ksk" "$zsk"
    mv "$ksk.ds" example.test.ds
}

raise_nsd() {
    cat >nsd.conf <<C
server:
  ip-address: 10.91.2.2
  zonesdir: "$PWD"
  database: ""
  pidfile: "$PWD/nsd.pid"
  zonelistfile: "$PWD/zone.list"
  xfrdfile: "$PWD/xfrd.state"
  xfrdir: "$PWD"
  username: ""
  server-count: 1
  nsid: "ascii_nsd under test"
remote-control:
  control-enable: no
zone:
  name: example.test
  zonefile: example.test.signed
  provide-xfr: 0.0.0.0/0 NOKEY
zone:
  name: 2.0.192.in-addr.arpa
  zonefile: 2.0.192.in-addr.arpa
C
    background server nsd -d -c "$PWD/nsd.conf"
    listening 10.91.2.2 53
}

raise_unbound() {
    cat >unbound.conf <<C
server:
  interface: 10.91.2.3
  outgoing-interface: 10.91.2.3
  access-control: 0.0.0.0/0 allow
  directory: "$PWD"
  chroot: ""
  username: ""
  pidfile: "$PWD/unbound.pid"
  use-syslog: no
  num-threads: 1
  trust-anchor-file: "$PWD/example.test.ds"
  local-zone: "test." nodefault
  local-zone: "2.0.192.in-addr.arpa." nodefault
  domain-insecure: "in-addr.arpa."
  ede: yes
remote-control:
  control-enable: no
stub-zone:
  name: "example.test."
  stub-addr: 10.91.2.2
stub-zone:
  name: "2.0.192.in-addr.arpa."
  stub-addr: 10.91.2.2
C
    background server unbound -d -c "$PWD/unbound.conf"
    listening 10.91.2.3 53
}

record_dns() {
    mkdir -p "$WORK/dns"
    cd "$WORK/dns"
    write_zones
    sign_zone >/dev/null
    raise_nsd
    raise_unbound

    begin address "A and AAAA, from the authoritative server (AA) and from the resolver (RA, and AD because dig asks for it)."
    client dig $NSD www.example.test A
    client dig $NSD www.example.test AAAA
    client dig $UNBOUND www.example.test A
    client dig $UNBOUND www.example.test AAAA
    end

    begin no_edns "The plain messages of RFC 1035: no OPT record, and no AD bit asked for."
    client dig $NSD +noedns +noadflag www.example.test A
    client dig $UNBOUND +noedns +noadflag www.example.test A
    end

    begin cname "One alias, and a chain of three, whole in one answer."
    client dig $NSD alias.example.test A
    client dig $NSD chain1.example.test A
    client dig $UNBOUND chain1.example.test AAAA
    end

    begin records "MX, TXT (with an empty string in it), SOA, NS with glue, PTR, SRV."
    client dig $UNBOUND example.test MX
    client dig $NSD txt.example.test TXT
    client dig $UNBOUND example.test SOA
    client dig $NSD example.test NS
    client dig $UNBOUND -x 192.0.2.80
    client dig $NSD _sip._tcp.example.test SRV
    end

    begin unknown_types "Types a parser may not know: CAA, HTTPS (RFC 9460) and the private TYPE65280 (RFC 3597)."
    client dig $NSD example.test CAA
    client dig $UNBOUND example.test HTTPS
    client dig $UNBOUND odd.example.test TYPE65280
    end

    begin negative "A name that does not exist (NXDOMAIN), a name without that type (NODATA), and a zone that the server does not serve (REFUSED)."
    client dig $NSD nobody.example.test A
    client dig $UNBOUND nobody.example.test A
    client dig $NSD mail.example.test AAAA
    client dig $UNBOUND mail.example.test AAAA
    client dig $NSD www.example.com A
    end

    begin edns "EDNS(0): NSID, a cookie (dig always offers one; neither server answers with its own), padding, a client subnet, an unknown option, and a version that nobody has (BADVERS)."
    client dig $NSD +bufsize=4096 +nsid www.example.test A
    client dig $NSD +cookie www.example.test A
    client dig $UNBOUND +padding=128 +subnet=198.51.100.0/24 www.example.test A
    client dig $UNBOUND +ednsopt=65001:cafe www.example.test A
    client dig $NSD +edns=1 +noednsnegotiation www.example.test A
    end

    begin dnssec "Signed answers: RRSIG, DNSKEY, NSEC for a name and for a type that are not there, and a wildcard."
    client dig $NSD +dnssec www.example.test A
    client dig $UNBOUND +dnssec www.example.test A
    client dig $NSD +dnssec example.test DNSKEY
    client dig $NSD +dnssec nobody.example.test A
    client dig $UNBOUND +dnssec mail.example.test AAAA
    client dig $NSD +dnssec any.wild.example.test A
    end

    begin compressed "Thirty mail servers under one name: nearly every name ends in a pointer. Once by each server, for they compress differently."
    client dig $NSD +bufsize=4096 many.example.test MX
    client dig $UNBOUND +bufsize=4096 many.example.test MX
    end

    begin truncated "An answer that does not fit: TC over UDP, then dig asks again over TCP, where each message has its length before it."
    client dig $NSD big.example.test TXT
    client dig $UNBOUND +noedns big.example.test TXT
    end

    begin tcp_pipeline "Two questions on one TCP connection (+keepopen), and a zone transfer: many records in a message of TCP only."
    client dig $UNBOUND +tcp +keepopen www.example.test A www.example.test AAAA
    client dig $NSD example.test AXFR
    end

    stop
    stop
    cd "$HERE"
}
