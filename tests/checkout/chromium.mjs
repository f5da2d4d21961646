// The payment page in Chromium, against the binary: what a payer can do on it, from the link to the end.
//
//     node chromium.mjs --binary build/dev/payweir --deps build/deps/checkout
import assert from 'node:assert/strict';
import { createServer } from 'node:http';

import { argument, run } from '../oracles/harness.mjs';
import {
  accessibilityBreaches, Browser, cards, choose, fillCard, narrow, openShop, payByCard, shows, Switch, wide,
} from './stage.mjs';

async function assertPaid(context, payment, method) {
  const paid = await context.gateway.retrieve(payment);
  assert.equal(paid.status, 'succeeded');
  assert.equal(paid.amount_received, payment.amount);
  assert.equal(paid.payment_method, method);
}

// The payer's phone: opens what the code contains and decides.
async function decideOnPhone(context, payer, payment, decision) {
  const phone = await payer.open(await context.gateway.phoneLink(payment));
  await phone.locator(`button[value="${decision}"]`).click();
  await phone.waitForLoadState();
  await phone.close();
}

const insideWechat = 'Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0.50';

// A payer in WeChat's own browser, in whose wallet they do one of `decisions` after the other: approve, cancel, or
// fail, when it does not open. The object by which a page opens it comes after the page, as it may.
async function wechatPayer(context, decisions) {
  const payer = await context.browser.payer({ onPhone: true, userAgent: insideWechat });
  const sandbox = await context.gateway.sandboxOrigin();
  await payer.context.exposeFunction('decideInWechat', async (name, parameters) => {
    assert.equal(name, 'getBrandWCPayRequest');
    const decision = decisions.shift();
    if (decision === 'fail') return decision;
    const invoked = await fetch(`${sandbox}/wechatpay/invoke`, { method: 'POST', body: JSON.stringify(parameters) });
    const { cashier_url: cashier, message } = await invoked.json();
    assert.equal(message, undefined);
    if (decision === 'cancel') return decision;
    const paid = await fetch(cashier, { method: 'POST', body: `decision=${decision}` });
    assert.equal(paid.status, 200);
    return 'ok';
  });
  await payer.context.addInitScript(() => {
    window.walletsClosed = 0;
    setTimeout(() => {
      window.WeixinJSBridge = {
        async invoke(name, parameters, done) {
          const word = await window.decideInWechat(name, parameters);
          done({ err_msg: `get_brand_wcpay_request:${word}` });
          window.walletsClosed += 1;
        },
      };
      document.dispatchEvent(new Event('WeixinJSBridgeReady'));
    }, 300);
  });
  return payer;
}

async function assertAccessible(page, where) {
  assert.deepEqual(await accessibilityBreaches(page), [], where);
}

