// The pages of people, as the pages of papers are held to it (pages.test.mjs): axe,
// the HTML checker, the policy, requests, a wide page in light and a narrow one in dark colours; on a site where
// everything that can be typed means harm.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noJava, shot, shows, violations, visit, vnu, wider } from './judge.mjs';
import { fields, populate } from './people.mjs';
import { startRelay } from './relay.mjs';
import { startBrowser, startSite } from './site.mjs';
import { startSource } from './source.mjs';


let relay, source, site, base, browser, world;
const htmls = new Map(); // as they were sent, for the HTML checker
const shown = new Set(); // numbers of fields whose text was seen
const faults = []; // of pages that only the walk sees

before(async () => {
  relay = await startRelay();
  source = await startSource({ '2606.10001': 'A paper that waits', '2606.10002': 'A paper that is rejected' });
  const named = (listen) => `http://${listen.replace('127.0.0.1', 'localhost')}`; // browsers give passkeys to names only
  site = await startSite({ today: true, relay, env: (listen) => ({ ...source.env, BROADSHEET_SITE_URL: named(listen) }) });
  base = site.url.replace('127.0.0.1', 'localhost');
  browser = await startBrowser();
  world = await populate(site, base, browser, relay, async (page, name) => faults.push(...(await harm(page)).map((x) => `${name}: ${x}`), ...(await violations(page)).map((x) => `${name}: ${x}`)));
});

after(async () => {
  await browser?.close();
  if (site) assert.equal(await site.stop(), 0, `the site ends without an error: ${site.log()}`);
  await source?.stop();
  await relay?.stop();
});

/** harm is what an open page has that no template has, or that ran. */
async function harm(page) {
  const got = await page.evaluate(() => {
    const out = [];
    if (globalThis.ran) out.push('a script ran');
    for (const el of document.querySelectorAll('*')) {
      const made = /^xss-/i.test(el.tagName) || ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'FRAME', 'APPLET', 'MARQUEE'].includes(el.tagName.toUpperCase());
      const drawn = /^(svg|path)$/i.test(el.tagName) && !el.closest('svg.qr');
      const acts = [...el.attributes].some((a) => /^on|^style$|^srcdoc$|^formaction$/i.test(a.name) || (/^(href|src|action)$/i.test(a.name) && /^\s*(javascript|data|vbscript):/i.test(a.value) && el.tagName !== 'IMG'));
      const sends = el.tagName === 'FORM' && new URL(el.action || location.href).origin !== location.origin;
      const loads = ['SCRIPT', 'LINK', 'IMG'].includes(el.tagName) && el.src && new URL(el.src).origin !== location.origin && !el.src.startsWith('data:');
      if (made || drawn || acts || sends || loads) out.push(el.outerHTML.slice(0, 200));
    }
    const values = [...document.querySelectorAll('input, textarea')].map((el) => el.value).join('\n');
    return { out, values, text: document.documentElement.textContent, html: document.documentElement.outerHTML };
  });
  for (const [, n] of (got.html + got.text + got.values).matchAll(/xss-(\d+)/g)) shown.add(Number(n));
  const turned = /[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]/.exec(got.html + got.text);
  if (turned) got.out.push(`U+${turned[0].charCodeAt(0).toString(16)} in …${(got.html + got.text).slice(Math.max(0, turned.index - 60), turned.index)}`);
  return got.out;
}

/** judge opens a page of somebody's and holds it to all that can be seen of it at once. */
const judge = (context, target) => visit(context, { url: base + target.path, status: target.status }, { width: 1440, colorScheme: 'light' }, async (page, answer) => {
  htmls.set(`${target.who || 'a stranger'}: ${target.path}`, await answer.text());
  assert.deepEqual(await harm(page), [], 'nothing is there that no template has');
  assert.deepEqual(await violations(page), []);
  await shows(page, 390, 'dark');
  const wide = await wider(page);
  assert.ok(wide <= 0, `${wide} px too wide at 390`);
  assert.deepEqual(await violations(page), [], '390 dark');
  await shot(page, `${target.who} ${target.name}`);
});

for (const who of ['', 'mary', 'chair', 'rhoda']) {
  test(`pages as ${who || 'a stranger'} sees them`, { concurrency: 2 }, async (t) => {
    const context = world.people[who] ?? (await browser.newContext());
    await Promise.all(world.pages.filter((p) => p.who === who).map((target) => t.test(`${target.name} ${target.path}`, () => judge(context, target))));
  });
}

test('what only the answer to a form shows', () => {
  assert.deepEqual(faults, []);
  assert.deepEqual(world.said, [], 'said on the console while people wrote');
});

test('what was written into each field is to be seen', () => {
  const never = Object.keys(fields).filter((n) => !shown.has(Number(n)));
  assert.deepEqual(never.map((n) => fields[n]), []);
});

test('vnu finds no error', { skip: noJava }, async () => {
  assert.equal(htmls.size, world.pages.length);
  assert.deepEqual(await vnu(htmls), []);
});
