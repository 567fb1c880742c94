#!/bin/bash
# servers.sh FOLDER [ZONES SERVERS]: the lab, in a network namespace that has nothing yet. Each line of the file SERVERS
# is a number and zones: an nsd at 10.53.0.NUMBER and fd53::NUMBER serves them from the files ZONE.zone in the folder
# ZONES. Writes FOLDER/unbound.conf for a resolver at 10.53.0.99. Logs go to FOLDER. Whoever makes the namespace also
# ends it, with a PID namespace around the servers:
#
#     unshare --net --pid --fork --kill-child --mount-proc bash ...
#
# On Debian: apt-get install iproute2 nsd unbound
set -euo pipefail
FOLDER=$1
HERE=$(cd "$(dirname "$0")" && pwd)
ZONES=${2:-$HERE/signed}
SERVERS=${3:-$HERE/servers}
mkdir -p "$FOLDER"

ip link set lo up
ip addr add 10.53.0.99/32 dev lo
# Nobody is at 10.53.0.250: packets to it end at a device whose other end has no address, and nobody says so.
ip link add nowhere type veth peer name nobody
ip link set nobody up
ip link set nowhere up
ip route add 10.53.0.250 dev nowhere
ip neigh add 10.53.0.250 lladdr 02:00:00:00:00:fa nud permanent dev nowhere

# serve NUMBER ZONE...: one nsd.
serve() {
    local number=$1 zone name here
    here=$FOLDER/nsd-$number
    shift
    ip addr add 10.53.0.$number/32 dev lo
    ip addr add fd53::$number/128 dev lo nodad
    mkdir "$here"
    cat >"$here/nsd.conf" <<CONF
server:
  ip-address: 10.53.0.$number
  ip-address: fd53::$number
  username: ""
  database: ""
  server-count: 1
  zonesdir: "$ZONES"
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
while read -r number zones; do
    serve $number $zones
done <"$SERVERS"

cat >"$FOLDER/unbound.conf" <<CONF
server:
  interface: 10.53.0.99
  access-control: 0.0.0.0/0 allow
  directory: "$FOLDER"
  chroot: ""
  username: ""
  pidfile: "$FOLDER/unbound.pid"
  logfile: "$FOLDER/unbound.log"
  use-syslog: no
  num-threads: 1
  root-hints: "$ZONES/root.hints"
  trust-anchor-file: "$ZONES/root.ds"
  module-config: "validator iterator"
  qname-minimisation: yes
  use-caps-for-id: yes
  ede: yes
  rrset-roundrobin: no
  incoming-num-tcp: 100
  tcp-idle-timeout: 120000
  infra-cache-max-rtt: 1000
  val-log-level: 2
  val-nsec3-keysize-iterations: "1024 150 2048 150 4096 150"
remote-control:
  control-enable: no
CONF
