// What the oracles share: a sandbox on a free port, a receiver of callbacks, fresh keys, and the gateways'
// own SDKs out of build/deps/oracles.
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const DEADLINE_MS = 60_000;

export function argument(name) {
  const at = process.argv.indexOf(`--${name}`);
  if (at < 0) throw new Error(`--${name} is missing`);
  return process.argv[at + 1];
}

// require() for packages under the folder of --deps.
export const sdk = createRequire(resolve(argument('deps'), 'package.json'));

export function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export class Sandbox {
  static async start(name) {
    const sandbox = new Sandbox();
    sandbox.name = name;
    sandbox.process = spawn(argument('binary'), ['sandbox', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    sandbox.origin = await within(new Promise((resolve, reject) => {
      sandbox.process.once('exit', () => reject(new Error(`the sandbox did not start:\n${said}`)));
      sandbox.process.stderr.on('data', (text) => {
        said += text;
        const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
        if (found) resolve(found[0]);
      });
    }), 'the start of the sandbox');
    return sandbox;
  }

  get url() {
    return `${this.origin}/${this.name}`;
  }

  // A control of the sandbox, whose answer must be a 200.
  async control(path, body) {
    const answer = await fetch(`${this.origin}/control/${this.name}${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  stop() {
    this.process.kill();
  }
}

// A merchant's server: keeps what comes, in order, and answers as it is told.
export class Receiver {
  static async start(answer) {
    const receiver = new Receiver();
    receiver.requests = [];
    receiver.waiting = [];
    receiver.server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => { body += piece; });
      request.on('end', () => {
        answer(response);
        const kept = { path: request.url, headers: request.headers, body };
        const waiter = receiver.waiting.shift();
        waiter ? waiter(kept) : receiver.requests.push(kept);
      });
    });
    await new Promise((resolve) => { receiver.server.listen(0, '127.0.0.1', resolve); });
    receiver.origin = `http://127.0.0.1:${receiver.server.address().port}`;
    return receiver;
  }

  next(what) {
    const kept = this.requests.shift();
    if (kept) return Promise.resolve(kept);
    return within(new Promise((resolve) => { this.waiting.push(resolve); }), what);
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

export function freshKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

// A certificate that openssl makes for the key, as PEM.
export function certificateFor(privateKey, subject) {
  const folder = mkdtempSync(join(tmpdir(), 'payweir-oracle-'));
  try {
    writeFileSync(join(folder, 'key.pem'), privateKey);
    execFileSync('openssl', ['req', '-x509', '-new', '-key', join(folder, 'key.pem'), '-subj', subject, '-days', '30',
      '-out', join(folder, 'cert.pem')], { stdio: 'pipe' });
    return readFileSync(join(folder, 'cert.pem'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function contentOfZip(bytes, entry) {
  const folder = mkdtempSync(join(tmpdir(), 'payweir-oracle-'));
  try {
    writeFileSync(join(folder, 'bill.zip'), bytes);
    const script = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; '
      + 'sys.stdout.buffer.write(z.read(z.namelist()[int(sys.argv[2])]))';
    return execFileSync('/usr/bin/python3', ['-c', script, join(folder, 'bill.zip'), String(entry)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Runs what `oracle` checks, tells each, and ends the process with 1 when one fails.
export async function run(name, checks, context) {
  let failed = 0;
  for (const [title, check] of Object.entries(checks)) {
    try {
      await check(context);
      console.log(`ok ${title}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${title}\n${error.stack}`);
    }
  }
  console.log(`RESULT name=${name} checks=${Object.keys(checks).length} failed=${failed}`);
  process.exitCode = failed ? 1 : 0;
}
