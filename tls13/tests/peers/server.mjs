// A page over node's TLS: server.mjs HOST PORT [GROUP]. cert.pem and key.pem lie in the working directory; secrets go to
// the file "keys" there.
import fs from "node:fs";
import tls from "node:tls";

const [host, port, group] = process.argv.slice(2);
const options = { cert: fs.readFileSync("cert.pem"), key: fs.readFileSync("key.pem"), minVersion: "TLSv1.3" };
if (group) options.ecdhCurve = group;
const server = tls.createServer(options, (socket) => {
  socket.on("error", (error) => console.error(error));
  socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nnode\n"));
});
server.on("keylog", (line) => fs.appendFileSync("keys", line));
server.on("tlsClientError", (error) => console.error(error));
server.listen(Number(port), host);
