# curl against nginx (port 80, 10.91.2.2) over plain HTTP/1.1; origin.py stands behind nginx where nginx alone cannot say it.

versions() {
    curl --version | sed -n '1s/ (.*//p'
    nginx -v 2>&1 | sed 's/nginx version: //'
    python3 --version
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
    cd "$HERE"
}
