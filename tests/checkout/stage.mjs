// What the browser's tests stand on: `payweir serve --sandbox` on a free port, its demo merchant, and Chromium.
// A page that these hand out is watched: whatever it complains about or loads from elsewhere fails its check.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sdk, within } from '../oracles/harness.mjs';

const { chromium } = sdk('playwright-core');
const axe = readFileSync(sdk.resolve('axe-core'), 'utf8');

export const cards = { good: '4242424242424242', declined: '4000000000009995', threeDs: '4000000000003063' };

// What a condition may take to come about, under a sanitizer on a busy machine.
const PATIENCE_MS = 20_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createSocketServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export class Switch {
  static async start(binary) {
    const made = new Switch();
    made.folder = mkdtempSync(join(tmpdir(), 'payweir-checkout-'));
    const listen = `127.0.0.1:${await freePort()}`;
    made.origin = `http://${listen}`;
    const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('PAYWEIR_'));
    made.process = spawn(binary, ['serve', '--sandbox', '--listen', listen, '--data', join(made.folder, 'data')], {
      stdio: ['ignore', 'ignore', 'pipe'], env: Object.fromEntries(environment),
    });
    let said = '';
    made.key = await within(new Promise((resolve, reject) => {
      made.process.once('exit', () => reject(new Error(`the switch did not start:\n${said}`)));
      made.process.stderr.on('data', (text) => {
        said += text;
        const found = said.match(/API key +(snd_\w+)/);
        if (found && said.includes('Ctrl-C stops')) resolve(found[1]);
      });
    }), 'the start of the switch');
    await made.call('POST', '/accounts/demo', { merchant_id: 'demo', merchant_name: 'Blue Teapot' }, 'test_admin');
    return made;
  }

  async call(method, path, body, key = this.key) {
    const answer = await fetch(this.origin + path, {
      method, headers: { 'api-key': key, 'content-type': 'application/json' }, body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  create(more = {}) {
    return this.call('POST', '/payments', { amount: 6540, currency: 'CNY', description: 'Two tins of oolong', ...more });
  }

  retrieve({ payment_id: id }) {
    return this.call('GET', `/payments/${id}`);
  }

  link({ payment_id: id, client_secret: secret }, language = 'en') {
    return `${this.origin}/pay/${id}?client_secret=${secret}&lang=${language}`;
  }

  // What the code on the page contains, and the page that the payer's phone opens with it.
  async phoneLink(payment) {
    const code = (await this.retrieve(payment)).next_action.qr_code_url;
    if (code.startsWith('http')) return code;
    return `${await this.sandboxOrigin()}/wechatpay/scan?code_url=${encodeURIComponent(code)}`;
  }

  // Nobody is told where the sandbox listens: the codes of its Alipay say so.
  async sandboxOrigin() {
    if (!this.knownSandbox) {
      const made = await this.create({
        confirm: true, payment_method: 'wallet', payment_method_data: { wallet: { ali_pay_qr: {} } },
      });
      this.knownSandbox = new URL(made.next_action.qr_code_url).origin;
    }
    return this.knownSandbox;
  }

  stop() {
    return new Promise((resolve) => {
      this.process.removeAllListeners('exit');
      this.process.once('exit', () => {
        rmSync(this.folder, { recursive: true });
        resolve();
      });
      this.process.kill();
    });
  }
}

export const wide = { width: 1280, height: 800 };
export const narrow = { width: 360, height: 740 };
const phone = { viewport: narrow, screen: narrow, hasTouch: true, isMobile: true };

function executable() {
  return ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync) ?? 'chromium';
}

export class Browser {
  static async start() {
    const made = new Browser();
    made.browser = await chromium.launch({
      executablePath: executable(), args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    return made;
  }

  // A browser of one payer. `onPhone` is one with a small touch screen.
  async payer({ onPhone = false, viewport = wide, locale = 'en-GB', ...more } = {}) {
    const context = await this.browser.newContext({
      viewport, locale, timezoneId: 'Asia/Shanghai', ...(onPhone ? phone : {}), ...more,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Payer(context);
  }

  stop() {
    return this.browser.close();
  }
}

// A payer's browser. What goes wrong in any of its pages is kept, for `end` to fail on.
export class Payer {
  constructor(context) {
    this.context = context;
    this.complaints = [];
    this.expected = [];
  }

  async open(url) {
    const page = await this.context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol !== 'data:' && hostname !== '127.0.0.1') this.complaints.push(`${request.url()} was asked for`);
    });
    await page.goto(url);
    return page;
  }

  // Complaints that the check itself brings about.
  expect(pattern) {
    this.expected.push(pattern);
  }

  async end() {
    await this.context.close();
    const unexpected = this.complaints.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
    if (unexpected.length > 0) throw new Error(`the browser complained:\n${unexpected.join('\n')}`);
  }
}

export function shows(page, text) {
  return page.getByRole('heading', { name: text, exact: true }).waitFor();
}

export async function fillCard(page, number) {
  await page.locator('#number').fill(number);
  await page.locator('#expires').fill('1030');
  await page.locator('#cvc').fill('123');
  await page.locator('#name').fill('Ada Lovelace');
}

export async function choose(page, way) {
  await page.locator(`label[for="way-${way}"]`).click();
}

export async function payByCard(page, number) {
  await choose(page, 'card');
  await fillCard(page, number);
  await page.locator('#card-submit').click();
}

// What axe-core has to say against the page, as text.
export async function accessibilityBreaches(page) {
  // Evaluated rather than added as a script, which the page's own policy would refuse.
  await page.evaluate(axe);
  const { passes, violations } = await page.evaluate(() => window.axe.run(document));
  if (passes.length === 0) throw new Error('axe-core looked at nothing');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

// A shop to come back to; /frame?URL shows that URL in a frame.
export async function openShop() {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url, 'http://shop');
    if (pathname !== '/favicon.ico') shop.visits.push({ path: request.url, referrer: request.headers.referer });
    const source = decodeURIComponent(search.slice(1)).replaceAll('&', '&amp;');
    response.setHeader('content-type', 'text/html');
    response.end('<!DOCTYPE html><title>shop</title><link rel="icon" href="data:,">'
      + (pathname === '/frame' ? `<iframe src="${source}"></iframe>` : ''));
  });
  const shop = {
    visits: [],
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  shop.origin = `http://127.0.0.1:${server.address().port}`;
  return shop;
}
