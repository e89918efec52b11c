// Lighthouse gives pages full marks, to strangers and to who is signed in: one page
// of a kind, or with LIGHTHOUSE=all every page of the list.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import lighthouse from 'lighthouse';
import { readers } from './reader.mjs';
import { freePort, startBrowser, startSite } from './site.mjs';

let site, browser, port;
const cookies = {}; // of who is signed in, as browsers send them

before(async () => {
  port = await freePort();
  site = await startSite({ today: true });
  browser = await startBrowser([`--remote-debugging-port=${port}`]);
  const { as } = readers(site, browser);
  for (const [name, role] of [['mary', 'member'], ['chair', 'moderator'], ['rhoda', 'admin']]) {
    await as(name, role, {}, async (page, context) => {
      if (name === 'mary') await talk(page);
      cookies[name] = (await context.cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
    });
  }
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

const paper = '2601.10007';

/** talk has somebody write a discussion of some length. */
async function talk(page) {
  let parent = '';
  for (let i = 0; i < 40; i++) {
    const text = `Remark ${i} with $x_{${i}}$ and \`code\`.\n\n> said before\n\n- one\n- two`;
    const said = await page.evaluate(async (form) => {
      const answer = await fetch('/comments', { method: 'POST', body: new URLSearchParams(form), headers: { Accept: 'application/json' } });
      return { code: answer.status, ...(await answer.json()) };
    }, { paper, parent: i % 4 ? parent : '', text });
    if (said.code === 429) break; // who is new may not say so much at once
    assert.equal(said.code, 200, said.error);
    parent = said.token;
  }
}

// Pages that search engines are asked not to list lose the one point for that.
const unlisted = true, more = true;
const pages = [
  { path: '/papers' },
  { path: `/papers/${paper}`, more },
  { path: '/search?q=gulls', unlisted, more },
  { path: '/sign-in', unlisted, more },
  { path: '/orgs', more },
  { path: '/people/mary', unlisted, more },
  { path: '/papers', who: 'mary', more },
  { path: `/papers/${paper}`, who: 'mary' },
  { path: '/submit', who: 'mary', unlisted, more },
  { path: '/account', who: 'mary', unlisted },
  { path: '/notifications', who: 'mary', unlisted, more },
  { path: `/claims/new?paper=${paper}`, who: 'mary', unlisted, more },
  { path: '/moderation', who: 'chair', unlisted },
  { path: '/queue', who: 'chair', unlisted, more },
  { path: '/admin', who: 'rhoda', unlisted, more },
  { path: '/admin/rules', who: 'rhoda', unlisted, more },
];

for (const { path, who, unlisted } of pages.filter((p) => !p.more || process.env.LIGHTHOUSE === 'all')) test(`${path}${who ? ` of ${who}` : ''} has 100 in all four`, async (t) => {
  let best = { performance: 0 };
  // Performance is a time, and a busy machine is not the page's fault: the best
  // of three counts. The other three are facts and must hold every time.
  for (let i = 0; i < 3 && best.performance < 100; i++) {
    const { lhr } = await lighthouse(site.url + path, {
      port, logLevel: 'error', output: 'json', skipAudits: unlisted ? ['is-crawlable'] : null, extraHeaders: who ? { Cookie: cookies[who] } : null,
    });
    if (lhr.runtimeError && i < 2) { // the browser lost its own trace, which says nothing of the page
      t.diagnostic(lhr.runtimeError.code);
      continue;
    }
    assert.equal(lhr.runtimeError, undefined);
    assert.equal(new URL(lhr.finalDisplayedUrl).pathname, path.split('?')[0], 'another page answered');
    const score = Object.fromEntries(Object.values(lhr.categories).map((c) => [c.id, Math.round(c.score * 100)]));
    t.diagnostic(JSON.stringify(score));
    for (const id of ['accessibility', 'best-practices', 'seo']) {
      const lost = lhr.categories[id].auditRefs.map((r) => lhr.audits[r.id]).filter((a) => a.score !== null && a.score < 1);
      assert.equal(score[id], 100, `${id}: ${lost.map((a) => `${a.id}: ${a.title}`).join('; ')}`);
    }
    if (score.performance > best.performance) {
      const slow = lhr.categories.performance.auditRefs.map((r) => lhr.audits[r.id]).filter((a) => a.score !== null && a.score < 1);
      best = { performance: score.performance, why: slow.map((a) => `${a.id}: ${a.displayValue ?? a.title}`).join('; ') };
    }
  }
  assert.equal(best.performance, 100, best.why);
});
