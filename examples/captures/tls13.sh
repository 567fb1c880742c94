# curl and openssl s_client against nginx, openssl s_server and gnutls-serv. Each file carries the key log that opens it.
# nginx: 10.91.2.2 AES-128 and ECDSA, .4 AES-256 and RSA, .5 ChaCha20 and Ed25519; .3 TLS 1.2 alone, and HTTP/2 on its port 9443.
# On 10.91.2.6: s_server, and gnutls-serv on port 8443.

versions() {
    openssl version | sed 's/OpenSSL/openssl/; s/ (Lib.*//'
    curl --version | sed -n '1s/ (.*//p'
    nginx -v 2>&1 | sed 's/nginx version: //'
    gnutls-serv --version | sed -n 1p
}

# certificate NAME KEY...: a key made with `openssl genpkey KEY...` and a certificate for www.example.test, signed by root.pem.
certificate() {
    local name=$1
    shift
    openssl genpkey "$@" -out "$name.key"
    openssl req -new -key "$name.key" -subj "/CN=www.example.test" |
        openssl x509 -req -CA root.pem -CAkey root.key -set_serial "$((++SERIAL))" -days 10950 -out "$name.pem" \
            -extfile <(echo "subjectAltName=DNS:www.example.test,DNS:*.example.test")
    cat root.pem >>"$name.pem"
}

write_certificates() {
    SERIAL=1 # that of the root itself
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout root.key -out root.pem -days 10950 -set_serial 1 -subj "/CN=Barewire test root"
    openssl req -x509 -newkey ed25519 -noenc -keyout other.key -out other.pem -days 10950 -subj "/CN=Another root"
    certificate ecdsa -algorithm EC -pkeyopt ec_paramgen_curve:P-256
    certificate p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
    certificate rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
    certificate ed25519 -algorithm ED25519
}

# ocsp_response NAME: what the root says of NAME.pem, in NAME.ocsp.
ocsp_response() {
    local serial
    serial=$(openssl x509 -in "$1.pem" -noout -serial | cut -d= -f2)
    printf 'V\t20540101000000Z\t\t%s\tunknown\t/CN=www.example.test\n' "$serial" >index.txt
    openssl ocsp -index index.txt -rsigner root.pem -rkey root.key -CA root.pem -issuer root.pem -cert "$1.pem" \
        -ndays 10950 -respout "$1.ocsp" >>"$WORK/client.log" 2>&1
}

tls_server() { # tls_server ADDRESS CERTIFICATE SUITE
    cat <<C
    server {
        listen $1:443 ssl; root $PWD/site; ssl_protocols TLSv1.3;
        ssl_certificate $PWD/$2.pem; ssl_certificate_key $PWD/$2.key; ssl_conf_command Ciphersuites $3;
    }
C
}

raise_nginx() {
    mkdir -p site
    printf '<!doctype html><title>It works</title>\n<h1>It works</h1>\n' >site/index.html
    for i in $(seq 1 1500); do printf 'line %04d\n' "$i"; done >site/lines.txt
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
$(tls_server 10.91.2.2 ecdsa TLS_AES_128_GCM_SHA256)
$(tls_server 10.91.2.4 rsa TLS_AES_256_GCM_SHA384)
$(tls_server 10.91.2.5 ed25519 TLS_CHACHA20_POLY1305_SHA256)
    server {
        listen 10.91.2.3:443 ssl; root $PWD/site; ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;
        ssl_certificate $PWD/rsa.pem; ssl_certificate_key $PWD/rsa.key;
    }
    server {
        listen 10.91.2.3:9443 ssl http2; root $PWD/site; ssl_protocols TLSv1.3;
        ssl_certificate $PWD/ecdsa.pem; ssl_certificate_key $PWD/ecdsa.key; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
    }
}
C
    background server nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf"
    listening 10.91.2.2 443
}

# s_server ARGUMENTS...: an `openssl s_server` on 10.91.2.6:443, until `stop`.
s_server() {
    note "(server)" openssl s_server -accept 10.91.2.6:443 "$@"
    background server openssl s_server -accept 10.91.2.6:443 "$@" -quiet
    listening 10.91.2.6 443
}

