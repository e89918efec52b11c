// The mails as mail programs and browsers take them: the golden files of
// internal/digest/letter, which its Go tests hold to what the program writes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { doIUseEmail } from 'doiuse-email';
import { shows, violations, wider } from './judge.mjs';
import { startBrowser } from './site.mjs';

const file = (name) => fileURLToPath(new URL(`../../internal/digest/letter/testdata/${name}.html`, import.meta.url));
const mails = ['edition', 'empty', 'confirm'];

// What some mail program does not know, and why that does no harm there.
const harmless = {
  '@media': 'sizes are then those of a desktop, colours those of the day',
  'lang attribute': 'read out in the language of the program',
  'dir attribute': 'text runs from left to right anyway',
  '<body> element': 'a table inside has the same colours',
  'display:none': 'the preview line is then seen: it names the first papers',
  overflow: 'the preview line is hidden by display as well',
  'aria-label attribute': 'the mail has a heading',
  'role attribute': 'the tables are then read out as tables',
  'width attribute': 'the column is as wide as its text',
  'text-decoration': 'titles are then underlined',
};

describe('mails', () => {
  let browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser?.close());

  for (const name of mails) {
    test(`${name} uses nothing that a mail program lacks, but for what does no harm`, async () => {
      const { errors } = doIUseEmail(await readFile(file(name), 'utf8'), { emailClients: ['*'] });
      const lacking = new Set((errors ?? []).map((e) => /^`([^`]+)`/.exec(e.message ?? e)?.[1] ?? String(e)));
      assert.ok(lacking.has('@media'), 'the judge finds what some programs are known to lack');
      assert.deepEqual([...lacking].filter((feature) => !(feature in harmless)), []);
    });

    test(`${name} has no script, form, picture or anything fetched`, async () => {
      const html = await readFile(file(name), 'utf8');
      assert.ok(Buffer.byteLength(html) < 80_000, `${Buffer.byteLength(html)} bytes`);
      assert.doesNotMatch(html, /<(script|form|input|button|img|link|iframe|object|svg|video|base)\b|\son\w+=|url\(|@import|@font-face|javascript:|data:/i);
    });

    test(`${name} reads well at each width in both themes`, async (t) => {
      const page = await browser.newPage();
      const requests = [];
      page.on('request', (request) => requests.push(request.url()));
      const address = pathToFileURL(file(name)).href;
      await page.goto(address);
      for (const width of [320, 360, 700]) {
        for (const colorScheme of ['light', 'dark']) {
          await t.test(`${width} pixels, ${colorScheme}`, async () => {
            await shows(page, width, colorScheme);
            const look = await page.evaluate(() => ({
              column: Math.max(...[...document.querySelectorAll('h1, h2, p')].map((e) => e.getBoundingClientRect().width)),
              ground: getComputedStyle(document.body).backgroundColor,
            }));
            assert.equal(await wider(page), 0, 'the mail is wider than the window');
            assert.ok(look.column <= 600, `the column is ${look.column} pixels wide`);
            assert.equal(look.ground, colorScheme === 'dark' ? 'rgb(21, 20, 17)' : 'rgb(252, 250, 245)');
            assert.deepEqual(await violations(page, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } } }), []);
          });
        }
      }
      assert.deepEqual(requests, [address]);
      await page.close();
    });
  }
});
