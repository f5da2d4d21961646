// Loads a module of the checkout page that imports no other. Node takes a .js file for CommonJS unless a
// package.json says otherwise; a data URL says it without one.

import { readFile } from 'node:fs/promises';

const assets = new URL('../../src/api/pages/checkout/', import.meta.url);

export async function load(name) {
  const source = await readFile(new URL(name, assets));
  return import(`data:text/javascript;base64,${source.toString('base64')}`);
}
