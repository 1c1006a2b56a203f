/**
 * A small model server for tests, a CommonJS program without dependencies. It answers `{"tag", "model", "echo", "pid", "served"}`; `TAG` says
 * who it is, `served` how many requests this process has got so far. It misbehaves as told: by `MODE` from the start, or by the header
 * `x-test-do` for one request.
 *
 * - `MODE`: `exit` (code 3 at once), `never-ready` (pings get 503), `broken` (answers 500), `stubborn` (ignores SIGTERM), `loud` (prints a
 *   lot); `START_MS`: listens only after so long; `ANSWER_MS`: answers only after so long
 * - `x-test-do`: `die` (kills itself instead of answering), `sleep:<ms>` (answers later), `status:<n>`, `break` (half an answer),
 *   `deaf` (answers no ping from now on); a body of `sleep:<ms>` does as that header does, where no header can be sent
 */
export const servingScript = `
const http = require('node:http');
const fs = require('node:fs');
const path = require('node:path');
const { MODE, TAG, START_MS, ANSWER_MS, PORT, SM_MODEL_DIR } = process.env;
if (MODE === 'exit') { console.error('the model does not load'); process.exit(3); }
if (MODE === 'stubborn') process.on('SIGTERM', () => console.log('no'));
if (MODE === 'loud') for (let i = 0; i < 20000; i++) console.log('x'.repeat(500));
let deaf = false;
let served = 0;
const model = fs.existsSync(path.join(SM_MODEL_DIR, 'model.txt')) ? fs.readFileSync(path.join(SM_MODEL_DIR, 'model.txt'), 'utf8') : '';
const server = http.createServer((request, response) => {
  if (request.url === '/ping') {
    if (deaf) return;
    response.writeHead(MODE === 'never-ready' ? 503 : 200).end();
    return;
  }
  const [what, value] = String(request.headers['x-test-do'] ?? '').split(':');
  if (what === 'die') process.kill(process.pid, 'SIGKILL');
  if (what === 'deaf') deaf = true;
  served += 1;
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const echo = body.length > 4096 ? body.length : body.toString('utf8');
    const text = JSON.stringify({ tag: TAG, model, echo, pid: process.pid, served, url: request.url, headers: request.headers });
    if (what === 'break') {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
      return;
    }
    const status = what === 'status' ? Number(value) : MODE === 'broken' ? 500 : 200;
    const answer = () => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    const sleep = /^sleep:(\\d+)$/.exec(what === 'sleep' ? what + ':' + value : String(echo));
    if (sleep) setTimeout(answer, Number(sleep[1]));
    else if (ANSWER_MS) setTimeout(answer, Number(ANSWER_MS));
    else answer();
  });
});
setTimeout(() => server.listen(Number(PORT), '127.0.0.1', () => console.log('listening')), Number(START_MS ?? 0));
`;
