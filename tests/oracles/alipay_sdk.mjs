// The Alipay sandbox, held against Alipay's own SDK: the SDK signs the requests and verifies the answers and
// notifications, under keys that were made for this run.
//
//     node alipay_sdk.mjs --binary build/dev/payweir --deps build/deps/oracles
import assert from 'node:assert/strict';

import { certificateFor, contentOfZip, freshKeys, Receiver, run, Sandbox, sdk } from './harness.mjs';

const { AlipaySdk } = sdk('alipay-sdk');

const APP_ID = '2021009876543210';
const CERT_APP_ID = '2021009876543211';
const AES_APP_ID = '2021009876543212';
const AES_KEY = Buffer.alloc(16, 7).toString('base64');
let serial = 0;

function orderNumber() {
  serial += 1;
  return `ORACLE${Date.now()}${serial}`;
}

function order(more = {}) {
  return { out_trade_no: orderNumber(), total_amount: '143.44', subject: '咖啡 Latte & "大杯" 100%+', ...more };
}

function parse(request) {
  return Object.fromEntries(new URLSearchParams(request.body));
}

async function call({ client }, method, bizContent, more = {}) {
  return client.exec(method, { bizContent, ...more }, { validateSign: true });
}

async function precreate(context, content) {
  return call(context, 'alipay.trade.precreate', content, { notifyUrl: context.notifyUrl });
}

async function paid(context) {
  const content = order();
  assert.equal((await precreate(context, content)).code, '10000');
  await context.sandbox.control('/scan', { out_trade_no: content.out_trade_no, decision: 'approve' });
  const notified = parse(await context.receiver.next('a notification of payment'));
  assert.equal(notified.out_trade_no, content.out_trade_no);
  return content;
}