# get ADDRESS[:PORT] [curl's arguments]: the page https://www.example.test/ from there, with the keys logged.
get() {
    local address=${1%:*} port=443
    case $1 in *:*) port=${1#*:} ;; esac
    shift
    KEYS=$WORK/$NAME.keys
    note curl "${HTTP:---http1.1}" --cacert root.pem --resolve "www.example.test:$port:$address" "$@"
    within client env SSLKEYLOGFILE="$KEYS" timeout 20 curl -s "${HTTP:---http1.1}" --cacert "$WORK/tls13/root.pem" \
        --resolve "www.example.test:$port:$address" "$@" </dev/null >>"$WORK/client.log" 2>&1
}

# session ADDRESS LINES [s_client's arguments]: types the lines, one each PAUSE seconds; k and K are s_client's key updates.
session() {
    local address=$1 lines=$2
    shift 2
    note openssl s_client -connect "$address:443" "$@" "<<<" "$lines"
    # shellcheck disable=SC2059
    while IFS= read -r line; do sleep "${PAUSE:-0.25}"; printf '%s\n' "$line"; done < <(printf "$lines") |
        within client timeout 20 openssl s_client -connect "$address:443" -servername www.example.test \
            -CAfile root.pem -keylogfile "$KEYS" "$@" >>"$WORK/client.log" 2>&1
}

URL=https://www.example.test

