// Stories of one person with two tabs: what each says it has saved, and logins.
// tests/system/web_test.py runs the servers.
import { accessible, assert, closeBrowsers, logIn, openBrowser, origin, personAt, save, step, story, wellBehaved } from './browser.mjs';

try {
  const anna = await personAt(await openBrowser(), 'anna');
  await logIn(anna, '/advis?tilstand=ALERT_STATE_IDENTIFIED');
  await anna.locator('tbody th a').nth(10).waitFor();
  const id = await anna.locator('tbody th a').nth(10).textContent();
  const second = await anna.context().newPage();
  second.setDefaultTimeout(60000);

  await story('of two tabs each says what itself has saved, also when its answer was lost', async () => {
    await anna.goto(`${origin}/advis/${id}`);
    await second.goto(`${origin}/advis/${id}`);
    await second.locator('.cases').waitFor();
    // The answer to the second tab's step is lost, and the first saves another in between.
    const consent = await step(second, 'Skriv den unges svar om en indsats');
    await consent.getByLabel('Indsats').fill('Mentor');
    await consent.getByLabel('Den unges svar').selectOption({ label: 'nej' });
    let lost = 0;
    await second.route('**/step', (route) => (lost++ === 0 ? route.abort() : route.continue()));
    const first = await step(anna, 'Sæt mærket STU');
    await Promise.all([save(consent), save(first)]);
    await anna.getByText('Gemt: STU er bevilget.').or(first.getByText('blev ændret')).first().waitFor();
    await second.getByText('Gemt: den unges svar er skrevet.').or(consent.getByText('blev ændret')).first().waitFor();
    const stored = await anna.evaluate(async (id) => (await (await fetch(`/api/alerts/${id}`)).json()).alert.coordination, id);
    assert.equal(await second.getByText('Gemt: den unges svar er skrevet.').count(), stored.consents.length);
    assert.equal(await anna.getByText('Gemt: STU er bevilget.').count(), stored.markers.length);
    assert.ok(stored.consents.length + stored.markers.length > 0);
  });

  await story('whoever logs in again in one tab saves in the other, and is out of both at once', async () => {
    await second.unroute('**/step');
    const byHand = async (page) => {
      const form = await step(page, 'Ret tilstanden i hånden');
      await form.getByLabel('Ny tilstand').selectOption({ label: 'konference planlagt: konferencen holdes uden for planlæggeren' });
      return form;
    };
    const annas = await byHand(anna);
    // What the tabs saved is news to both; a page that reads them without a login says so first.
    await anna.waitForTimeout(2000);
    await anna.context().clearCookies();
    await save(annas);
    await anna.getByRole('button', { name: 'Log ind' }).click();
    await anna.locator('.cases').waitFor();
    await save(await byHand(second));
    await second.getByText('Gemt: konference planlagt.').waitFor();
    // Out in one is out in both, and takes with it what was being written.
    await anna.getByRole('button', { name: 'Log ud' }).click();
    await second.getByRole('button', { name: 'Log ind' }).waitFor();
    await second.getByText('Dit certifikat er stadig valgt i browseren').waitFor();
    await second.close();
    wellBehaved(anna);
  });

  await story('whose login at the proxy in front is over logs in elsewhere, and finds what was being written', async () => {
    await anna.getByRole('button', { name: 'Log ind' }).click();
    const form = await step(anna, 'Skriv den unges svar om en indsats');
    await form.getByLabel('Indsats').fill('Skrevet, før login udløb');
    await form.getByLabel('Den unges svar').selectOption({ label: 'nej' });
    // As proxies say it: a refusal of their own, or the way to the provider.
    for (const answer of [{ status: 401, contentType: 'text/html', body: '<p>Unauthorized</p>' },
      { status: 302, headers: { location: 'https://login.example/authorize' } }]) {
      await anna.route('**/api/**', (route) => route.fulfill(answer));
      await save(await step(anna, 'Skriv den unges svar om en indsats'));
      await anna.getByRole('link', { name: 'Log ind igen i en ny fane' }).waitFor();
      await accessible(anna, 'a login that is over');
      await anna.unroute('**/api/**');
      await anna.evaluate(() => dispatchEvent(new Event('focus')));
      await anna.getByRole('button', { name: 'Log ud' }).waitFor();
      const kept = await step(anna, 'Skriv den unges svar om en indsats');
      assert.equal(await kept.getByLabel('Indsats').inputValue(), 'Skrevet, før login udløb');
    }
    await save(await step(anna, 'Skriv den unges svar om en indsats'));
    await anna.getByText('Gemt: den unges svar er skrevet.').waitFor();
    assert.deepEqual(anna.elsewhere, []);
  });
} finally {
  await closeBrowsers();
}
process.exit(0);
