// Lighthouse gives the day page full marks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import lighthouse from 'lighthouse';
import { freePort, startBrowser, startSite } from './site.mjs';

let site, browser, port;

before(async () => {
  port = await freePort();
  site = await startSite();
  browser = await startBrowser([`--remote-debugging-port=${port}`]);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

test('the day page has 100 in all four', async (t) => {
  let best = { performance: 0 };
  // Performance is a time, and a busy machine is not the page's fault: the best
  // of three counts. The other three are facts and must hold every time.
  for (let i = 0; i < 3 && best.performance < 100; i++) {
    const { lhr } = await lighthouse(`${site.url}/papers/2026-07-01`, { port, logLevel: 'error', output: 'json' });
    assert.equal(lhr.runtimeError, undefined);
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
