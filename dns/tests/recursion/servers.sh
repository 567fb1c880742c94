#!/bin/bash
# servers.sh FOLDER: the lab, in a network namespace that has nothing yet. Gives the loopback device the addresses of
# the zones, starts an nsd for each server, and writes FOLDER/unbound.conf for a resolver at 10.53.0.9. Logs go to
# FOLDER. Whoever makes the namespace also ends it, with a PID namespace around the servers:
#
#     unshare --net --pid --fork --kill-child --mount-proc bash ...
#
# On Debian: apt-get install iproute2 nsd unbound
set -euo pipefail
FOLDER=$1
SIGNED=$(cd "$(dirname "$0")" && pwd)/signed
mkdir -p "$FOLDER"

ip link set lo up
for last in 1 2 3 4 5 9; do
    ip addr add 10.53.0.$last/32 dev lo
    ip addr add fd53::$last/128 dev lo nodad
done
# Nobody is at 10.53.0.250: packets to it end at a device whose other end has no address, and nobody says so.
ip link add nowhere type veth peer name nobody
ip link set nobody up
ip link set nowhere up
ip route add 10.53.0.250 dev nowhere
ip neigh add 10.53.0.250 lladdr 02:00:00:00:00:fa nud permanent dev nowhere

# serve NUMBER ZONE...: an nsd at 10.53.0.NUMBER and fd53::NUMBER with these zones.
serve() {
    local number=$1 zone name here
    here=$FOLDER/nsd-$number
    shift
    mkdir "$here"
    cat >"$here/nsd.conf" <<CONF
server:
  ip-address: 10.53.0.$number
  ip-address: fd53::$number
  username: ""
  database: ""
  server-count: 1
  zonesdir: "$SIGNED"
  pidfile: "$here/pid"
  logfile: "$here/log"
  zonelistfile: "$here/list"
  xfrdfile: "$here/xfrd"
  xfrdir: "$here"
remote-control:
  control-enable: no
CONF
    for zone in "$@"; do
        name=$zone
        [ "$zone" = root ] && name=.
        printf 'zone:\n  name: "%s"\n  zonefile: "%s.zone"\n' "$name" "$zone" >>"$here/nsd.conf"
    done
    nsd -c "$here/nsd.conf"
}
serve 1 root
serve 2 com
serve 3 org
serve 4 example.com glueless.org insecure.com bogus.com expired.com deadfirst.com
serve 5 example.com glueless.org sub.example.com

cat >"$FOLDER/unbound.conf" <<CONF
server:
  interface: 10.53.0.9
  access-control: 0.0.0.0/0 allow
  directory: "$FOLDER"
  chroot: ""
  username: ""
  pidfile: "$FOLDER/unbound.pid"
  logfile: "$FOLDER/unbound.log"
  use-syslog: no
  num-threads: 1
  root-hints: "$SIGNED/root.hints"
  trust-anchor-file: "$SIGNED/root.ds"
  module-config: "validator iterator"
  qname-minimisation: yes
  use-caps-for-id: yes
  ede: yes
  rrset-roundrobin: no
  val-log-level: 2
  val-nsec3-keysize-iterations: "1024 150 2048 150 4096 150"
remote-control:
  control-enable: no
CONF
