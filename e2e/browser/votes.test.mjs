// Votes, as people give them: with and without script, by key, as a stranger; who
// voted, the log, and pages with who reads them, looked at by axe.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { look } from './judge.mjs';
import { main, readers } from './reader.mjs';
import { startBrowser, startSite } from './site.mjs';

let site, browser, as, open;

before(async () => {
  site = await startSite();
  browser = await startBrowser();
  ({ as, open } = readers(site, browser, { viewport: { width: 1200, height: 900 } }));
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

const number = async (button) => Number((await button.textContent()).replace(/\D/g, '') || 0);
const ballots = (page) => page.locator('article [form="v"]');

for (const script of [true, false]) {
  describe(script ? 'with script' : 'without script', () => {
    const who = script ? 'ada' : 'bob';
    const options = { javaScriptEnabled: script };

    test('a vote is given, stays, and is taken back', () => as(who, 'member', options, async (page) => {
      await page.goto(`${site.url}/papers`);
      const card = page.locator('article').nth(3);
      const id = (await card.getAttribute('id')).slice(2);
      const button = page.locator(`[id="p-${id}"] [form="v"]`);
      const before = await number(button);
      assert.equal(await button.getAttribute('name'), 'up');
      if (script) {
        let left = false;
        page.on('framenavigated', () => { left = true; });
        await button.click();
        await page.locator(`[id="p-${id}"] [aria-pressed="true"]`).waitFor();
        assert.equal(left, false, 'in place');
      } else {
        await button.click();
        await page.waitForURL(`${site.url}/papers#p-${id}`); // back at the card
      }
      assert.equal(await number(button), before + 1);
      await page.reload();
      assert.equal(await button.getAttribute('aria-pressed'), 'true');
      assert.equal(await number(button), before + 1);

      await page.goto(`${site.url}/papers/${id}`);
      const own = page.locator('.paper [form="v"]');
      assert.equal(await own.getAttribute('aria-pressed'), 'true', 'on its page too');
      await page.getByRole('link', { name: 'Who voted' }).click();
      await page.locator('main', { hasText: who }).waitFor();
      await page.goBack();
      await own.click();
      await page.locator('.paper [form="v"][name="up"]').waitFor();
      assert.equal(await number(own), before);
    }));

    test('a stranger is led to sign in, and back', () => open('/papers', options, async (page) => {
      await ballots(page).nth(2).click();
      await page.waitForURL(/\/sign-in\?/);
      const q = new URL(page.url()).searchParams;
      assert.equal(q.get('next'), '/papers');
      assert.match(await main(page), /to vote/);
    }));
  });
}

test('the key v votes for the paper that has the focus', () => as('mia', 'moderator', {}, async (page) => {
  await page.goto(`${site.url}/papers`);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const id = await page.evaluate(() => document.activeElement.closest('article').id);
  await page.keyboard.press('v');
  await page.locator(`[id="${id}"] [aria-pressed="true"]`).waitFor();
  await page.keyboard.press('v');
  await page.locator(`[id="${id}"] [name="up"]`).waitFor();
}));

test('the reader has a menu, and signs out from it', () => as('eve', 'member', {}, async (page) => {
  await page.goto(`${site.url}/papers`);
  await page.locator('.you summary').click();
  await page.locator('.you').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/papers');
  await page.goto(`${site.url}/papers`);
  assert.equal(await page.locator('.you').textContent(), 'Sign in');
}));

test('pages are accessible to who is signed in, with the menu open, and nothing is wider than the window', () => as('mia', 'moderator', {}, async (page) => {
  for (const path of ['/papers', '/search?q=learning', '/voters/1412.6980', '/log']) {
    await page.goto(site.url + path);
    if (path === '/papers') {
      await ballots(page).nth(1).click();
      await page.locator('[aria-pressed="true"]').first().waitFor();
      await page.locator('.you summary').click();
    }
    await look(page, `for mia ${path}`, { widths: [320, 1200] });
  }
}));
