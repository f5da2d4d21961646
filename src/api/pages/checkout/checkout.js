// The checkout page of one payment. The server's state decides what is shown; this module asks for it, shows
// it, and sends what the payer chooses. Card data lives in the form's fields and in one request, nowhere else.

import { connect, Refused } from './api.js';
import {
  amountParts, brandOf, cvcProblem, digitsOf, expiryProblem, formatAmount, formatRemaining, inkOn, nameProblem,
  numberProblem, parseExpiry, regroup, shapeExpiry,
} from './format.js';
import {
  arrivalOf, cardRequest, deviceOf, followable, identifiedRequest, stageOf, walletOf, walletRequest, waysToPay,
} from './methods.js';
import { languageOf, locales, reasonText, translate } from './texts.js';
import { openWallet } from './wechat.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const forwardAfter = 5;
const views = ['loading', 'pay', 'wait', 'result'];

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const smallTouchScreen = matchMedia('(pointer: coarse) and (hover: none)').matches
  && Math.min(screen.width, screen.height) < 600;
const device = deviceOf(navigator.userAgent, smallTouchScreen);

const api = connect({
  paymentPath: location.pathname.replace(/\/$/, ''),
  clientSecret: query.get('client_secret') ?? '',
  onConnection: (reached) => {
    page.reached = reached;
    renderConnection();
  },
});

// Everything that the page knows. render() shows it and keeps nothing of its own.
const page = {
  language: languageOf(query.get('lang'), navigator.languages),
  state: null,        // as the server gave it last
  invalid: false,     // the link opens no payment
  reached: true,      // the server answers
  picked: null,       // the way to pay that is chosen, by id
  busy: false,        // a request of the payer is under way
  notice: null,       // {title(), text()} about the payer's last attempt, in the language of the moment
  stage: 'loading',
  stageSince: 0,
  scanned: false,     // the code of this page was on show, so a phone may have taken over
  paidAt: null,       // when this page saw the payment succeed
  forwardIn: null,    // seconds until the payer goes back to the shop
  copied: false,
};

const t = (key, values) => translate(page.language, key, values);
const locale = () => locales[page.language];
const merchant = () => ({ merchant: page.state?.merchant_name ?? '' });

// ---- Showing ------------------------------------------------------------------------------------------------

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showIf(element, shown) {
  element.hidden = !shown;
}

// A screen reader hears a live region only when its text changes.
function announce(text) {
  setText($('announcer'), '');
  setTimeout(() => setText($('announcer'), text), 50);
}

function stageNow() {
  if (page.invalid) return 'invalid';
  if (!page.state) return 'loading';
  const stage = stageOf(page.state.status);
  return stage === 'pay' && ways().length === 0 ? 'no_methods' : stage;
}

const viewOf = (stage) => (views.includes(stage) ? stage : 'result');

function render() {
  const before = page.stage;
  page.stage = stageNow();
  if (page.stage !== before) enterStage(before);
  renderFrame();
  renderSummary();
  renderNotice();
  renderConnection();
  if (page.stage === 'pay') renderPay();
  if (page.stage === 'wait') renderWait();
  if (viewOf(page.stage) === 'result') renderResult();
  for (const view of views) showIf($(`view-${view}`), view === viewOf(page.stage));
  if (page.stage !== before && before !== 'loading') focusStage();
  renderTimes();
  schedulePoll();
}

function enterStage(before) {
  page.stageSince = Date.now();
  if (page.stage !== 'pay' && page.stage !== 'wait') page.notice = null;
  if (page.stage !== 'paid') return;
  if (before !== 'loading') page.paidAt = new Date(api.now());
  // Who comes back to this page by the Back button, or reloads it, is not sent away from it again.
  const arrival = performance.getEntriesByType('navigation')[0]?.type ?? 'navigate';
  if (!shopLink() || (before === 'loading' && arrival !== 'navigate')) return;
  page.forwardIn = forwardAfter;
  announce(t('return.announce'));
}