const checks = {
  async 'precreate, scan, query, notify'(context) {
    const content = order();
    const made = await precreate(context, content);
    assert.equal(made.code, '10000');
    assert.equal(made.outTradeNo, content.out_trade_no);
    assert.ok(made.qrCode.startsWith(`${context.sandbox.url}/scan/`));
    const before = await call(context, 'alipay.trade.query', { out_trade_no: content.out_trade_no });
    assert.equal(before.subCode, 'ACQ.TRADE_NOT_EXIST');
    await context.sandbox.control('/scan', { qr_code: made.qrCode, decision: 'approve' });
    const after = await call(context, 'alipay.trade.query', { out_trade_no: content.out_trade_no });
    assert.equal(after.tradeStatus, 'TRADE_SUCCESS');
    assert.equal(after.totalAmount, '143.44');
    const notification = parse(await context.receiver.next('a notification of payment'));
    assert.ok(context.client.checkNotifySignV2(notification));
    assert.equal(notification.trade_status, 'TRADE_SUCCESS');
    assert.equal(notification.subject, content.subject);
    assert.ok(!context.client.checkNotifySignV2({ ...notification, total_amount: '0.01' }));
  },

  async 'refund, its replay, its query and its notification'(context) {
    const { out_trade_no } = await paid(context);
    const content = { out_trade_no, refund_amount: '43.44', out_request_no: 'R1' };
    assert.equal((await call(context, 'alipay.trade.refund', content)).fundChange, 'Y');
    assert.equal((await call(context, 'alipay.trade.refund', content)).fundChange, 'N');
    const found = await call(context, 'alipay.trade.fastpay.refund.query', { out_trade_no, out_request_no: 'R1' });
    assert.equal(found.refundStatus, 'REFUND_SUCCESS');
    const absent = await call(context, 'alipay.trade.fastpay.refund.query', { out_trade_no, out_request_no: 'R2' });
    assert.equal(absent.refundStatus, undefined);
    const notification = parse(await context.receiver.next('a notification of refund'));
    assert.ok(context.client.checkNotifySignV2(notification));
    assert.equal(notification.refund_fee, '43.44');
  },

  async 'close and cancel'(context) {
    const created = order({ buyer_id: '2088000000000001' });
    assert.equal((await call(context, 'alipay.trade.create', created)).code, '10000');
    assert.equal((await call(context, 'alipay.trade.close', { out_trade_no: created.out_trade_no })).code, '10000');
    const { out_trade_no } = await paid(context);
    assert.equal((await call(context, 'alipay.trade.cancel', { out_trade_no })).action, 'refund');
    const never = orderNumber();
    assert.equal((await call(context, 'alipay.trade.cancel', { out_trade_no: never })).code, '10000');
    const late = await precreate(context, order({ out_trade_no: never }));
    assert.equal(late.subCode, 'ACQ.TRADE_HAS_CLOSE');
  },

  async 'barcode'(context) {
    const content = order({ scene: 'bar_code', auth_code: '285251072831110000' });
    assert.equal((await call(context, 'alipay.trade.pay', content)).code, '10000');
    const asked = order({ scene: 'bar_code', auth_code: '285251072831110023' });
    assert.equal((await call(context, 'alipay.trade.pay', asked)).code, '10003');
  },

  async 'page.pay by URL, and the signed way back'(context) {
    const content = order({ product_code: 'FAST_INSTANT_TRADE_PAY' });
    const url = context.client.pageExecute('alipay.trade.page.pay', 'GET',
      { bizContent: content, returnUrl: `${context.receiver.origin}/back` });
    const opened = await fetch(url, { redirect: 'manual' });
    assert.equal(opened.status, 302);
    const page = opened.headers.get('location');
    assert.ok((await (await fetch(page)).text()).includes('143.44'));
    const left = await fetch(page, { method: 'POST', redirect: 'manual', body: 'decision=approve' });
    assert.equal(left.status, 303);
    const back = Object.fromEntries(new URL(left.headers.get('location')).searchParams);
    assert.ok(context.client.checkNotifySignV2(back));
    assert.equal(back.total_amount, '143.44');
  },

  async 'app.pay by order string'(context) {
    const content = order({ product_code: 'QUICK_MSECURITY_PAY' });
    const text = context.client.sdkExecute('alipay.trade.app.pay', { bizContent: content });
    const opened = await fetch(`${context.sandbox.url}/app`, { method: 'POST', body: text });
    assert.equal(opened.status, 200);
    await context.sandbox.control('/scan', { out_trade_no: content.out_trade_no, decision: 'approve' });
  },

  async 'a request under another key is refused, and the refusal is signed'(context) {
    const client = new AlipaySdk({ ...context.config, privateKey: freshKeys().privateKey });
    const refused = await call({ client }, 'alipay.trade.query', { out_trade_no: 'x' });
    assert.equal(refused.subCode, 'isv.invalid-signature');
  },

  async 'an answer under another key is refused by the SDK'(context) {
    const client = new AlipaySdk({ ...context.config, alipayPublicKey: freshKeys().publicKey });
    await assert.rejects(call({ client }, 'alipay.trade.query', { out_trade_no: 'x' }), /验签失败/);
  },

  async 'certificates'(context) {
    const { privateKey } = freshKeys();
    const certificate = certificateFor(privateKey, '/C=CN/O=A shop/OU=Test/CN=oracle');
    const given = await context.sandbox.control('/apps', { app_id: CERT_APP_ID, app_cert: certificate });
    const client = new AlipaySdk({
      ...context.config, appId: CERT_APP_ID, privateKey, alipayPublicKey: undefined, appCertContent: certificate,
      alipayPublicCertContent: given.alipay_cert, alipayRootCertContent: given.alipay_root_cert,
    });
    assert.equal(client.config.appCertSn, given.app_cert_sn);
    assert.equal(client.config.alipayCertSn, given.alipay_cert_sn);
    assert.equal(client.config.alipayRootCertSn, given.alipay_root_cert_sn);
    assert.equal((await call({ client }, 'alipay.trade.precreate', order())).code, '10000');
  },

  async 'encrypted content'(context) {
    const { privateKey, publicKey } = freshKeys();
    await context.sandbox.control('/apps', { app_id: AES_APP_ID, app_public_key: publicKey, aes_key: AES_KEY });
    const client = new AlipaySdk({ ...context.config, appId: AES_APP_ID, privateKey, encryptKey: AES_KEY });
    const made = await client.exec('alipay.trade.precreate', { bizContent: order(), needEncrypt: true });
    assert.equal(made.code, '10000');
  },

  async 'bill'(context) {
    const { out_trade_no } = await paid(context);
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
    const question = { bill_type: 'trade', bill_date: today };
    assert.equal((await call(context, 'alipay.data.dataservice.bill.downloadurl.query', question)).subCode, 'isp.bill_not_exist');
    await context.sandbox.control('/bills', { of_today: true });
    const link = await call(context, 'alipay.data.dataservice.bill.downloadurl.query', question);
    const packed = Buffer.from(await (await fetch(link.billDownloadUrl)).arrayBuffer());
    const lines = new TextDecoder('gbk').decode(contentOfZip(packed, 0)).split('\r\n');
    const head = lines.find((line) => line.startsWith('支付宝交易号')).split(',');
    const row = lines.find((line) => line.includes(`${out_trade_no}\t`)).split(',');
    assert.equal(head.length, 25);
    assert.equal(row.length, 25);
    assert.equal(row[head.indexOf('商家实收（元）')], '143.44');
  },

  async 'a rotated key stops at once'(context) {
    await context.sandbox.control('/apps', { app_id: APP_ID, app_public_key: freshKeys().publicKey });
    const refused = await context.client.exec('alipay.trade.query', { bizContent: { out_trade_no: 'x' } });
    assert.equal(refused.subCode, 'isv.invalid-signature');
  },
};

const sandbox = await Sandbox.start('alipay');
const receiver = await Receiver.start((response) => response.end('success'));
try {
  const own = freshKeys();
  const theirs = freshKeys();
  const given = await sandbox.control('/apps',
    { app_id: APP_ID, app_public_key: own.publicKey, alipay_private_key: theirs.privateKey, seller_id: '2088414811793891' });
  const config = {
    appId: APP_ID, privateKey: own.privateKey, keyType: 'PKCS8', alipayPublicKey: given.alipay_public_key,
    gateway: `${sandbox.url}/gateway.do`,
  };
  const client = new AlipaySdk(config);
  await run('alipay_sdk', checks, { sandbox, receiver, config, client, notifyUrl: `${receiver.origin}/notify?ch=1` });
} finally {
  receiver.stop();
  sandbox.stop();
}
