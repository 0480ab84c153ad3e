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

export async function ask(what, about = '') {
  console.log(`ask: ${what} ${about}`.trimEnd());
  return JSON.parse((await answers.next()).value);
}

// A process of its own.
const browsers = [];
export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.WEB_CHROMIUM ?? '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  browsers.push(browser);
  return browser;
}
export const closeBrowsers = () => Promise.all(browsers.map((browser) => browser.close()));

const SLOW_MS = 2000;
const people = [];

// A person at a browser of their own. `person` null: without a certificate.
export async function personAt(browser, person, options = {}) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, locale: 'da-DK', timezoneId: 'Europe/Copenhagen', viewport: { width: 1280, height: 900 },
    clientCertificates: person
      ? [{ origin, certPath: `${pki}/${person}.pem`, keyPath: `${pki}/${person}.key` }] : undefined,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  people.push({ name: person ?? 'nobody', page });
  page.problems = [];
  page.elsewhere = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) page.problems.push(message.text());
  });
  const path = (request) => `${request.method()} ${new URL(request.url()).pathname}`;
  page.on('requestfinished', (request) => {
    const { requestStart, responseStart } = request.timing();
    if (responseStart - requestStart > SLOW_MS) console.log(`slow: ${path(request)} ${responseStart - requestStart} ms`);
  });
  page.on('requestfailed', (request) => {
    if (!path(request).endsWith('/api/events')) console.log(`failed: ${path(request)} ${request.failure()?.errorText}`);
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

// Laptop, phone, and the width that 1280 has at 400% (WCAG 1.4.10).
const SIZES = [[1280, 900], [390, 800], [320, 640]];

// What stands out of the window to the right, so that the page as a whole would have to be scrolled.
function tooWide() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
  return [`${scrollWidth} > ${clientWidth}`, ...wide.slice(-4).map((one) => one.outerHTML.slice(0, 160))];
}

// A view: nothing to scroll sideways and no violation of WCAG 2.1 AA, light and dark, on every
// size of window; or in `sizes` only.
export async function accessible(page, what, sizes = SIZES) {
  const own = page.viewportSize();
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark']) {
      const where = `${what}, ${width} x ${height}, ${colorScheme}`;
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      assert.deepEqual(await page.evaluate(tooWide), [], where);
      // Through the debugger: the page's own policy would refuse a script that is put into it.
      if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
      const found = await page.evaluate(() => globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'],
      }));
      assert.deepEqual(found.violations.map((one) => ({
        id: one.id, nodes: one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
      })), [], where);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(own);
}
// What a view looks like for a moment, with mistakes in a form say: in the window as it is.
export async function accessibleHere(page, what) {
  const { width, height } = page.viewportSize();
  await accessible(page, what, [[width, height]]);
}

const pictures = process.env.WEB_PICTURES;
// Of the window's upper part, or of `part`, or down to the end of `last`; small, as pictures of
// a guide should be.
export async function picture(page, name, { part, last, dark } = {}) {
  if (!pictures) return;
  await page.evaluate(() => document.activeElement?.blur());
  const path = `${pictures}/${name}.png`;
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
  if (part) {
    await part.screenshot({ path });
  } else {
    await page.evaluate(() => scrollTo(0, 0));
    const { width, height } = page.viewportSize();
    const end = last && await last.boundingBox();
    await page.screenshot({
      path, fullPage: true, clip: { x: 0, y: 0, width, height: end ? end.y + end.height + 16 : Math.min(height, 720) },
    });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

// What is on everybody's screen when a story fails is said.
export async function story(name, play) {
  const began = Date.now();
  try {
    await play();
  } catch (error) {
    for (const { name: who, page } of people) {
      if (page.isClosed()) continue;
      const text = await page.locator('body').innerText({ timeout: 5000 }).catch(String);
      console.log(`--- ${who} at ${page.url()}, focus on ${await focused(page).catch(String)}:\n${text}\n---`);
    }
    console.log(`not ok: ${name} (${Date.now() - began} ms)`);
    throw error;
  }
  console.log(`ok: ${name} (${Date.now() - began} ms)`);
}

const focused = (page) => page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.id}`);

// Presses Tab until what has the focus fits; as a person without a mouse would.
export async function tabTo(page, fits, what) {
  for (let pressed = 0; pressed < 200; ++pressed) {
    if (await page.evaluate(fits, what)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not come to ${what}`);
}

// The form of one step, opened.
export async function step(page, title) {
  const form = page.locator('details', { has: page.locator('summary', { hasText: title }) });
  await form.locator('summary').waitFor();
  if (!await form.evaluate((details) => details.open)) await form.locator('summary').click();
  await form.locator('form').waitFor();
  return form;
}
export const save = (form, button = 'Gem') => form.getByRole('button', { name: button, exact: true }).click();

export function wellBehaved(page) {
  assert.deepEqual(page.problems, []);
  assert.deepEqual(page.elsewhere, []);
}
export { assert };