function focusStage() {
  if (page.notice) $('notice').focus();
  else $(`view-${viewOf(page.stage)}`).querySelector('h2').focus();
}

function renderFrame() {
  document.documentElement.lang = locale();
  document.title = titleNow();
  for (const element of document.querySelectorAll('[data-text]')) setText(element, t(element.dataset.text));
  const language = $('language');
  const other = page.language === 'zh' ? 'en' : 'zh';
  setText(language, t('language.other'));
  language.lang = locales[other];
  language.setAttribute('aria-label', t('language.switch'));
  language.hidden = false;
}

function titleNow() {
  const ended = viewOf(page.stage) === 'result';
  if (!page.state) return t(ended ? `result.${page.stage}` : 'title.plain');
  return ended ? `${t(`result.${page.stage}`)} · ${page.state.merchant_name}` : t('title.pay', merchant());
}

function renderSummary() {
  const { state } = page;
  showIf(document.querySelector('.summary-to'), Boolean(state));
  showIf($('bill'), Boolean(state));
  setText($('merchant'), state?.merchant_name ?? t('title.plain'));
  if (!state) return;
  colourButtons(state.theme);
  const parts = amountParts(state, locale());
  const spans = parts.map(({ type, value }) => {
    const span = document.createElement('span');
    span.className = `amount-${type}`;
    span.textContent = value;
    return span;
  });
  $('amount').replaceChildren(...spans);
  const length = parts.reduce((sum, part) => sum + part.value.length, 0);
  $('amount').classList.toggle('long', length > 11 && length <= 16);
  $('amount').classList.toggle('longest', length > 16);
  setText($('description'), state.description ?? '');
  showIf($('description'), Boolean(state.description));
}

function colourButtons(colour) {
  if (!colour) return;
  const { style } = document.documentElement;
  style.setProperty('--button', colour);
  style.setProperty('--on-button', inkOn(colour));
}

function renderNotice() {
  showIf($('notice'), Boolean(page.notice));
  if (!page.notice) return;
  setText($('notice-title'), page.notice.title());
  setText($('notice-text'), page.notice.text());
}

function renderConnection() {
  setText($('connection'), page.reached ? '' : t('reconnecting'));
}

// The times on the page, once a second.
function renderTimes() {
  renderExpiry();
  if (page.stage === 'wait') renderCodeTime();
  if (page.forwardIn !== null) setText($('forward-text'), t('return.countdown', { seconds: page.forwardIn }));
}

function renderExpiry() {
  const open = page.stage === 'pay' || page.stage === 'wait';
  const until = Date.parse(page.state?.expires_on);
  showIf($('expiry'), open && !Number.isNaN(until));
  if ($('expiry').hidden) return;
  const left = until - api.now();
  setText($('expiry-label'), t(left > day ? 'summary.expires_on' : 'summary.expires'));
  setText($('expiry-value'), expiryText(left, until));
  $('expiry').classList.toggle('soon', left <= 5 * minute);
}

function expiryText(left, until) {
  if (left <= 0) return t('summary.expires_now');
  if (left < minute) return t('summary.last_minute');
  if (left <= day) return formatRemaining(left);
  return dateAndTime(new Date(until));
}

function dateAndTime(date) {
  return date.toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
}

// ---- Choosing how to pay ------------------------------------------------------------------------------------

function ways() {
  return waysToPay(page.state, device);
}

function pickedWay() {
  const offered = ways();
  return offered.find((way) => way.id === page.picked) ?? offered[0];
}

function renderPay() {
  const offered = ways();
  const picked = pickedWay();
  setText($('pay-title'), offered.length > 1 ? t('method.question') : titleOfOnly(picked));
  renderWays(offered, picked);
  showIf($('panel-scan'), picked.id === 'scan');
  showIf($('panel-card'), picked.id === 'card');
  showIf($('panel-wallet'), picked.flow !== null);
  if (picked.id === 'scan') renderScan();
  else if (picked.id === 'card') renderCard();
  else renderWallet(picked);
}

function titleOfOnly(way) {
  return way.id === 'card' ? t('card.title') : t('wallet.title', { wallet: t(`method.${way.id}`) });
}

