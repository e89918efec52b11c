// Discussions as people have them: with and without script, with the keyboard,
// from right to left, and with texts that mean harm.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { look } from './judge.mjs';
import { readers } from './reader.mjs';
import { startBrowser, startSite } from './site.mjs';

const paper = '/papers/2601.10007';

let site, browser, as;

before(async () => {
  site = await startSite({ today: true });
  browser = await startBrowser();
  ({ as } = readers(site, browser));
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** say posts a comment as the signed-in reader's script would, and gives its token. */
async function say(page, text, parent = '') {
  const said = await page.evaluate(async (form) => {
    const answer = await fetch('/comments', { method: 'POST', body: new URLSearchParams(form), headers: { Accept: 'application/json' } });
    return { code: answer.status, ...(await answer.json()) };
  }, { paper: paper.replace('/papers/', ''), parent, text });
  assert.equal(said.code, 200, `say ${text.slice(0, 60)}: ${said.error}`);
  return said.token;
}

const widths = [320, 390, 1200];

const comment = (page, words) => page.locator('.talk .c', { hasText: words }).last();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'script' : 'no script';
  const me = javaScriptEnabled ? 'mary' : 'nora';

  describe(how, () => {
    test('a member takes part in a discussion', async () => {
      let asked;
      await as('chair', 'moderator', {}, async (page) => { asked = await say(page, `Which *spoon* was it? (${how})`); });
      await as(me, 'member', { javaScriptEnabled }, async (page) => {
        await page.goto(site.url + paper);
        const form = page.locator('#say');
        await form.getByLabel('Your comment').fill(`We saw $x^2$ of it, ${how}`);
        await form.getByRole('button', { name: 'Preview' }).click();
        await page.locator('.seen math').waitFor();
        assert.equal(new URL(page.url()).pathname, javaScriptEnabled ? paper : '/comments', 'where the preview is');
        await page.locator('form.say').getByRole('button', { name: 'Comment', exact: true }).click();
        await comment(page, `of it, ${how}`).locator('math').waitFor();
        assert.equal(new URL(page.url()).pathname, paper);
        assert.match(new URL(page.url()).hash, /^#c-[0-9a-f]{24}$/, 'the address leads to the comment');

        const theirs = comment(page, `was it? (${how})`);
        await theirs.getByRole('button', { name: /▲/ }).click();
        await comment(page, `was it? (${how})`).locator('button[aria-pressed="true"]', { hasText: '▲' }).waitFor();
        await comment(page, `was it? (${how})`).getByRole('link', { name: 'React' }).click();
        await page.getByRole('button', { name: /Thanks/ }).click();
        await comment(page, `was it? (${how})`).getByRole('button', { name: /🙏 Thanks 1/ }).waitFor();

        await comment(page, `was it? (${how})`).getByRole('link', { name: 'Quote' }).click();
        const box = page.getByLabel('Your reply to chair');
        assert.equal(await box.inputValue(), `> Which *spoon* was it? (${how})\n\n`, 'what is quoted');
        await box.fill(`> Which *spoon* was it?\n\nThe large one, ${how}`);
        await page.getByRole('button', { name: 'Reply', exact: true }).click();
        await page.locator(`#c-${asked} ol .c`, { hasText: `The large one, ${how}` }).waitFor();

        const mine = () => page.locator(`#c-${asked} ol .c`, { hasText: 'The large' });
        await mine().getByRole('link', { name: 'Edit' }).click();
        // The form of the edit: one for a new comment may stand on the page before it comes.
        const edit = page.locator('form.say', { has: page.locator('[name=version]') });
        await edit.locator('textarea').fill(`The larger one, ${how}`);
        // Saved in another window meanwhile: both are shown, and nothing is lost unseen.
        const other = await page.context().newPage();
        await other.goto(site.url + (await edit.getAttribute('action')));
        await other.locator('form.say textarea').fill(`The large *silver* one, ${how}`);
        await other.getByRole('button', { name: 'Save' }).click();
        await other.locator('.t em', { hasText: 'silver' }).waitFor();
        await other.close();
        await edit.getByRole('button', { name: 'Save' }).click();
        await page.locator('.seen', { hasText: 'As it is now' }).locator('em', { hasText: 'silver' }).waitFor();
        assert.equal(await page.locator('form.say textarea').inputValue(), `The larger one, ${how}`, 'one’s own words are there too');
        await page.getByRole('button', { name: 'Save over it' }).click();
        await mine().getByRole('link', { name: 'edited' }).waitFor();
        await mine().getByRole('link', { name: 'edited' }).click();
        assert.match(await page.locator('main').textContent(), /The large one/, 'history shows what was there');
        await page.goto(site.url + paper);
        await mine().getByRole('link', { name: 'Delete' }).click();
        await page.getByRole('button', { name: 'Delete' }).click();
        await page.locator('.talk h2').waitFor();
        await page.waitForFunction((words) => !document.body.textContent.includes(words), `The larger one, ${how}`, { timeout: 10_000 });

        // A mistake costs nobody their words.
        await page.goto(site.url + paper);
        await page.locator('#text').fill(`We saw $x^2$ of it, ${how}`);
        await page.locator('#say').getByRole('button', { name: 'Comment', exact: true }).click();
        await page.getByRole('alert').filter({ hasText: 'You said exactly this a moment ago' }).waitFor();
        assert.equal(await page.locator('form.say textarea').last().inputValue(), `We saw $x^2$ of it, ${how}`);
      });
    });
  });
}

test('a stranger who presses a vote is led to sign in, and back', async () => {
  await as('chair', 'moderator', {}, async (page) => { await say(page, 'For strangers'); });
  await as('', '', {}, async (page) => {
    await page.goto(site.url + paper);
    await comment(page, 'For strangers').getByRole('button', { name: /▲/ }).click();
    await page.waitForURL(/\/sign-in\?/);
    assert.equal(new URL(page.url()).searchParams.get('next'), paper);
  });
});

test('a long thread is readable: formulas, code, right to left, deep answers', async () => {
  await as('chair', 'moderator', {}, async (page) => {
    const top = await say(page, 'How does the loss behave for $n \\to \\infty$?\n\n$$\\mathcal{L}(\\theta) = \\frac{1}{n} \\sum_{i=1}^{n} \\left\\| f_\\theta(x_i) - y_i \\right\\|^2 + \\lambda \\sum_{j=1}^{d} |\\theta_j| + \\int_0^1 g(t)\\,dt + \\text{a term that is long enough not to fit on a phone}$$\n\n- with [the code](https://code.example/tea)\n- and `seed=7`');
    await say(page, '> How does the loss behave?\n\nאני חושב שזה תלוי ב-$n$.\n\nوهذا أيضا صحيح', top);
    await say(page, '```python\nfor spoon in spoons:\n    print("a line that is long enough to be broken somewhere on a phone", spoon, spoon, spoon)\n```', top);
    let last = top;
    for (let i = 1; i <= 9; i++) last = await say(page, `Answer ${i} to what stands above, with some more words so that there is a second line of it.`, last);
    await page.goto(site.url + paper);
    assert.equal(await page.locator(`#c-${last}`).evaluate((el) => { let n = 0; for (let p = el; (p = p.parentElement.closest('li[id^="c-"]'));) n++; return n; }), 5, 'depth of the last answer');
    assert.match(await page.locator(`#c-${last} .b`).first().textContent(), /to chair/, 'who is answered far down');
    const rtl = page.locator('.t p', { hasText: 'אני' });
    assert.equal(await rtl.evaluate((el) => getComputedStyle(el).unicodeBidi), 'plaintext');
    await look(page, 'thread', { widths });
    await page.goto(`${site.url}/comments/${top}/reply?quote=1`);
    await look(page, 'reply', { widths });
    await page.goto(`${site.url}/comments`);
    await look(page, 'latest', { widths });
  });
  await as('', '', {}, async (page) => {
    for (const address of [paper, '/comments']) {
      await page.goto(site.url + address);
      await look(page, `stranger ${address}`, { widths });
    }
  });
});

test('the keyboard reaches everything, and comes back', async () => {
  await as('chair', 'moderator', {}, async (page) => {
    const token = await say(page, 'Reached by keys');
    await page.goto(site.url + paper);
    await page.locator(`#c-${token} .o a`, { hasText: 'Reply' }).first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#in-place').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'in-place', 'focus is in the form');
    await page.keyboard.type('By keys alone');
    await page.getByRole('link', { name: 'Cancel' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Reply', 'focus is back where it was');
  });
});

test('nothing that people write runs or dresses up as something else', async () => {
  const texts = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '[x](javascript:alert(1))', '[x](java&Tab;script&colon;alert(1))', '[x](data:text/html,<script>alert(1)</script>)',
    '![x](https://evil.example/x.png"onerror="alert(1))', '<https://e.example/"onmouseover=alert(1)>', '$\\text{<img src=x onerror=alert(1)>}$', '$$\n</math><script>alert(1)</script>\n$$', '```"><script>alert(1)</script>\nx\n```',
    '</p></div></section><h1>over</h1>', '<style>body{display:none}</style>', '<iframe srcdoc="<script>alert(1)</script>">', '@chair"onclick=alert(1)', '&lt;script&gt;alert(1)&lt;/script&gt;', '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
    '\u202egpj.exe\u202c and &#x202e;turned', '<form action=https://evil.example><button>Sign in</button>', '<base href=https://evil.example/>', '[click](//evil.example)', 'https://e.example/<script>alert(1)</script>'];
  await as('chair', 'moderator', {}, async (page) => {
    for (const text of texts) await say(page, text);
    for (const address of [paper, '/comments', `${paper}?sort=newest`]) {
      await page.goto(site.url + address, { waitUntil: 'networkidle' });
      const odd = await page.evaluate(() => {
        const allowed = new Set('P BR EM STRONG DEL CODE PRE BLOCKQUOTE UL OL LI HR A math mi mn mo mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mspace mstyle mtext mphantom'.split(' '));
        return [...document.querySelectorAll('.t *')].filter((el) => !allowed.has(el.tagName) || [...el.attributes].some((a) => /^on|style|src/.test(a.name)) || (el.href && !/^https?:/.test(el.href))).map((el) => el.outerHTML);
      });
      assert.deepEqual(odd, [], address);
      assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(await page.locator('.talk').first().textContent()), 'nothing turns text around');
    }
  });
});
