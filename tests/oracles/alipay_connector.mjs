// The Alipay connector, held against Alipay's own SDK: a gateway that verifies what the switch sends, and signs
// what it answers and tells, with the SDK's functions, under keys that were made for this run.
//
//     node alipay_connector.mjs --binary build/dev/payweir --deps build/deps/oracles
import assert from 'node:assert/strict';
import { createSign, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';

import { contract } from './contract.mjs';
import { argument, certificateFor, freshKeys, run, sdk } from './harness.mjs';
import { Gateway, Merchant, Raw, Switch } from './switch.mjs';

const { AlipaySdk } = sdk('alipay-sdk');
const inside = (name) => sdk(resolve(argument('deps'), 'node_modules/alipay-sdk/dist/commonjs', name));
const { sign, signatureV3, aesDecryptText, aesEncryptText } = inside('util.js');
const { getSN } = inside('antcertutil.js');

const SELLER_ID = '2088414811793891';
const STEPS = {
  'alipay.trade.precreate': 'create', 'alipay.trade.create': 'create', 'alipay.trade.pay': 'pay', 'alipay.trade.query': 'query',
  'alipay.trade.cancel': 'cancel', 'alipay.trade.refund': 'refund', 'alipay.trade.fastpay.refund.query': 'refund_query',
};
let apps = 0;

function yuan(fen) {
  return (fen / 100).toFixed(2);
}

function fen(text) {
  assert.match(text, /^\d+\.\d\d$/);
  return Number(text.replace('.', ''));
}

function once(pairs) {
  const all = [...pairs];
  const found = Object.fromEntries(all);
  assert.equal(Object.keys(found).length, all.length, 'a parameter comes twice');
  return found;
}

// A merchant's application, as both sides know it.
class App {
  constructor({ certificates = false, encryptKey } = {}) {
    apps += 1;
    this.id = `20210098765${String(apps).padStart(5, '0')}`;
    this.own = freshKeys();
    this.theirs = freshKeys();
    this.encryptKey = encryptKey;
    const config = { appId: this.id, privateKey: this.own.privateKey, keyType: 'PKCS8', encryptKey };
    const details = { app_id: this.id, private_key: this.own.privateKey, seller_id: SELLER_ID };
    if (certificates) {
      const [app_cert, alipay_cert, alipay_root_cert] = [[this.own, '/C=CN/O=A shop, Ltd/OU=Test/CN=oracle'],
        [this.theirs, '/C=CN/O=Ant/OU=Certification/CN=Alipay'], [freshKeys(), '/C=CN/O=Ant/OU=Root/CN=Root R1']]
        .map(([keys, subject]) => certificateFor(keys.privateKey, subject));
      this.alipayCertSn = getSN(alipay_cert);
      this.client = new AlipaySdk({ ...config, appCertContent: app_cert, alipayPublicCertContent: alipay_cert, alipayRootCertContent: alipay_root_cert });
      this.details = { auth_type: 'AlipayCertificate', ...details, app_cert, alipay_cert, alipay_root_cert };
    } else {
      this.client = new AlipaySdk({ ...config, alipayPublicKey: this.theirs.publicKey });
      this.details = { auth_type: 'AlipayKey', ...details, alipay_public_key: this.theirs.publicKey };
    }
    if (encryptKey) this.details.aes_key = encryptKey;
    this.verifier = new AlipaySdk({ ...config, alipayPublicKey: this.own.publicKey });
  }

  // The content of a request whose parameters are what the SDK would have sent.
  verify(parameters) {
    const { app_id, method, charset, version, sign_type, app_cert_sn, alipay_root_cert_sn, encrypt_type, biz_content, sign: given,
      ...others } = parameters;
    assert.ok(this.verifier.checkNotifySignV2(parameters), 'the signature is wrong');
    assert.equal(encrypt_type, this.encryptKey && 'AES');
    const content = JSON.parse(encrypt_type ? aesDecryptText(biz_content, this.encryptKey) : biz_content);
    const again = sign(method, { ...others, bizContent: content, needEncrypt: Boolean(encrypt_type) }, this.client.config);
    assert.deepEqual(parameters, again);
    return content;
  }

  // An answer, byte for byte as the gateway writes it.
  answer(method, content, { privateKey = this.theirs.privateKey, signed = true, afterwards = (text) => text } = {}) {
    const name = `${method.replaceAll('.', '_')}_response`;
    let text = JSON.stringify(content).replaceAll('/', '\\/');
    if (this.encryptKey) text = JSON.stringify(aesEncryptText(text, this.encryptKey));
    const signature = signatureV3(text, privateKey);
    const cert = this.alipayCertSn ? `"alipay_cert_sn":"${this.alipayCertSn}",` : '';
    const body = `{"${name}":${afterwards(text)}${signed ? `,${cert}"sign":"${signature}"` : ''}}`;
    return { body, accept: () => this.client.checkResponseSign(body, name, signature) };
  }

  // A callback, as a form.
  told(parameters, privateKey = this.theirs.privateKey, algorithm = 'RSA-SHA256') {
    const all = { charset: 'utf-8', version: '1.0', sign_type: 'RSA2', app_id: this.id, seller_id: SELLER_ID, passback_params: '', ...parameters };
    if (this.alipayCertSn) all.alipay_cert_sn = this.alipayCertSn;
    const text = Object.keys(all).filter((key) => key !== 'sign_type').sort().map((key) => `${key}=${all[key]}`).join('&');
    return { ...all, sign: createSign(algorithm).update(text, 'utf8').sign(privateKey, 'base64') };
  }
}

class Alipay extends Gateway {
  apps = new Map();

  add(app) {
    this.apps.set(app.id, app);
    return app;
  }

  read({ method, target, headers, body }) {
    const url = new URL(target, this.origin);
    assert.equal(method, 'POST');
    assert.equal(url.pathname, '/gateway.do');
    assert.match(headers['content-type'], /^application\/x-www-form-urlencoded; ?charset=utf-8$/i);
    const parameters = once([...url.searchParams, ...new URLSearchParams(body)]);
    return this.parameters(parameters);
  }

  parameters(parameters) {
    const app = this.apps.get(parameters.app_id);
    assert.ok(app, 'an application that nobody knows');
    const content = app.verify(parameters);
    const step = STEPS[parameters.method] ?? 'page';
    const amount = content.refund_amount ?? content.total_amount;
    return {
      app, step, parameters, content, number: content.out_trade_no, tag: content.subject,
      refund: content.out_request_no, amount: amount === undefined ? undefined : fen(amount),
    };
  }

  say(order, { step, content, refund }) {
    const out_trade_no = order.number;
    const found = { code: '10000', msg: 'Success', out_trade_no, trade_no: `2026112222001${out_trade_no.slice(-12)}` };
    const more = {
      store_name: '咖啡 {"大杯"} \\ }', fund_bill_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: '1.00' }],
      voucher: { detail: { url: 'https://a.example/?a=1&b={}' } }, gmt_payment: '2026-11-22 10:00:00',
    };
    const absent = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_NOT_EXIST', sub_msg: '交易不存在' };
    switch (step) {
      case 'create': return { ...found, qr_code: `https://qr.alipay.com/${out_trade_no}` };
      case 'pay': return { ...found, total_amount: yuan(order.amount), ...more };
      case 'query': {
        if (order.state === 'none') return absent;
        const trade_status = { waiting: 'WAIT_BUYER_PAY', paid: 'TRADE_SUCCESS', closed: 'TRADE_CLOSED' }[order.state];
        return { ...found, trade_status, total_amount: yuan(order.amount), ...more };
      }
      case 'cancel': return { ...found, retry_flag: 'N', action: 'close' };
      case 'refund': return { ...found, fund_change: 'Y', refund_fee: content.refund_amount, ...more };
      case 'refund_query': {
        if (!order.refunds.has(refund)) return { code: '10000', msg: 'Success' };
        return { ...found, out_request_no: refund, refund_status: 'REFUND_SUCCESS', refund_amount: yuan(order.refunds.get(refund)), total_amount: yuan(order.amount) };
      }
      default: throw new Error(`no answer to ${step}`);
    }
  }

  seal({ app, parameters }, content, how = {}) {
    const { body, accept } = app.answer(parameters.method, content, how);
    if (!app.encryptKey) accept();
    return new Raw(200, body, { 'content-type': 'text/html;charset=utf-8' });
  }

  // Success, and something is wrong with it.
  forged(call, content, how) {
    return new Raw(200, call.app.answer(call.parameters.method, content, how).body, { 'content-type': 'text/html;charset=utf-8' });
  }

  // What became of the order, to the address that the switch named.
  async tell(order, more = {}, privateKey = undefined) {
    const { app, parameters } = order.calls.find((call) => call.parameters.notify_url);
    const told = app.told({
      notify_type: 'trade_status_sync', notify_id: randomBytes(16).toString('hex'), notify_time: '2026-11-22 10:00:01',
      out_trade_no: order.number, trade_no: '2026112222001', trade_status: 'TRADE_SUCCESS', total_amount: yuan(order.amount),
      subject: '咖啡 & "大杯" +100%', ...more,
    }, privateKey);
    assert.equal(app.client.checkNotifySignV2(told), privateKey === undefined);
    return this.post(parameters.notify_url, told);
  }

  async post(url, form) {
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, text: await answer.text() };
  }
}

