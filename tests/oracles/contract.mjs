// What every gateway's connector owes: one table of steps, each of which fails in each way. A payment never ends
// on a failure that says nothing, and whatever is sent or asked afterwards is about the same order.
import assert from 'node:assert/strict';

import { LOST, Raw } from './switch.mjs';

// Each as (gateway, call, usual answer) => what goes out instead.
const FAULTS = {
  'the connection is closed': () => LOST,
  'HTTP 500': () => new Raw(500, '{"code":"SYSTEM_ERROR","message":"系统错误"}', { 'content-type': 'application/json' }),
  'a body of somebody else': () => new Raw(200, '<html>{"sign":</html>', { 'content-type': 'text/html' }),
};

const executed = ({ gateway }, fault) => (normal, call) => fault(gateway, call, normal());
const notExecuted = ({ gateway }, fault, answer) => (normal, call) => fault(gateway, call, answer ? answer(call) : {});

function assertOneOrder(order, money) {
  assert.ok(order.calls.every((call) => call.number === undefined || call.number === order.number));
  assert.equal(order.of(money).length, 1, `${money} was sent again`);
}

function assertOneRefund(order) {
  const numbers = new Set(order.calls.map((call) => call.refund).filter((number) => number));
  assert.equal(numbers.size, 1, `refunds ${[...numbers]}`);
}

// As [title, (context, fault, wire) => …].
const STEPS = [
  ['an order for a code, not made', async (context, fault, wire) => {
    const order = context.gateway.order();
    order.on.create = notExecuted(context, fault);
    const { id, payment } = await wire.show(context, order);
    assert.equal(payment.status, 'processing');
    await order.next('cancel');
    await context.merchant.becomes(id, 'failed');
    assertOneOrder(order, 'create');
  }],
  ['an order for a code, made', async (context, fault, wire) => {
    const order = context.gateway.order();
    order.on.create = executed(context, fault);
    const { id, payment } = await wire.show(context, order);
    assert.equal(payment.status, 'processing');
    await context.merchant.becomes(id, 'failed');
    assert.equal(order.state, 'closed', 'failed, and can still be paid');
    assertOneOrder(order, 'create');
  }],
  ['a barcode payment, executed', async (context, fault, wire) => {
    const order = context.gateway.order();
    order.on.pay = executed(context, fault);
    const { id, payment } = await wire.payAtOnce(context, order);
    assert.equal(payment.status, 'processing');
    await context.merchant.becomes(id, 'succeeded');
    assertOneOrder(order, 'pay');
    assert.equal(order.of('cancel').length, 0);
  }],
  ['a barcode payment, not executed', async (context, fault, wire) => {
    const order = context.gateway.order();
    order.on.pay = notExecuted(context, fault);
    const { id, payment } = await wire.payAtOnce(context, order);
    assert.equal(payment.status, 'processing');
    // The request may still arrive, and a cancellation must not meet it: for minutes it is only asked about.
    await order.next('query');
    await context.merchant.becomes(id, 'processing');
    assert.equal(order.of('cancel').length, 0);
    assertOneOrder(order, 'pay');
  }],
  ['the query of a payment', async (context, fault, wire) => {
    const { order, id } = await wire.shown(context);
    order.state = 'paid';
    order.on.query = executed(context, fault);
    assert.equal((await context.merchant.sync(id)).status, 'requires_customer_action');
    assert.ok(order.of('query').length > 0);
    delete order.on.query;
    assert.equal((await context.merchant.sync(id)).status, 'succeeded');
    assertOneOrder(order, 'create');
  }],
  ['a refund, executed', async (context, fault, wire) => {
    const { order, id } = await wire.paid(context);
    order.on.refund = executed(context, fault);
    const refund = await context.merchant.refund(id, { amount: 100 });
    assert.equal(refund.status, 'pending');
    assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'succeeded');
    assertOneRefund(order);
    assertOneOrder(order, 'refund');
  }],
  ['a refund, not executed', async (context, fault, wire) => {
    const { order, id } = await wire.paid(context);
    order.on.refund = notExecuted(context, fault);
    const refund = await context.merchant.refund(id, { amount: 100 });
    assert.equal(refund.status, 'pending');
    await order.next('refund_query');
    assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'pending');
    assertOneRefund(order);
    assertOneOrder(order, 'refund');
  }],
  ['the query of a refund', async (context, fault, wire) => {
    const { order, id } = await wire.paid(context);
    order.on.refund = (normal) => wire.refundPending(normal());
    order.on.refund_query = executed(context, fault);
    const refund = await context.merchant.refund(id, { amount: 100 });
    assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'pending');
    assert.ok(order.of('refund_query').length > 0);
    delete order.on.refund_query;
    assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'succeeded');
    assertOneRefund(order);
  }],
  ['a cancellation, not executed', async (context, fault, wire) => {
    const { order, id } = await wire.shown(context);
    order.on.cancel = notExecuted(context, fault);
    const answer = await context.merchant.cancel(id);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.status, 'processing');
    assert.equal(order.state, 'waiting');
    delete order.on.cancel;
    await context.merchant.becomes(id, 'cancelled');
    assert.equal(order.state, 'closed', 'cancelled, and can still be paid');
    assertOneOrder(order, 'create');
  }],
  ['a cancellation that the payer was ahead of', async (context, fault, wire) => {
    const { order, id } = await wire.shown(context);
    order.state = 'paid';
    order.on.cancel = notExecuted(context, fault);
    await context.merchant.cancel(id);
    assert.notEqual(await context.merchant.status(id), 'cancelled');
    await context.merchant.becomes(id, 'succeeded');
    assert.equal(order.state, 'paid');
  }],
];

