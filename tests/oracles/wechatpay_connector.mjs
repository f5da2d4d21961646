// The WeChat Pay connector, held against wechatpay-axios-plugin: a gateway that verifies what the switch sends,
// and signs and seals what it answers and tells, with the plugin's functions, under keys made for this run.
//
//     node wechatpay_connector.mjs --binary build/dev/payweir --deps build/deps/oracles
import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';

import { contract } from './contract.mjs';
import { certificateFor, freshKeys, run, sdk } from './harness.mjs';
import { Gateway, Merchant, Raw, Switch } from './switch.mjs';

const { Aes: { AesGcm }, Rsa, Formatter } = sdk('wechatpay-axios-plugin');

const TRANSACTIONS = '/v3/pay/transactions/';
const REFUNDS = '/v3/refund/domestic/refunds';
const BARCODE = { we_chat_pay_barcode: { auth_code: '130061098828009406' } };
let shops = 0;

// One of WeChat Pay's own keys, under the name that it signs by.
class PlatformKey {
  constructor({ id } = {}) {
    Object.assign(this, freshKeys());
    this.certificate = certificateFor(this.privateKey, '/C=CN/O=Tenpay.com/CN=Tenpay.com sign');
    this.id = id ?? new X509Certificate(this.certificate).serialNumber;
    this.verifyWith = id ? this.publicKey : this.certificate;
  }
}

// A merchant, as both sides know it.
class Shop {
  constructor({ publicKeyId } = {}) {
    shops += 1;
    this.mchid = `190000${String(shops).padStart(4, '0')}`;
    this.appid = `wx${randomBytes(8).toString('hex')}`;
    this.apiv3Key = randomBytes(16).toString('hex');
    const { privateKey } = freshKeys();
    this.certificate = certificateFor(privateKey, '/C=CN/O=WeChat Pay merchant/CN=A shop');
    this.serial = new X509Certificate(this.certificate).serialNumber;
    this.platform = new PlatformKey({ id: publicKeyId });
    this.details = {
      auth_type: 'WechatPay', mchid: this.mchid, appid: this.appid, serial_no: this.serial, private_key: privateKey, apiv3_key: this.apiv3Key,
      ...(publicKeyId ? { public_key_id: publicKeyId, public_key: this.platform.publicKey } : { platform_certificates: this.platform.certificate }),
    };
    this.publicKeyId = publicKeyId;
  }
}

// The headers of an answer or a callback.
function signatureOf(body, { key, timestamp = Formatter.timestamp(), nonce = Formatter.nonce(), privateKey = key.privateKey, id = key.id,
  signature = Rsa.sign(Formatter.response(`${timestamp}`, nonce, body), privateKey) }) {
  return { 'Wechatpay-Timestamp': `${timestamp}`, 'Wechatpay-Nonce': nonce, 'Wechatpay-Serial': id, 'Wechatpay-Signature': signature };
}

class WechatPay extends Gateway {
  shops = new Map();
  cancelKeepsThePaid = true;

  add(shop) {
    this.shops.set(shop.mchid, shop);
    return shop;
  }