const TAKEN = { status: 200, text: 'success' };

function assertRefused(answer) {
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`);
  assert.equal(answer.text, 'fail');
}

function pay({ merchant, gateway }, wallet, order = gateway.order(), more = {}) {
  const data = typeof wallet === 'string' ? { [wallet]: {} } : wallet;
  return merchant.pay('ali_pay', data, { amount: 14344, description: order.tag, return_url: 'https://shop.example/back?a=1%202', ...more })
    .then((payment) => ({ order, payment, id: payment.payment_id }));
}

const BARCODE = { ali_pay_barcode: { auth_code: '285251072831110000' } };

// An order that the payer has a code of.
async function shown(context, wallet = 'ali_pay_qr') {
  const made = await pay(context, wallet);
  assert.equal(made.payment.status, 'requires_customer_action');
  return made;
}

async function paid(context) {
  const made = await pay(context, BARCODE);
  assert.equal(made.payment.status, 'succeeded');
  return made;
}

async function follow(url) {
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.status, 302, await answer.text());
  return answer.headers.get('location');
}

function verification(gateway) {
  const order = gateway.order();
  gateway.orders.set('payweir_credentials_check', order);
  return order;
}

// What a check does with the query of an order that was paid, and what must not come of it.
function neverPaid(bend) {
  return async (context) => {
    const { order, id } = await shown(context);
    order.state = 'paid';
    order.on.query = bend(context);
    assert.deepEqual(await context.gateway.tell(order), TAKEN);
    await order.next('query');
    const seen = await context.merchant.sync(id);
    assert.ok(order.of('query').length >= 2);
    assert.equal(seen.status, 'requires_customer_action');
    assert.equal(seen.amount_received, 0);
    delete order.on.query;
    assert.equal((await context.merchant.sync(id)).status, 'succeeded');
  };
}

// The whole of a payment and a refund, whatever the account's mode.
async function lifeOf(context) {
  const { gateway, merchant } = context;
  const { order, id, payment } = await shown(context);
  assert.equal(payment.next_action.qr_code_url, `https://qr.alipay.com/${order.number}`);
  const [{ content, parameters }] = order.of('create');
  assert.equal(parameters.method, 'alipay.trade.precreate');
  assert.equal(content.total_amount, '143.44');
  assert.equal(content.product_code, 'FACE_TO_FACE_PAYMENT');
  assert.ok(parameters.notify_url.startsWith(`${merchant.at.origin}/webhooks/${merchant.id}/`));
  assert.equal((await merchant.sync(id)).status, 'requires_customer_action');
  order.state = 'paid';
  assert.deepEqual(await gateway.tell(order), TAKEN);
  await merchant.becomes(id, 'succeeded');
  const refund = await merchant.refund(id, { amount: 4344, reason: '退货 / "too large"' });
  assert.equal(refund.status, 'succeeded');
  const [asked] = order.of('refund');
  assert.equal(asked.content.refund_amount, '43.44');
  assert.equal(asked.content.refund_reason, '退货 / "too large"');
  assert.equal(order.refunds.size, 1);
}

