// What the browser scripts share: a browser with its own profile, people with their
// certificates, looks at accessibility, requests to the test that runs the servers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { chromium } from 'playwright-core';

export const origin = process.env.WEB_ORIGIN;
const pki = process.env.WEB_PKI;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function ask(what) {
  console.log(`ask: ${what}`);
  return JSON.parse((await answers.next()).value);
}

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.WEB_CHROMIUM ?? '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// A person at a browser of their own. `person` null: without a certificate.
export async function personAt(browser, person, options = {}) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, locale: 'da-DK', timezoneId: 'Europe/Copenhagen', viewport: { width: 1280, height: 900 },
    clientCertificates: person
      ? [{ origin, certPath: `${pki}/${person}.pem`, keyPath: `${pki}/${person}.key` }] : undefined,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.problems = [];
  page.elsewhere = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) page.problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) page.elsewhere.push(request.url());
  });
  return page;
}

export async function logIn(page, path = '/') {
  await page.goto(origin + path);
  await page.getByRole('button', { name: 'Log ind' }).click();
  await page.getByRole('button', { name: 'Log ud' }).waitFor();
}

// No violation of WCAG 2.1 AA, light and dark.
export async function accessible(page, what) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Through the debugger: the page's own policy would refuse a script that is put into it.
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    }));
    assert.deepEqual(found.violations.map((one) => ({
      id: one.id, nodes: one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
    })), [], `${what}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

const pictures = process.env.WEB_PICTURES;
export async function picture(page, name) {
  if (!pictures) return;
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: `${pictures}/${name}.png` });
}

export async function story(name, play) {
  const began = Date.now();
  await play();
  console.log(`ok: ${name} (${Date.now() - began} ms)`);
}

export function wellBehaved(page) {
  assert.deepEqual(page.problems, []);
  assert.deepEqual(page.elsewhere, []);
}
export { assert };
