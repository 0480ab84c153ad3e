// Stories of servers that go and come back, of pages that slept, of sessions that end.
// tests/system/web_test.py runs the servers.
import { accessible, ask, assert, logIn, openBrowser, origin, personAt, picture, save, step, story, wellBehaved }
  from './browser.mjs';

const browser = await openBrowser();
try {
  const anna = await personAt(browser, 'anna'), bo = await personAt(browser, 'bo');
  await logIn(anna, '/advis');
  await logIn(bo, '/advis');
  await anna.locator('tbody tr').nth(5).waitFor();
  const ids = await anna.locator('tbody th a').allTextContents();
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
  const stateForm = (page) => page.locator('form', { has: page.getByLabel('Ny tilstand') });
  const setState = async (page, id, state) => {
    await page.goto(`${origin}/advis/${id}`);
    await page.getByLabel('Ny tilstand').selectOption({ label: state });
    await saveThrough(page, stateForm(page), `Gemt: ${state}.`);
  };

  await story('a list is live through restarts of the matcher and of the page', async () => {
    const row = anna.locator('tbody tr', { hasText: ids[1] });
    await ask('stop-matcher');
    await anna.getByText('Matcheren kan ikke nås').waitFor();
    await accessible(anna, 'without a matcher');
    await ask('start-matcher');
    await anna.getByText('Matcheren kan ikke nås').waitFor({ state: 'hidden' });
    await ask('stop-web');
    await anna.getByText('Forbindelsen er væk').waitFor();
    await ask('start-web');
    await anna.getByText('Forbindelsen er væk').waitFor({ state: 'hidden' });
    await setState(bo, ids[1], 'indstillet');
    await row.getByText('indstillet').waitFor();
    await anna.getByText('1 advis er ændret').waitFor();
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

  await story('what happened while a page slept is shown when it wakes', async () => {
    await anna.goto(`${origin}/advis`);
    await anna.locator('tbody tr', { hasText: ids[3] }).waitFor();
    const debuggers = await anna.context().newCDPSession(anna);
    await debuggers.send('Page.setWebLifecycleState', { state: 'frozen' });
    await setState(bo, ids[3], 'konference planlagt');
    await debuggers.send('Page.setWebLifecycleState', { state: 'active' });
    await anna.locator('tbody tr', { hasText: ids[3] }).getByText('konference planlagt').waitFor();
  });

  await story('numbers come with what they mean, and small ones are withheld', async () => {
    await anna.getByRole('link', { name: 'Tal' }).click();
    await anna.getByRole('heading', { name: 'Advis efter tilstand' }).waitFor();
    assert.equal(await anna.locator('section.group .explanation').count(), await anna.locator('section.group').count());
    assert.ok(await anna.getByRole('cell', { name: 'skjult' }).count() > 0);
    await accessible(anna, 'numbers');
    await picture(anna, 'tal');
  });

  await story('a session ends, and with it what the page may ask and what was being written', async () => {
    await anna.goto(`${origin}/advis/${ids[4]}`);
    await (await step(anna, 'Find en ungeguide')).getByLabel('Navn').fill('Kun for Anna');
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
    assert.equal(await (await step(anna, 'Find en ungeguide')).getByLabel('Navn').inputValue(), '');
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
  await browser.close();
}
process.exit(0);