function renderWays(offered, picked) {
  const group = $('ways');
  showIf(group, offered.length > 1);
  group.disabled = page.busy;
  group.dataset.count = offered.length;
  // Built again only when the offer changes, so that the keyboard's focus stays where it is.
  const ids = offered.map((way) => way.id);
  const shown = [...group.querySelectorAll('input')].map((input) => input.value);
  if (shown.join() !== ids.join()) group.replaceChildren(...ids.map(wayChoice));
  for (const input of group.querySelectorAll('input')) {
    input.checked = input.value === picked.id;
    setText(input.nextElementSibling.querySelector('.way-name'), t(`method.${input.value}`));
  }
}

function wayChoice(id) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'radio', name: 'way', value: id, id: `way-${id}`, className: 'only-heard' });
  input.addEventListener('change', () => {
    page.picked = id;
    render();
  });
  const name = document.createElement('span');
  name.className = 'way-name';
  const label = document.createElement('label');
  label.htmlFor = input.id;
  label.append(mark(id), name);
  const choice = document.createElement('div');
  choice.className = 'way';
  choice.append(input, label);
  return choice;
}

function mark(id) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const use = document.createElementNS(space, 'use');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#mark-${id}`);
  svg.append(use);
  return svg;
}

function setImage(image, url, alt) {
  if (image.getAttribute('src') !== url && url.startsWith('data:image/')) image.src = url;
  image.alt = alt;
}

function renderScan() {
  page.scanned = true;
  setImage($('scan-image'), page.state.scan_code.image_data_url, t('scan.image'));
}

// A button under way keeps the focus and says so; `disabled` would drop the focus to the top of the page.
function renderSubmit(button, text) {
  setText(button, page.busy ? t('processing') : text);
  button.classList.toggle('busy', page.busy);
  button.setAttribute('aria-disabled', String(page.busy));
}

function renderWallet({ id, flow }) {
  const names = { app: t(`app.${id}`), wallet: t(`method.${id}`) };
  const inside = device.inside === id;
  $('wallet-mark').setAttribute('href', `#mark-${id}`);
  setText($('wallet-text'), t(inside && flow !== 'elsewhere' ? 'wallet.inside' : `wallet.${flow}`, names));
  showIf($('wallet-submit'), flow !== 'elsewhere');
  renderSubmit($('wallet-submit'), walletButton(flow, inside, names));
}

function walletButton(flow, inside, names) {
  if (inside) return t('card.pay', { amount: formatAmount(page.state, locale()) });
  if (flow === 'qr') return t('wallet.show_code');
  return t(device.kind === 'phone' ? 'wallet.open' : 'wallet.continue', names);
}

// ---- The card form ------------------------------------------------------------------------------------------

const brand = () => brandOf(digitsOf($('number').value));

const checks = {
  number: (text) => numberProblem(text),
  expires: (text) => expiryProblem(text, new Date(api.now())),
  cvc: (text) => cvcProblem(text, brand()),
  name: (text) => nameProblem(text),
};

function renderCard() {
  $('card-fields').disabled = page.busy;
  renderSubmit($('card-submit'), t('card.pay', { amount: formatAmount(page.state, locale()) }));
  renderBrand();
  for (const id of Object.keys(checks)) showProblem(id, $(id).dataset.problem ?? null);
}

function renderBrand() {
  setText($('brand'), brand()?.name ?? '');
  setText($('cvc-hint'), t(brand()?.cvc === 4 ? 'card.cvc_four' : 'card.cvc_three'));
  $('cvc').maxLength = brand()?.cvc ?? 4;
}

function showProblem(id, problem) {
  const input = $(id);
  if (problem) {
    input.dataset.problem = problem;
    input.setAttribute('aria-invalid', 'true');
  } else {
    delete input.dataset.problem;
    input.removeAttribute('aria-invalid');
  }
  setText($(`${id}-problem`), problem ? t(`problem.${problem}`) : '');
}

