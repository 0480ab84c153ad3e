// Stories of servers that go and come back, of pages that slept, of sessions that end.
// tests/system/web_test.py runs the servers.
import {
  accessible, ask, assert, closeBrowsers, logIn, openBrowser, origin, personAt, picture, save, step, story, wellBehaved,
} from './browser.mjs';

// As a laptop does: every process of the browser stands still until it is woken.
async function fallAsleep(sleeper) {
  const session = await sleeper.newBrowserCDPSession();
  const pids = (await session.send('SystemInfo.getProcessInfo')).processInfo.map(({ id }) => id);
  assert.ok(pids.length >= 2, `${pids}`);
  pids.forEach((pid) => process.kill(pid, 'SIGSTOP'));
  return () => pids.forEach((pid) => process.kill(pid, 'SIGCONT'));
}

// As long as a change would need to be seen, if the page could see it.
const SEEN_MS = 4000;
const browser = await openBrowser();
try {
  const anna = await personAt(browser, 'anna'), bo = await personAt(await openBrowser(), 'bo');
  await logIn(anna, '/advis');
  await logIn(bo, '/advis');
  await anna.locator('tbody tr').nth(20).waitFor();
  // Those that no other story has done anything with.
  const ids = (await anna.locator('tbody th a').allTextContents()).slice(8);
  // Saves until it is saved: with the server away a page gives up after a while, and says so.
  const saveThrough = async (page, form, done) => {
    for (let tried = 0; tried < 5; ++tried) {
      await save(form);
      const failed = form.locator('.alert-error');
      await page.getByText(done).or(failed).first().waitFor();
      if (await page.getByText(done).count()) return;
    }
    assert.fail('was not saved');
  };
  const setState = async (page, id, state) => {
    await page.goto(`${origin}/advis/${id}`);
    if (state === 'tilbudt') {
      await saveThrough(page, await step(page, 'Skriv, at indsatsen er tilbudt'), 'Gemt: den samlede indsats er tilbudt.');
      return;
    }
    const form = await step(page, 'Ret tilstanden i hånden');
    await form.getByLabel('Ny tilstand').selectOption({ label: `${state}: konferencen holdes uden for planlæggeren` });
    await saveThrough(page, form, `Gemt: ${state}.`);
  };
  const row = (page, id) => page.locator('tbody tr', { hasText: id });
  const showList = async (page, id) => {
    await page.goto(`${origin}/advis`);
    await row(page, id).waitFor();
  };
  // Another page that is awake has shown the change, and then some time has gone.
  const shownElsewhere = async (id, state) => {
    await showList(bo, id);
    await row(bo, id).getByText(state).waitFor();
    await bo.waitForTimeout(SEEN_MS);
  };

  await story('a list is live through restarts of the matcher and of the page', async () => {
    await ask('stop-matcher');
    await anna.getByText('Matcheren kan ikke nås').waitFor();
    await accessible(anna, 'without a matcher');
    await ask('start-matcher');
    await anna.getByText('Matcheren kan ikke nås').waitFor({ state: 'hidden' });
    await ask('stop-web');
    await anna.getByText('Forbindelsen er væk').waitFor();
    await ask('start-web');
    await anna.getByText('Forbindelsen er væk').waitFor({ state: 'hidden' });
    await setState(bo, ids[1], 'tilbudt');
    await row(anna, ids[1]).getByText('tilbudt').waitFor();
    await anna.getByText('1 advis er ændret').waitFor();
  });

  await story('a page says which feed its numbers are of, and after another one it reads all again', async () => {
    const [opened] = await Promise.all([
      anna.waitForRequest((request) => request.url().includes('/api/events?')), showList(anna, ids[1])]);
    assert.match(opened.url(), /\/api\/events\?after=\d+\.[0-9a-f]{32}$/);
    const first = await anna.evaluate(async () => {
      const { body } = await fetch(`/api/events?after=1.${'0'.repeat(32)}`);
      const reader = body.getReader(), text = new TextDecoder().decode((await reader.read()).value);
      await reader.cancel();
      return text;
    });
    assert.match(first, /event: reset/);
  });

  await story('a step that is saved while the matcher restarts is saved once', async () => {
    await anna.goto(`${origin}/advis/${ids[2]}`);
    const form = await step(anna, 'Skriv den unges svar om en indsats');
    await form.getByLabel('Indsats').fill('Mentor');
    await form.getByLabel('Den unges svar').selectOption({ label: 'nej' });
    await form.getByLabel('Note').fill('Skrevet under genstart');
    await ask('stop-matcher');
    await save(form);
    await anna.getByText('Ikke gemt endnu; der prøves igen').waitFor();
    await ask('start-matcher');
    await anna.getByText('Gemt: den unges svar er skrevet.').or(form.locator('.alert-error')).first().waitFor();
    if (await form.locator('.alert-error').count()) {
      await saveThrough(anna, form, 'Gemt: den unges svar er skrevet.');
    }
    await anna.getByText('Mentor').waitFor();
    assert.equal(await anna.locator('.history li', { hasText: 'Skrevet under genstart' }).count(), 1);
  });

  await story('what is being written survives a restart of the page, and a login', async () => {
    const form = await step(anna, 'Skriv den unges svar om en indsats');
    await form.getByLabel('Indsats').fill('Skrevet før');
    await ask('crash-web');
    await anna.getByText('Forbindelsen er væk').waitFor();
    await ask('start-web');
    // It was killed, so nobody is logged in any more.
    await anna.getByRole('button', { name: 'Log ind' }).click();
    await anna.locator('.cases').waitFor();
    assert.equal(await (await step(anna, 'Skriv den unges svar om en indsats')).getByLabel('Indsats').inputValue(), 'Skrevet før');
    await bo.getByRole('button', { name: 'Log ind' }).click();
    await bo.getByRole('button', { name: 'Log ud' }).waitFor();
  });

  await story('what happened while a page slept is shown when it wakes, and not before', async () => {
    await showList(anna, ids[3]);
    // The page notes when it has changed; while it sleeps nobody could ask it.
    await anna.evaluate((id) => {
      new MutationObserver(() => {
        const found = [...document.querySelectorAll('tbody tr')].find((one) => one.textContent.includes(id));
        if (found?.textContent.includes('konference planlagt')) globalThis.changedAt ??= Date.now();
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    }, ids[3]);
    const wake = await fallAsleep(browser);
    let woken = 0;
    try {
      await setState(bo, ids[3], 'konference planlagt');
      await shownElsewhere(ids[3], 'konference planlagt');
    } finally {
      woken = Date.now();
      wake();
    }
    await row(anna, ids[3]).getByText('konference planlagt').waitFor();
    const changedAt = await anna.evaluate(() => globalThis.changedAt);
    assert.ok(changedAt >= woken, `changed ${woken - changedAt} ms before it woke`);
  });

  await story('what happened while the net was away is shown when it is back', async () => {
    await showList(anna, ids[5]);
    await anna.context().setOffline(true);
    await anna.getByText('Forbindelsen er væk').waitFor();
    await setState(bo, ids[5], 'tilbudt');
    await shownElsewhere(ids[5], 'tilbudt');
    assert.equal(await row(anna, ids[5]).getByText('tilbudt').count(), 0);
    await anna.context().setOffline(false);
    await row(anna, ids[5]).getByText('tilbudt').waitFor();
    await anna.getByText('Forbindelsen er væk').waitFor({ state: 'hidden' });
  });

  await story('a line that is open and silent is noticed, and what happened meanwhile is shown', async () => {
    await showList(anna, ids[6]);
    await ask('web-stands-still');
    await anna.getByText('Forbindelsen er væk').waitFor();
    await ask('offer-by-command', ids[6]);
    await ask('web-goes-on');
    await row(anna, ids[6]).getByText('tilbudt').waitFor();
    await anna.getByText('Forbindelsen er væk').waitFor({ state: 'hidden' });
  });

  await story('a tab that nobody looks at lets go of its line, and has all when it is looked at', async () => {
    await showList(anna, ids[7]);
    const turn = (hidden) => anna.evaluate((is) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    const closed = anna.waitForEvent('requestfailed', (request) => request.url().includes('/api/events'));
    await turn(true);
    await closed;
    await setState(bo, ids[7], 'tilbudt');
    await shownElsewhere(ids[7], 'tilbudt');
    assert.equal(await row(anna, ids[7]).getByText('tilbudt').count(), 0);
    await turn(false);
    await row(anna, ids[7]).getByText('tilbudt').waitFor();
  });

  await story('numbers come with what they mean, and small ones are withheld', async () => {
    await anna.getByRole('link', { name: 'Tal' }).click();
    await anna.getByRole('heading', { name: 'Indikatorer', level: 2 }).waitFor();
    await anna.getByRole('heading', { name: 'Advis efter tilstand' }).waitFor();
    assert.equal(await anna.locator('section.group .explanation').count(), await anna.locator('section.group').count());
    assert.ok(await anna.getByRole('cell', { name: 'skjult' }).count() > 0);
    await accessible(anna, 'numbers');
    await picture(anna, 'tal', {
      part: anna.locator('section', { has: anna.getByRole('heading', { name: 'Advis efter tilstand' }) }) });
  });

  await story('a session ends, and with it what the page may ask and what was being written', async () => {
    await anna.goto(`${origin}/advis/${ids[4]}`);
    await (await step(anna, 'Skriv ungeguiden på')).getByLabel('Navn').fill('Kun for Anna');
    const cookies = await anna.context().cookies();
    assert.deepEqual(cookies.map(({ name, httpOnly, secure, sameSite }) => ({ name, httpOnly, secure, sameSite })),
      [{ name: '__Host-samkoer', httpOnly: true, secure: true, sameSite: 'Strict' }]);
    const forged = await anna.evaluate(async () => (await fetch('/api/alerts/A-0000-0000/step', {
      method: 'POST', body: 'offer=', headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })).status);
    assert.equal(forged, 403);
    await anna.getByRole('button', { name: 'Log ud' }).click();
    await anna.getByRole('button', { name: 'Log ind' }).waitFor();
    await accessible(anna, 'login');
    assert.equal(await anna.evaluate(async () => (await fetch('/api/alerts')).status), 401);
    await anna.getByRole('button', { name: 'Log ind' }).click();
    await anna.locator('.cases').waitFor();
    assert.equal(await (await step(anna, 'Skriv ungeguiden på')).getByLabel('Navn').inputValue(), '');
    await anna.getByRole('button', { name: 'Log ud' }).click();
    const stolen = await personAt(browser, 'bo');
    await stolen.context().addCookies(cookies);
    await stolen.goto(origin);
    await stolen.getByRole('button', { name: 'Log ind' }).waitFor();
    wellBehaved(anna);
    wellBehaved(bo);
  });

  await story('whoever is no coordinator does not come in, and reads whom to ask', async () => {
    const officer = await personAt(browser, 'databeskyttelse');
    await officer.goto(`${origin}/konferencer`);
    await officer.getByRole('heading', { name: 'Du har ikke adgang' }).waitFor();
    await officer.getByText('It-service, lokal 1234').waitFor();
    assert.equal(await officer.getByRole('navigation').count(), 0);
    await accessible(officer, 'refused');
    await picture(officer, 'ingen-adgang');
    await officer.getByRole('button', { name: 'Prøv igen' }).click();
    await officer.getByRole('heading', { name: 'Du har ikke adgang' }).waitFor();
    const nobody = await personAt(browser, null);
    await assert.rejects(nobody.goto(origin));
  });
} finally {
  await closeBrowsers();
}
process.exit(0);
