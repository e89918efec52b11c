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

  document.addEventListener("DOMContentLoaded", () => {
    themeButton();
    markNew();
    const cards = [...document.querySelectorAll("article")];
    cards.forEach(abstractButton);
    keys(cards);
    closeMenus();
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
    document.querySelector(".top form").append(button);
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
    const rows = [["j", "next paper"], ["k", "previous paper"], ["o", "open the paper"], ["/", "go to an id, date, author or lab"], ["?", "show or hide these keys"]];
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
      for (const menu of document.querySelectorAll(".bar details[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
  }
})();