function checkField(id) {
  const problem = checks[id]($(id).value);
  showProblem(id, problem);
  return problem;
}

function clearCard() {
  $('panel-card').reset();
  for (const id of Object.keys(checks)) showProblem(id, null);
  renderBrand();
}

function listenToCard() {
  $('number').addEventListener('input', () => {
    const input = $('number');
    const { value, caret } = regroup(input.value, input.selectionStart);
    input.value = value;
    // Setting the caret moves the focus in some browsers, and a password manager may fill the field from afar.
    if (document.activeElement === input) input.setSelectionRange(caret, caret);
    renderBrand();
  });
  $('expires').addEventListener('input', (event) => {
    const input = $('expires');
    const atEnd = input.selectionStart === input.value.length;
    if (atEnd && !event.inputType?.startsWith('delete')) input.value = shapeExpiry(input.value);
  });
  $('cvc').addEventListener('input', () => {
    const digits = digitsOf($('cvc').value);
    if ($('cvc').value !== digits) $('cvc').value = digits;
  });
  for (const id of Object.keys(checks)) {
    // Passing over an empty field is no mistake yet; a problem that is shown goes as soon as it is mended.
    $(id).addEventListener('blur', () => {
      if ($(id).value !== '') checkField(id);
    });
    $(id).addEventListener('input', () => {
      if ($(id).dataset.problem && !checks[id]($(id).value)) showProblem(id, null);
    });
  }
  $('panel-card').addEventListener('submit', (event) => {
    event.preventDefault();
    submitCard();
  });
}

function submitCard() {
  if (page.busy) return;
  const wrong = Object.keys(checks).filter((id) => checkField(id) !== null);
  if (wrong.length > 0) {
    $(wrong[0]).focus();
    return;
  }
  const request = cardRequest({
    number: digitsOf($('number').value),
    ...parseExpiry($('expires').value),
    name: $('name').value.trim(),
    cvc: digitsOf($('cvc').value),
  });
  // The fields are disabled meanwhile, and a disabled field loses the focus.
  $('card-submit').focus();
  attempt(async () => {
    const state = await api.confirm(request);
    clearCard();
    return state;
  });
}

// ---- Waiting for the payer to act elsewhere -----------------------------------------------------------------

const handsOver = (action) => action?.type === 'invoke_sdk_client' && device.inside === 'we_chat_pay';
const leadsElsewhere = (action) => action?.type === 'redirect_to_url' && followable(action.redirect_to_url);
const codeUntil = () => page.state.next_action?.display_to_timestamp ?? null;
const codeExpired = () => codeUntil() !== null && codeUntil() <= api.now();

function renderWait() {
  const { next_action: action, chosen } = page.state;
  const wallet = walletOf(chosen);
  const names = { app: wallet ? t(`app.${wallet}`) : '' };
  const code = action?.type === 'qr_code_information';
  const elsewhere = leadsElsewhere(action);
  // The phone that scanned this page's code goes to its own wallet; a link to it here would lead nowhere.
  const onPhone = page.scanned && !code;

  const kind = code ? 'scan' : wallet ? 'app' : chosen?.payment_method === 'card' ? 'bank' : 'other';
  setText($('wait-title'), t(`wait.${kind}_title`, names));
  setText($('wait-text'), t(waitText(kind, onPhone), names));
  showIf($('wait-code'), code);
  showIf($('wait-time'), code);
  if (code) setImage($('wait-image'), action.image_data_url, t('wait.image', names));

  // What opens WeChat from another browser is refused in its own.
  const refused = device.inside === 'we_chat_pay' && wallet === device.inside;
  showIf($('wait-continue'), elsewhere && !onPhone && !refused);
  if (elsewhere) $('wait-continue').href = action.redirect_to_url;
  setText($('wait-continue'), kind === 'bank' ? t('wait.bank_continue')
    : t(device.kind === 'phone' ? 'wallet.open' : 'wallet.continue', names));
  showIf($('wait-invoke'), handsOver(action));
  renderSubmit($('wait-invoke'), t('card.pay', { amount: formatAmount(page.state, locale()) }));
  renderSubmit($('wait-renew'), t('wait.new_code'));
  setText($('wait-release'), t(page.busy ? 'wait.releasing' : 'wait.release'));
  $('wait-release').setAttribute('aria-disabled', String(page.busy));
}