// Words that nobody has heard of.
const WORDS = {
  async 'an unknown word: the status of an order'(context, wire) {
    const { order, id } = await wire.shown(context);
    order.state = 'paid';
    order.on.query = (normal) => wire.oddStatus(normal());
    assert.equal((await context.merchant.sync(id)).status, 'requires_customer_action');
    delete order.on.query;
    assert.equal((await context.merchant.sync(id)).status, 'succeeded');
  },
  async 'an unknown word: the status of a refund'(context, wire) {
    const { order, id } = await wire.paid(context);
    order.on.refund = (normal) => wire.oddRefund(wire.refundPending(normal()));
    order.on.refund_query = (normal) => wire.oddRefund(normal());
    const refund = await context.merchant.refund(id, { amount: 100 });
    assert.equal(refund.status, 'pending');
    assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'pending');
    delete order.on.refund_query;
    assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'succeeded');
  },
  async 'an unknown word: why a barcode payment was refused'(context, wire) {
    const order = context.gateway.order();
    order.on.pay = (normal) => {
      normal();
      return wire.oddRefusal();
    };
    const { id, payment } = await wire.payAtOnce(context, order);
    assert.equal(payment.status, 'processing');
    await context.merchant.becomes(id, 'succeeded');
  },
  async 'an unknown word: why a refund was refused'(context, wire) {
    const { order, id } = await wire.paid(context);
    order.on.refund = (normal) => {
      normal();
      return wire.oddRefusal();
    };
    const refund = await context.merchant.refund(id, { amount: 100 });
    assert.equal(refund.status, 'pending');
    assert.equal((await context.merchant.syncRefund(refund.refund_id)).status, 'succeeded');
  },
};

// The checks of a gateway. `wire` says how its payments are made, and what its words are; its own faults are
// added to the table's.
export function contract(wire) {
  const checks = {};
  for (const [step, check] of STEPS)
    for (const [fault, make] of Object.entries({ ...FAULTS, ...wire.faults }))
      checks[`${step}: ${fault}`] = (context) => check(context, make, wire);
  for (const [title, check] of Object.entries(WORDS)) checks[title] = (context) => check(context, wire);
  return checks;
}
