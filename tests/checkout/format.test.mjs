// What the checkout page computes from text and numbers. Run: node --test tests/checkout

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const {
  brandOf, cvcProblem, expiryProblem, formatAmount, formatRemaining, groupDigits, inkOn, numberProblem, parseExpiry,
  passesLuhn, regroup, shapeExpiry,
} = await load('format.js');

const money = (amount, exponent, currency) => ({ amount, exponent, currency });
const plain = (text) => text.replace(/\u00a0/g, ' ');

test('an amount is shown in the digits that its currency has', () => {
  assert.equal(formatAmount(money(6540, 2, 'CNY'), 'en'), 'CN¥65.40');
  assert.equal(formatAmount(money(6540, 2, 'CNY'), 'zh-CN'), '¥65.40');
  assert.equal(formatAmount(money(6540, 0, 'JPY'), 'en'), '¥6,540');
  assert.equal(plain(formatAmount(money(6540, 3, 'KWD'), 'en')), 'KWD 6.540');
  assert.equal(formatAmount(money(5, 2, 'USD'), 'en'), '$0.05');
  assert.equal(formatAmount(money(0, 2, 'USD'), 'en'), '$0.00');
  assert.equal(formatAmount(money(-1, 2, 'USD'), 'en'), '-$0.01');
});

test('an amount that a double cannot hold as a decimal loses no digit', () => {
  assert.equal(formatAmount(money(9007199254740991, 2, 'USD'), 'en'), '$90,071,992,547,409.91');
  assert.equal(plain(formatAmount(money(9007199254740991, 3, 'KWD'), 'en')), 'KWD 9,007,199,254,740.991');
});

test('the brand is known from the first digits', () => {
  const brands = {
    4242424242424242: 'visa', 5555555555554444: 'mastercard', 2223003122003222: 'mastercard',
    2720990000000000: 'mastercard', 378282246310005: 'amex', 6200000000000005: 'unionpay',
    8171999927660000: 'unionpay', 3566002020360505: 'jcb', 30569309025904: 'diners',
    6011111111111117: 'discover',
  };
  for (const [digits, brand] of Object.entries(brands)) assert.equal(brandOf(digits)?.id, brand, digits);
  assert.equal(brandOf('2721000000000000'), null);
  assert.equal(brandOf('9999'), null);
});

test('a card number is grouped as it stands on the card', () => {
  assert.equal(groupDigits('4242424242424242'), '4242 4242 4242 4242');
  assert.equal(groupDigits('378282246310005'), '3782 822463 10005');
  assert.equal(groupDigits('30569309025904'), '3056 930902 5904');
  assert.equal(groupDigits('6212345678901234567'), '6212 3456 7890 1234 567');
  assert.equal(groupDigits('4242'), '4242');
});

test('the caret stays behind its digit while the number is grouped again', () => {
  assert.deepEqual(regroup('42424', 5), { value: '4242 4', caret: 6 });
  assert.deepEqual(regroup('42942 4242', 3), { value: '4294 2424 2', caret: 3 });
  assert.deepEqual(regroup('4242-4242', 9), { value: '4242 4242', caret: 9 });
  assert.deepEqual(regroup('４２４２４', 5), { value: '4242 4', caret: 6 });
});

test('one wrong digit, or two neighbours swapped, fail the Luhn check', () => {
  assert.ok(passesLuhn('4242424242424242'));
  assert.ok(passesLuhn('378282246310005'));
  assert.ok(!passesLuhn('4242424242424241'));
  assert.ok(!passesLuhn('2442424242424242'));
  assert.ok(!passesLuhn(''));
});

test('a card number is told missing, incomplete or wrong', () => {
  assert.equal(numberProblem(''), 'number_missing');
  assert.equal(numberProblem('4242 4242'), 'number_incomplete');
  assert.equal(numberProblem('4242 4242 4242 4241'), 'number_invalid');
  assert.equal(numberProblem('4242 4242 4242 4242'), null);
  assert.equal(numberProblem('3782 822463 10005'), null);
});

test('an expiry date is read however it is written', () => {
  const expected = { month: '08', year: '2031' };
  for (const text of ['08 / 31', '8/31', '0831', '08/2031', '082031', '08-31', '０８／３１']) {
    assert.deepEqual(parseExpiry(text), expected, text);
  }
  for (const text of ['', '8', '13/31', '00/31', '08/3', '08/203']) assert.equal(parseExpiry(text), null, text);
});

test('an expiry date takes its shape while it is typed', () => {
  assert.equal(shapeExpiry('1'), '1');
  assert.equal(shapeExpiry('5'), '05');
  assert.equal(shapeExpiry('1/'), '01 / ');
  assert.equal(shapeExpiry('103'), '10 / 3');
  assert.equal(shapeExpiry('1031'), '10 / 31');
  assert.equal(shapeExpiry('10/2031'), '10 / 31');
});

test('a card is good to the end of its month', () => {
  const now = new Date(2026, 10, 30);
  assert.equal(expiryProblem('11 / 26', now), null);
  assert.equal(expiryProblem('10 / 26', now), 'expiry_past');
  assert.equal(expiryProblem('12 / 25', now), 'expiry_past');
  assert.equal(expiryProblem('11 / 99', now), 'expiry_invalid');
  assert.equal(expiryProblem('', now), 'expiry_missing');
  assert.equal(expiryProblem('1', now), 'expiry_invalid');
});

test('a security code has the length of its brand', () => {
  const visa = brandOf('4');
  const amex = brandOf('37');
  assert.equal(cvcProblem('123', visa), null);
  assert.equal(cvcProblem('1234', visa), 'cvc_three');
  assert.equal(cvcProblem('1234', amex), null);
  assert.equal(cvcProblem('123', amex), 'cvc_four');
  assert.equal(cvcProblem('1234', null), null);
  assert.equal(cvcProblem('', visa), 'cvc_missing');
});

test('remaining time is shown in minutes, and in hours where there are some', () => {
  assert.equal(formatRemaining(899_001), '15:00');
  assert.equal(formatRemaining(65_000), '01:05');
  assert.equal(formatRemaining(3_729_000), '1:02:09');
  assert.equal(formatRemaining(-5), '00:00');
});

test('the text on a shop\'s colour is the one that is read better', () => {
  assert.equal(inkOn('#ffffff'), '#000000');
  assert.equal(inkOn('#000000'), '#ffffff');
  assert.equal(inkOn('#4e6add'), '#ffffff');
  assert.equal(inkOn('#ffcc00'), '#000000');
  // On either side of the grey on which both are read equally well.
  assert.equal(inkOn('#757575'), '#ffffff');
  assert.equal(inkOn('#767676'), '#000000');
});