function waitText(kind, onPhone) {
  if (kind === 'app' && onPhone) return 'wait.phone_text';
  if (kind === 'scan' && device.kind === 'phone') return 'wait.scan_here';
  return `wait.${kind}_text`;
}

function renderCodeTime() {
  const code = page.state.next_action?.type === 'qr_code_information';
  const expired = code && codeExpired();
  const left = codeUntil() === null ? null : codeUntil() - api.now();
  $('wait-code').classList.toggle('over', expired);
  if (expired && $('wait-over').hidden) announce(t('wait.code_expired'));
  showIf($('wait-over'), expired);
  showIf($('wait-renew'), expired && Date.parse(page.state.expires_on) > api.now());
  showIf($('wait-status'), !expired);
  showIf($('wait-time'), code && left !== null && !expired);
  if (left !== null) {
    setText($('wait-time'), left < minute ? t('wait.code_last_minute')
      : t('wait.code_until', { time: formatRemaining(left) }));
  }
}

// Gives up the code and asks for another one, unless the first was paid at the last moment.
function renewCode() {
  const wallet = walletOf(page.state.chosen);
  attempt(async () => {
    const released = await api.release();
    return stageOf(released.status) === 'pay' ? api.confirm(walletRequest(wallet, 'qr')) : released;
  });
}

// Sends the payer to WeChat, which tells who they are and sends them back at once. The page is left by that, and
// stays busy until it is.
async function identify() {
  const { redirect_to_url: url } = await api.identify({ lang: page.language });
  location.replace(url);
  return new Promise(() => {});
}

let walletIsOpen = false;

// Has WeChat open its wallet for what waits. A payer who closes it unpaid finds the same button again.
async function handOver() {
  if (walletIsOpen) return;
  walletIsOpen = true;
  page.notice = null;
  renderNotice();
  const opened = await openWallet(page.state.next_action.next_action_data);
  walletIsOpen = false;
  if (!opened && page.stage === 'wait') {
    page.notice = { title: () => t('notice.not_opened'), text: () => t('notice.not_opened_text') };
    render();
    focusStage();
  }
  poll();
}

// ---- The end ------------------------------------------------------------------------------------------------

const seals = {
  paid: 'paid', declined: 'stopped', cancelled: 'stopped', invalid: 'stopped', no_methods: 'stopped',
  expired: 'time', processing: 'time', checking: 'time',
};

function shopLink() {
  const url = page.state?.return_url;
  return url && followable(url) ? url : null;
}

function renderResult() {
  const { stage, state } = page;
  $('result-seal').dataset.stage = stage;
  $('result-mark').setAttribute('href', `#mark-${seals[stage]}`);
  setText($('result-title'), t(`result.${stage}`));
  setText($('result-text'), resultText(stage));

  showIf($('receipt'), Boolean(state) && ['paid', 'processing', 'checking'].includes(stage));
  if (state) renderReceipt(state, stage);

  // Until the result is known, the shop could not say more than this page.
  const leave = shopLink() !== null && !['processing', 'checking'].includes(stage);
  showIf($('return'), leave);
  if (leave) $('return').href = shopLink();
  showIf($('forward'), page.forwardIn !== null);
}

function resultText(stage) {
  if (stage !== 'declined') return t(`result.${stage}_text`, merchant());
  const space = page.language === 'zh' ? '' : ' ';
  return reasonText(page.language, page.state.error?.reason) + space + t('result.declined_note');
}

