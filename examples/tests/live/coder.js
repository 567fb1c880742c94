// An HTTP server for the live tests that codes what it sends: node coder.js ADDRESS PORT FOLDER
//
// /on-the-fly/CODING codes the file "text" while it is sent, in chunks. /file/NAME/CODINGS sends a recorded file as it
// is, and says that it has these codings.
const http = require('http'), zlib = require('zlib'), fs = require('fs'), path = require('path');
const [address, port, folder] = process.argv.slice(2);
const CODERS = {
  gzip: zlib.createGzip, deflate: zlib.createDeflate, raw: zlib.createDeflateRaw, br: zlib.createBrotliCompress,
};

http.createServer(async (request, response) => {
  const [kind, name, codings] = request.url.slice(1).split('/');
  response.setHeader('Content-Type', 'text/plain');
  if (kind === 'file') {
    if (codings) response.setHeader('Content-Encoding', codings.split('+'));
    return response.end(fs.readFileSync(path.join(folder, name)));
  }
  const coder = CODERS[name]();
  response.setHeader('Content-Encoding', name === 'raw' ? 'deflate' : name);
  coder.pipe(response);
  // Line by line, so that there are many chunks.
  for (const line of fs.readFileSync(path.join(folder, 'text'), 'latin1').split(/(?<=\n)/)) {
    await new Promise((done) => coder.write(line, 'latin1', () => coder.flush(done)));
  }
  coder.end();
}).listen(Number(port), address);