const checks = {
  async 'credentials are tried, and wrong ones named'({ gateway, merchant }) {
    const app = gateway.add(new App());
    verification(gateway);
    const valid = await merchant.verify('alipay', app.details);
    assert.equal(valid.status, 200, valid.text);
    const wrong = await merchant.verify('alipay', { ...app.details, alipay_public_key: freshKeys().publicKey });
    assert.equal(wrong.status, 400, wrong.text);
    assert.match(wrong.text, /alipay_public_key/);
    const certified = gateway.add(new App({ certificates: true }));
    const with_certificates = await merchant.verify('alipay', certified.details);
    assert.equal(with_certificates.status, 200, with_certificates.text);
    const encrypted = gateway.add(new App({ encryptKey: randomBytes(16).toString('base64') }));
    const with_aes = await merchant.verify('alipay', encrypted.details);
    assert.equal(with_aes.status, 200, with_aes.text);
  },

  'precreate, query, callback, refund under keys': lifeOf,

  async 'precreate, query, callback, refund under certificates'(context) {
    await lifeOf({ ...context, merchant: context.certified });
  },

  async 'precreate, query, callback, refund with encrypted content'(context) {
    await lifeOf({ ...context, merchant: context.encrypted });
  },

  async 'a key that the account does not hold yet, then holds besides the old one'({ gateway, at }) {
    const app = gateway.add(new App());
    const merchant = await Merchant.open(at);
    await merchant.connect('alipay', app.details);
    const { order, id } = await shown({ merchant, gateway });
    const next = freshKeys();
    assertRefused(await gateway.tell(order, {}, next.privateKey));
    await merchant.reconnect({ ...app.details, alipay_public_key_next: next.publicKey });
    order.state = 'paid';
    order.on.query = (normal, call) => gateway.forged(call, normal(), { privateKey: next.privateKey });
    assert.deepEqual(await gateway.tell(order, {}, next.privateKey), TAKEN);
    await merchant.becomes(id, 'succeeded');
    assert.deepEqual(await gateway.tell(order), TAKEN);
  },

  async 'a callback decides nothing before the query does'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await shown(context);
    assert.deepEqual(await gateway.tell(order), TAKEN);
    await order.next('query');
    assert.equal((await merchant.sync(id)).status, 'requires_customer_action');
    order.state = 'paid';
    assert.deepEqual(await gateway.tell(order, { trade_status: 'TRADE_FINISHED' }), TAKEN);
    await merchant.becomes(id, 'succeeded');
  },

  async 'callbacks that are refused'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await shown(context);
    assertRefused(await gateway.tell(order, {}, freshKeys().privateKey));
    assertRefused(await gateway.tell(order, { total_amount: '0.01' }));
    assertRefused(await gateway.tell(order, { app_id: '2021000000000000' }));
    assertRefused(await gateway.tell(order, { seller_id: '2088000000000000' }));
    const { app, parameters } = order.calls[0];
    const told = app.told({ notify_id: 'n', out_trade_no: order.number, total_amount: '143.44', trade_status: 'TRADE_SUCCESS' });
    assertRefused(await gateway.post(parameters.notify_url, { ...told, trade_status: 'TRADE_FINISHED' }));
    assertRefused(await gateway.post(parameters.notify_url, { ...told, added: '1' }));
    assertRefused(await gateway.post(parameters.notify_url, { ...told, sign: '' }));
    const old = app.told({ notify_id: 'n', out_trade_no: order.number, sign_type: 'RSA' }, undefined, 'RSA-SHA1');
    assert.ok(app.client.checkNotifySignV2(old));
    assertRefused(await gateway.post(parameters.notify_url, old));
    assertRefused(await gateway.post(parameters.notify_url, [...Object.entries(told), ['trade_status', 'TRADE_SUCCESS']]));
    assert.equal(await merchant.status(id), 'requires_customer_action');
    order.state = 'paid';
    assert.deepEqual(await gateway.post(parameters.notify_url, told), TAKEN);
    await merchant.becomes(id, 'succeeded');
    assert.deepEqual(await gateway.post(parameters.notify_url, told), TAKEN);
  },

  'a success that is not signed': neverPaid(({ gateway }) => (normal, call) => gateway.forged(call, normal(), { signed: false })),

  'a success under another key': neverPaid(({ gateway }) => (normal, call) => gateway.forged(call, normal(), { privateKey: freshKeys().privateKey })),

  'a success that was changed on its way': neverPaid(({ gateway }) => {
    return (normal, call) => gateway.forged(call, normal(), { afterwards: (text) => text.replace('143.44', '143.440') });
  }),

  'a success about another order': neverPaid(() => (normal) => ({ ...normal(), out_trade_no: 'att_another' })),

  async 'a success about another amount'(context) {
    const { order, id } = await shown(context);
    order.state = 'paid';
    order.on.query = (normal) => ({ ...normal(), total_amount: '0.01' });
    assert.deepEqual(await context.gateway.tell(order), TAKEN);
    await context.merchant.becomes(id, 'conflicted');
    assert.equal((await context.merchant.sync(id)).amount_received, 0);
  },

  'a success without an amount': neverPaid(() => (normal) => ({ ...normal(), total_amount: undefined })),

  'a success of another method': neverPaid(({ gateway }) => (normal, call) => {
    const { body } = call.app.answer('alipay.trade.pay', normal());
    return new Raw(200, body, {});
  }),

  'a success behind which a signed one stands': neverPaid(() => (normal, call) => {
    const { body } = call.app.answer(call.parameters.method, { ...normal(), trade_status: 'WAIT_BUYER_PAY' });
    return new Raw(200, body.replace('{', `{"alipay_trade_query_response":${JSON.stringify(normal())},`));
  }),

  async 'barcode: paid at once, and while a password is typed'(context) {
    const { merchant } = context;
    const { order } = await paid(context);
    assert.equal(order.of('pay')[0].content.scene, 'bar_code');
    assert.equal(order.of('pay')[0].content.auth_code, '285251072831110000');
    const asked = context.gateway.order();
    asked.on.pay = (normal) => {
      const answer = normal();
      asked.state = 'waiting';
      return { ...answer, code: '10003', msg: 'order success pay inprocess' };
    };
    const typing = await pay(context, BARCODE, asked);
    assert.equal(typing.payment.status, 'requires_customer_action');
    asked.state = 'paid';
    assert.equal((await merchant.sync(typing.id)).status, 'succeeded');
  },

  async 'barcode: declined, when that is signed'(context) {
    const { gateway, merchant } = context;
    const short = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH', sub_msg: '余额不足' };
    const order = gateway.order();
    order.on.pay = () => short;
    assert.equal((await pay(context, BARCODE, order)).payment.status, 'failed');
    const forged = gateway.order();
    forged.on.pay = (normal, call) => {
      normal();
      return gateway.forged(call, short, { privateKey: freshKeys().privateKey });
    };
    const { id, payment } = await pay(context, BARCODE, forged);
    assert.equal(payment.status, 'processing');
    await merchant.becomes(id, 'succeeded');
  },

  async 'jsapi'(context) {
    const { order, payment } = await shown(context, { ali_pay_jsapi: { open_id: '074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5' } });
    const [{ parameters, content, app }] = order.of('create');
    assert.equal(parameters.method, 'alipay.trade.create');
    assert.equal(content.buyer_open_id, '074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5');
    assert.equal(content.op_app_id, app.id);
    assert.match(payment.next_action.next_action_data.trade_no, /^2026112222001/);
  },

  async 'page.pay and wap.pay by address'(context) {
    const { gateway, merchant } = context;
    for (const [wallet, method, product] of [['ali_pay_redirect', 'alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'],
      ['ali_pay_wap', 'alipay.trade.wap.pay', 'QUICK_WAP_WAY']]) {
      for (const each of [merchant, context.certified, context.encrypted]) {
        const { order, payment, id } = await shown({ gateway, merchant: each }, wallet);
        const url = new URL(await follow(payment.next_action.redirect_to_url));
        assert.equal(url.origin + url.pathname, `${gateway.origin}/gateway.do`);
        const call = gateway.parameters(once(url.searchParams));
        assert.equal(call.parameters.method, method);
        assert.equal(call.content.product_code, product);
        assert.equal(call.content.total_amount, '143.44');
        assert.equal(gateway.find(call), order);
        assert.ok(call.parameters.return_url.startsWith(each.at.origin));
        assert.equal((await each.sync(id)).status, 'requires_customer_action');
        Object.assign(order, { state: 'paid', amount: call.amount });
        order.calls.push(call);
        assert.deepEqual(await gateway.tell(order), TAKEN);
        await each.becomes(id, 'succeeded');
      }
    }
  },

  async 'app.pay by order string'(context) {
    const { gateway, merchant } = context;
    const { order, payment, id } = await shown(context, 'ali_pay_app');
    const call = gateway.parameters(once(new URLSearchParams(payment.next_action.next_action_data.order_string)));
    assert.equal(call.parameters.method, 'alipay.trade.app.pay');
    assert.equal(call.content.product_code, 'QUICK_MSECURITY_PAY');
    gateway.find(call);
    Object.assign(order, { state: 'paid', amount: call.amount });
    assert.equal((await merchant.sync(id)).status, 'succeeded');
  },

  async 'refund: its replay is asked about, and what is not signed does not decline it'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await paid(context);
    order.on.refund = (normal) => ({ ...normal(), fund_change: 'N' });
    const replayed = await merchant.refund(id, { amount: 1000 });
    assert.equal(replayed.status, 'pending');
    assert.equal((await merchant.syncRefund(replayed.refund_id)).status, 'succeeded');
    const short = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH', sub_msg: '卖家余额不足' };
    order.on.refund = (normal, call) => gateway.forged(call, short, { signed: false });
    const doubtful = await merchant.refund(id, { amount: 1000 });
    assert.equal(doubtful.status, 'pending');
    assert.equal((await merchant.syncRefund(doubtful.refund_id)).status, 'pending');
    order.on.refund = () => short;
    assert.equal((await merchant.refund(id, { amount: 1000 })).status, 'failed');
  },

  async 'refund query: another refund, another amount'(context) {
    const { merchant } = context;
    const { order, id } = await paid(context);
    order.on.refund = (normal) => ({ ...normal(), fund_change: 'N' });
    const refund = await merchant.refund(id, { amount: 1000 });
    for (const [wrong, status] of [[{ out_request_no: 'another' }, 'pending'], [{ out_trade_no: 'another' }, 'pending'],
      [{ refund_amount: '143.44' }, 'review']]) {
      order.on.refund_query = (normal) => ({ ...normal(), ...wrong });
      assert.equal((await merchant.syncRefund(refund.refund_id)).status, status, JSON.stringify(wrong));
    }
  },

  async 'a callback about another merchant\'s order'(context) {
    const { gateway, merchant, certified } = context;
    const own = await shown(context);
    const other = await shown({ gateway, merchant: certified });
    await gateway.tell(own.order, { out_trade_no: other.order.number });
    assert.equal((await certified.sync(other.id)).status, 'requires_customer_action');
    assert.equal((await merchant.sync(own.id)).status, 'requires_customer_action');
  },

  async 'amounts, to the fen'(context) {
    for (const [amount, text] of [[1, '0.01'], [10, '0.10'], [100, '1.00'], [10_000_000_000, '100000000.00']]) {
      const { order, payment } = await pay(context, BARCODE, undefined, { amount });
      assert.equal(payment.status, 'succeeded');
      assert.equal(payment.amount_received, amount);
      assert.equal(order.of('pay')[0].content.total_amount, text);
    }
    const order = context.gateway.order();
    assert.equal((await pay(context, BARCODE, order, { amount: 10_000_000_001 })).payment.status, 'failed');
    assert.equal(order.calls.length, 0);
  },

  async 'cancel'(context) {
    const { merchant } = context;
    const { order, id } = await shown(context);
    const answer = await merchant.cancel(id);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.status, 'cancelled');
    assert.equal(order.of('cancel')[0].number, order.number);
    assert.equal(order.state, 'closed');
  },

  async 'cancel: Alipay asks for another try, and takes back what was paid'(context) {
    const { merchant } = context;
    const { order, id } = await shown(context);
    order.on.cancel = (normal) => {
      if (order.of('cancel').length === 0) return { ...normal(), retry_flag: 'Y' };
      order.state = 'paid';
      return { ...normal(), action: 'refund' };
    };
    assert.equal((await merchant.cancel(id)).json.status, 'processing');
    order.state = 'waiting';
    await merchant.becomes(id, 'cancelled');
    assert.equal(order.of('cancel').length, 2);
  },

  async 'an order that Alipay closed in its time'(context) {
    const { order, id } = await shown(context);
    order.state = 'closed';
    assert.equal((await context.merchant.sync(id)).status, 'expired');
  },

  async 'a payment that came too late, which a callback tells of, is given back'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await shown(context);
    order.state = 'closed';
    assert.equal((await merchant.sync(id)).status, 'expired');
    order.state = 'paid';
    assert.deepEqual(await gateway.tell(order), TAKEN);
    const back = await order.next('refund');
    assert.equal(back.amount, 14344);
    assert.equal(back.number, order.number);
    assert.equal((await merchant.sync(id)).status, 'expired');
    assert.equal(order.of('refund').length, 1);
  },

  ...contract({
    shown, paid,
    payAtOnce: (context, order) => pay(context, BARCODE, order),
    show: (context, order) => pay(context, 'ali_pay_qr', order),
    refundPending: (answer) => ({ ...answer, fund_change: 'N' }),
    oddStatus: (answer) => ({ ...answer, trade_status: 'TRADE_PONDERED' }),
    oddRefund: (answer) => ({ ...answer, refund_status: 'REFUND_PONDERED' }),
    oddRefusal: () => ({ code: '40004', msg: 'Business Failed', sub_code: 'ACQ.NEVER_HEARD_OF', sub_msg: '?' }),
    faults: {
      'not signed': (gateway, call, answer) => gateway.forged(call, answer, { signed: false }),
      'signed with another key': (gateway, call, answer) => gateway.forged(call, answer, { privateKey: freshKeys().privateKey }),
    },
  }),
};

const gateway = await new Alipay().start();
const at = await Switch.start({ PAYWEIR__CONNECTORS__ALIPAY__BASE_URL: gateway.origin });
try {
  const merchantOf = async (how) => {
    const merchant = await Merchant.open(at);
    await merchant.connect('alipay', gateway.add(new App(how)).details);
    return merchant;
  };
  const context = {
    at, gateway, merchant: await merchantOf(), certified: await merchantOf({ certificates: true }),
    encrypted: await merchantOf({ encryptKey: randomBytes(16).toString('base64') }),
  };
  await run('alipay_connector', checks, context, 16);
  await run('alipay_connector_requests', {
    'every request was what the SDK would have sent': async () => {
      assert.deepEqual(gateway.breaches, []);
      assert.ok(gateway.verified > 100, String(gateway.verified));
    },
  });
} finally {
  await at.stop();
  gateway.stop();
}