async function assertFits(page, where) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${where}: ${content} px of content in ${window} px`);
}

const checks = {
  async 'a card pays'(context) {
    const payment = await context.gateway.create();
    const page = await context.payer.open(context.gateway.link(payment));
    await shows(page, 'How would you like to pay?');
    assert.equal(await page.title(), 'Pay Blue Teapot');
    assert.equal(await page.locator('#amount').textContent(), 'CN¥65.40');
    assert.equal(await page.locator('#description').textContent(), 'Two tins of oolong');
    await payByCard(page, cards.good);
    await shows(page, 'Paid');
    assert.equal(await page.locator('#receipt-method').textContent(), 'Card ending in 4242');
    assert.equal(await page.locator('#receipt-id').textContent(), payment.payment_id);
    await assertPaid(context, payment, 'card');
    assert.deepEqual(await page.context().storageState(), { cookies: [], origins: [] });
    await page.reload();
    await shows(page, 'Paid');
  },

  async 'what is wrong with a card is said at its field, and nothing is sent'(context) {
    const payment = await context.gateway.create();
    const page = await context.payer.open(context.gateway.link(payment));
    await choose(page, 'card');
    await page.locator('#card-submit').click();
    assert.equal(await page.locator('#number-problem').textContent(), 'Enter the card number.');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'number');
    await fillCard(page, '4242424242424241');
    await page.locator('#card-submit').click();
    assert.match(await page.locator('#number-problem').textContent(), /not a valid card number/);
    assert.equal(await page.locator('#number').inputValue(), '4242 4242 4242 4241');
    await assertAccessible(page, 'the card form with a problem');
    assert.equal((await context.gateway.retrieve(payment)).attempt_count, 0);
  },

  async 'a declined card is told with its reason, and another one pays'(context) {
    const payment = await context.gateway.create();
    const page = await context.payer.open(context.gateway.link(payment));
    await payByCard(page, cards.declined);
    await shows(page, 'The card ending in 9995 was declined');
    assert.match(await page.locator('#notice-text').textContent(), /not enough money|insufficient|balance/i);
    assert.equal(await page.locator('#number').inputValue(), '');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'notice');
    await assertAccessible(page, 'the notice of a decline');
    await payByCard(page, cards.good);
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'card');
    assert.equal((await context.gateway.retrieve(payment)).attempt_count, 2);
  },

  async 'a bank that asks is answered on its page, and the payer comes back'(context) {
    const payment = await context.gateway.create({ authentication_type: 'three_ds' });
    const page = await context.payer.open(context.gateway.link(payment));
    await payByCard(page, cards.threeDs);
    await page.waitForURL('**/stripe/3ds/**');
    await page.locator('button[value="approve"]').click();
    await page.waitForURL(`${context.gateway.origin}/pay/${payment.payment_id}**`);
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'card');
  },

  async 'who declines at the bank comes back and pays another way'(context) {
    const payment = await context.gateway.create({ authentication_type: 'three_ds' });
    const page = await context.payer.open(context.gateway.link(payment));
    await payByCard(page, cards.threeDs);
    await page.waitForURL('**/stripe/3ds/**');
    await page.locator('button[value="decline"]').click();
    await page.waitForURL(`${context.gateway.origin}/pay/${payment.payment_id}**`);
    await shows(page, 'How would you like to pay?');
    await payByCard(page, cards.good);
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'card');
  },

  async 'a payment link opens the page, with the seller and the colour that it was made with'(context) {
    const payment = await context.gateway.create({
      payment_id: 'order_by_link', payment_link: true,
      payment_link_config: { seller_name: 'Teapot & Söhne', theme: '#FFCC00' },
    });
    const { link } = payment.payment_link;
    const page = await context.payer.open(`${link}&lang=en`);
    await shows(page, 'How would you like to pay?');
    assert.ok(page.url().startsWith(`${context.gateway.origin}/pay/order_by_link?`));
    assert.equal(await page.title(), 'Pay Teapot & Söhne');
    assert.equal(await page.locator('#merchant').textContent(), 'Teapot & Söhne');
    await choose(page, 'card');
    const colours = await page.locator('#card-submit').evaluate((button) => {
      const { backgroundColor, color } = getComputedStyle(button);
      return [backgroundColor, color];
    });
    assert.deepEqual(colours, ['rgb(255, 204, 0)', 'rgb(0, 0, 0)']);
    await assertAccessible(page, 'the card form in the shop\'s colour');
    await payByCard(page, cards.good);
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'card');
    // Who opens it again sees how it ended; who has all of it but the token sees nothing.
    const again = await context.payer.open(`${link}&lang=en`);
    await shows(again, 'Paid');
    context.payer.expect(/status of 404/);
    const guessed = await context.payer.open(`${link.split('?')[0]}?lang=en`);
    await shows(guessed, 'This link is not valid');
  },

  async 'an Alipay code is scanned by a phone and paid'(context) {
    const payment = await context.gateway.create();
    const page = await context.payer.open(context.gateway.link(payment));
    await choose(page, 'ali_pay');
    await page.locator('#wallet-submit').click();
    await shows(page, 'Open Alipay and scan');
    assert.ok(await page.locator('#wait-image').evaluate((image) => image.complete && image.naturalWidth > 100));
    await assertAccessible(page, 'the code');
    await decideOnPhone(context, context.payer, payment, 'approve');
    await shows(page, 'Paid');
    assert.equal(await page.locator('#receipt-method').textContent(), 'Alipay');
    await assertPaid(context, payment, 'wallet');
  },

  async 'a WeChat Pay code is scanned by a phone and paid, in Chinese'(context) {
    const payment = await context.gateway.create();
    const page = await context.payer.open(context.gateway.link(payment, 'zh'));
    await choose(page, 'we_chat_pay');
    await page.locator('#wallet-submit').click();
    await shows(page, '打开微信扫一扫');
    await decideOnPhone(context, context.payer, payment, 'approve');
    await shows(page, '付款成功');
    await assertPaid(context, payment, 'wallet');
  },

  async 'a code is let go of, and a card pays'(context) {
    const payment = await context.gateway.create();
    const page = await context.payer.open(context.gateway.link(payment));
    await choose(page, 'we_chat_pay');
    await page.locator('#wallet-submit').click();
    await shows(page, 'Open WeChat and scan');
    const phoneLink = await context.gateway.phoneLink(payment);
    await page.locator('#wait-release').click();
    await shows(page, 'How would you like to pay?');
    assert.ok(await page.locator('#notice').isHidden());
    await payByCard(page, cards.good);
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'card');
    // The code that was let go of can be paid no more.
    context.payer.expect(/status of 4\d\d/);
    const phone = await context.payer.open(phoneLink);
    assert.equal(await phone.locator('button[value="approve"]').count(), 0);
  },

  async 'a phone goes to Alipay, pays there and comes back'(context) {
    const payer = await context.browser.payer({ onPhone: true });
    const payment = await context.gateway.create();
    const page = await payer.open(context.gateway.link(payment));
    await choose(page, 'ali_pay');
    assert.equal(await page.locator('#wallet-submit').textContent(), 'Open Alipay');
    await page.locator('#wallet-submit').click();
    await page.waitForURL('**/alipay/**');
    await page.locator('button[value="approve"]').click();
    await page.waitForURL(`${context.gateway.origin}/pay/${payment.payment_id}**`);
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'wallet');
    await payer.end();
  },

  async 'who comes back from Alipay unpaid may go there again'(context) {
    const payer = await context.browser.payer({ onPhone: true });
    const payment = await context.gateway.create();
    const page = await payer.open(context.gateway.link(payment));
    await choose(page, 'ali_pay');
    await page.locator('#wallet-submit').click();
    await page.waitForURL('**/alipay/**');
    await page.goBack();
    await shows(page, 'Finish the payment in Alipay');
    await page.locator('#wait-continue').click();
    await page.waitForURL('**/alipay/**');
    await page.locator('button[value="approve"]').click();
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'wallet');
    await payer.end();
  },

  async 'a code that is forgotten before the time to pay is over is made anew'(context) {
    const payment = await context.gateway.create({ session_expiry: 4 * 3600 });
    const page = await context.payer.open('about:blank');
    await page.clock.install();
    await page.goto(context.gateway.link(payment));
    await choose(page, 'we_chat_pay');
    await page.locator('#wallet-submit').click();
    await shows(page, 'Open WeChat and scan');
    assert.ok(await page.locator('#wait-renew').isHidden());
    const first = await page.locator('#wait-image').getAttribute('src');
    await page.clock.fastForward('02:00:01');
    await page.locator('#wait-over', { hasText: 'This code has expired' }).waitFor();
    await page.locator('#wait-renew').click();
    await page.waitForFunction((old) => document.getElementById('wait-image').src !== old, first);
    assert.notEqual((await context.gateway.retrieve(payment)).next_action, null);
    await decideOnPhone(context, context.payer, payment, 'approve');
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'wallet');
    assert.equal((await context.gateway.retrieve(payment)).attempt_count, 2);
  },

  async 'one code for both wallets opens the page on the phone that scans it'(context) {
    const payment = await context.gateway.create();
    const desktop = await context.payer.open(context.gateway.link(payment));
    await desktop.locator('#scan-image').waitFor();
    const { scan_code: code } = await (await fetch(`${context.gateway.origin}/pay/${payment.payment_id}/state`, {
      headers: { 'x-client-secret': payment.client_secret },
    })).json();
    const phone = await context.browser.payer({ onPhone: true, userAgent: 'Mozilla/5.0 Mobile AlipayClient/10.5' });
    const page = await phone.open(code.url);
    await page.getByRole('button', { name: 'Pay CN¥65.40' }).click();
    await page.waitForURL('**/alipay/**');
    await shows(desktop, 'Finish the payment in Alipay');
    await page.locator('button[value="approve"]').click();
    await shows(page, 'Paid');
    await shows(desktop, 'Paid');
    await assertPaid(context, payment, 'wallet');
    await phone.end();
  },

  async 'inside WeChat its wallet opens in the page, as often as the payer closes it'(context) {
    const payment = await context.gateway.create();
    const desktop = await context.payer.open(context.gateway.link(payment));
    await desktop.locator('#scan-image').waitFor();
    const decisions = ['fail', 'cancel', 'approve'];
    const phone = await wechatPayer(context, decisions);
    const page = await phone.open(context.gateway.link(payment));
    const trips = [];
    page.on('request', (request) => {
      if (request.isNavigationRequest()) trips.push(request.url());
    });
    await page.getByRole('button', { name: 'Pay CN¥65.40' }).click();
    await shows(page, 'WeChat did not open the payment');
    await assertAccessible(page, 'a wallet that did not open');
    assert.equal(new URL(page.url()).hash, '');
    const cookies = await page.context().cookies();
    assert.deepEqual(cookies.map(({ name, path, httpOnly, sameSite }) => ({ name, path, httpOnly, sameSite })), [
      { name: 'payweir_trip', path: '/pay/', httpOnly: true, sameSite: 'Lax' },
    ]);
    await page.locator('#wait-invoke').click();
    await page.waitForFunction(() => window.walletsClosed === 2);
    assert.equal((await context.gateway.retrieve(payment)).status, 'requires_customer_action');
    await page.reload();
    await shows(page, 'Finish the payment in WeChat');
    assert.deepEqual(decisions, ['approve'], 'a reload opens no wallet');
    await page.locator('#wait-invoke').click();
    await shows(page, 'Paid');
    await shows(desktop, 'Paid');
    await assertPaid(context, payment, 'wallet');
    assert.equal((await context.gateway.retrieve(payment)).attempt_count, 1);

    const [asked, back] = trips;
    assert.match(asked, /\/connect\/oauth2\/authorize\?appid=wx\d+&redirect_uri=/);
    assert.ok(!asked.includes(payment.client_secret) && !back.includes(payment.client_secret));
    // The way back is this browser's.
    const stranger = await context.browser.payer({ onPhone: true, userAgent: insideWechat });
    stranger.expect(/status of 40[14]/);
    await shows(await stranger.open(back), 'This link is not valid');
    await stranger.end();
    await phone.end();
  },

  async 'inside WeChat a payer who cannot be told is sent to another browser, and comes again when they may'(context) {
    const payment = await context.gateway.create();
    const phone = await wechatPayer(context, ['approve']);
    const page = await phone.open(context.gateway.link(payment));
    // WeChat's browser may ask for the way back twice, and shows what came second: its code was used by then.
    await page.route('**/connect/oauth2/authorize?**', async (route) => {
      const sent = await route.fetch({ maxRedirects: 0 });
      await page.context().request.get(sent.headers().location, { maxRedirects: 0 });
      await route.fulfill({ response: sent });
    }, { times: 1 });
    await page.getByRole('button', { name: 'Pay CN¥65.40' }).click();
    await page.locator('#notice-text', { hasText: 'Press the button again' }).waitFor();
    assert.equal((await context.gateway.retrieve(payment)).attempt_count, 0);
    await page.route('**/state', async (route) => {
      const answer = await route.fetch();
      const state = await answer.json();
      for (const method of state.methods) method.flows = method.flows?.filter((flow) => flow !== 'jsapi');
      await route.fulfill({ response: answer, json: state });
    });
    await page.reload();
    await page.locator('#wallet-text', { hasText: 'choose “Open in browser”' }).waitFor();
    assert.ok(await page.locator('#wallet-submit').isHidden());
    await assertFits(page, 'the way out of WeChat');
    await assertAccessible(page, 'the way out of WeChat');
    await choose(page, 'card');
    await page.locator('#card-submit').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await page.goto('about:blank');
    await page.goto(`${context.gateway.link(payment)}#payer=00`);
    phone.expect(/status of 400/);
    await page.locator('#notice-text', { hasText: 'Code' }).waitFor();
    await page.getByRole('button', { name: 'Pay CN¥65.40' }).click();
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'wallet');
    await phone.end();
  },

  async 'the time to pay runs out'(context) {
    const payment = await context.gateway.create();
    const link = context.gateway.link(payment);
    const page = await context.payer.open('about:blank');
    await page.clock.install();
    await page.goto(link);
    await shows(page, 'How would you like to pay?');
    const shown = page.locator('#expiry-value');
    assert.match(await shown.textContent(), /^1[45]:\d\d$/);
    await page.clock.fastForward('14:30');
    await page.locator('#expiry-value', { hasText: 'Less than a minute' }).waitFor();
    await choose(page, 'ali_pay');
    await page.locator('#wallet-submit').click();
    await page.getByText('The code is valid for less than a minute').waitFor();
    await page.clock.fastForward('00:31');
    await page.locator('#wait-over', { hasText: 'This code has expired' }).waitFor();
    assert.ok(await page.locator('#wait-renew').isHidden(), 'no new code could be paid');
    await page.locator('#expiry-value', { hasText: 'Time is up' }).waitFor();
    // From here on it is the switch's word that counts, and by its clock there is time left.
    assert.equal((await context.gateway.retrieve(payment)).status, 'requires_customer_action');
    await page.route('**/state', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...await answer.json(), status: 'expired', next_action: null } });
    });
    await page.clock.fastForward('00:06');
    await shows(page, 'The time to pay is over');
    assert.match(await page.locator('#result-text').textContent(), /You have not been charged/);
    await assertAccessible(page, 'the end of the time');
    await page.unrouteAll({ behavior: 'wait' });
  },

  async 'a cancelled payment says so'(context) {
    const payment = await context.gateway.create();
    await context.gateway.call('POST', `/payments/${payment.payment_id}/cancel`, {});
    const page = await context.payer.open(context.gateway.link(payment));
    await shows(page, 'This payment was cancelled');
  },

  async 'a wrong secret opens nothing'(context) {
    context.payer.expect(/status of 40[14]/);
    const payment = await context.gateway.create();
    for (const secret of [`${payment.client_secret}0`, '']) {
      const page = await context.payer.open(context.gateway.link({ ...payment, client_secret: secret }));
      await shows(page, 'This link is not valid');
      assert.ok(!(await page.content()).includes('65.40'));
      await assertAccessible(page, 'a link that is not valid');
    }
  },

  async 'the shop gets its payer back, unless they stay'(context) {
    const payment = await context.gateway.create({ return_url: `${context.shop.origin}/done?order=1` });
    const page = await context.payer.open('about:blank');
    await page.clock.install();
    await page.goto(context.gateway.link(payment));
    await payByCard(page, cards.good);
    await shows(page, 'Paid');
    await page.locator('#stay').click();
    await page.clock.fastForward('00:10');
    await page.locator('#forward').waitFor({ state: 'hidden' });
    await page.locator('#return').click();
    await page.waitForURL(`${context.shop.origin}/done?order=1&payment_id=${payment.payment_id}&status=succeeded`);
    assert.equal(context.shop.visits.at(-1).referrer, undefined);
  },

  async 'who is paid and does nothing is taken back to the shop'(context) {
    const payment = await context.gateway.create({ return_url: `${context.shop.origin}/done` });
    const page = await context.payer.open(context.gateway.link(payment));
    await payByCard(page, cards.good);
    await page.waitForURL(`${context.shop.origin}/done?payment_id=${payment.payment_id}&status=succeeded`);
  },

  async 'an answer that is lost is asked for again, and charged once'(context) {
    context.payer.expect(/ERR_(FAILED|CONNECTION)|Failed to load/);
    const payment = await context.gateway.create();
    const page = await context.payer.open(context.gateway.link(payment));
    let lost = 0;
    await page.route('**/confirm', async (route) => {
      const answer = await route.fetch();
      lost += 1;
      await (lost === 1 ? route.abort('connectionreset') : route.fulfill({ response: answer }));
    });
    await payByCard(page, cards.good);
    await page.getByText('No connection. Reconnecting…').waitFor();
    await shows(page, 'Paid');
    assert.equal(lost, 2);
    await assertPaid(context, payment, 'card');
    assert.equal((await context.gateway.retrieve(payment)).attempt_count, 1);
  },

  async 'both languages, by the address, the browser and the button'(context) {
    const payment = await context.gateway.create();
    const chinese = await context.browser.payer({ locale: 'zh-CN' });
    const page = await chinese.open(context.gateway.link(payment).replace('&lang=en', ''));
    await shows(page, '选择付款方式');
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    assert.equal(await page.locator('#amount').textContent(), '¥65.40');
    await page.locator('#language').click();
    await shows(page, 'How would you like to pay?');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.reload();
    await shows(page, 'How would you like to pay?');
    await chinese.end();
  },

  async 'every view is accessible and fits, in both languages and at both widths'(context) {
    for (const [language, viewport, colorScheme] of [['en', wide, 'light'], ['zh', narrow, 'light'], ['en', narrow, 'dark']]) {
      const payer = await context.browser.payer({ viewport, colorScheme });
      const payment = await context.gateway.create();
      const page = await payer.open(context.gateway.link(payment, language));
      const look = async (what) => {
        const where = `${what}, ${language}, ${viewport.width} px, ${colorScheme}`;
        await assertFits(page, where);
        await assertAccessible(page, where);
      };
      await page.locator('#scan-image').waitFor();
      await look('the code for both');
      await choose(page, 'card');
      await look('the card form');
      await choose(page, 'ali_pay');
      await page.locator('#wallet-submit').click();
      await page.locator('#wait-image').waitFor();
      await look('the code');
      await page.locator('#wait-release').click();
      await payByCard(page, cards.good);
      await page.locator('#receipt').waitFor();
      await look('the receipt');
      await payer.end();
    }
  },

  async 'the keyboard alone pays'(context) {
    const payment = await context.gateway.create({ currency: 'USD' });
    const page = await context.payer.open(context.gateway.link(payment));
    await shows(page, 'Pay by card');
    await page.locator('#number').focus();
    for (const text of [cards.good, '1030', '123', 'Ada Lovelace']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    assert.equal(await page.evaluate(() => document.activeElement.id), 'card-submit');
    await page.keyboard.press('Enter');
    await shows(page, 'Paid');
    await assertPaid(context, payment, 'card');
  },

  async 'no script but the page\'s own runs, and no other page frames it'(context) {
    const payment = await context.gateway.create({ description: '<img src=x onerror="document.title=1"><b>tea</b>' });
    const page = await context.payer.open(context.gateway.link(payment));
    await shows(page, 'How would you like to pay?');
    assert.equal(await page.locator('#description b, #description img').count(), 0);
    context.payer.expect(/Content Security Policy|frame-ancestors|ERR_BLOCKED/i);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
    });
    assert.equal(await page.evaluate(() => window.wasRun), undefined);
    const frame = await context.payer.open(`${context.shop.origin}/frame?${encodeURIComponent(context.gateway.link(payment))}`);
    assert.ok(!frame.frames().at(-1).url().startsWith(context.gateway.origin));
  },
};

const context = { gateway: await Switch.start(argument('binary')), browser: await Browser.start(), shop: await openShop() };
// One payer a check, whose browser must have had nothing to complain about.
const watched = Object.fromEntries(Object.entries(checks).map(([title, check]) => [title, async (shared) => {
  const payer = await shared.browser.payer();
  try {
    await check({ ...shared, payer });
  } catch (error) {
    await payer.context.close();
    throw error;
  }
  await payer.end();
}]));
try {
  await run('checkout', watched, context);
} finally {
  await context.browser.stop();
  await context.gateway.stop();
  context.shop.stop();
}