function renderReceipt(state, stage) {
  const method = methodText(state.chosen);
  const time = state.paid_at ? new Date(state.paid_at) : page.paidAt;
  setText($('receipt-amount'), formatAmount(state, locale()));
  setText($('receipt-merchant'), state.merchant_name);
  showIf($('receipt-method-row'), method !== null);
  setText($('receipt-method'), method ?? '');
  showIf($('receipt-time-row'), stage === 'paid' && time !== null);
  if (time) setText($('receipt-time'), dateAndTime(time));
  setText($('receipt-id'), state.payment_id);
  showIf($('copy'), Boolean(navigator.clipboard));
  setText($('copy'), t(page.copied ? 'receipt.copied' : 'receipt.copy'));
  $('copy').setAttribute('aria-label', t(page.copied ? 'receipt.copied' : 'receipt.copy_label'));
}

function methodText(chosen) {
  const wallet = walletOf(chosen);
  if (wallet) return t(`method.${wallet}`);
  if (chosen?.payment_method !== 'card') return null;
  return chosen.last4 ? t('method.card_ending', chosen) : t('method.card');
}

async function copyId() {
  try {
    await navigator.clipboard.writeText(page.state.payment_id);
  } catch {
    // Some in-app browsers forbid it; the payer can copy what is selected.
    getSelection().selectAllChildren($('receipt-id'));
    return;
  }
  page.copied = true;
  render();
  announce(t('receipt.copied'));
  setTimeout(() => {
    page.copied = false;
    render();
  }, 2000);
}

function countForward() {
  if (page.forwardIn === null) return;
  page.forwardIn -= 1;
  if (page.forwardIn > 0) return;
  page.forwardIn = null;
  location.assign(shopLink());
}

// ---- Talking to the server ----------------------------------------------------------------------------------

// Counts the payer's requests: what was read from the server before the latest of them is out of date.
let generation = 0;

// Carries out one request of the payer, one at a time.
async function attempt(request) {
  if (page.busy) return;
  page.busy = true;
  page.notice = null;
  page.scanned = false;
  generation += 1;
  const from = page.stage;
  render();
  announce(t('processing'));
  let own = true;
  let next;
  try {
    next = await request();
  } catch (error) {
    own = false;
    next = await afterRefusal(error, from);
  } finally {
    page.busy = false;
    generation += 1;
  }
  if (next) take(next, own);
  const action = page.state.next_action;
  // Only the payer's own request leads away from here: a reload, or a phone's request, does not.
  if (own && page.stage === 'wait' && leadsElsewhere(action)) location.assign(action.redirect_to_url);
  if (own && page.stage === 'wait' && handsOver(action)) handOver();
}

// Whatever was refused, the payment's state says where it stands now.
async function afterRefusal(error, from) {
  if (!(error instanceof Refused)) throw error;
  if (error.status === 401 || error.status === 404) return loseLink();
  const state = await api.readState().catch(loseLink);
  const stage = state && stageOf(state.status);
  const name = stage === 'pay' ? 'refused' : 'not_released';
  // A payment that moved on meanwhile, as by a phone, speaks for itself.
  if (stage === 'pay' || (stage === 'wait' && from === 'wait')) {
    page.notice = {
      title: () => t(`notice.${name}`),
      text: () => t(`notice.${name}_text`, { code: error.code ?? error.status }),
    };
  }
  return state;
}

// The state is refused for one reason only: the link opens no payment, or does so no longer.
function loseLink() {
  page.invalid = true;
  render();
  return null;
}

// Takes a state from the server. A decline is told when it answers the payer's own request, and to who comes
// back from the bank's page; it stays told until the next attempt.
function take(state, own) {
  const stage = stageOf(state.status);
  const firstOrBack = page.state === null || page.stage === 'wait' || page.stage === 'processing';
  if (stage === 'pay' && state.error && (own || firstOrBack)) page.notice = declineNotice(state);
  page.state = state;
  const before = page.stage;
  render();
  // Where the view stays, render() moves no focus: a notice would go unheard, and a pressed button may be gone.
  const nowhere = own && document.activeElement === document.body;
  if (before === page.stage && (page.notice || nowhere)) focusStage();
}

function declineNotice({ chosen, error }) {
  const last4 = chosen?.last4;
  return {
    title: () => (last4 ? t('notice.declined_card', { last4 }) : t('notice.declined')),
    text: () => reasonText(page.language, error.reason),
  };
}

