// A mail relay on this machine, which keeps what it is given.
import net from 'node:net';

/** unfold undoes quoted-printable. */
const unfold = (text) => text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

/**
 * startRelay takes mail by SMTP on a port of its own. mails are what came, each
 * with its recipient and its text; link(to, part, ms) waits that long for a mail to
 * an address with a link that holds part, and gives its path. refuse(to, answer)
 * has all further mail to an address refused; refused is how often it was.
 */
export async function startRelay() {
  const mails = [];
  const sockets = new Set();
  const answers = new Map();
  let refused = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let held = '', to = '', data = false;
    socket.write('220 relay.test ESMTP\r\n');
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (;;) {
        const end = data ? held.indexOf('\r\n.\r\n') : held.indexOf('\r\n');
        if (end < 0) return;
        const text = held.slice(0, end);
        held = held.slice(end + (data ? 5 : 2));
        if (data) {
          data = false;
          mails.push({ to, text: unfold(text) });
          socket.write('250 2.0.0 taken\r\n');
          continue;
        }
        const verb = text.slice(0, 4).toUpperCase();
        if (verb === 'RCPT') to = /<([^>]*)>/.exec(text)[1];
        if (verb === 'RCPT' && answers.has(to)) {
          refused++;
          socket.write(answers.get(to) + '\r\n');
          continue;
        }
        if (verb === 'DATA') data = true;
        if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
        else socket.write(verb === 'DATA' ? '354 go on\r\n' : '250 2.0.0 yes\r\n');
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const link = async (to, part, ms = 20_000) => {
    for (const deadline = Date.now() + ms; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 20))) {
      for (const mail of mails.filter((m) => m.to === to)) {
        const found = (mail.text.match(/https?:\/\/[^\s"<>]+/g) ?? []).find((url) => url.includes(part));
        if (found) return found.replace(/^https?:\/\/[^/]+/, '').replaceAll('&amp;', '&');
      }
    }
    throw new Error(`no mail to ${to} with a link that holds ${part}; ${mails.length} mails came: ${mails.map((m) => m.to)}`);
  };
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { port: server.address().port, mails, link, stop, refuse: (to, answer) => answers.set(to, answer), get refused() { return refused; } };
}

/** order sends a form as a page of the site does. */
export function order(site, path, fields) {
  return fetch(site.url + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin' } });
}
