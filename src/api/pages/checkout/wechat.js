// WeChat's own browser opens its wallet for a page through an object of its own, which may come after the page.

const comesWithin = 10_000;

function bridge() {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), comesWithin);
    document.addEventListener('WeixinJSBridgeReady', () => {
      clearTimeout(timer);
      resolve(window.WeixinJSBridge);
    }, { once: true });
  });
}

// Whether the wallet opened. What the payer did there it tells as well, but anybody's script could: the payment's
// state counts.
export async function openWallet(parameters) {
  const wallet = await bridge();
  if (!wallet) return false;
  const answer = await new Promise((resolve) => {
    wallet.invoke('getBrandWCPayRequest', parameters, resolve);
  });
  return !/:fail/.test(answer?.err_msg ?? '');
}
