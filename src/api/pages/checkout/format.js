// What the page computes from text and numbers alone: amounts, card fields and remaining time.
// Nothing here touches the document, so tests/checkout runs it under node.

// Minor units stay integers from end to end: the whole part is formatted as a BigInt and the fraction's digits
// are put in as text, so no amount passes through a floating point number.
export function amountParts({ amount, exponent, currency }, language) {
  const minor = BigInt(amount);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const whole = BigInt(digits.slice(0, digits.length - exponent));
  const fraction = digits.slice(digits.length - exponent);
  const format = new Intl.NumberFormat(language, {
    style: 'currency', currency, minimumFractionDigits: exponent, maximumFractionDigits: exponent,
  });
  const parts = format.formatToParts(whole)
    .map(({ type, value }) => ({ type, value: type === 'fraction' ? fraction : value }));
  return minor < 0n ? [{ type: 'minusSign', value: '-' }, ...parts] : parts;
}

export function formatAmount(money, language) {
  return amountParts(money, language).map((part) => part.value).join('');
}

// Chinese input methods type full-width digits; NFKC makes them the digits that were meant.
export function digitsOf(text) {
  return text.normalize('NFKC').replace(/\D/g, '');
}

// The first match wins: UnionPay's 62 range holds cards that are also in Discover's.
const brands = [
  { id: 'amex', name: 'American Express', prefix: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: 4 },
  { id: 'diners', name: 'Diners Club', prefix: /^3(0[0-5]|095|[689])/, lengths: [14, 16, 19],
    groups: [4, 6, 4, 5] },
  { id: 'jcb', name: 'JCB', prefix: /^35(2[89]|[3-8])/, lengths: [16, 17, 18, 19] },
  { id: 'visa', name: 'Visa', prefix: /^4/, lengths: [13, 16, 19] },
  { id: 'mastercard', name: 'Mastercard', prefix: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/,
    lengths: [16] },
  { id: 'unionpay', name: 'UnionPay', prefix: /^(62|81)/, lengths: [16, 17, 18, 19] },
  { id: 'discover', name: 'Discover', prefix: /^(6011|64[4-9]|65)/, lengths: [16, 17, 18, 19] },
].map((brand) => ({ groups: [4, 4, 4, 4, 3], cvc: 3, ...brand }));

export function brandOf(digits) {
  return brands.find((brand) => brand.prefix.test(digits)) ?? null;
}

export function groupDigits(digits) {
  const groups = [];
  let rest = digits.slice(0, 19);
  for (const size of brandOf(digits)?.groups ?? [4, 4, 4, 4, 3]) {
    if (rest === '') break;
    groups.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return groups.join(' ');
}

// Groups a card number as it is typed. The caret stays behind the digit it stood behind, so that one digit in
// the middle can be corrected.
export function regroup(text, caret) {
  const value = groupDigits(digitsOf(text));
  let before = digitsOf(text.slice(0, caret)).length;
  let position = 0;
  while (before > 0 && position < value.length) {
    if (value[position] !== ' ') before -= 1;
    position += 1;
  }
  return { value, caret: position };
}

export function passesLuhn(digits) {
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    const digit = Number(digits[digits.length - 1 - fromRight]);
    const doubled = fromRight % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

// Each of the four checks answers the key of the text that says what is wrong, or null.

export function numberProblem(text) {
  const digits = digitsOf(text);
  if (digits === '') return 'number_missing';
  const lengths = brandOf(digits)?.lengths;
  const complete = lengths ? lengths.includes(digits.length) : digits.length >= 12;
  if (!complete) return 'number_incomplete';
  return passesLuhn(digits) ? null : 'number_invalid';
}

export function expiryProblem(text, now) {
  if (text.trim() === '') return 'expiry_missing';
  const expiry = parseExpiry(text);
  if (!expiry) return 'expiry_invalid';
  const months = Number(expiry.year) * 12 + Number(expiry.month);
  const thisMonth = now.getFullYear() * 12 + now.getMonth() + 1;
  if (months < thisMonth) return 'expiry_past';
  return months > thisMonth + 12 * 50 ? 'expiry_invalid' : null;
}

export function cvcProblem(text, brand) {
  const { length } = digitsOf(text);
  if (length === 0) return 'cvc_missing';
  const right = brand ? length === brand.cvc : length === 3 || length === 4;
  if (right) return null;
  return brand?.cvc === 4 ? 'cvc_four' : 'cvc_three';
}

export function nameProblem(text) {
  return text.trim() === '' ? 'name_missing' : null;
}

// Reads "10 / 31", "10/2031", "1031", "1/31" and "102031", as they are typed or filled in by a browser.
export function parseExpiry(text) {
  const plain = text.normalize('NFKC').replace(/\s/g, '');
  const match = /^(\d{1,2})[/.-](\d{2}|\d{4})$/.exec(plain) ?? /^(\d{2})(\d{2}|\d{4})$/.exec(plain);
  if (!match) return null;
  const month = match[1].padStart(2, '0');
  if (month < '01' || month > '12') return null;
  return { month, year: match[2].length === 2 ? `20${match[2]}` : match[2] };
}

// Shapes an expiry date as it is typed: "5" becomes "05", "1031" becomes "10 / 31".
export function shapeExpiry(text) {
  const full = parseExpiry(text);
  if (full && digitsOf(text).length >= 5) return `${full.month} / ${full.year.slice(2)}`;
  const plain = text.normalize('NFKC').replace(/[^\d/]/g, '').replace(/^(\d)\//, '0$1/');
  const digits = plain.replace(/\//g, '').replace(/^([2-9])/, '0$1').slice(0, 4);
  if (digits.length > 2) return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
  return plain.includes('/') && digits.length === 2 ? `${digits} / ` : digits;
}

// Black or white, whichever is read better on "#rrggbb": the contrast is 4.58 at least, as WCAG 2's relative luminance
// has it, so that any colour of a shop's will do.
export function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return (luminance + 0.05) ** 2 > 1.05 * 0.05 ? '#000000' : '#ffffff';
}

// "4:05", "1:02:09".
export function formatRemaining(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}
