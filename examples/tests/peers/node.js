// The answers that file servers do not give: chunks with trailers, 103, both answers to Expect, CONNECT, Upgrade.
//
//     node node.js PORT [ADDRESS]
const http = require("http");
const crypto = require("crypto");

const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/trailers") {
        response.writeHead(200, { Trailer: "X-Sum" });
        response.write("first ");
        response.write("second");
        response.addTrailers({ "X-Sum": "12" });
        response.end();
    } else if (pathname === "/hints") {
        // In one segment, so that a capture of it is the same each time.
        request.socket.cork();
        response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
        response.writeEarlyHints({ link: "</script.js>; rel=preload; as=script" });
        response.end("hinted");
        process.nextTick(() => request.socket.uncork());
    } else if (pathname === "/close") {
        response.removeHeader("Transfer-Encoding");
        response.useChunkedEncodingByDefault = false;
        response.shouldKeepAlive = false;
        response.end("until the end");
    } else if (pathname === "/port") {
        response.end(`${request.socket.remotePort}\n`);
    } else if (pathname === "/no-content") {
        response.writeHead(204);
        response.end();
    } else if (pathname === "/json") {
        const headers = {};
        for (let at = 0; at < request.rawHeaders.length; at += 2) headers[request.rawHeaders[at]] = request.rawHeaders[at + 1];
        response.end(JSON.stringify({ method: request.method, url: request.url, headers }));
    } else {
        // The body comes back, piece by piece, and its trailers as fields that are known at the end.
        response.writeHead(200, { "X-Method": request.method, Trailer: "X-Trailers" });
        request.on("data", (piece) => response.write(piece));
        request.on("end", () => {
            response.addTrailers({ "X-Trailers": JSON.stringify(request.trailers) });
            response.end();
        });
    }
});

// "/refused" answers Expect with 417, all else with 100.
server.on("checkContinue", (request, response) => {
    if (request.url === "/refused") {
        response.writeHead(417, { "Content-Length": 2 });
        response.end("no");
    } else {
        response.writeContinue();
        server.emit("request", request, response);
    }
});

/** Sends back what came, and what comes. A client may break off. */
function echo(socket, head) {
    socket.on("error", () => socket.destroy());
    socket.write(head);
    socket.pipe(socket);
}

// CONNECT to "echo.test:7" gives an echo, to all else a refusal.
server.on("connect", (request, socket, head) => {
    if (request.url !== "echo.test:7") {
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!");
        return;
    }
    socket.write("HTTP/1.1 200 Connected\r\n\r\n");
    echo(socket, head);
});

// The handshake of RFC 6455, and then an echo of the bytes.
server.on("upgrade", (request, socket, head) => {
    const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const accept = crypto.createHash("sha1").update(key).digest("base64");
    socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    echo(socket, head);
});

server.listen(Number(process.argv[2]), process.argv[3] ?? "127.0.0.1");
