# curl against nginx (port 80, 10.91.2.2) over plain HTTP/1.1; origin.py stands behind nginx where nginx alone cannot say it.
# Then curl against apache2, lighttpd, haproxy, caddy (10.91.2.4, ports 8001 to 8004) and node (10.91.2.5:8005).

versions() {
    curl --version | sed -n '1s/ (.*//p'
    nginx -v 2>&1 | sed 's/nginx version: //'
    python3 --version
    apache2 -v | sed -n 's/Server version: //p'
    lighttpd -v | sed 's/ (.*//'
    haproxy -v | sed -n '1s/^\(.*version [^ ]*\).*/\1/p'
    caddy version | sed 's/^/caddy /'
    node --version | sed 's/^/node /'
}

write_site() {
    mkdir -p site/upload
    printf '<!doctype html><title>It works</title>\n<h1>It works</h1>\n' >site/index.html
    printf 'body { margin: 2em }\n' >site/style.css
    for i in $(seq 1 60); do echo "line $i of a text that is worth compressing"; done >site/long.txt
    touch -d '2026-01-01 00:00:00 UTC' site/*.html site/*.css site/*.txt
    chmod -R a+rwX .
    cat >nginx.conf <<C
user root;
daemon off;
pid $PWD/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    types { text/html html; text/css css; text/plain txt; }
    client_body_temp_path $PWD/body; proxy_temp_path $PWD/proxy; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
    gzip_types text/plain;
    server {
        listen 10.91.2.2:80;
        root $PWD/site;
        location /long.txt { gzip on; gzip_http_version 1.0; }
        location /old { return 301 /index.html; }
        location /upload/ { dav_methods PUT DELETE; }
        location /form { proxy_pass http://127.0.0.1:8000; proxy_http_version 1.1; }
        location /stream { proxy_pass http://127.0.0.1:8000; proxy_http_version 1.1; proxy_buffering off; }
    }
}
C
}

write_others() {
    local module
    {
        echo "ServerName apache.test"
        echo "ServerRoot $PWD"
        echo "Listen 10.91.2.4:8001"
        printf 'PidFile %s/apache.pid\nErrorLog %s/apache-error.log\n' "$PWD" "$PWD"
        for module in mpm_event authz_core mime filter deflate dav dav_fs; do
            echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
        done
        printf 'User nobody\nGroup nogroup\nDocumentRoot %s/site\nTypesConfig /dev/null\n' "$PWD"
        printf 'AddType text/html .html\nAddType text/plain .txt\nDavLockDB %s/lock\n' "$PWD"
        printf '<Location /long.txt>\nSetOutputFilter DEFLATE\n</Location>\n<Location /upload>\nDav On\n</Location>\n'
    } >apache.conf
    cat >lighttpd.conf <<C
server.document-root = "$PWD/site"
server.bind = "10.91.2.4"
server.port = 8002
mimetype.assign = ( ".html" => "text/html", ".css" => "text/css", ".txt" => "text/plain" )
C
    cat >haproxy.conf <<C
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend here
    bind 10.91.2.4:8003
    default_backend there
backend there
    server node 10.91.2.5:8005
C
    printf '{\n admin off\n auto_https off\n}\n:8004 {\n bind 10.91.2.4\n root * %s/site\n encode gzip\n file_server\n}\n' "$PWD" >Caddyfile
}

OTHERS=http://10.91.2.4
NODE=http://10.91.2.5:8005
SITE=http://10.91.2.2
ORIGIN=http://10.91.2.3:8000

record_http1() {
    mkdir -p "$WORK/http1"
    cd "$WORK/http1"
    write_site
    background server nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf"
    background server python3 "$HERE/origin.py" 0.0.0.0 8000
    listening 10.91.2.2 80
    listening 0.0.0.0 8000

    begin keep_alive "Three requests one after another on one connection; each body by Content-Length, so the connection can go on."
    client curl -s $SITE/ $SITE/style.css $SITE/index.html
    end

    begin chunked "Chunked bodies: nginx compresses on the fly and cannot know the length; and a stream passed on as it comes, in several chunks."
    client curl -s --compressed $SITE/long.txt
    client curl -s $SITE/stream
    end

    begin trailers "A chunked body with chunk extensions and with a trailer section after the last chunk, from origin.py."
    client curl -s $ORIGIN/trailers
    end

    begin head "HEAD: the head says Content-Length, and no body follows. Then a GET on the same connection shows that both sides agree."
    client curl -s -I $SITE/ --next -s $SITE/
    end

    local tag
    tag=$(within client curl -sI $SITE/ | tr -d '\r' | sed -n 's/^ETag: //p')
    begin not_modified "GET with If-None-Match and with If-Modified-Since: 304, and no body whatever the head says."
    client curl -s $SITE/ -H "If-None-Match: $tag" --next -s $SITE/style.css -z "1 Jan 2026"
    end

    begin errors "Answers other than 200: 404, 301, 405, 416, and 501 for a transfer coding that nobody knows."
    client curl -s $SITE/missing $SITE/old
    client curl -s -X POST -d a=1 $SITE/index.html
    client curl -s -r 9999- $SITE/index.html
    client curl -s -H "Transfer-Encoding: cow" $SITE/
    end

    begin range "206 with Content-Range: bytes 6 to 13 of the page."
    client curl -s -r 6-13 $SITE/
    end

    begin continue "PUT with Expect: 100-continue: the interim answer, then the body, then 201. Then DELETE: 204, which has no body."
    client curl -s -H "Expect: 100-continue" -T site/long.txt $SITE/upload/a.txt
    client curl -s -X DELETE $SITE/upload/a.txt
    end

    begin post "A form with Content-Length, and an upload of unknown length, chunked by the client."
    client curl -s -d "name=value&other=thing" $SITE/form
    client curl -s -T . -X POST $SITE/form
    end

    begin close_delimited "HTTP/1.0: nginx compresses on the fly, may not send chunks, and ends the body by closing. And the same from origin.py in HTTP/1.1."
    client curl -s --http1.0 --compressed $SITE/long.txt
    client curl -s $ORIGIN/close
    end

    begin truncated "Bodies that end too early: Content-Length 100 with 40 bytes, and chunks without the last one. curl calls both an error (18)."
    refused curl -s $ORIGIN/short
    refused curl -s $ORIGIN/cut
    end

    stop
    stop
    record_others
    cd "$HERE"
}

# Servers of other projects, each with what it does in its own way.
record_others() {
    write_others
    chmod -R a+rwX "$WORK"
    background server apache2 -X -f "$PWD/apache.conf"
    background server lighttpd -D -f "$PWD/lighttpd.conf"
    background server node "$ROOT/examples/tests/peers/node.js" 8005 10.91.2.5
    listening 10.91.2.5 8005
    background server haproxy -db -f "$PWD/haproxy.conf"
    background server env HOME="$PWD" caddy run --adapter caddyfile --config "$PWD/Caddyfile"
    local port
    for port in 8001 8002 8003 8004; do listening 10.91.2.4 $port; done

    begin apache "apache2: a page and its style; gzip; PUT that waits for 100, and DELETE; TRACE, which sends the request back; and 417."
    client curl -s $OTHERS:8001/index.html $OTHERS:8001/style.css
    client curl -s --compressed $OTHERS:8001/long.txt
    client curl -s -H "Expect: 100-continue" -T site/long.txt $OTHERS:8001/upload/b.txt
    client curl -s -X DELETE $OTHERS:8001/upload/b.txt
    client curl -s -X TRACE $OTHERS:8001/
    client curl -s -H "Expect: tea" $OTHERS:8001/index.html
    end

    begin lighttpd "lighttpd: a page, a part of it, nothing new, nothing there, and HTTP/1.0."
    client curl -s $OTHERS:8002/index.html --next -s -r 6-13 $OTHERS:8002/index.html
    client curl -s -z "2 Jan 2026" $OTHERS:8002/index.html --next -s $OTHERS:8002/missing
    client curl -s --http1.0 $OTHERS:8002/index.html
    end

    begin caddy "caddy: a page; gzip in chunks; HEAD; a range that is not there."
    client curl -s $OTHERS:8004/ $OTHERS:8004/style.css
    client curl -s --compressed $OTHERS:8004/long.txt
    client curl -s -I $OTHERS:8004/long.txt --next -s -r 9999- $OTHERS:8004/style.css
    end

    begin node "node: trailers, two 103 before a 200, a body that ends with the connection, and an echo of chunks."
    client curl -s $NODE/trailers $NODE/hints
    client curl -s $NODE/close
    client curl -s -T . -X POST $NODE/echo
    end

    begin refused "node answers Expect with 417, and curl never sends the body. Then 100, and the body follows."
    client curl -s -H "Expect: 100-continue" -T site/style.css $NODE/refused
    client curl -s -H "Expect: 100-continue" -T site/style.css $NODE/taken
    end

    begin haproxy "The same from node through haproxy, which reads and writes it again: trailers, 103, 204, and 100 for a body that waits."
    client curl -s $OTHERS:8003/trailers $OTHERS:8003/hints $OTHERS:8003/no-content
    client curl -s -H "Expect: 100-continue" -T site/style.css $OTHERS:8003/echo
    end

    begin tunnel "node: a tunnel by CONNECT, which sends the ClientHello of curl back to it (curl calls that an error, 35)."
    refused curl -s -p -x $NODE https://echo.test:7/
    end

    begin websocket "node: WebSocket by Upgrade; the key is that of RFC 6455 §1.3."
    refused curl -s --max-time 1 -H "Connection: Upgrade" -H "Upgrade: websocket" -H "Sec-WebSocket-Version: 13" \
        -H "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" $NODE/chat
    end

    for port in 1 2 3 4 5; do stop; done
}
