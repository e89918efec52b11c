// The pages of administrators, walked with and without script on a phone, and judged by axe.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { look } from './judge.mjs';
import { heading, main, readers, told } from './reader.mjs';
import { account, startBrowser, startSite } from './site.mjs';

const pages = ['/admin', '/admin/rules', '/admin/accounts', '/admin/accounts/boss', '/admin/accounts/reader-one', '/admin/sources', '/admin/sources/kept', '/admin/jobs', '/admin/storage',
  '/admin/audit', '/admin/delivery', '/rules'];
let site, browser, asBoss;

before(async () => {
  site = await startSite();
  browser = await startBrowser();
  const { as } = readers(site, browser);
  asBoss = (options, use) => as('boss', 'admin', options, use);
  await account(site, 'boss', 'admin');
  for (const name of ['reader-one', 'reader-two']) await account(site, name);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  const reader = javaScriptEnabled ? 'reader-one' : 'reader-two';
  describe(javaScriptEnabled ? 'script' : 'no script', () => {
    test('the menu leads to the overview, and that to every page', () => asBoss({ javaScriptEnabled }, async (page) => {
      await page.locator('details.you summary').click();
      await page.getByRole('link', { name: 'Administration' }).click();
      assert.equal(await heading(page), 'Administration');
      const links = page.getByRole('navigation', { name: 'Administration' }).getByRole('link');
      const paths = await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      assert.equal(paths.length, 8);
      for (const path of paths) {
        const answer = await page.goto(site.url + path);
        assert.equal(answer.status(), 200, path);
        assert.equal(await page.locator('nav.admin [aria-current=page]').count(), 1, path);
      }
    }));

    test('rules: mistakes stand beside their fields, what is saved holds for everybody', () => asBoss({ javaScriptEnabled }, async (page, context) => {
      await page.goto(`${site.url}/admin/rules`);
      await page.getByLabel('Votes an hour by one person').fill('many');
      await page.getByLabel('Where to appeal').fill('under the bridge');
      await page.getByRole('button', { name: 'Save the rules' }).click();
      assert.match(await page.getByRole('alert').textContent(), /2 fields need another look/);
      assert.equal(await page.getByLabel('Votes an hour by one person').getAttribute('aria-invalid'), 'true');
      assert.equal(await page.getByLabel('Votes an hour by one person').inputValue(), 'many');
      const limit = javaScriptEnabled ? '123' : '124';
      await page.getByLabel('Votes an hour by one person').fill(limit);
      await page.getByLabel('Where to appeal').fill('appeals@papers.example');
      await page.getByLabel('The rules in your words').fill('**Be kind**, says <script>globalThis.ran=1</script>');
      await page.getByLabel(/^Why/).fill('agreed at tea');
      await page.getByRole('button', { name: 'Save the rules' }).click();
      assert.match(await told(page), /The rules are saved/);
      assert.match(await main(page), /agreed at tea/);
      const other = await (await browser.newContext({ javaScriptEnabled })).newPage();
      for (const end = Date.now() + 5_000; ; await other.waitForTimeout(100)) { // pages of strangers are half a second old at most
        await other.goto(`${site.url}/rules`);
        if ((await main(other)).includes(`At most ${limit} votes an hour.`)) break;
        assert.ok(Date.now() < end, 'the page of rules shows the old ones');
      }
      assert.equal(await other.locator('main strong').textContent(), 'Be kind');
      await other.context().close();
    }));

    test('two at once: who saves second is told what the first changed', () => asBoss({ javaScriptEnabled }, async (page, context) => {
      const second = await context.newPage();
      for (const p of [page, second]) await p.goto(`${site.url}/admin/rules`);
      const [mine, theirs, other] = javaScriptEnabled ? ['31', '32', '33'] : ['41', '42', '43'];
      await page.getByLabel('Days since a paper was published').fill(mine);
      await page.getByRole('button', { name: 'Save the rules' }).click();
      await second.getByLabel('Comments an hour by one person').fill(other);
      await second.getByRole('button', { name: 'Save the rules' }).click();
      assert.match(await told(second), /saved/, 'of another rule nothing is in the way');
      assert.equal(await second.getByLabel('Days since a paper was published').inputValue(), mine);
      await page.getByLabel('Comments an hour by one person').fill(theirs);
      await page.getByRole('button', { name: 'Save the rules' }).click();
      assert.match(await page.getByRole('alert').textContent(), new RegExp(`changed meanwhile, to ${other}`));
      await page.getByRole('button', { name: 'Save the rules' }).click();
      assert.match(await told(page), /saved/);
    }));

    test('people: find one, change the role, ban, and lift it', () => asBoss({ javaScriptEnabled }, async (page) => {
      await page.goto(`${site.url}/admin/accounts`);
      await page.getByLabel('Name or address').fill(reader.slice(3));
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByRole('link', { name: reader }).click();
      await page.getByLabel('New role').selectOption('curator');
      await page.getByLabel(/^Why/).first().fill('knows the field');
      await page.getByRole('button', { name: 'Change the role' }).click();
      assert.equal(await told(page), 'The role is changed.');
      assert.match(await main(page), /member to curator/);
      await page.locator('#why-ban').fill('spam');
      await page.getByRole('button', { name: 'Ban' }).click();
      assert.equal(await told(page), 'The account is banned.');
      await page.getByRole('button', { name: 'Lift the ban' }).click();
      assert.equal(await told(page), 'The ban is lifted.');
      await page.getByRole('button', { name: 'Make a link that signs in' }).click();
      assert.match(await main(page), /\/sign-in\/link\/[a-z2-7]+/);
      assert.doesNotMatch(page.url(), /link/);
    }));

    test('the last administrator stays one', () => asBoss({ javaScriptEnabled }, async (page) => {
      await page.goto(`${site.url}/admin/accounts/boss`);
      await page.getByLabel('New role').selectOption('member');
      await page.getByRole('button', { name: 'Change the role' }).click();
      assert.match(await main(page), /last administrator/);
    }));

    test('storage: a backup is made, and the index built anew', () => asBoss({ javaScriptEnabled }, async (page) => {
      await page.goto(`${site.url}/admin/storage`);
      await page.getByRole('button', { name: 'Build it anew' }).click();
      assert.match(await told(page), /built anew/);
      await page.getByRole('button', { name: 'Make a backup now' }).click();
      for (const end = Date.now() + 20_000; ; await page.waitForTimeout(100)) {
        await page.goto(`${site.url}/admin/storage`);
        if (await page.getByText(/broadsheet-\d{8}-\d{6}\.db/).count()) break;
        assert.ok(Date.now() < end, 'no backup came');
      }
      await page.goto(`${site.url}/admin/audit`);
      assert.match(await main(page), /attended to the database: a backup was asked for/);
    }));
  });
}

test('axe finds nothing, and nothing is wider than the window, at any width in any theme', (t) => asBoss({}, async (page) => {
  for (const path of pages) {
    await t.test(path, async () => {
      await page.goto(site.url + path);
      await look(page, `admin ${path}`, { widths: [320, 390, 1200] });
    });
  }
}));
