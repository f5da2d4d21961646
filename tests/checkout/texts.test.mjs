// The checkout page's texts in both languages.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const { languageOf, reasonText, texts, translate } = await load('texts.js');

test('both languages have the same texts, with the same values in them', () => {
  assert.deepEqual(Object.keys(texts.en), Object.keys(texts.zh));
  const values = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  for (const key of Object.keys(texts.en)) assert.deepEqual(values(texts.zh[key]), values(texts.en[key]), key);
});

test('the language is the one that was asked for, or else the browser\'s first', () => {
  assert.equal(languageOf('zh', ['en-US']), 'zh');
  assert.equal(languageOf(null, ['zh-Hant-TW', 'en']), 'zh');
  assert.equal(languageOf('fr', ['en-GB', 'zh-CN']), 'en');
  assert.equal(languageOf(null, []), 'en');
});

test('a decline that could warn a thief reads as one without a reason', () => {
  const unspecified = translate('en', 'reason.unspecified');
  for (const reason of ['lost_or_stolen', 'suspected_fraud', 'restricted', 'unspecified', undefined]) {
    assert.equal(reasonText('en', reason), unspecified);
  }
  assert.notEqual(reasonText('en', 'insufficient_funds'), unspecified);
});
