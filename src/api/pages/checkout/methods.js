// What to offer to this payer on this device, and what the state of a payment means to a payer. As pure as
// format.js.

// The two wallets' own browsers can start their own wallet only, and the other one never.
export function deviceOf(userAgent, smallTouchScreen) {
  if (/AlipayClient/.test(userAgent)) return { kind: 'phone', inside: 'ali_pay' };
  if (/MicroMessenger/.test(userAgent)) return { kind: 'phone', inside: 'we_chat_pay' };
  return { kind: smallTouchScreen ? 'phone' : 'desktop', inside: null };
}

const wallets = ['ali_pay', 'we_chat_pay'];

// The wallet of a method or a choice, if it is one that this page knows.
export function walletOf(method) {
  return wallets.find((wallet) => wallet === method?.payment_method_type) ?? null;
}

// A phone opens the wallet that is installed on it; a desktop shows a code to a phone. WeChat opens its wallet for
// a page in its own browser in one way only, and without that way the payer has to leave it: 'elsewhere'.
function flowOf(method, device) {
  const flows = method.flows ?? ['qr', 'redirect'];
  const wallet = walletOf(method);
  if (wallet === 'we_chat_pay' && device.inside === wallet) return flows.includes('jsapi') ? 'jsapi' : 'elsewhere';
  const wanted = device.kind === 'phone' ? 'redirect' : 'qr';
  const outside = flows.filter((flow) => flow !== 'jsapi');
  return outside.includes(wanted) ? wanted : outside[0];
}

// The ways to pay, in the order in which they are offered: {id, flow}. A method that this page does not know is
// left out.
export function waysToPay(state, device) {
  const ways = state.methods.flatMap((method) => {
    if (method.payment_method === 'card') return [{ id: 'card', flow: null }];
    const wallet = walletOf(method);
    const flow = wallet && flowOf(method, device);
    return flow ? [{ id: wallet, flow }] : [];
  });
  const own = ways.filter((way) => way.id === device.inside);
  if (own.some(({ flow }) => flow === 'elsewhere')) return [...own, ...ways.filter(({ id }) => id === 'card')];
  if (own.length > 0) return own;
  const bothWallets = wallets.every((wallet) => ways.some((way) => way.id === wallet));
  const scan = device.kind === 'desktop' && state.scan_code && bothWallets;
  return scan ? [{ id: 'scan', flow: null }, ...ways] : ways;
}

export function cardRequest({ number, month, year, name, cvc }) {
  return {
    payment_method: 'card',
    payment_method_data: {
      card: {
        card_number: number, card_exp_month: month, card_exp_year: year, card_holder_name: name, card_cvc: cvc,
      },
    },
  };
}

export function walletRequest(wallet, flow) {
  return {
    payment_method: 'wallet',
    payment_method_type: wallet,
    payment_method_data: { wallet: { [`${wallet}_${flow}`]: {} } },
  };
}

// Of a payer whom the page's address names: the token that came with them.
export function identifiedRequest(payerToken) {
  return { payer_token: payerToken };
}

// What a payer comes back with from the wallet's own page: "#payer=…", or "#not_identified=…" with why not.
export function arrivalOf(hash) {
  const told = new URLSearchParams(hash.replace(/^#/, ''));
  return { payerToken: told.get('payer'), notIdentified: told.get('not_identified') };
}

const stages = {
  requires_payment_method: 'pay',
  requires_confirmation: 'pay',
  requires_customer_action: 'wait',
  processing: 'processing',
  requires_capture: 'paid',
  succeeded: 'paid',
  partially_captured: 'paid',
  failed: 'declined',
  cancelled: 'cancelled',
  expired: 'expired',
  requires_merchant_action: 'checking',
  conflicted: 'checking',
};

// A status that this page does not know is taken for an unclear one: asking to pay again could charge twice.
export function stageOf(status) {
  return stages[status] ?? 'checking';
}

// A link that would run as a script is no link to follow. Shops may return to their own app by its own scheme.
export function followable(url) {
  try {
    return !['javascript:', 'data:', 'blob:', 'vbscript:', 'file:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
