# openssl s_client against servers of eight projects, one or two files each: a full handshake, a resumed one, early data where
# the server takes some; and in the file NAME_retry.pcapng a HelloRetryRequest, full and resumed. Each file carries the client's
# key log. Go, node and tlslite-ng come from $BAREWIRE_PEERS, a folder that tls13/tests/peers/install.sh filled; without it
# they are installed for the recording alone. All servers are on 10.91.2.6.

# shellcheck source=/dev/null
. "$HERE/tls13.sh" # certificates, s_server

versions() {
    openssl version | sed 's/OpenSSL/openssl/; s/ (Lib.*//'
    gnutls-serv --version | sed -n 1p
    nginx -v 2>&1 | sed 's/nginx version: //'
    echo "NSS $(dpkg-query -W -f '${source:Upstream-Version}' libnss3)"
    lighttpd -v | sed 's/ (.*//; q'
    echo "wolfSSL $(dpkg-query -W -f '${source:Upstream-Version}' 'libwolfssl[0-9]*')"
    "$PEERS/venv/bin/go" version | sed 's/ version//'
    echo "node $("$PEERS/node" -p 'process.versions.node + " with OpenSSL " + process.versions.openssl')"
    "$PEERS/venv/bin/python" -c 'import tlslite; print("tlslite-ng", tlslite.__version__)'
}

PEERS=${BAREWIRE_PEERS:-}
[ -n "$PEERS" ] || { PEERS=$WORK/peers; "$ROOT/tls13/tests/peers/install.sh" "$PEERS"; }

# serve PORT TEXT COMMAND...: a server until `stop`. TEXT is its command line for the README.
serve() {
    local port=$1 text=$2
    shift 2
    echo "(server) \$ $text" >>"$WORK/README.md"
    background server "$@"
    local tries=0
    until within server ss -Hlnt "sport = :$port" | grep -q .; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "record.sh: nothing listens on port $port after 5 s" >&2; return 1; }
        sleep 0.05
    done
}

# visit PORT [s_client's arguments]: asks for a page with what $REQUEST says, and reads until the server closes.
visit() {
    local port=$1
    shift
    note openssl s_client -connect "10.91.2.6:$port" "$@" "<<<" "${REQUEST-GET / HTTP/1.0\r\n\r\n}"
    # shellcheck disable=SC2059
    (sleep 0.3 && printf "${REQUEST-GET / HTTP/1.0\r\n\r\n}") |
        within client timeout 20 openssl s_client -connect "10.91.2.6:$port" -servername www.example.test \
            -CAfile root.pem -keylogfile "$KEYS" -ign_eof "$@" >>"$WORK/client.log" 2>&1
}

# visits PORT [s_client's arguments]: a full handshake, and one that goes on with its last ticket.
visits() {
    visit "$@" -sess_out "$WORK/$LAYER/one.pem"
    visit "$@" -sess_in "$WORK/$LAYER/one.pem" -sess_out "$WORK/$LAYER/two.pem"
}

# early PORT: early data with the last ticket.
early() {
    visit "$1" -sess_in "$WORK/$LAYER/two.pem" -early_data "$WORK/$LAYER/early.txt"
}

lighttpd_conf() {
    cat <<C
server.document-root = "$PWD/site"
server.port = 443
server.bind = "10.91.2.6"
index-file.names = ("index.html")
server.modules = ("mod_wolfssl")
ssl.engine = "enable"
ssl.pemfile = "$PWD/ecdsa.pem"
ssl.privkey = "$PWD/ecdsa.key"
ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.3")
C
}

nginx_conf() { # nginx_conf DIRECTIVES
    cat <<C
user root;
daemon off;
master_process off;
pid $PWD/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
    server {
        listen 10.91.2.6:443 ssl; ssl_protocols TLSv1.3; $1
        ssl_certificate $PWD/ecdsa.pem; ssl_certificate_key $PWD/ecdsa.key; return 200 "nginx";
    }
}
C
}

# registry NAME TEXT PROGRAM...: a server of our own that uses a library, with any group and with P-256 alone.
registry() {
    local name=$1 text=$2
    shift 2
    cp ecdsa.pem cert.pem
    cp ecdsa.key key.pem
    begin "$name" "$text"
    serve 443 "$(basename "$1") ${2:+$(basename "$2")} 10.91.2.6:443 X25519" "$@" X25519
    visits 443
    end
    stop
    begin "${name}_retry" "The same with P-256 alone, so that it sends a HelloRetryRequest."
    serve 443 "$(basename "$1") ${2:+$(basename "$2")} 10.91.2.6:443 P-256" "$@" P-256
    visits 443
    end
    stop
}