let pollTimer = null;
let polling = false;

// What may change without the payer touching this page: what waits, what a phone may pay, and what has run out.
function pollDelay() {
  const expired = Date.parse(page.state?.expires_on) <= api.now();
  const scan = page.stage === 'pay' && pickedWay().id === 'scan';
  if (page.stage === 'pay' && expired && !scan) return 5000;
  if (!scan && !['wait', 'processing', 'checking'].includes(page.stage)) return null;
  return Date.now() - page.stageSince < minute ? 2000 : 5000;
}

function schedulePoll() {
  clearTimeout(pollTimer);
  const delay = pollDelay();
  if (delay !== null && !page.busy && !polling && !document.hidden) pollTimer = setTimeout(poll, delay);
}

async function poll() {
  if (polling || page.busy || page.invalid) return;
  clearTimeout(pollTimer);
  polling = true;
  const asked = generation;
  const state = await api.readState().catch(loseLink);
  polling = false;
  const news = state !== null && JSON.stringify(state) !== JSON.stringify(page.state);
  if (news && asked === generation) take(state, false);
  else schedulePoll();
}

// ---- Starting -----------------------------------------------------------------------------------------------

function announceTimeLeft(left, before) {
  const open = page.stage === 'pay' || page.stage === 'wait';
  if (!open) return;
  if (before > 5 * minute && left <= 5 * minute) announce(t('announce.five_minutes'));
  if (before > minute && left <= minute) announce(t('announce.one_minute'));
}

function startClock() {
  let before = NaN;
  setInterval(() => {
    countForward();
    renderTimes();
    const left = Date.parse(page.state?.expires_on) - api.now();
    announceTimeLeft(left, before);
    if (before > 0 && left <= 0) schedulePoll();
    before = left;
  }, 1000);
}

function switchLanguage() {
  page.language = page.language === 'zh' ? 'en' : 'zh';
  // Into the address, so that a reload keeps it.
  const url = new URL(location.href);
  url.searchParams.set('lang', page.language);
  history.replaceState(null, '', url);
  render();
}

function listen() {
  listenToCard();
  $('language').addEventListener('click', switchLanguage);
  $('wallet-submit').addEventListener('click', () => {
    const { id, flow } = pickedWay();
    attempt(flow === 'jsapi' ? identify : () => api.confirm(walletRequest(id, flow)));
  });
  $('wait-invoke').addEventListener('click', handOver);
  $('wait-renew').addEventListener('click', renewCode);
  // What the payer gave up was not declined, whatever an attempt before it was.
  const release = async () => ({ ...await api.release(), error: null });
  $('wait-release').addEventListener('click', () => attempt(release));
  $('copy').addEventListener('click', copyId);
  $('stay').addEventListener('click', () => {
    page.forwardIn = null;
    render();
    $('return').focus();
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && pollDelay() !== null) poll();
  });
  // A browser may keep the whole page in memory when the payer leaves it, card data included.
  window.addEventListener('pagehide', clearCard);
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    page.forwardIn = null;
    page.scanned = false;
    render();
    if (page.state) poll();
  });
}

// The payer pressed the button before WeChat was asked who they are, and need not press it twice.
function arrive({ payerToken, notIdentified }) {
  if (page.stage !== 'pay') return;
  if (payerToken) attempt(() => api.confirm(identifiedRequest(payerToken)));
  if (!notIdentified) return;
  const text = notIdentified === 'again' ? 'notice.not_identified_again' : 'notice.not_identified_text';
  page.notice = { title: () => t('notice.not_identified'), text: () => t(text, merchant()) };
  render();
  focusStage();
}

async function start() {
  const arrival = arrivalOf(location.hash);
  // A reload, or the address in somebody else's hands, is not to pay once more.
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  render();
  listen();
  const state = await api.readState().catch(loseLink);
  if (state) take(state, false);
  if (state) arrive(arrival);
  startClock();
}

start();
