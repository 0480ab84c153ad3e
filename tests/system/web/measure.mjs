// How long it takes from a change until it is on a person's screen. tests/bench/page_bench.py runs
// the servers, and makes the changes: it answers with the time at which each began.
import { ask, closeBrowsers, logIn, openBrowser, personAt } from './browser.mjs';

try {
  const page = await personAt(await openBrowser(), 'anna');
  await logIn(page, '/advis');
  const links = page.locator('tbody th a');
  await links.first().waitFor();
  const ids = (await links.allTextContents()).slice(0, Number(process.env.WEB_CHANGES));
  for (const id of ids) {
    const shown = page.evaluate((wanted) => new Promise((resolve) => {
      const look = () => {
        const row = [...document.querySelectorAll('tbody tr')].find((one) => one.textContent.includes(wanted));
        if (!row?.textContent.includes('tilbudt')) return;
        watch.disconnect();
        // Painted with the next picture.
        requestAnimationFrame(() => resolve(Date.now()));
      };
      const watch = new MutationObserver(look);
      watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    }), id);
    const began = await ask('change', id);
    console.log(`shown after ${Math.round(await shown - began)} ms`);
    await page.waitForTimeout(1000);
  }
} finally {
  await closeBrowsers();
}
process.exit(0);