record_tls13() {
    mkdir -p "$WORK/tls13"
    cd "$WORK/tls13"
    write_certificates 2>/dev/null
    raise_nginx

    begin aes128 "TLS_AES_128_GCM_SHA256, X25519, an ECDSA P-256 certificate: a page over HTTP/1.1, two NewSessionTicket, close_notify."
    get 10.91.2.2 $URL/
    end

    begin aes256 "TLS_AES_256_GCM_SHA384 (so the hash of the key schedule is SHA-384), an RSA certificate (PSS signature)."
    get 10.91.2.4 $URL/
    end

    begin chacha20 "TLS_CHACHA20_POLY1305_SHA256, an Ed25519 certificate."
    get 10.91.2.5 $URL/
    end

    begin transfer "15,000 bytes in several records, and a second request on the same connection."
    get 10.91.2.2 $URL/lines.txt $URL/
    end

    begin hello_retry "HelloRetryRequest: the client's key share is X25519, the server (openssl s_server) takes only P-256. A P-384 certificate."
    s_server -tls1_3 -groups P-256 -cert p384.pem -key p384.key -www
    get 10.91.2.6 $URL/
    end
    stop

    begin hello_retry_cookie "HelloRetryRequest with a cookie, from an s_server that keeps no state: the second ClientHello returns the cookie. Then this server hangs up (so there are no secrets): it expects the second hello on a connection of its own."
    s_server -tls1_3 -stateless -cert ecdsa.pem -key ecdsa.key
    if session 10.91.2.6 'hello\nQ\n'; then false; fi
    end
    stop

    begin p256 "The client offers P-256 alone (curl --curves): a key share of 65 bytes."
    get 10.91.2.2 --curves P-256 $URL/
    end

    begin certificate_request "gnutls-serv asks for a client certificate (CertificateRequest); curl has none and sends an empty Certificate."
    note "(server)" gnutls-serv --http --port 8443 --x509certfile ecdsa.pem --x509keyfile ecdsa.key --x509cafile root.pem
    background server gnutls-serv --http --port 8443 --x509certfile ecdsa.pem --x509keyfile ecdsa.key --x509cafile root.pem
    listening 0.0.0.0 8443
    get 10.91.2.6:8443 $URL:8443/
    end
    stop

    begin client_certificate "s_server demands a client certificate and gets one: Certificate and CertificateVerify from the client too."
    s_server -tls1_3 -Verify 1 -CAfile root.pem -cert ecdsa.pem -key ecdsa.key -www
    get 10.91.2.6 --cert ed25519.pem --key ed25519.key $URL/
    end
    stop

    begin key_update "KeyUpdate: s_client sends one of its own (k), then one that asks the server for one too (K), with text before, between and after."
    s_server -tls1_3 -cert ecdsa.pem -key ecdsa.key -rev
    PAUSE=1.2 session 10.91.2.6 'before\nk\nbetween\nK\nafter\nQ\n'
    end
    stop

    begin resumption "Two connections: a full handshake that stores the ticket, then one that resumes by PSK (no Certificate)."
    session 10.91.2.2 'GET / HTTP/1.1\nHost: www.example.test\n\nQ\n' -sess_out "$WORK/tls13/session.pem"
    session 10.91.2.2 'GET / HTTP/1.1\nHost: www.example.test\n\nQ\n' -sess_in "$WORK/tls13/session.pem"
    end

    begin alerts "Handshakes that fail: a client that only has TLS 1.2 (protocol_version, in the clear), a client that does not know the root (unknown_ca, encrypted), and no suite in common (handshake_failure)."
    if get 10.91.2.2 --tls-max 1.2 $URL/; then false; fi
    if get 10.91.2.2 --cacert other.pem $URL/; then false; fi
    if get 10.91.2.5 --tls13-ciphers TLS_AES_128_GCM_SHA256 $URL/; then false; fi
    end

    begin tls12_server "What a client of TLS 1.3 sees from a server that only has TLS 1.2: a ServerHello without supported_versions. Its random has no downgrade mark (RFC 8446 §4.1.3): the server knows of nothing newer."
    s_server -tls1_2 -cert rsa.pem -key rsa.key -www
    get 10.91.2.6 $URL/
    end
    stop

    begin fragments "s_server sends at most 512 bytes in a record: its Certificate and the page take several, and the ends of messages and records do not meet."
    s_server -tls1_3 -cert rsa.pem -key rsa.key -max_send_frag 512 -www
    get 10.91.2.6 $URL/
    end
    stop

    begin tls12 "A client that has no TLS 1.3 and nginx: a page over HTTP/1.1, agreed on by ALPN in the ServerHello."
    get 10.91.2.3 --tls-max 1.2 $URL/
    end

    begin tls12_client_certificate "TLS 1.2: s_server demands a client certificate and gets one. DHE, so that ServerKeyExchange has another form."
    s_server -tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384 -Verify 1 -CAfile root.pem -cert rsa.pem -key rsa.key -www
    get 10.91.2.6 --tls-max 1.2 --cert ecdsa.pem --key ecdsa.key $URL/
    end
    stop

    begin tls12_status "TLS 1.2 with an OCSP response: CertificateStatus."
    ocsp_response rsa
    s_server -tls1_2 -cert rsa.pem -key rsa.key -status_file rsa.ocsp -rev
    session 10.91.2.6 'hello\nQ\n' -status
    end
    stop

    begin tls12_resumption "TLS 1.2, two connections: a full handshake that stores the ticket (NewSessionTicket, in the clear), then one that goes on with it (no Certificate)."
    session 10.91.2.3 'GET / HTTP/1.1\nHost: www.example.test\n\nQ\n' -sess_out "$WORK/tls13/session12.pem"
    session 10.91.2.3 'GET / HTTP/1.1\nHost: www.example.test\n\nQ\n' -sess_in "$WORK/tls13/session12.pem"
    end

    begin h2 "HTTP/2, agreed on by ALPN: two pages on one connection."
    HTTP=--http2 get 10.91.2.3:9443 $URL:9443/lines.txt $URL:9443/
    end

    begin early_data "Two connections: one that stores a ticket, and one that resumes and sends early data (0-RTT), which the server takes."
    printf 'early words\n' >early.txt
    s_server -tls1_3 -cert ecdsa.pem -key ecdsa.key -early_data
    session 10.91.2.6 'hello\nQ\n' -sess_out "$WORK/tls13/early.pem"
    session 10.91.2.6 'later words\nQ\n' -sess_in "$WORK/tls13/early.pem" -early_data "$WORK/tls13/early.txt"
    end
    stop

    begin early_data_refused "The same against a server that was started anew, so that it cannot open the ticket: it passes over the early data, which it cannot open either (RFC 8446 §4.2.10), and the handshake is a full one."
    s_server -tls1_3 -cert ecdsa.pem -key ecdsa.key -early_data
    session 10.91.2.6 'hello\nQ\n' -sess_out "$WORK/tls13/early.pem"
    stop
    s_server -tls1_3 -cert ecdsa.pem -key ecdsa.key -rev
    session 10.91.2.6 'later words\nQ\n' -sess_in "$WORK/tls13/early.pem" -early_data "$WORK/tls13/early.txt"
    end
    stop

    begin mid_connection "A capture that starts in the middle of a connection, and of a record: the first 17 frames were cut off. The secrets are there, and of no use without the ClientHello."
    get 10.91.2.2 $URL/lines.txt $URL/
    cut_off 17

    begin mid_connection_tls12 "The same in TLS 1.2."
    get 10.91.2.3 --tls-max 1.2 $URL/lines.txt $URL/
    cut_off 17

    stop
    cd "$HERE"
}
