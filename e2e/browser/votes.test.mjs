// Votes, as people give them: with and without script, by key, as a stranger; who
// voted, the log, and pages with who reads them, looked at by axe.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { account, startBrowser, startSite } from './site.mjs';

const require = createRequire(import.meta.url);
let site, browser, axe;
const signedIn = {};

before(async () => {
  site = await startSite();
  browser = await startBrowser();
  axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  for (const [name, role] of [['ada', 'member'], ['bob', 'member'], ['mia', 'moderator']]) {
    const link = await account(site, name, role);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(site.url + link);
    await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
    signedIn[name] = await context.storageState();
    await context.close();
  }
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

async function open(options, use) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const said = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (m) => said.push(m.text()));
    page.on('pageerror', (e) => said.push(String(e)));
    await use(page, context);
    assert.deepEqual(said.filter((s) => !/status of 4/.test(s)), [], 'the console is silent');
  } finally {
    await context.close();
  }
}

const number = async (button) => Number((await button.textContent()).replace(/\D/g, '') || 0);
const ballots = (page) => page.locator('article [form="v"]');

/** violations are those that axe finds. */
async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => (await globalThis.axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ').slice(0, 300)}`));
}

for (const script of [true, false]) {
  describe(script ? 'with script' : 'without script', () => {
    const who = script ? 'ada' : 'bob';
    const options = () => ({ javaScriptEnabled: script, storageState: signedIn[who] });

    test('a vote is given, stays, and is taken back', () => open(options(), async (page) => {
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
        assert.equal(new URL(page.url()).pathname, '/papers');
        assert.equal(new URL(page.url()).hash, '#p-' + id, 'back at the card');
      }
      assert.equal(await number(button), before + 1);
      await page.reload();
      assert.equal(await button.getAttribute('aria-pressed'), 'true');
      assert.equal(await number(button), before + 1);

      await page.goto(`${site.url}/papers/${id}`);
      const own = page.locator('.paper [form="v"]');
      assert.equal(await own.getAttribute('aria-pressed'), 'true', 'on its page too');
      await page.getByRole('link', { name: 'Who voted' }).click();
      assert.match(await page.locator('main').textContent(), new RegExp(who));
      await page.goBack();
      await own.click();
      await page.locator('.paper [form="v"][name="up"]').waitFor();
      assert.equal(await number(own), before);
    }));

    test('a stranger is led to sign in, and back', () => open({ javaScriptEnabled: script }, async (page) => {
      await page.goto(`${site.url}/papers`);
      await ballots(page).nth(2).click();
      await page.waitForURL(/\/sign-in\?/);
      const q = new URL(page.url()).searchParams;
      assert.equal(q.get('next'), '/papers');
      assert.match(await page.locator('main').textContent(), /to vote/);
    }));
  });
}

test('the key v votes for the paper that has the focus', () => open({ storageState: signedIn.mia }, async (page) => {
  await page.goto(`${site.url}/papers`);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const id = await page.evaluate(() => document.activeElement.closest('article').id);
  await page.keyboard.press('v');
  await page.locator(`[id="${id}"] [aria-pressed="true"]`).waitFor();
  await page.keyboard.press('v');
  await page.locator(`[id="${id}"] [name="up"]`).waitFor();
}));

test('the reader has a menu, and signs out from it', () => open({}, async (page) => {
  await page.goto(site.url + await account(site, 'ada'));
  await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
  await page.goto(`${site.url}/papers`);
  await page.locator('.you summary').click();
  await page.locator('.you').getByRole('button', { name: 'Sign out' }).click();
  await page.goto(`${site.url}/papers`);
  assert.equal(await page.locator('.you').textContent(), 'Sign in');
}));

for (const width of [320, 1200]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`pages at ${width} px, ${colorScheme}, are accessible to who is signed in`, () => open({ viewport: { width, height: 900 }, colorScheme, storageState: signedIn.mia }, async (page) => {
      for (const path of ['/papers', '/search?q=learning', '/voters/1412.6980', '/log']) {
        await page.goto(site.url + path);
        if (path === '/papers') {
          await ballots(page).nth(1).click();
          await page.locator('[aria-pressed="true"]').first().waitFor();
          await page.locator('.you summary').click();
        }
        assert.deepEqual(await violations(page), [], path);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(wide, 0, `${path} is ${wide} px too wide`);
        if (path === '/papers') {
          await page.locator('.you summary').click();
          await page.locator('[aria-pressed="true"]').first().click();
          await page.locator('[aria-pressed="true"]').first().waitFor({ state: 'detached' }).catch(() => {});
        }
      }
    }));
  }
}
