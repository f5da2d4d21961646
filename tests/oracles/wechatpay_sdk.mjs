// The WeChat Pay sandbox, held against wechatpay-axios-plugin: it signs the requests and verifies the answers,
// under keys that were made for this run.
//
//     node wechatpay_sdk.mjs --binary build/dev/payweir --deps build/deps/oracles
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { certificateFor, freshKeys, Receiver, run, Sandbox, sdk } from './harness.mjs';

const { Wechatpay, Aes: { AesGcm }, Rsa, Formatter } = sdk('wechatpay-axios-plugin');

const MCHID = '1900009191';
const APPID = 'wx8888888888888888';
const APIV3_KEY = 'oracle-oracle-oracle-oracle-0032';
let serial = 0;

function orderNumber() {
  serial += 1;
  return `ORACLE${Date.now()}${serial}`;
}

function order({ receiver }, more = {}) {
  return {
    appid: APPID, mchid: MCHID, description: 'Image形象店 "☕"', out_trade_no: orderNumber(), notify_url: `${receiver.origin}/notify`,
    amount: { total: 22487, currency: 'CNY' }, ...more,
  };
}

// What a callback tells, once its signature is found right.
function open(request, certs) {
  const { headers, body } = request;
  const text = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body);
  assert.ok(Rsa.verify(text, headers['wechatpay-signature'], certs[headers['wechatpay-serial']]));
  const { event_type, resource } = JSON.parse(body);
  return { event_type, ...JSON.parse(AesGcm.decrypt(resource.ciphertext, APIV3_KEY, resource.nonce, resource.associated_data)) };
}

function query({ client }, out_trade_no) {
  return client.v3.pay.transactions.outTradeNo.$out_trade_no$.get({ params: { mchid: MCHID }, out_trade_no });
}

async function paid(context) {
  const content = order(context);
  const { data } = await context.client.v3.pay.transactions.native.post(content);
  await context.sandbox.control('/scan', { code_url: data.code_url, decision: 'approve' });
  const told = open(await context.receiver.next('a callback of payment'), context.certs);
  assert.equal(told.event_type, 'TRANSACTION.SUCCESS');
  assert.equal(told.out_trade_no, content.out_trade_no);
  return { ...content, transaction_id: told.transaction_id };
}

// What the promise fails with, as the gateway said it.
async function refusal(promise) {
  const error = await promise.then(() => assert.fail('was not refused'), (reason) => reason);
  assert.ok(error.response, String(error));
  return { status: error.response.status, ...error.response.data };
}

