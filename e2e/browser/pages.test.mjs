// Every page type at both widths, in both colours, with and without script.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { noJava, shows, violations, visit, vnu, wider } from './judge.mjs';
import { made, mailed, sample, withStatus } from './pages.mjs';
import { order, startRelay } from './relay.mjs';
import { adminLink, startBrowser, startSite } from './site.mjs';

const widths = [320, 390, 1440];
const colours = ['light', 'dark'];
const judged = new Set(['1440 light', '390 dark']); // by axe
let relay, sites, browser, pages;

before(async () => {
  relay = await startRelay();
  sites = await Promise.all([startSite(), startSite({ today: true }), startSite({ today: true, relay })]);
  browser = await startBrowser();
  const at = (site, list) => withStatus(list).map((target) => ({ ...target, site, url: site.url + target.path }));
  pages = [...at(sites[0], sample), ...at(sites[1], made), ...at(sites[2], mailed(await links(sites[2])))];
});

/** links are those of the mails to a reader who confirmed one of two subscriptions, and of the edition that another got. */
async function links(site) {
  const reader = (name) => `${name}@reader.example`;
  await order(site, '/subscribe', { address: reader('cy'), rhythm: 'comes' });
  await order(site, await relay.link(reader('cy'), '/confirm?'), {});
  await order(site, '/subscribe', { address: reader('ada') });
  const confirmed = await relay.link(reader('ada'), '/confirm?');
  await order(site, confirmed, {});
  await order(site, '/subscribe', { address: reader('bo'), topic: 'search:"<script>globalThis.ran=1</script>"', rhythm: 'days', day: '3' });
  const pending = await relay.link(reader('bo'), '/confirm?');
  await order(site, '/preferences', { address: reader('ada') });
  const preferences = await relay.link(reader('ada'), '/preferences/');
  const unsubscribe = await relay.link(reader('cy'), '/unsubscribe?', 90_000); // planned within a minute
  return { confirmed, pending, preferences, unsubscribe, edition: await relay.link(reader('cy'), '/editions/'), admin: await adminLink(site) };
}

after(async () => {
  await browser?.close();
  for (const site of sites ?? []) assert.equal(await site.stop(), 0, `the site ends without an error: ${site.log()}`);
  await relay?.stop();
});

// A page is loaded once with script and once without, in one of four windows by turns,
// and then shown at each width in both colours, which styles alone tell apart.
const windows = [[390, 'light'], [1440, 'dark'], [1440, 'light'], [390, 'dark']];

for (const javaScriptEnabled of [true, false]) {
  test(`every page, ${javaScriptEnabled ? 'script' : 'no script'}`, async (t) => {
    // A new context a page would spend most of the time on starting.
    const context = await browser.newContext({ javaScriptEnabled });
    for (const [i, target] of pages.entries()) {
      await t.test(`${target.name} ${target.path}`, async () => {
        const [width, colorScheme] = windows[(i + Number(javaScriptEnabled)) % windows.length];
        await visit(context, target, { width, colorScheme }, async (page) => {
          for (const at of widths) {
            for (const colour of colours) {
              await shows(page, at, colour);
              const by = await wider(page);
              assert.ok(by <= 0, `at ${at} px, ${colour}, the page is ${by} px wider than the window`);
              if (javaScriptEnabled && judged.has(`${at} ${colour}`)) assert.deepEqual(await violations(page), [], `axe at ${at} px, ${colour}`);
            }
          }
          assert.ok(!(await page.evaluate(() => globalThis.ran)), 'script from a paper ran');
        });
      });
    }
    await context.close();
  });
}

/** raw gets a page as a first-time browser would, counting every byte that comes back. */
function raw(target) {
  return new Promise((resolvePage, reject) => {
    const request = http.get(target.url, { headers: { 'accept-encoding': 'gzip', accept: 'text/html' } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const body = Buffer.concat(chunks);
        const head = answer.rawHeaders.reduce((sum, part) => sum + part.length + 2, 17);
        const packed = answer.headers['content-encoding'] === 'gzip';
        resolvePage({ head, bytes: head + body.length, packed, html: (packed ? gunzipSync(body) : body).toString('utf8'), headers: answer.headers });
      });
    });
    request.on('error', reject);
  });
}

test('the first answer fits in ten packets', async (t) => {
  for (const target of pages.filter((p) => ['front', 'day', 'full day', 'full paper', 'archive'].includes(p.name))) {
    const got = await raw(target);
    t.diagnostic(`${target.path}: ${got.bytes} bytes with headers, ${got.html.length} unpacked`);
    assert.ok(got.packed, 'packed with gzip');
    assert.ok(got.bytes <= 14_600, `${target.path}: ${got.bytes} bytes, at most 14,600`);
  }
});

test('vnu finds no error', { skip: noJava }, async () => {
  const htmls = new Map();
  for (const target of pages) htmls.set(`${target.name} ${target.path}`, (await raw(target)).html);
  assert.equal(htmls.size, pages.length);
  assert.deepEqual(await vnu(htmls), []);
});