  // The shop that signed the request.
  authorise({ method, target, headers, body }) {
    assert.match(headers.authorization, /^WECHATPAY2-SHA256-RSA2048 /);
    const told = Object.fromEntries([...headers.authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const { mchid, nonce_str, timestamp, serial_no, signature } = told;
    const again = Formatter.authorization(mchid, nonce_str, signature, timestamp, serial_no);
    assert.deepEqual(headers.authorization.split(/[ ,]/).sort(), again.split(/[ ,]/).sort());
    const shop = this.shops.get(mchid);
    assert.ok(shop, 'a merchant that nobody knows');
    assert.equal(serial_no, shop.serial);
    assert.ok(Math.abs(Number(timestamp) - Formatter.timestamp()) < 300);
    assert.ok(nonce_str.length >= 16 && nonce_str.length <= 32);
    assert.ok(Rsa.verify(Formatter.request(method, target, timestamp, nonce_str, body), signature, shop.certificate), 'the signature is wrong');
    assert.equal(headers.accept, 'application/json');
    assert.ok(headers['user-agent']);
    if (!shop.isChanging) assert.equal(headers['wechatpay-serial'], shop.publicKeyId);
    if (method === 'POST') assert.match(headers['content-type'], /^application\/json/);
    else assert.equal(body, '');
    return shop;
  }

  // Its certificates, sealed for the merchant: asked for as the switch starts, every twelve hours, and for a serial
  // that the switch does not know.
  serve(request, response) {
    if (request.target !== '/v3/certificates') {
      super.serve(request, response);
      return;
    }
    const shop = this.authorise(request);
    this.verified += 1;
    const { certificate, id } = shop.platform;
    const { validFrom, validTo } = new X509Certificate(certificate);
    const nonce = Formatter.nonce(12), associated_data = 'certificate';
    const { status, headers, body } = this.seal({ shop }, {
      data: [{
        serial_no: id, effective_time: new Date(validFrom).toISOString(), expire_time: new Date(validTo).toISOString(),
        encrypt_certificate: {
          algorithm: 'AEAD_AES_256_GCM', nonce, associated_data, ciphertext: AesGcm.encrypt(certificate, shop.apiv3Key, nonce, associated_data),
        },
      }],
    });
    response.writeHead(status, headers);
    response.end(body);
  }

  read(request) {
    const shop = this.authorise(request);
    const { pathname, searchParams } = new URL(request.target, this.origin);
    const content = request.body ? JSON.parse(request.body) : {};
    const call = { shop, content, path: pathname, headers: request.headers };
    if (content.mchid !== undefined) assert.equal(content.mchid, shop.mchid);
    if (content.appid !== undefined) assert.equal(content.appid, shop.appid);
    if (content.amount) assert.equal(content.amount.currency, 'CNY');
    if (pathname === REFUNDS && request.method === 'POST')
      return { ...call, step: 'refund', number: content.out_trade_no, refund: content.out_refund_no, amount: content.amount.refund };
    if (pathname.startsWith(`${REFUNDS}/`)) {
      assert.equal(request.method, 'GET');
      return { ...call, step: 'refund_query', refund: pathname.slice(REFUNDS.length + 1) };
    }
    const [, order, last] = pathname.match(/^\/v3\/pay\/transactions\/out-trade-no\/([0-9A-Za-z_*|-]{6,32})(\/close|\/reverse)?$/) ?? [];
    if (order) {
      if (last) return { ...call, step: 'cancel', number: order, reverses: last === '/reverse', method: request.method };
      assert.equal(searchParams.get('mchid'), shop.mchid);
      return { ...call, step: 'query', number: order };
    }
    assert.ok(pathname.startsWith(TRANSACTIONS));
    const resource = pathname.slice(TRANSACTIONS.length);
    assert.ok(['native', 'jsapi', 'app', 'h5', 'codepay'].includes(resource), pathname);
    return {
      ...call, step: resource === 'codepay' ? 'pay' : 'create', resource, number: content.out_trade_no, tag: content.description,
      amount: content.amount.total,
    };
  }

  transaction(order, { shop }) {
    const trade_state = { waiting: 'NOTPAY', paid: 'SUCCESS', closed: 'CLOSED' }[order.state];
    return {
      appid: shop.appid, mchid: shop.mchid, out_trade_no: order.number, trade_state, trade_state_desc: '支付 "成功" {}',
      ...(order.state === 'paid' && {
        transaction_id: `4200002222${order.number.slice(-18)}`, trade_type: 'NATIVE', bank_type: 'CMC_CREDIT', attach: '', success_time: '2026-11-22T10:00:00+08:00',
        payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
        amount: { total: order.amount, payer_total: order.amount, currency: 'CNY', payer_currency: 'CNY' },
      }),
    };
  }

  refund(order, call) {
    const refund = order.refunds.get(call.refund);
    return {
      refund_id: `5030002222${call.refund.slice(-18)}`, out_refund_no: call.refund, transaction_id: '4200002222', out_trade_no: order.number,
      channel: 'ORIGINAL', user_received_account: '支付用户零钱', create_time: '2026-11-22T10:01:00+08:00',
      status: 'SUCCESS', amount: { total: order.amount, refund, payer_total: order.amount, payer_refund: refund, currency: 'CNY', from: [] },
      promotion_detail: [],
    };
  }

  say(order, call) {
    const absent = { status: 404, code: 'ORDER_NOT_EXIST', message: '订单不存在' };
    switch (call.step) {
      case 'create': return {
        native: { code_url: `weixin://wxpay/bizpayurl?pr=${order.number}` }, h5: { h5_url: `https://wx.tenpay.com/checkmweb?prepay_id=${order.number}&package=1` },
      }[call.resource] ?? { prepay_id: `wx22${order.number}` };
      case 'pay': return this.transaction(order, call);
      case 'query': return order.state === 'none' ? absent : this.transaction(order, call);
      case 'cancel':
        if (call.reverses) return {};
        return order.state === 'paid' ? { status: 400, code: 'ORDER_PAID', message: '订单已支付' } : { status: 204 };
      case 'refund': return this.refund(order, call);
      case 'refund_query': return order.refunds.has(call.refund) ? this.refund(order, call) : { status: 404, code: 'RESOURCE_NOT_EXISTS', message: '退款单不存在' };
      default: throw new Error(`no answer to ${call.step}`);
    }
  }

  seal({ shop }, answer, how = {}) {
    const status = typeof answer.status === 'number' ? answer.status : 200;
    const body = status === 204 ? '' : JSON.stringify(status === 200 ? answer : { code: answer.code, message: answer.message });
    const headers = how.unsigned ? {} : signatureOf(body, { key: shop.platform, ...how });
    if (Object.keys(how).length === 0)
      assert.ok(Rsa.verify(Formatter.response(headers['Wechatpay-Timestamp'], headers['Wechatpay-Nonce'], body), headers['Wechatpay-Signature'], shop.platform.verifyWith));
    return new Raw(status, body, body ? { 'Content-Type': 'application/json; charset=utf-8', ...headers } : headers);
  }

  callback(shop, event_type, content, { apiv3Key = shop.apiv3Key, nonce = Formatter.nonce(12), associated_data = 'transaction' } = {}) {
    const ciphertext = AesGcm.encrypt(JSON.stringify(content), apiv3Key, nonce, associated_data);
    return JSON.stringify({
      id: randomBytes(16).toString('hex'), create_time: '2026-11-22T10:00:00+08:00', resource_type: 'encrypt-resource', event_type, summary: '支付成功',
      resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', ciphertext, associated_data, nonce },
    });
  }

  async post(url, body, headers) {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    return { status: answer.status, text: await answer.text() };
  }

  // That the order was paid, to the address that the switch named. `how` bends the signature, `sealed` the content.
  tell(order, how = {}, { event = 'TRANSACTION.SUCCESS', content = {}, ...sealed } = {}) {
    const call = order.calls.find((each) => each.content.notify_url);
    const paid = { ...this.transaction({ ...order, number: order.number, state: 'paid' }, call), ...content };
    const body = this.callback(call.shop, event, paid, sealed);
    return this.post(call.content.notify_url, body, signatureOf(body, { key: call.shop.platform, ...how }));
  }
}

function assertTaken(answer) {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(JSON.parse(answer.text).code, 'SUCCESS');
}

function assertRefused(answer, status = 401) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(JSON.parse(answer.text).code, 'FAIL');
}

function pay({ merchant, gateway }, wallet, order = gateway.order(), more = {}) {
  const data = typeof wallet === 'string' ? { [wallet]: {} } : wallet;
  return merchant.pay('we_chat_pay', data, {
    amount: 22487, description: order.tag, return_url: 'https://shop.example/back?a=1%202', browser_info: { ip_address: '14.23.150.211' }, ...more,
  }).then((payment) => ({ order, payment, id: payment.payment_id }));
}

async function shown(context, wallet = 'we_chat_pay_qr') {
  const made = await pay(context, wallet);
  assert.equal(made.payment.status, 'requires_customer_action');
  return made;
}

async function paid(context) {
  const made = await pay(context, BARCODE);
  assert.equal(made.payment.status, 'succeeded');
  return made;
}

function neverPaid(bend) {
  return async (context) => {
    const { order, id } = await shown(context);
    order.state = 'paid';
    order.on.query = bend(context);
    assertTaken(await context.gateway.tell(order));
    await order.next('query');
    const seen = await context.merchant.sync(id);
    assert.ok(order.of('query').length >= 2);
    assert.equal(seen.status, 'requires_customer_action');
    assert.equal(seen.amount_received, 0);
    delete order.on.query;
    assert.equal((await context.merchant.sync(id)).status, 'succeeded');
  };
}

const forged = (how) => ({ gateway }) => (normal, call) => gateway.seal(call, normal(), how(call));

async function lifeOf(context) {
  const { gateway, merchant } = context;
  const { order, id, payment } = await shown(context);
  const [{ content, resource, shop }] = order.of('create');
  assert.equal(resource, 'native');
  assert.deepEqual(content.amount, { total: 22487, currency: 'CNY' });
  assert.match(content.time_expire, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
  assert.equal(payment.next_action.qr_code_url, `weixin://wxpay/bizpayurl?pr=${order.number}`);
  assert.ok(content.notify_url.startsWith(`${merchant.at.origin}/webhooks/${merchant.id}/`));
  assert.equal((await merchant.sync(id)).status, 'requires_customer_action');
  order.state = 'paid';
  assertTaken(await gateway.tell(order));
  await merchant.becomes(id, 'succeeded');
  order.on.refund = (normal) => ({ ...normal(), status: 'PROCESSING' });
  order.on.refund_query = (normal) => ({ ...normal(), status: order.isRefunded ? 'SUCCESS' : 'PROCESSING' });
  const refund = await merchant.refund(id, { amount: 87, reason: '退货 "too large"' });
  assert.equal(refund.status, 'pending');
  const [asked] = order.of('refund');
  assert.deepEqual(asked.content.amount, { refund: 87, total: 22487, currency: 'CNY' });
  assert.equal(asked.content.reason, '退货 "too large"');
  assert.equal((await merchant.syncRefund(refund.refund_id)).status, 'pending');
  order.isRefunded = true;
  const told = gateway.callback(shop, 'REFUND.SUCCESS', {
    mchid: shop.mchid, out_trade_no: order.number, transaction_id: '4200002222', out_refund_no: asked.refund, refund_id: '5030002222', refund_status: 'SUCCESS',
    amount: { total: 22487, refund: 87, payer_total: 22487, payer_refund: 87 },
  }, { associated_data: 'refund' });
  assertTaken(await gateway.post(asked.content.notify_url, told, signatureOf(told, { key: shop.platform })));
  await merchant.refundBecomes(refund.refund_id, 'succeeded');
}

const checks = {
  async 'credentials are tried, and wrong ones named'({ gateway, merchant }) {
    const order = gateway.order();
    gateway.orders.set('payweir_credentials_check', order);
    for (const shop of [gateway.add(new Shop()), gateway.add(new Shop({ publicKeyId: 'PUB_KEY_ID_0119000000000000002' }))]) {
      const valid = await merchant.verify('wechatpay', shop.details);
      assert.equal(valid.status, 200, valid.text);
    }
    const shop = gateway.add(new Shop());
    // What is configured as its certificate matters no more, once it has told its own.
    const another = await merchant.verify('wechatpay', { ...shop.details, platform_certificates: new PlatformKey().certificate });
    assert.equal(another.status, 200, another.text);
    const keyed = gateway.add(new Shop({ publicKeyId: 'PUB_KEY_ID_0119000000000000003' }));
    const wrong = await merchant.verify('wechatpay', { ...keyed.details, public_key: new PlatformKey().publicKey });
    assert.equal(wrong.status, 400, wrong.text);
    assert.match(wrong.text, /public_key/);
    const short = await merchant.verify('wechatpay', { ...shop.details, apiv3_key: 'short' });
    assert.equal(short.status, 400, short.text);
    assert.match(short.text, /apiv3_key/);
  },

  'native, query, callback, refund and its callback under a platform certificate': lifeOf,

  async 'native, query, callback, refund and its callback under a public key'(context) {
    await lifeOf({ ...context, merchant: context.keyed });
  },

  async 'a platform certificate that is changed for another'({ gateway, at }) {
    const shop = gateway.add(new Shop());
    const merchant = await Merchant.open(at);
    await merchant.connect('wechatpay', shop.details);
    const first = await shown({ merchant, gateway });
    const second = await shown({ merchant, gateway });
    const old = shop.platform, next = new PlatformKey();
    assertRefused(await gateway.tell(first.order, { key: next }));
    await merchant.reconnect({ ...shop.details, platform_certificates: old.certificate + next.certificate });
    first.order.state = 'paid';
    assertTaken(await gateway.tell(first.order, { key: next }));
    await merchant.becomes(first.id, 'succeeded');
    shop.platform = next;
    second.order.state = 'paid';
    assertTaken(await gateway.tell(second.order, { key: old }));
    await merchant.becomes(second.id, 'succeeded');
    await merchant.reconnect({ ...shop.details, platform_certificates: next.certificate });
    assertRefused(await gateway.tell(second.order, { key: old }));
    assertTaken(await gateway.tell(second.order, { key: next }));
  },

  async 'a platform certificate that is changed for a public key'({ gateway, at }) {
    const shop = gateway.add(new Shop());
    const merchant = await Merchant.open(at);
    await merchant.connect('wechatpay', shop.details);
    const { order, id } = await shown({ merchant, gateway });
    const old = shop.platform, next = new PlatformKey({ id: 'PUB_KEY_ID_0119000000000000001' });
    shop.isChanging = true;
    await merchant.reconnect({ ...shop.details, public_key_id: next.id, public_key: next.publicKey });
    order.state = 'paid';
    assertTaken(await gateway.tell(order, { key: old }));
    await merchant.becomes(id, 'succeeded');
    shop.platform = next;
    assertTaken(await gateway.tell(order, { key: next }));
    const later = await shown({ merchant, gateway });
    assert.equal(later.order.of('create')[0].headers['wechatpay-serial'], next.id);
  },

  async 'a callback decides nothing before the query does'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await shown(context);
    assertTaken(await gateway.tell(order));
    await order.next('query');
    assert.equal((await merchant.sync(id)).status, 'requires_customer_action');
    order.state = 'paid';
    assertTaken(await gateway.tell(order));
    await merchant.becomes(id, 'succeeded');
  },

  async 'callbacks that are refused'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await shown(context);
    const now = Formatter.timestamp();
    const failures = await merchant.at.metric('payweir_webhook_signature_failures_total');
    for (const how of [
      { signature: `WECHATPAY/SIGNTEST/${randomBytes(180).toString('base64')}` }, { privateKey: freshKeys().privateKey },
      { id: new PlatformKey().id }, { id: 'PUB_KEY_ID_0119000000000000009' }, { id: '' }, { signature: '' }, { timestamp: now - 400 }, { timestamp: now + 400 },
      { timestamp: 'soon' },
    ]) {
      const answer = await gateway.tell(order, how);
      assert.ok(answer.status === 401 || answer.status === 400, `${JSON.stringify(how)}: ${answer.status} ${answer.text}`);
      assert.equal(JSON.parse(answer.text).code, 'FAIL');
    }
    assertRefused(await gateway.tell(order, { signature: 'WECHATPAY/SIGNTEST/AAAA' }), 401);
    for (const sealed of [{ apiv3Key: randomBytes(16).toString('hex') }, { content: { amount: { total: 1, currency: 'CNY' } } },
      { content: { mchid: '1900000000' } }, { content: { appid: 'wx0000000000000000' } }]) {
      const answer = await gateway.tell(order, {}, sealed);
      assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(sealed)}: ${answer.status} ${answer.text}`);
      assert.equal(JSON.parse(answer.text).code, 'FAIL');
    }
    const { shop, content } = order.calls[0];
    const body = gateway.callback(shop, 'TRANSACTION.SUCCESS', { out_trade_no: order.number });
    const headers = signatureOf(body, { key: shop.platform });
    assertRefused(await gateway.post(content.notify_url, `${body} `, headers));
    const { 'Wechatpay-Nonce': _, ...fewer } = headers;
    const unsigned = await gateway.post(content.notify_url, body, fewer);
    assert.ok(unsigned.status === 400 || unsigned.status === 401);
    assert.ok(await merchant.at.metric('payweir_webhook_signature_failures_total') >= failures + 12);
    assert.equal((await merchant.sync(id)).status, 'requires_customer_action');
    order.state = 'paid';
    assertTaken(await gateway.tell(order, {}, { nonce: Formatter.nonce(16), associated_data: '' }));
    await merchant.becomes(id, 'succeeded');
  },

  'a success that is not signed': neverPaid(forged(() => ({ unsigned: true }))),
  'a success under another key': neverPaid(forged(() => ({ privateKey: freshKeys().privateKey }))),
  'a success under an unknown serial': neverPaid(forged(() => ({ key: new PlatformKey() }))),
  'a success that was signed long ago': neverPaid(forged(() => ({ timestamp: Formatter.timestamp() - 400 }))),
  'a success that is a probe': neverPaid(forged(() => ({ signature: 'WECHATPAY/SIGNTEST/AAAA' }))),
  'a success that was changed on its way': neverPaid(({ gateway }) => (normal, call) => {
    const answer = gateway.seal(call, { ...normal(), trade_state: 'NOTPAY' });
    return new Raw(200, answer.body.replace('NOTPAY', 'SUCCESS'), answer.headers);
  }),
  'a success about another order': neverPaid(() => (normal) => ({ ...normal(), out_trade_no: 'att_another' })),
  'a success of another merchant': neverPaid(() => (normal) => ({ ...normal(), mchid: '1900000000' })),
  'a success without an amount': neverPaid(() => (normal) => ({ ...normal(), amount: undefined })),

  async 'a success about another amount, or in another currency'(context) {
    for (const amount of [{ total: 1, currency: 'CNY' }, { total: 22487, currency: 'HKD' }]) {
      const { order, id } = await shown(context);
      order.state = 'paid';
      order.on.query = (normal) => ({ ...normal(), amount });
      const seen = await context.merchant.sync(id);
      assert.equal(seen.status, 'conflicted');
      assert.equal(seen.amount_received, 0);
    }
  },

  async 'jsapi and app: what the payer hands over'(context) {
    for (const merchant of [context.merchant, context.keyed]) {
      const each = { ...context, merchant };
      const jsapi = await shown(each, { we_chat_pay_jsapi: { open_id: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } });
      const [{ shop, content, resource }] = jsapi.order.of('create');
      assert.equal(resource, 'jsapi');
      assert.equal(content.payer.openid, 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o');
      const { paySign, signType, ...page } = jsapi.payment.next_action.next_action_data;
      assert.equal(signType, 'RSA');
      assert.deepEqual(Object.keys(page), ['appId', 'timeStamp', 'nonceStr', 'package']);
      assert.equal(page.appId, shop.appid);
      assert.equal(page.package, `prepay_id=wx22${jsapi.order.number}`);
      assert.ok(Rsa.verify(Formatter.joinedByLineFeed(page.appId, page.timeStamp, page.nonceStr, page.package), paySign, shop.certificate));
      const app = await shown(each, 'we_chat_pay_app');
      assert.equal(app.order.of('create')[0].resource, 'app');
      const { sign, ...handed } = app.payment.next_action.next_action_data;
      assert.deepEqual({ appid: handed.appid, partnerid: handed.partnerid, package: handed.package }, { appid: shop.appid, partnerid: shop.mchid, package: 'Sign=WXPay' });
      assert.equal(handed.prepayid, `wx22${app.order.number}`);
      assert.ok(Rsa.verify(Formatter.joinedByLineFeed(handed.appid, handed.timestamp, handed.noncestr, handed.prepayid), sign, shop.certificate));
      for (const { order, id } of [jsapi, app]) {
        order.state = 'paid';
        assert.equal((await merchant.sync(id)).status, 'succeeded');
      }
    }
  },

  async 'h5'(context) {
    const { order, payment, id } = await shown(context, 'we_chat_pay_redirect');
    const [{ content, resource }] = order.of('create');
    assert.equal(resource, 'h5');
    assert.deepEqual(content.scene_info, { payer_client_ip: '14.23.150.211', h5_info: { type: 'Wap' } });
    const left = await fetch(payment.next_action.redirect_to_url, { redirect: 'manual' });
    assert.equal(left.status, 302);
    const page = new URL(left.headers.get('location'));
    assert.equal(page.origin, 'https://wx.tenpay.com');
    assert.equal(page.searchParams.get('prepay_id'), order.number);
    assert.equal(page.searchParams.get('package'), '1');
    assert.ok(page.searchParams.get('redirect_url').startsWith(context.at.origin));
    order.state = 'paid';
    assert.equal((await context.merchant.sync(id)).status, 'succeeded');
  },

  async 'barcode: paid at once, while a password is typed, and failed'(context) {
    const { gateway, merchant } = context;
    const { order } = await paid(context);
    assert.equal(order.of('pay')[0].content.payer.auth_code, '130061098828009406');
    const typing = gateway.order();
    typing.on.pay = (normal) => {
      normal();
      typing.state = 'waiting';
      return { status: 202, code: 'USERPAYING', message: '需要用户输入支付密码' };
    };
    typing.on.query = (normal) => (typing.state === 'waiting' ? { ...normal(), trade_state: 'USERPAYING' } : normal());
    const made = await pay(context, BARCODE, typing);
    assert.equal(made.payment.status, 'requires_customer_action');
    assert.equal((await merchant.sync(made.id)).status, 'requires_customer_action');
    typing.state = 'paid';
    assert.equal((await merchant.sync(made.id)).status, 'succeeded');
    const failing = gateway.order();
    failing.on.pay = (normal) => ({ ...normal(), trade_state: 'PAYERROR' });
    assert.equal((await pay(context, BARCODE, failing)).payment.status, 'failed');
  },

  async 'barcode: declined, when that is signed'(context) {
    const { gateway, merchant } = context;
    const short = { status: 403, code: 'BALANCE_NOT_ENOUGH', message: '余额不足' };
    const order = gateway.order();
    order.on.pay = () => short;
    assert.equal((await pay(context, BARCODE, order)).payment.status, 'failed');
    for (const refusal of [short, { status: 401, code: 'SIGN_ERROR', message: '签名错误' }, { status: 400, code: 'PARAM_ERROR', message: '?' }]) {
      const unsigned = gateway.order();
      unsigned.on.pay = (normal, call) => {
        normal();
        return gateway.seal(call, refusal, { unsigned: true });
      };
      const { id, payment } = await pay(context, BARCODE, unsigned);
      assert.equal(payment.status, 'processing', refusal.code);
      await merchant.becomes(id, 'succeeded');
    }
  },

  async 'an order for a code is refused, signed or not'(context) {
    const { gateway } = context;
    for (const how of [{}, { unsigned: true }]) {
      const order = gateway.order();
      order.on.create = (normal, call) => gateway.seal(call, { status: 400, code: 'PARAM_ERROR', message: '参数错误' }, how);
      assert.equal((await pay(context, 'we_chat_pay_qr', order)).payment.status, 'failed');
    }
  },

  async 'refund: an error that is not signed decides nothing, a signed one does'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await paid(context);
    for (const refusal of [{ status: 403, code: 'NOT_ENOUGH' }, { status: 400, code: 'PARAM_ERROR' }, { status: 401, code: 'SIGN_ERROR' },
      { status: 429, code: 'FREQUENCY_LIMITED' }, { status: 403, code: 'USER_ACCOUNT_ABNORMAL' }]) {
      order.on.refund = (normal, call) => {
        normal();
        return gateway.seal(call, { ...refusal, message: '?' }, { unsigned: true });
      };
      const refund = await merchant.refund(id, { amount: 100 });
      assert.equal(refund.status, 'pending', refusal.code);
      assert.equal((await merchant.syncRefund(refund.refund_id)).status, 'succeeded', refusal.code);
    }
    order.on.refund = () => ({ status: 403, code: 'NOTENOUGH', message: '基本账户余额不足' });
    assert.equal((await merchant.refund(id, { amount: 100 })).status, 'failed');
  },

  async 'refund query: what is not signed, another refund, another amount'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await paid(context);
    order.on.refund = (normal) => ({ ...normal(), status: 'PROCESSING' });
    const refund = await merchant.refund(id, { amount: 100 });
    for (const [bend, status] of [
      [(normal, call) => gateway.seal(call, { status: 404, code: 'RESOURCE_NOT_EXISTS', message: '?' }, { unsigned: true }), 'pending'],
      [(normal) => ({ ...normal(), out_refund_no: 'another' }), 'pending'],
      [(normal) => ({ ...normal(), amount: { refund: 22487, total: 22487, currency: 'CNY' } }), 'review'],
    ]) {
      order.on.refund_query = bend;
      assert.equal((await merchant.syncRefund(refund.refund_id)).status, status);
    }
  },

  async 'refund: closed, and abnormal'(context) {
    const { order, id } = await paid(context);
    order.on.refund = (normal) => ({ ...normal(), status: 'PROCESSING' });
    for (const status of ['CLOSED', 'ABNORMAL']) {
      const refund = await context.merchant.refund(id, { amount: 100 });
      order.on.refund_query = (normal) => ({ ...normal(), status });
      assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'failed');
    }
  },

  async 'refund: abnormal after all, which a callback tells of'(context) {
    const { gateway, merchant } = context;
    const { order, id } = await paid(context);
    const refund = await merchant.refund(id, { amount: 100 });
    assert.equal(refund.status, 'succeeded');
    order.on.refund_query = (normal) => ({ ...normal(), status: 'ABNORMAL' });
    const [{ shop, content, refund: out_refund_no }] = order.of('refund');
    const told = gateway.callback(shop, 'REFUND.ABNORMAL', {
      mchid: shop.mchid, out_trade_no: order.number, out_refund_no, refund_id: '5030002222', refund_status: 'ABNORMAL', amount: { total: 22487, refund: 100 },
    }, { associated_data: 'refund' });
    assertTaken(await gateway.post(content.notify_url, told, signatureOf(told, { key: shop.platform })));
    await merchant.refundBecomes(refund.refund_id, 'failed');
  },

  async 'close'(context) {
    const { merchant } = context;
    const { order, id } = await shown(context);
    const answer = await merchant.cancel(id);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.status, 'cancelled');
    const [{ content, shop, method, path }] = order.of('cancel');
    assert.equal(method, 'POST');
    assert.equal(path, `${TRANSACTIONS}out-trade-no/${order.number}/close`);
    assert.deepEqual(content, { mchid: shop.mchid });
    assert.equal(order.state, 'closed');
  },

  async 'close: the payer was ahead'(context) {
    const { merchant } = context;
    const { order, id } = await shown(context);
    order.state = 'paid';
    await merchant.cancel(id);
    await merchant.becomes(id, 'succeeded');
  },

  async 'an order that WeChat Pay closed in its time'(context) {
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
    assertTaken(await gateway.tell(order));
    const back = await order.next('refund');
    assert.equal(back.amount, 22487);
    assert.equal(back.number, order.number);
    assert.equal((await merchant.sync(id)).status, 'expired');
    assert.equal(order.of('refund').length, 1);
  },

  ...contract({
    shown, paid,
    payAtOnce: (context, order) => pay(context, BARCODE, order),
    show: (context, order) => pay(context, 'we_chat_pay_qr', order),
    refundPending: (answer) => ({ ...answer, status: 'PROCESSING' }),
    oddStatus: (answer) => ({ ...answer, trade_state: 'PONDERED' }),
    oddRefund: (answer) => ({ ...answer, status: 'PONDERED' }),
    oddRefusal: () => ({ status: 400, code: 'NEVER_HEARD_OF', message: '?' }),
    faults: {
      'not signed': (gateway, call, answer) => gateway.seal(call, answer, { unsigned: true }),
      'signed with another key': (gateway, call, answer) => gateway.seal(call, answer, { privateKey: freshKeys().privateKey }),
    },
  }),
};

const gateway = await new WechatPay().start();
const at = await Switch.start({ PAYWEIR__CONNECTORS__WECHATPAY__BASE_URL: gateway.origin });
try {
  const merchantOf = async (how) => {
    const merchant = await Merchant.open(at);
    await merchant.connect('wechatpay', gateway.add(new Shop(how)).details);
    return merchant;
  };
  const context = { at, gateway, merchant: await merchantOf(), keyed: await merchantOf({ publicKeyId: 'PUB_KEY_ID_0119000000000000000' }) };
  await run('wechatpay_connector', checks, context, 16);
  await run('wechatpay_connector_requests', {
    'every request was signed and shaped as it has to be': async () => {
      assert.deepEqual(gateway.breaches, []);
      assert.ok(gateway.verified > 100, String(gateway.verified));
    },
  });
} finally {
  await at.stop();
  gateway.stop();
}
