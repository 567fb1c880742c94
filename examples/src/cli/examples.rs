//! Examples below the help of each command.

pub(super) const EXAMPLES: &str = "\
Examples:
  barewire                                          a page of the toy internet
  barewire --step                                   one packet at a time
  barewire fetch https://www.example.test/large --rtt 200 --loss 2
  barewire fetch https://www.example.test/ --pcapng t.pcapng
  barewire --html page.html                         the same in a browser
  barewire read t.pcapng                            anybody's capture
  barewire fetch https://10.0.0.2/ --net os --cacert ca.pem
  barewire resolve www.example.test                 what DNS says of a name
  barewire dissect --layer dns --hex -              bytes that you type";

pub(super) const FETCH_EXAMPLES: &str = "\
Examples:
  barewire fetch -L https://www.example.test/redirect/2      hop by hop
  barewire fetch URL URL                                     one connection
  barewire fetch --retry 3 -x proxy:3128 --net os URL
  barewire fetch -sL -o page -w '%{http_code} %{time_total}\\n' URL
  barewire fetch -si https://www.example.test/               head and body alone
  barewire fetch --json '{\"a\":1}' -v https://www.example.test/echo
  barewire fetch --compressed https://www.example.test/large  coded with gzip
  barewire fetch --net os -u joe:secret -r 0-99 URL          a real network
  barewire fetch --report - URL | jq 'select(.kind == \"fetch\")'
  barewire fetch -L --har page.har URL                       for a browser
  barewire fetch -T FILE --cwnd https://www.example.test/echo   what decides

Flags have curl's names and meanings. What nobody needs in order to see what
happens is left to curl: forms (-F), cookies (-b), rate limits, and the like.

Variables of -w: %{http_code} (or response_code) http_connect http_version
  num_redirects
  redirect_url url_effective scheme method content_type referer num_headers
  num_connects num_certs ssl_verify_result http_connect exitcode errormsg
  filename_effective remote_ip remote_port local_ip local_port
  size_download size_upload size_header size_request speed_download
  speed_upload time_namelookup time_connect time_appconnect time_pretransfer
  time_posttransfer time_starttransfer time_redirect time_total
  url urlnum url.host (scheme port path query fragment; urle.: of the last URL)
  %{json} %{header_json} %header{NAME} %{onerror} %{stderr} %{stdout}

Pages of the toy internet: https://www.example.test followed by
  /  /large (200 KB)  /bytes/N (that many)  /status/N  /echo (your request)
  /chunked  /trailers  /early (103 first)  /close (ends with the connection)
  /slow (the server thinks, then dribbles)  /once (425 to early data)
  /redirect/N (so many)  /moved/STATUS (to /echo)  /away (another host)  /loop
and hosts that go wrong on purpose: expired, wrong, untrusted, closed, silent,
  retry (HelloRetryRequest), each .example.test; no other name exists

Exit codes, as curl has them: 0 fetched, 1 a redirect to another scheme,
  2 usage, 3 a redirect to nonsense, 5 proxy name, 6 name, 7 connect,
  18 truncated body, 22 -f and 400 or above, 23 and 26 files, 28 timeout,
  35 TLS, 47 redirects, 52 empty reply, 56 broken reply, 60 certificate,
  61 codings of the body, 65 a body that cannot be sent twice, 77 the file of
  --cacert";

pub(super) const READ_EXAMPLES: &str = "\
Examples:
  barewire read t.pcapng                            conversations and budget
  barewire read big.pcap.gz --stream 7              one of many
  barewire read t.pcap --keylog keys.log            TLS opened (SSLKEYLOGFILE)
  barewire read scene.pcapng --at proxy             one of several hosts
  barewire read t.pcapng --html t.html              in a browser, byte by byte
  barewire read t.pcapng --borders                  chunks, records, segments
  barewire read t.pcapng --cwnd                     of a `fetch --cwnd --pcapng`
  barewire read t.pcapng --har t.har                for a network panel
  tcpdump -i any -w - port 443 | barewire read -
  barewire read t.pcapng --json | jq 'select(.frame == 7)'

Exit codes: 0 read, 1 a file ends early or breaks off, 2 usage,
  26 a file cannot be read, or is not a capture (the others are read, too)";

pub(super) const DISSECT_EXAMPLES: &str = "\
Examples:
  barewire dissect t.pcapng                         as read --bytes
  barewire dissect --json t.pcapng                  as read --json --fields
  barewire dissect --layer http1 --role response head.bin
  echo '0c0d 0100 0001 0000 0000 0000 0161 00 0001 0001' |
    barewire dissect --layer dns --hex -";

pub(super) const KEYS_EXAMPLES: &str = "\
Examples:
  barewire keys                                     of the toy internet's page
  barewire keys https://retry.example.test/         after a HelloRetryRequest
  barewire keys --full https://10.0.0.2/ --net os --cacert ca.pem
  barewire keys t.pcapng                            with the secrets in it
  barewire keys t.pcap --keylog keys.log            with those of SSLKEYLOGFILE
  barewire keys --openssl | sh                      openssl makes them again
  barewire keys --json | jq .transcript
  barewire keys t.pcapng --peer server.log          which input differs

