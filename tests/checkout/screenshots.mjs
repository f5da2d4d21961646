// Takes the pictures of docs/payment-page.md. Chinese needs a font for it, such as Debian's fonts-noto-cjk.
//
//     node screenshots.mjs --binary build/dev/payweir --deps build/deps/checkout --to docs/images
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { argument } from '../oracles/harness.mjs';
import { Browser, cards, choose, fillCard, narrow, payByCard, shows, Switch, wide } from './stage.mjs';

const folder = argument('to');
mkdirSync(folder, { recursive: true });
const gateway = await Switch.start(argument('binary'));
const browser = await Browser.start();

async function picture(name, { language, ...device }, show) {
  const payer = await browser.payer({ reducedMotion: 'reduce', ...device });
  const payment = await gateway.create({ amount: 26800 });
  const page = await payer.open(gateway.link(payment, language));
  await show(page);
  await page.screenshot({ path: join(folder, `payment-page-${name}.png`) });
  await payer.end();
}

await picture('choose', { language: 'en', viewport: wide }, (page) => page.locator('#scan-image').waitFor());
await picture('scan', { language: 'zh', viewport: wide }, async (page) => {
  await choose(page, 'ali_pay');
  await page.locator('#wallet-submit').click();
  await page.locator('#wait-image').waitFor();
});
await picture('card', { language: 'zh', onPhone: true, viewport: narrow, deviceScaleFactor: 2 }, async (page) => {
  await choose(page, 'card');
  await fillCard(page, cards.good);
  await page.evaluate(() => scrollTo(0, 0));
});
await picture('paid', { language: 'en', viewport: wide }, async (page) => {
  await payByCard(page, cards.good);
  await shows(page, 'Paid');
});
await browser.stop();
await gateway.stop();
