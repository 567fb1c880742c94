// What node asks of our server. It throws where an answer is not the one that is wanted.
//
//     node client.js PORT
const assert = require("assert");
const http = require("http");

const origin = `http://127.0.0.1:${process.argv[2]}`;

/** http.request, as a promise of the whole answer. */
function ask(options, send) {
    return new Promise((resolve, reject) => {
        const request = http.request(origin + options.path, options, (response) => {
            let body = "";
            response.on("data", (piece) => (body += piece));
            response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
            response.on("error", reject);
        });
        request.on("error", reject);
        send(request);
    });
}

async function main() {
    const page = await fetch(origin + "/page");
    assert.strictEqual(page.status, 200);
    assert.strictEqual(await page.text(), "a page");
    // Ten at once.
    const ten = await Promise.all(Array.from({ length: 10 }, (_, n) => fetch(`${origin}/chunks?${n}`).then((r) => r.text())));
    assert.deepStrictEqual(ten, Array(10).fill("in chunks"));
    const post = await fetch(origin + "/echo", { method: "POST", body: "a".repeat(100000) });
    assert.strictEqual((await post.text()).length, 100000);
    // A body whose length is not known, so it comes in chunks.
    const parts = new ReadableStream({
        start(controller) {
            for (const part of ["one ", "two ", "three"]) controller.enqueue(new TextEncoder().encode(part));
            controller.close();
        },
    });
    const stream = await fetch(origin + "/echo", { method: "PUT", body: parts, duplex: "half" });
    assert.strictEqual(await stream.text(), "one two three");
    const head = await fetch(origin + "/page", { method: "HEAD" });
    assert.deepStrictEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "6", ""]);
    assert.strictEqual((await fetch(origin + "/missing")).status, 404);
    // Chunks with trailers, and a body that waits for 100.
    const options = { method: "POST", path: "/echo", headers: { Trailer: "X-Sum" } };
    const trailed = await ask(options, (request) => {
        request.write("first ");
        request.addTrailers({ "X-Sum": "12" });
        request.end("second");
    });
    assert.strictEqual(trailed.body, "first second");
    const waits = await ask({ method: "POST", path: "/echo", headers: { Expect: "100-continue" } }, (request) => {
        request.on("continue", () => request.end("after 100"));
        request.flushHeaders();
    });
    assert.strictEqual(waits.body, "after 100");
    // One connection, again and again.
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; n < 20; n++) {
        const answer = await ask({ path: "/page", agent }, (request) => request.end());
        assert.deepStrictEqual([answer.status, answer.body], [200, "a page"]);
    }
    agent.destroy();
    console.log("all of it");
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