const checks = {
  async 'native, scan, callback, query'(context) {
    const content = await paid(context);
    const { data } = await query(context, content.out_trade_no);
    assert.equal(data.trade_state, 'SUCCESS');
    assert.equal(data.amount.payer_total, 22487);
    const same = await context.client.v3.pay.transactions.id._transaction_id_
      .get({ params: { mchid: MCHID }, transaction_id: content.transaction_id });
    assert.equal(same.data.out_trade_no, content.out_trade_no);
  },

  async 'a callback that was changed is refused'(context) {
    const content = order(context);
    const { data } = await context.client.v3.pay.transactions.native.post(content);
    await context.sandbox.control('/scan', { code_url: data.code_url, decision: 'approve' });
    const request = await context.receiver.next('a callback of payment');
    assert.throws(() => open({ ...request, body: `${request.body} ` }, context.certs));
  },

  async 'refund, its replay, its query and its callback'(context) {
    const { out_trade_no } = await paid(context);
    const content = { out_trade_no, out_refund_no: orderNumber(), amount: { refund: 1, total: 22487, currency: 'CNY' } };
    const refunds = context.client.v3.refund.domestic.refunds;
    const { data } = await refunds.post(content);
    assert.equal(data.status, 'PROCESSING');
    assert.equal((await refunds.post(content)).data.refund_id, data.refund_id);
    const told = open(await context.receiver.next('a callback of refund'), context.certs);
    assert.equal(told.event_type, 'REFUND.SUCCESS');
    assert.equal(told.refund_status, 'SUCCESS');
    const found = await refunds._out_refund_no_.get({ out_refund_no: content.out_refund_no });
    assert.equal(found.data.status, 'SUCCESS');
  },

  async 'close, again, and what comes too late'(context) {
    const content = order(context);
    const { client } = context;
    await client.v3.pay.transactions.native.post(content);
    const close = () => client.v3.pay.transactions.outTradeNo.$out_trade_no$.close
      .post({ mchid: MCHID }, { out_trade_no: content.out_trade_no });
    assert.equal((await close()).status, 204);
    assert.equal((await close()).status, 204);
    assert.equal((await query(context, content.out_trade_no)).data.trade_state, 'CLOSED');
    assert.equal((await refusal(client.v3.pay.transactions.native.post(content))).code, 'ORDER_CLOSED');
  },

  async 'jsapi, app and h5'(context) {
    const { transactions } = context.client.v3.pay;
    const jsapi = await transactions.jsapi.post(order(context, { payer: { openid: 'oOracle' } }));
    const params = { appId: APPID, timeStamp: `${Formatter.timestamp()}`, nonceStr: Formatter.nonce(), package: `prepay_id=${jsapi.data.prepay_id}` };
    const paySign = Rsa.sign(Formatter.joinedByLineFeed(...Object.values(params)), context.keys.privateKey);
    const invoked = await fetch(`${context.sandbox.url}/invoke`, { method: 'POST', body: JSON.stringify({ ...params, paySign, signType: 'RSA' }) });
    assert.equal(invoked.status, 200, await invoked.text());
    assert.ok((await transactions.app.post(order(context))).data.prepay_id.startsWith('wx'));
    const scene_info = { payer_client_ip: '14.23.150.211', h5_info: { type: 'Wap' } };
    const { data } = await transactions.h5.post(order(context, { scene_info }));
    assert.equal((await fetch(data.h5_url)).status, 200);
  },

  async 'barcode and its reversal'(context) {
    const { transactions } = context.client.v3.pay;
    const content = order(context, { payer: { auth_code: '130061098828000000' }, scene_info: { store_info: { id: '1' } } });
    assert.equal((await transactions.codepay.post(content)).data.trade_state, 'SUCCESS');
    await transactions.outTradeNo.$out_trade_no$.reverse
      .post({ appid: APPID, mchid: MCHID }, { out_trade_no: content.out_trade_no });
    assert.equal((await query(context, content.out_trade_no)).data.trade_state, 'REVOKED');
  },

  async 'certificates'(context) {
    const { data } = await context.client.v3.certificates.get();
    const [{ serial_no, encrypt_certificate: sealed }] = data.data;
    assert.ok(context.certs[serial_no]);
    const pem = AesGcm.decrypt(sealed.ciphertext, APIV3_KEY, sealed.nonce, sealed.associated_data);
    assert.equal(pem, context.certs[serial_no]);
  },

  async 'bill'(context) {
    const { out_trade_no } = await paid(context);
    const bill_date = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
    const ask = () => context.client.v3.bill.tradebill.get({ params: { bill_date, bill_type: 'ALL', tar_type: 'GZIP' } });
    assert.equal((await refusal(ask())).code, 'NO_STATEMENT_EXIST');
    await context.sandbox.control('/bills', { of_today: true });
    const { data } = await ask();
    const { pathname, searchParams } = new URL(data.download_url);
    const file = await context.client.client.request(pathname.replace('/wechatpay/', ''), 'get', undefined,
      { params: Object.fromEntries(searchParams), responseType: 'arraybuffer' });
    const csv = gunzipSync(file.data);
    assert.equal(createHash('sha1').update(csv).digest('hex'), data.hash_value);
    const { rows, summary } = Formatter.castCsvBill(csv);
    const row = rows.find((each) => each['商户订单号'] === out_trade_no);
    assert.equal(row['订单金额'], '224.87');
    assert.equal(Object.keys(row).length, 27);
    assert.equal(Number(summary['总交易单数']), rows.length);
  },

  async 'a request under another key is refused'(context) {
    const client = new Wechatpay({ ...context.config, privateKey: freshKeys().privateKey });
    const refused = await refusal(client.v3.pay.transactions.native.post(order(context)));
    assert.equal(refused.status, 401);
    assert.equal(refused.code, 'SIGN_ERROR');
  },

  async 'an answer under another key is refused by the SDK'(context) {
    const [id] = Object.keys(context.certs);
    const client = new Wechatpay({ ...context.config, certs: { [id]: freshKeys().publicKey } });
    await assert.rejects(query({ client }, 'NOTHING1'), { status: 404 });  // errors are not verified
    await assert.rejects(client.v3.pay.transactions.native.post(order(context)), { code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
  },

  async 'a probe is refused by the SDK'(context) {
    await context.sandbox.control('/probes', { rate: 1 });
    try {
      await assert.rejects(context.client.v3.pay.transactions.native.post(order(context)), { code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
    } finally {
      await context.sandbox.control('/probes', { rate: 0 });
    }
  },

  async 'a rotated platform key has a new name'(context) {
    const given = await context.sandbox.control('/platform_key', { mchid: MCHID });
    await assert.rejects(context.client.v3.certificates.get(), { code: 'EV3_RES_HEADER_PLATFORM_SERIAL' });
    const client = new Wechatpay({ ...context.config, certs: { [given.platform_serial]: given.platform_certificate } });
    assert.equal((await client.v3.certificates.get()).status, 200);
  },

  async 'a public key instead of a certificate'(context) {
    const given = await context.sandbox.control('/platform_key', { mchid: MCHID, public_key_id: 'PUB_KEY_ID_0100000001' });
    const client = new Wechatpay({ ...context.config, certs: { [given.public_key_id]: given.platform_public_key } });
    assert.ok((await client.v3.pay.transactions.native.post(order(context))).data.code_url);
    assert.equal((await refusal(client.v3.certificates.get())).status, 404);
  },
};

const sandbox = await Sandbox.start('wechatpay');
const receiver = await Receiver.start((response) => { response.statusCode = 204; response.end(); });
try {
  const keys = freshKeys();
  const certificate = certificateFor(keys.privateKey, '/C=CN/O=A shop/CN=oracle');
  const given = await sandbox.control('/merchants',
    { mchid: MCHID, appid: APPID, merchant_cert: certificate, apiv3_key: APIV3_KEY, platform_private_key: freshKeys().privateKey });
  const certs = { [given.platform_serial]: given.platform_certificate };
  const config = {
    mchid: MCHID, serial: given.serial_no, privateKey: keys.privateKey, certs, baseURL: `${sandbox.url}/`, proxy: false,
  };
  await run('wechatpay_sdk', checks, { sandbox, receiver, keys, certs, config, client: new Wechatpay(config) });
} finally {
  receiver.stop();
  sandbox.stop();
}
