// Submitting papers and choosing them, as people do it: with and without script.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { account, startBrowser, startSite } from './site.mjs';
import { startSource } from './source.mjs';

const require = createRequire(import.meta.url);
let source, site, browser, axe;
const pages = new Map(); // as they were sent, by what they show, for the HTML checker
const shots = process.env.SHOTS; // a folder for pictures of the pages, for whoever looks at them

before(async () => {
  source = await startSource({ '2606.10001': 'Fine papers found by members', '2606.10002': 'Other papers found without script', '2606.10003': 'What takes long to answer' });
  site = await startSite({ today: true, env: source.env });
  browser = await startBrowser();
  axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await source?.stop();
});

/** as opens a page for somebody who is signed in, and watches for what must not be said. */
async function as(name, role, options, use) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const said = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    await page.goto(site.url + (await account(site, name, role)));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await use(page);
    assert.deepEqual(said.filter((text) => !/status of 4\d\d/.test(text)), [], 'said on the console');
  } finally {
    await context.close();
  }
}

const heading = (page) => page.locator('main h1').textContent();

/** look holds the page that is open against what holds for all pages, at both widths in both themes. */
async function look(page, name, script = true) {
  for (const width of [390, 1200]) for (const colorScheme of ['light', 'dark']) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    if (shots) await page.screenshot({ path: `${shots}/${name}-${script}-${width}-${colorScheme}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${name} at ${width} px is ${wide} px too wide`);
    if (!script) continue;
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' ')}`), [], name);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  if (!script) pages.set(name, await page.content()); // what was sent: no script has changed it
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'script' : 'no script';
  const [id, title, member] = javaScriptEnabled ? ['2606.10001', 'Fine papers found by members', 'mary'] : ['2606.10002', 'Other papers found without script', 'nora'];

  describe(how, () => {
    test('a member submits a paper, a curator accepts it, it is on the front page', async () => {
      let page;
      await as(member, 'member', { javaScriptEnabled }, async (tab) => {
        await tab.goto(`${site.url}/submit?url=https://arxiv.org/abs/${id}v1`);
        assert.equal(await tab.getByLabel('Paper', { exact: true }).inputValue(), `https://arxiv.org/abs/${id}v1`);
        await look(tab, 'submit', javaScriptEnabled);
        await tab.getByRole('button', { name: 'Look it up' }).click();
        assert.equal(await heading(tab), 'Is this it?');
        assert.match(await tab.locator('article').textContent(), new RegExp(`${title}.*Ada Example and Bo Other`));
        await look(tab, 'draft', javaScriptEnabled);
        await tab.getByLabel('Comment').fill('Read *this*, it is **short**.');
        await tab.getByRole('button', { name: 'Submit this paper' }).click();
        assert.equal(await heading(tab), 'It waits for a curator');
        page = tab.url();
        await tab.goto(site.url + '/submissions');
        await look(tab, 'submissions', javaScriptEnabled);
        assert.match(await tab.locator('main').textContent(), new RegExp(`${title}.*waits for a curator`));
      });
      await as('carl', 'curator', { javaScriptEnabled }, async (tab) => {
        await tab.goto(site.url + '/queue');
        await look(tab, 'queue', javaScriptEnabled);
        await tab.getByRole('button', { name: 'Reject' }).click();
        assert.match(await tab.getByRole('alert').textContent(), /say why, in a sentence/i);
        await tab.getByRole('button', { name: 'Put it on the front page' }).click();
        assert.equal(await heading(tab), 'Queue');
        assert.match(await tab.locator('main').textContent(), /Nothing is waiting/);
        await tab.goto(page);
        assert.equal(await heading(tab), 'It is on the front page');
      });
      await as(member, 'member', { javaScriptEnabled }, async (tab) => {
        await tab.goto(site.url + '/papers');
        const card = tab.locator('article', { hasText: title });
        assert.match(await card.textContent(), new RegExp(`via ${member}`));
        await tab.goto(page);
        await look(tab, 'accepted', javaScriptEnabled);
      });
      const answer = await (await fetch(`${site.url}/api/daily_papers`)).json();
      const entry = answer.find((x) => x.paper.id === id);
      assert.equal(entry?.submittedBy?.name, member, 'submittedBy of the Daily Papers API');
      assert.equal(entry.paper.upvotes, 1);
    });

    test('a curator puts any paper on the front page, and takes it off', () => as('carl', 'curator', { javaScriptEnabled }, async (tab) => {
      await tab.goto(site.url + '/papers/hot');
      const path = await tab.locator('article', { has: tab.getByRole('button', { name: 'Take off' }) }).last().locator('h3 a').getAttribute('href');
      await tab.goto(site.url + path);
      await look(tab, 'feature', javaScriptEnabled);
      await tab.getByRole('button', { name: 'Take off today' }).click();
      await tab.getByRole('button', { name: 'Feature today' }).click();
      await tab.getByRole('button', { name: 'Take off today' }).waitFor();
      assert.equal(new URL(tab.url()).pathname, path);
      assert.match(await tab.locator('.now').textContent(), /brought by carl/);
      await tab.goto(site.url + '/papers');
      await look(tab, 'front', javaScriptEnabled);
      await tab.goto(site.url + '/log');
      assert.match(await tab.locator('main').textContent(), /carl unfeatured the paper/);
    }));

    test('what cannot be is refused in the form', () => as(member, 'member', { javaScriptEnabled }, async (tab) => {
      for (const [typed, why] of [[`${source.url}/secret`, /not on the public Internet/], ['http://169.254.169.254/latest/meta-data/', /not on the public Internet/], ['javascript:alert(1)', /not taken/], ['2606.19999', /no paper/]]) {
        await tab.goto(site.url + '/submit');
        await tab.getByLabel('Paper', { exact: true }).fill(typed);
        await tab.getByRole('button', { name: 'Look it up' }).click();
        assert.match(await tab.locator('main').textContent(), why, typed);
        await look(tab, `refused ${typed.slice(0, 4)}`, javaScriptEnabled);
      }
      assert.ok(!source.asked.includes('/secret'), 'an address of this machine was asked');
    }));
  });
}

test('a slow source is waited for beside the page', () => as('otto', 'member', {}, async (tab) => {
  source.slow(9000);
  await tab.goto(site.url + '/submit');
  await tab.getByLabel('Paper', { exact: true }).fill('2606.10003');
  await tab.getByRole('button', { name: 'Look it up' }).click();
  await tab.getByRole('heading', { name: 'Looking for it' }).waitFor();
  await look(tab, 'looking');
  source.slow(0);
  await tab.getByRole('heading', { name: 'Is this it?' }).waitFor({ timeout: 60_000 });
  await tab.getByRole('button', { name: 'discard' }).click();
  assert.equal(await heading(tab), 'Your submissions');
}));

test('vnu finds no error', { skip: process.env.NO_JAVA ? 'no Java here' : false }, async () => {
  assert.ok(pages.size > 5, `${pages.size} pages were kept`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'broadsheet-submit-'));
  try {
    for (const [name, text] of pages) await writeFile(path.join(folder, `${name.replaceAll(/\W/g, '-')}.html`), text);
    const jar = require.resolve('vnu-jar/build/dist/vnu.jar');
    const { stderr } = await promisify(execFile)('java', ['-jar', jar, '--errors-only', '--skip-non-html', folder]).catch((failed) => failed);
    assert.equal(stderr, '');
  } finally {
    await rm(folder, { recursive: true });
  }
});