record_tls13_servers() {
    mkdir -p "$WORK/$LAYER/site"
    cd "$WORK/$LAYER"
    write_certificates 2>/dev/null
    printf 'GET / HTTP/1.0\r\n\r\n' >early.txt
    printf 'lighttpd\n' >site/index.html
    local tls="-tls1_3 -cert ecdsa.pem -key ecdsa.key"

    begin openssl "s_server with five tickets, and early data. It keeps the sessions, so that each can be used once."
    # shellcheck disable=SC2086
    s_server $tls -num_tickets 5 -early_data
    session 10.91.2.6 'hello\nQ\n' -sess_out "$WORK/$LAYER/one.pem"
    session 10.91.2.6 'hello\nQ\n' -sess_in "$WORK/$LAYER/one.pem" -sess_out "$WORK/$LAYER/two.pem"
    session 10.91.2.6 'hello\nQ\n' -sess_in "$WORK/$LAYER/two.pem" -early_data "$WORK/$LAYER/early.txt"
    end
    stop

    begin openssl_retry "s_server that takes P-384 alone."
    # shellcheck disable=SC2086
    s_server $tls -groups P-384 -www
    visits 443
    end
    stop

    begin openssl_records "ChaCha20 and an RSA certificate; s_server cuts what it sends into records of 512 bytes, and pads them to multiples of 500."
    # shellcheck disable=SC2086
    s_server -tls1_3 -cert rsa.pem -key rsa.key -ciphersuites TLS_CHACHA20_POLY1305_SHA256 -max_send_frag 512 -record_padding 500 -www
    visits 443
    end
    stop

    begin openssl_no_tickets "s_server without tickets: the second connection has nothing to go on with."
    # shellcheck disable=SC2086
    s_server $tls -num_tickets 0 -www
    visit 443
    visit 443
    end
    stop

    local gnutls="gnutls-serv --http --port 443 --x509certfile ecdsa.pem --x509keyfile ecdsa.key"
    begin gnutls "gnutls-serv with early data. It takes early data, and looks for no request in it."
    # shellcheck disable=SC2086
    serve 443 "$gnutls --disable-client-cert --earlydata" $gnutls --disable-client-cert --earlydata
    visits 443
    early 443
    end
    stop

    begin gnutls_retry "gnutls-serv that takes P-256 alone, and asks for a client certificate, which it does unless told not to."
    # shellcheck disable=SC2086
    serve 443 "$gnutls --priority NORMAL:-GROUP-ALL:+GROUP-SECP256R1" $gnutls --priority NORMAL:-GROUP-ALL:+GROUP-SECP256R1
    visits 443
    end
    stop

    nginx_conf "ssl_early_data on;" >nginx.conf
    begin nginx "nginx with ssl_early_data."
    serve 443 "nginx, with ssl_early_data on" nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf"
    visits 443
    REQUEST='' early 443
    end
    stop

    nginx_conf "ssl_ecdh_curve prime256v1;" >nginx.conf
    begin nginx_retry "nginx that takes P-256 alone."
    serve 443 "nginx, with ssl_ecdh_curve prime256v1" nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf"
    visits 443
    end
    stop

    mkdir nss
    certutil -N -d sql:nss --empty-password
    openssl pkcs12 -export -in ecdsa.pem -inkey ecdsa.key -name us -passout pass: -out id.p12
    pk12util -i id.p12 -d sql:nss -K '' -W '' >>"$WORK/client.log"
    local selfserv="selfserv -d sql:nss -n us -e us -p 443 -V tls1.3: -u"
    # selfserv opens a socket of IPv6, through which IPv4 comes, too.
    within server sysctl -qw net.ipv6.conf.all.disable_ipv6=0
    begin nss "NSS's selfserv with tickets and early data: it refuses early data in its first ten seconds, in which it cannot know what is a copy, and then takes some."
    # shellcheck disable=SC2086
    serve 443 "$selfserv -Z" $selfserv -Z
    visits 443
    early 443
    sleep 12
    visit 443 -sess_in "$WORK/$LAYER/two.pem" -sess_out "$WORK/$LAYER/three.pem"
    # selfserv answers, and closes while our Finished lies unread: so the kernel resets the connection.
    REQUEST='' visit 443 -sess_in "$WORK/$LAYER/three.pem" -early_data "$WORK/$LAYER/early.txt" || true
    end
    stop

    begin nss_retry "selfserv that takes P-256 alone."
    # shellcheck disable=SC2086
    serve 443 "$selfserv -I P256" $selfserv -I P256
    visits 443
    end
    stop

    lighttpd_conf >lighttpd.conf
    begin wolfssl "lighttpd with mod_wolfssl."
    serve 443 "lighttpd -D -f lighttpd.conf" lighttpd -D -f "$PWD/lighttpd.conf"
    visits 443
    end
    stop

    begin wolfssl_retry "lighttpd takes every group of the other files, so the client sends a share that it does not take: ffdhe8192."
    serve 443 "lighttpd -D -f lighttpd.conf" lighttpd -D -f "$PWD/lighttpd.conf"
    visits 443 -groups ffdhe8192:X25519
    end
    stop

    registry go "Go's crypto/tls." "$PEERS/server" 10.91.2.6:443
    registry node "node 24's TLS, which is OpenSSL 3.5." "$PEERS/node" "$ROOT/tls13/tests/peers/server.mjs" 10.91.2.6 443
    registry tlslite "tlslite-ng, all of it in Python." "$PEERS/venv/bin/python" "$ROOT/tls13/tests/peers/server.py" 10.91.2.6 443
    cd "$HERE"
}
