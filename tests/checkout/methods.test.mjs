// What the checkout page offers to whom, and what a payment's state means to a payer.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const { arrivalOf, deviceOf, followable, stageOf, walletRequest, waysToPay } = await load('methods.js');

const card = { payment_method: 'card', payment_method_type: null };
const wallet = (payment_method_type, flows = ['qr', 'redirect']) => (
  { payment_method: 'wallet', payment_method_type, flows });
const offer = (methods, userAgent = '', small = false, scan_code = null) => {
  const ways = waysToPay({ methods, scan_code }, deviceOf(userAgent, small));
  return ways.map(({ id, flow }) => (flow ? `${id}:${flow}` : id));
};

test('a desktop is shown codes and a phone is sent to the wallet', () => {
  const methods = [card, wallet('ali_pay'), wallet('we_chat_pay')];
  assert.deepEqual(offer(methods), ['card', 'ali_pay:qr', 'we_chat_pay:qr']);
  assert.deepEqual(offer(methods, '', true), ['card', 'ali_pay:redirect', 'we_chat_pay:redirect']);
  assert.deepEqual(offer([wallet('ali_pay', ['qr'])], '', true), ['ali_pay:qr']);
  assert.deepEqual(offer([wallet('ali_pay', ['redirect'])]), ['ali_pay:redirect']);
});

test('one code for both wallets comes first, on a desktop only', () => {
  const both = [card, wallet('ali_pay'), wallet('we_chat_pay')];
  assert.deepEqual(offer(both, '', false, {}), ['scan', 'card', 'ali_pay:qr', 'we_chat_pay:qr']);
  assert.deepEqual(offer(both, '', true, {})[0], 'card');
  assert.deepEqual(offer([card, wallet('ali_pay')], '', false, {})[0], 'card');
});

test('inside a wallet only that wallet is offered', () => {
  const methods = [card, wallet('ali_pay'), wallet('we_chat_pay')];
  assert.deepEqual(offer(methods, 'Mozilla AlipayClient/10.5'), ['ali_pay:redirect']);
  assert.deepEqual(offer([card], 'Mozilla MicroMessenger/8.0'), ['card']);
});

test('inside WeChat nothing but its own way is offered, and without that way another browser', () => {
  const inside = 'Mozilla MicroMessenger/8.0';
  const able = wallet('we_chat_pay', ['qr', 'redirect', 'jsapi']);
  assert.deepEqual(offer([card, wallet('ali_pay'), able], inside), ['we_chat_pay:jsapi']);
  assert.deepEqual(offer([card, wallet('ali_pay'), wallet('we_chat_pay')], inside), ['we_chat_pay:elsewhere', 'card']);
  assert.deepEqual(offer([able]), ['we_chat_pay:qr']);
  assert.deepEqual(offer([able], '', true), ['we_chat_pay:redirect']);
  assert.deepEqual(offer([wallet('we_chat_pay', ['jsapi'])]), []);
});

test('the address tells whom WeChat sent back', () => {
  assert.deepEqual(arrivalOf('#payer=00ff'), { payerToken: '00ff', notIdentified: null });
  assert.deepEqual(arrivalOf('#not_identified=again'), { payerToken: null, notIdentified: 'again' });
  assert.deepEqual(arrivalOf(''), { payerToken: null, notIdentified: null });
});

test('a method that the page does not know is left out', () => {
  const transfer = { payment_method: 'bank_transfer', payment_method_type: 'ach' };
  assert.deepEqual(offer([wallet('paypal'), transfer]), []);
});

test('a wallet is named with its flow in the request', () => {
  assert.deepEqual(walletRequest('we_chat_pay', 'redirect').payment_method_data, {
    wallet: { we_chat_pay_redirect: {} },
  });
});

test('an unknown status never asks the payer to pay again', () => {
  assert.equal(stageOf('a_status_of_tomorrow'), 'checking');
  assert.equal(stageOf('requires_capture'), 'paid');
});

test('a link that runs as a script is not followed', () => {
  assert.ok(followable('https://shop.example/done'));
  assert.ok(followable('weixin://wap/pay?prepayid=1'));
  assert.ok(!followable('javascript:alert(1)'));
  assert.ok(!followable(' JavaScript:alert(1)'));
  assert.ok(!followable('/relative'));
});
