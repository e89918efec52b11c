// Passkeys: shows the buttons where the browser knows them, asks the site what to
// ask for, and gives it the answer.
addEventListener('DOMContentLoaded', () => {
  'use strict';
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

  async function post(path, body) {
    const answer = await fetch(path, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(body || {}),
    });
    return answer.json();
  }

  const listed = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));

  async function show() {
    const options = await post('/sign-in/passkey');
    if (!options.publicKey) return options;
    const asked = options.publicKey;
    const c = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) } });
    const r = c.response;
    return { credential: { id: c.id, rawId: text(c.rawId), type: c.type, response: {
      authenticatorData: text(r.authenticatorData), clientDataJSON: text(r.clientDataJSON), signature: text(r.signature),
      userHandle: r.userHandle ? text(r.userHandle) : undefined } } };
  }

  async function make() {
    const options = await post('/account/passkeys/ask');
    if (!options.publicKey) return options;
    const asked = options.publicKey;
    const c = await navigator.credentials.create({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: listed(asked.excludeCredentials) } });
    const r = c.response;
    return { credential: { id: c.id, rawId: text(c.rawId), type: c.type, response: {
      attestationObject: text(r.attestationObject), clientDataJSON: text(r.clientDataJSON), transports: r.getTransports ? r.getTransports() : [] } } };
  }

  function codes(box, list, next) {
    const ol = box.querySelector('ol');
    for (const code of list) {
      const li = document.createElement('li');
      li.textContent = code;
      ol.append(li);
    }
    box.querySelector('a').href = next;
    box.hidden = false;
    box.tabIndex = -1;
    box.focus();
  }

  for (const box of document.querySelectorAll('[data-passkey]')) {
    const button = box.querySelector('button');
    const said = box.querySelector('[role]');
    box.hidden = false;
    button.addEventListener('click', async () => {
      said.textContent = '';
      button.disabled = true;
      try {
        let out = await (box.dataset.passkey === '/account/passkeys' ? make() : show());
        if (out.credential) {
          const name = box.querySelector('input');
          out = await post(box.dataset.passkey, { ...out, next: box.dataset.next, name: name ? name.value : undefined });
        }
        if (out.codes) codes(document.querySelector('[data-codes]'), out.codes, out.next);
        else if (out.next) location.assign(out.next);
        else said.textContent = out.error || 'That did not work.';
      } catch (e) {
        said.textContent = e.name === 'InvalidStateError' ? 'This device has a passkey of your account already.' : 'No passkey was used.';
      } finally {
        button.disabled = false;
      }
    });
  }
});
