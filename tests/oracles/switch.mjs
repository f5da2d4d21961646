// The switch as a process of its own, a merchant of it, and a gateway that it talks to: a server whose books a
// check can bend, and whose answers a check can lose.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { argument, within } from './harness.mjs';

const PATIENCE_MS = 30_000;
const POLL_MS = 30;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

function word() {
  return randomBytes(8).toString('hex');
}

// What probe() gives, once it is `expected`.
export async function until(probe, expected, what) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await probe();
    if (expected(value)) return value;
    if (Date.now() > deadline) assert.fail(`${what}: still ${JSON.stringify(value)}`);
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
  }
}

export class Switch {
  static async start(environment) {
    const started = new Switch();
    started.folder = mkdtempSync(join(tmpdir(), 'payweir-oracle-'));
    started.adminKey = `test_admin_${word()}`;
    const port = await freePort();
    started.origin = `http://127.0.0.1:${port}`;
    started.process = spawn(argument('binary'), ['serve', '--listen', `127.0.0.1:${port}`, '--data', join(started.folder, 'data')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PAYWEIR_'))),
        PAYWEIR__ADMIN__API_KEY: started.adminKey, PAYWEIR__LIMITS__FAILED_AUTH_PER_ADDRESS_M: '100000',
        PAYWEIR__CONNECTORS__BREAKER_FAILURES: '0', // its gateways lie on purpose
        // A gateway that lives in this process waits while keys are made here.
        PAYWEIR__CONNECTORS__FIRST_TIMEOUT_MS: '30000', PAYWEIR__CONNECTORS__LATER_TIMEOUT_MS: '30000',
        ...environment,
      },
    });
    started.log = '';
    await within(new Promise((resolve, reject) => {
      const listen = (text) => {
        started.log += text;
        if (started.log.includes('"serve.started"')) resolve();
      };
      started.process.stdout.on('data', listen);
      started.process.stderr.on('data', listen);
      started.process.once('exit', () => reject(new Error(`the switch did not start:\n${started.log}`)));
    }), 'the start of the switch');
    return started;
  }

  async request(method, target, key, body) {
    const answer = await fetch(this.origin + target, {
      method,
      headers: { 'content-type': 'application/json', 'api-key': key },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  }

  // The sum of a metric over its series.
  async metric(name) {
    const { text } = await this.request('GET', '/metrics', this.adminKey);
    return text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async stop() {
    const ended = new Promise((resolve) => { this.process.once('exit', resolve); });
    this.process.kill();
    const code = await within(ended, 'the end of the switch');
    rmSync(this.folder, { recursive: true });
    assert.equal(code, 0, this.log.slice(-4000));
  }
}

export class Merchant {
  static async open(at) {
    const merchant = new Merchant();
    merchant.at = at;
    merchant.id = `merchant_${word()}`;
    await merchant.asOperator('/accounts', { merchant_id: merchant.id, merchant_name: 'Oracle' });
    const key = await merchant.asOperator(`/api_keys/${merchant.id}`, { name: 'oracle', expiration: 'never' });
    merchant.key = key.api_key;
    return merchant;
  }

  async asOperator(target, body) {
    const answer = await this.at.request('POST', target, this.at.adminKey, body);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  request(method, target, body) {
    return this.at.request(method, target, this.key, body);
  }

  async ok(method, target, body) {
    const answer = await this.request(method, target, body);
    assert.equal(answer.status, 200, `${target}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async connect(connector_name, connector_account_details) {
    const made = await this.ok('POST', `/account/${this.id}/connectors`,
      { connector_type: 'payment_processor', connector_name, connector_account_details });
    this.accountId = made.merchant_connector_id;
    return made;
  }

  reconnect(connector_account_details) {
    return this.ok('POST', `/account/${this.id}/connectors/${this.accountId}`,
      { connector_type: 'payment_processor', connector_account_details });
  }

  verify(connector_name, connector_account_details) {
    return this.request('POST', '/account/connectors/verify', { connector_name, connector_account_details });
  }

  pay(method, wallet, more) {
    return this.ok('POST', '/payments', {
      currency: 'CNY', confirm: true, payment_method: 'wallet', payment_method_type: method,
      payment_method_data: { wallet }, ...more,
    });
  }

  payment(id) {
    return this.ok('GET', `/payments/${id}`);
  }

  // The payment, once the gateway was asked about it.
  sync(id) {
    return this.ok('GET', `/payments/${id}?force_sync=true`);
  }

  async status(id) {
    return (await this.payment(id)).status;
  }

  async becomes(id, status) {
    return until(() => this.status(id), (now) => now === status, `${id} becoming ${status}`);
  }

  cancel(id) {
    return this.request('POST', `/payments/${id}/cancel`, {});
  }

  refund(payment_id, more = {}) {
    return this.ok('POST', '/refunds', { payment_id, ...more });
  }

  syncRefund(id) {
    return this.ok('GET', `/refunds/${id}?force_sync=true`);
  }

  async refundBecomes(id, status) {
    return until(async () => (await this.ok('GET', `/refunds/${id}`)).status, (now) => now === status, `${id} becoming ${status}`);
  }
}

// An answer that is none.
export const LOST = Symbol('the connection is closed before the answer');

// An answer as it goes out.
export class Raw {
  constructor(status, body, headers = {}) {
    Object.assign(this, { status, body, headers });
  }
}

// One order at the gateway. A check bends a step with on[step] = (normal, call) => answer, where normal() does
// what was asked for and gives the usual answer.
export class Order {
  constructor(tag) {
    this.tag = tag;
    this.state = 'none';
    this.refunds = new Map();
    this.on = {};
    this.calls = [];
    this.waiting = [];
  }

  of(step) {
    return this.calls.filter((call) => call.step === step);
  }

  // The first answered call of this step that no next() gave before.
  next(step) {
    const found = this.of(step).find((call) => !call.given);
    if (found) {
      found.given = true;
      return Promise.resolve(found);
    }
    return within(new Promise((resolve) => { this.waiting.push({ step, resolve }); }), `${step} of ${this.tag}`);
  }

  answered(call) {
    this.calls.push(call);
    const at = this.waiting.findIndex((waiter) => waiter.step === call.step);
    if (at < 0) return;
    call.given = true;
    this.waiting.splice(at, 1)[0].resolve(call);
  }
}

// What both gateways have in common. A subclass says how a request is read and verified (`read`, which gives a
// call: step, number, and so on), how a step is answered (`say`), and how an answer is signed (`seal`).
export class Gateway {
  async start() {
    this.orders = new Map();  // by tag, number and refund number
    this.breaches = [];
    this.verified = 0;
    this.server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const pieces = [];
      request.on('data', (piece) => { pieces.push(piece); });
      request.on('end', () => {
        try {
          this.serve({ method: request.method, target: request.url, headers: request.headers, body: Buffer.concat(pieces).toString() }, response);
        } catch (error) {
          this.breaches.push(`${request.method} ${request.url}: ${error.stack}`);
          response.destroy();
        }
      });
    });
    await new Promise((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  order() {
    const order = new Order(`咖啡☕ "大杯" \\ 100%+ ${word()}`);
    this.orders.set(order.tag, order);
    return order;
  }

  find(call) {
    const order = this.orders.get(call.number) ?? this.orders.get(call.refund) ?? this.orders.get(call.tag);
    assert.ok(order, `an order that nobody expects: ${JSON.stringify(call)}`);
    if (call.number) {
      order.number ??= call.number;
      assert.equal(call.number, order.number, 'the order has another number');
      this.orders.set(call.number, order);
    }
    if (call.refund) this.orders.set(call.refund, order);
    return order;
  }

  serve(request, response) {
    const call = this.read(request);
    this.verified += 1;
    const order = this.find(call);
    const normal = () => {
      this.book(order, call);
      return this.say(order, call);
    };
    const bend = order.on[call.step];
    const answer = bend ? bend(normal, call) : normal();
    response.once('close', () => order.answered(call));
    if (answer === LOST) {
      response.destroy();
      return;
    }
    const { status, headers, body } = answer instanceof Raw ? answer : this.seal(call, answer);
    response.writeHead(status, headers);
    response.end(body);
  }

  book(order, call) {
    if (call.step === 'create' || call.step === 'pay') {
      order.amount = call.amount;
      order.state = call.step === 'pay' ? 'paid' : 'waiting';
    } else if (call.step === 'cancel') {
      if (order.state === 'paid' && this.cancelKeepsThePaid && !call.reverses) return;
      order.state = 'closed';
    } else if (call.step === 'refund' && order.state === 'paid') {
      order.refunds.set(call.refund, call.amount);
    }
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