A key log has the traffic secrets. What they were made from is shown of our own
fetches only. All of it is secret: whoever has it can read the connection.

Exit codes: 0 shown, 1 nothing to show, 2 usage, 26 a file cannot be read; a
  fetch that fails has its own (see `barewire fetch --help`), and is shown, too";

pub(super) const SCENE_EXAMPLES: &str = "\
Examples:
  barewire scenes                                   which there are
  barewire scene traceroute                         all hosts, a column each
  barewire scene two_paths --at www                 as one host sees it
  barewire scene home --seed 7 --pcapng home.pcapng
  barewire fetch --scene home https://www.example.test/large";

pub(super) const SERVE_EXAMPLES: &str = "\
Examples:
  barewire serve                                    http://127.0.0.1:8080/
  barewire serve --port 0                           any free port
  barewire serve --page web/dist                    a page built later";

pub(super) const SERVE_DNS_EXAMPLES: &str = "\
Examples:
  barewire serve-dns examples/zones/example.test.zone
  barewire serve-dns -v zones/*.zone                a line for each query
  barewire serve-dns example.test=db.example --listen [::1]:5300
  barewire serve-dns z.zone --listen 127.0.0.1:53 --listen [::1]:53 --axfr
  dig @127.0.0.1 -p 5300 www.example.test           from another terminal
  dig @127.0.0.1 -p 5300 example.test AXFR          with --axfr
  barewire serve-dns --recursive -v                 a resolver, for this machine
  barewire serve-dns --recursive --hints lab.hints --anchor root.key
  barewire serve-dns --recursive --anchor root.key --nta corp.example
  barewire serve-dns --recursive --cache-size 64m --cache-max-ttl 3600

A resolver answers clients on this machine and in the lab; others are REFUSED.
--i-own-this-network adds private addresses.

Exit codes: 2 usage, or a port is taken; 26 a zone file that cannot be served";

#[cfg(not(target_family = "wasm"))]
pub(super) const RESOLVE_EXAMPLES: &str = "\
Examples:
  barewire resolve www.example.test                 over the toy internet
  barewire resolve example.test MX TXT @ns1         its own server, two types
  barewire resolve home.example.test --bytes @ns1   every byte of both messages
  barewire resolve example.com HTTPS --net os       the system's servers
  barewire resolve example.com @192.0.2.53:5300 --time --tcp
  barewire resolve a.test b.test A AAAA @::1 --short
  barewire resolve -x 203.0.113.80 @ns1             from an address to names
  barewire resolve example.com --dnssec --nsid --cookie -v --net os
  barewire resolve www.shop.test @a.root --no-recurse    who knows more
  barewire resolve example.com --json --net os | jq .responseMessage.answerRRs
  barewire resolve www.shop.test --from-root --trace     ask no resolver: walk
  barewire resolve x.lame.test --from-root --why         why there is no answer
  barewire resolve www.shop.test --from-root --cache     and what it knows then
  barewire resolve www.example.test --from-root --signed --why    is it secure?
  barewire resolve example.com --from-root --net os --anchor root.key

A type counts as one in any case; -q MX asks for the name MX. Questions to real
servers are asked at the same time. Each is put to one server after the other,
until one answers. A name is asked for as it is typed, with the root after it,
unless --search is given; /etc/hosts is not read. Letters beyond ASCII are sent
as xn--.

With --from-root no resolver is asked, but one server after the other, from the
root down. All questions of a line go to one walker: the second profits from
what the first has learned. Signatures are checked from --anchor down; --dnssec
shows them.

Servers of the toy internet: @resolver (addresses only), @a.root @b.root @a.nic
  @hoster @ns1 @ns2 (authorities, which answer for their own zones)

Exit codes: 0 every question has an answer, 1 a name does not exist, or has no
  such record, 2 usage, 3 a server failed, refused, or only named other servers,
  6 the name of an @SERVER has no address, 9 nobody answered; of several
  questions the highest counts";

#[cfg(not(target_family = "wasm"))]
pub(super) const LAB_EXAMPLES: &str = "\
Examples:
  barewire lab list                                 which there are
  barewire lab shell                                a client, a server, a cable
  barewire lab shell --topology lan                 three hosts on a switch
  barewire lab shell --topology path --delay 50ms --loss 2%
  barewire lab run -- barewire fetch http://server/ --net raw
  barewire lab run --at server -- ss -tln
  barewire lab exec server                          inside: a shell there
  barewire lab exec server -- tcpdump -Z root -ni eth0

A lab takes no root where the system gives out user namespaces. Inside you are
root, but only over the lab. It ends with its program, and leaves nothing.

Exit codes: those of the program that is run, 128 + N if signal N killed it, 126
  and 127 if it cannot be started, 2 usage, or the system refuses";
