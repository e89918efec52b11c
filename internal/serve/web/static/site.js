// What makes the pages better where scripts run: theme, keys, "new" marks since
// the last visit, abstracts opened in place. Nothing here is needed to read.
"use strict";
(() => {
  const root = document.documentElement;
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window */ } },
  };
  const make = (tag, fields, ...children) => {
    const el = Object.assign(document.createElement(tag), fields);
    el.append(...children);
    return el;
  };

  // Before the page is painted, so that it never flashes in the other theme.
  const chosen = store.get("theme");
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;

  // So does the form for mail, which a reader has sent away or has answered.
  if (location.pathname === "/subscribe/sent") store.set("letter", "no");
  if (store.get("letter") === "no") root.dataset.letter = "no";

  document.addEventListener("DOMContentLoaded", () => {
    themeButton();
    letter();
    ownZone();
    cutLead();
    markNew();
    const cards = [...document.querySelectorAll("article")];
    cards.forEach(abstractButton);
    keys(cards);
    closeMenus();
    document.getElementById("v")?.addEventListener("submit", vote);
    if (document.querySelector("[data-again]")) setTimeout(() => location.reload(), 4000); // what is looked for
    document.querySelectorAll('form[action="/search"] input[name="q"]').forEach(suggest);
  });

  function themeButton() {
    const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const button = make("button", { type: "button" });
    const name = () => { button.textContent = dark() ? "Light" : "Dark"; button.title = "Change to the " + button.textContent.toLowerCase() + " page"; };
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      store.set("theme", root.dataset.theme);
      name();
    });
    name();
    (document.querySelector(".top form[role]") || document.querySelector(".top")).append(button);
  }

  function letter() {
    const form = document.querySelector(".letter");
    if (!form) return;
    const button = make("button", { type: "button", className: "close", title: "Do not show this again" }, "×");
    button.setAttribute("aria-label", "Do not show this again");
    button.addEventListener("click", () => {
      root.dataset.letter = "no";
      store.set("letter", "no");
      document.getElementById("main").querySelector("a, button")?.focus();
    });
    form.append(button);
  }

  // The reader's time zone, where nobody has chosen one.
  function ownZone() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || zone === "Etc/Unknown") return;
    for (const field of document.querySelectorAll("[data-zone]")) {
      if (field.options && ![...field.options].some((option) => option.value === zone)) {
        field.prepend(make("option", { value: zone }, zone.replaceAll("_", " ")));
      }
      field.value = zone;
    }
  }

  // The first paper's text ends where its columns do; that it goes on is said.
  function cutLead() {
    const text = document.querySelector(".long");
    if (text) new ResizeObserver(() => text.classList.toggle("cut", text.scrollWidth > text.clientWidth + 1)).observe(text);
  }

  // A visit ends after half an hour without a page. Papers that came after the
  // last one ended are new.
  function markNew() {
    const now = Math.floor(Date.now() / 1000);
    const seen = Number(store.get("seen")) || 0;
    let since = Number(store.get("since")) || 0;
    if (seen && now - seen > 1800) {
      since = seen;
      store.set("since", since);
    }
    store.set("seen", now);
    if (!since) return;
    for (const card of document.querySelectorAll("article")) {
      const fresh = Number(card.dataset.t) > since;
      let line = card.querySelector(".k");
      const mark = line && line.querySelector("i");
      if (mark && !fresh) mark.remove();
      if (mark || !fresh) continue;
      if (!line) {
        line = make("p", { className: "k" });
        card.prepend(line);
      }
      line.prepend(make("i", {}, "New"));
    }
  }

  function abstractButton(card) {
    const link = card.querySelector("h3 a");
    const text = card.querySelector("p:not(.k, .by, .d, .body)");
    if (!text || !("a" in card.dataset)) return;
    const button = make("button", { type: "button", className: "more" }, "Abstract");
    button.setAttribute("aria-expanded", "false");
    let box;
    button.addEventListener("click", async () => {
      if (!box) {
        box = make("div", { className: "abstract" }, "…");
        card.insertBefore(box, card.querySelector(".d"));
        try {
          const answer = await fetch(link.href);
          if (!answer.ok) throw new Error(answer.status);
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const whole = page.getElementById("abstract");
          if (!whole) throw new Error("none");
          box.replaceChildren(...document.importNode(whole, true).childNodes);
        } catch {
          location.assign(link.href);
          return;
        }
        box.hidden = true;
      }
      box.hidden = !box.hidden;
      button.setAttribute("aria-expanded", String(!box.hidden));
    });
    text.append(" ", button);
  }

  // A vote in place. What the answer cannot be shown in, the form shows.
  async function vote(event) {
    const button = event.submitter;
    const form = event.target;
    if (!button || "plain" in form.dataset) return;
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams([[button.name, button.value]]) });
      if (!answer.ok) throw new Error(answer.status);
      const { votes, voted } = await answer.json();
      button.name = voted ? "down" : "up";
      button.title = voted ? "Take your vote back" : "Vote for this paper";
      button.setAttribute("aria-pressed", String(voted));
      button.textContent = votes === 0 ? "Vote" : votes === 1 ? "1 vote" : votes.toLocaleString("en") + " votes";
    } catch {
      form.dataset.plain = "";
      form.requestSubmit(button);
    }
  }

  function keys(cards) {
    const links = cards.map((card) => card.querySelector("h3 a"));
    const help = helpDialog();
    const step = (by) => {
      const at = links.findIndex((a) => a.closest("article").contains(document.activeElement));
      const to = links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
      if (!to) return;
      to.focus({ focusVisible: true });
      to.closest("article").scrollIntoView({ block: "nearest" });
    };
    const actions = {
      j: () => step(1),
      k: () => step(-1),
      o: () => { const card = document.activeElement.closest("article"); if (card) card.querySelector("h3 a").click(); },
      v: () => (document.activeElement.closest("article") || document.querySelector(".paper"))?.querySelector('[form="v"]')?.click(),
      "/": () => document.getElementById("q").select(),
      "?": () => (help.open ? help.close() : help.showModal()),
    };
    document.addEventListener("keydown", (event) => {
      const field = event.target.closest("input, textarea, select, [contenteditable]");
      if (field || event.ctrlKey || event.metaKey || event.altKey || (help.open && event.key !== "?")) return;
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  function helpDialog() {
    const rows = [["j", "next paper"], ["k", "previous paper"], ["o", "open the paper"], ["v", "vote for it, or take it back"], ["/", "search"], ["?", "show or hide these keys"]];
    const list = make("dl", { className: "keys" }, ...rows.map(([key, what]) =>
      make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, what))));
    const title = make("h2", { id: "keys-title" }, "Keys");
    const close = make("button", { type: "button" }, "Close");
    const dialog = make("dialog", {}, title, list, close);
    dialog.setAttribute("aria-labelledby", "keys-title");
    close.addEventListener("click", () => dialog.close());
    document.body.append(dialog);
    return dialog;
  }

  function closeMenus() {
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll(".bar details[open], .you[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
  }

  // What may be meant, under the box while one types: a combobox as the ARIA
  // practices have it. Escape closes it, Enter on nothing searches as typed.
  function suggest(input) {
    const list = make("div", { id: input.id + "-list", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    const said = make("div", { className: "vh" }); // for who does not see the list open
    said.setAttribute("role", "status");
    // A field that is moved loses the focus: one that has it from the start stands in its box already.
    let box = input.closest(".suggest");
    if (!box) {
      box = make("div", { className: "suggest" });
      input.replaceWith(box);
      box.append(input);
    }
    box.append(list, said);
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
    const kinds = { paper: "paper", author: "author", category: "category", organization: "lab", query: "search" };
    let at = -1, timer, asked = "", asking;
    const show = (on) => {
      list.hidden = !on;
      input.setAttribute("aria-expanded", String(on));
      const n = list.children.length;
      said.textContent = !on ? "" : n === 1 ? "1 suggestion" : n + " suggestions";
      if (!on) choose(-1);
    };
    const choose = (i) => {
      at = i;
      [...list.children].forEach((row, n) => row.setAttribute("aria-selected", String(n === i)));
      if (i >= 0) input.setAttribute("aria-activedescendant", list.children[i].id);
      else input.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      const text = input.value.trim();
      if (text === asked) return;
      asked = text;
      asking?.abort();
      if (text.length < 2) return show(false);
      asking = new AbortController();
      try {
        const answer = await fetch("/search/suggest?q=" + encodeURIComponent(text), { signal: asking.signal });
        const rows = answer.ok ? await answer.json() : [];
        list.replaceChildren(...rows.map((row, n) => {
          const option = make("div", { id: list.id + n }, row.text, make("span", {}, kinds[row.kind] || ""));
          option.setAttribute("role", "option");
          option.addEventListener("mousedown", (event) => { event.preventDefault(); location.assign(row.path); });
          option.dataset.path = row.path;
          return option;
        }));
        choose(-1); // what was chosen stands in the list no more
        show(rows.length > 0 && document.activeElement === input);
      } catch { /* typed on, or away */ }
    };
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 80); });
    input.addEventListener("blur", () => show(false));
    input.addEventListener("keydown", (event) => {
      const n = list.children.length;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        clearTimeout(timer);
        asking?.abort(); // or its answer opens the list again
        asked = "";
        show(false);
        return;
      }
      if (list.hidden || !n) return;
      if (event.key === "ArrowDown") choose(at + 1 < n ? at + 1 : -1);
      else if (event.key === "ArrowUp") choose(at < 0 ? n - 1 : at - 1);
      else if (event.key === "Enter" && at >= 0) location.assign(list.children[at].dataset.path);
      else return;
      event.preventDefault();
    });
  }
})();
