// What makes a discussion better where scripts run: votes, reactions, answers,
// edits and previews in place. Each is the form of a page that works without.
"use strict";
(() => {
  const section = () => document.getElementById("discussion");

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#discussion button[form]");
    if (button) {
      event.preventDefault();
      (button.getAttribute("form") === "cv" ? vote : press)(button);
      return;
    }
    const link = event.target.closest("#discussion .o a[href^='/comments/'], #discussion .act a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    const form = link.closest("form");
    if (form) {
      event.preventDefault();
      close(form);
    } else {
      event.preventDefault();
      open(link);
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#discussion form.form");
    if (!form) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  // post sends a form as its button would and gives what the site answered.
  async function post(action, body) {
    const answer = await fetch(action, { method: "POST", body, headers: { Accept: "application/json" } });
    let said = {};
    try { said = await answer.json(); } catch { /* not for scripts */ }
    if (said.next) location.assign(said.next);
    if (!answer.ok) throw Object.assign(new Error([said.error || "That did not work.", said.fix && said.fix + "."].filter(Boolean).join(" ")), { field: said.field });
    return said;
  }

  async function vote(button) {
    const bar = button.closest(".o");
    try {
      const said = await post("/comments/votes", new URLSearchParams({ [button.name]: button.value }));
      const [up, down] = bar.querySelectorAll("button.v");
      show(up, said.vote === 1, "up", said.ups);
      show(down, said.vote === -1, "down", said.downs);
      say("");
    } catch (error) { say(error.message, bar); }
  }

  function show(button, pressed, name, count) {
    button.name = pressed ? "none" : name;
    button.setAttribute("aria-pressed", String(pressed));
    button.lastChild.nodeType === Node.TEXT_NODE ? button.lastChild.data = count ? " " + count : "" : button.append(count ? " " + count : "");
  }

  async function press(button) {
    const bar = button.closest(".o");
    try {
      await post("/comments/reactions", new URLSearchParams({ [button.name]: button.value }));
      await reload(button.value.replace("-", ""));
    } catch (error) { say(error.message, bar); }
  }

  // open puts the form of the page that a link leads to below its comment.
  async function open(link) {
    const bar = link.closest(".o");
    const old = bar.parentNode.querySelector("form.here");
    if (old) {
      const same = old.dataset.from === link.href;
      close(old);
      if (same) return;
    }
    try {
      const answer = await fetch(link.href);
      if (!answer.ok || answer.redirected) throw new Error();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = document.importNode(page.querySelector("main form.form"), true);
      form.classList.add("here");
      form.dataset.from = link.href;
      const area = form.querySelector("textarea");
      if (area) {
        area.id = "in-place";
        area.removeAttribute("aria-describedby");
        form.querySelector("label").htmlFor = area.id;
        form.querySelector(".hint").removeAttribute("id");
      }
      bar.after(form);
      const first = area || form.querySelector("button");
      first.focus();
      if (area) area.setSelectionRange(area.value.length, area.value.length);
    } catch { location.assign(link.href); }
  }

  function close(form) {
    const link = form.parentNode.querySelector(`.o a[href="${new URL(form.dataset.from).pathname}${new URL(form.dataset.from).search}"]`);
    form.remove();
    link?.focus();
  }

  async function send(form, button) {
    const data = new URLSearchParams(new FormData(form));
    if (button?.name) data.set(button.name, button.value);
    form.querySelectorAll("button").forEach((b) => { b.disabled = true; });
    try {
      const said = await post(form.getAttribute("action"), data);
      if (said.html !== undefined) preview(form, said.html);
      else await reload(said.token);
    } catch (error) {
      if (error.field === "version") form.submit(); // to the page that shows what it would be saved over
      else say(error.message, form.querySelector(".act"));
    } finally {
      form.querySelectorAll("button").forEach((b) => { b.disabled = false; });
    }
  }

  function preview(form, html) {
    let box = form.querySelector(".t");
    if (!box) {
      box = document.createElement("div");
      box.className = "t seen";
      box.dir = "auto";
      box.setAttribute("role", "status");
      form.querySelector(".act").before(box);
    }
    // As the site made it: the same HTML stands in the page once it is sent.
    box.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  // reload puts the discussion as it is now in place of what is shown.
  async function reload(token) {
    const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("discussion");
    if (!answer.ok || !fresh) { location.reload(); return; }
    section().replaceWith(document.importNode(fresh, true));
    const place = token && document.getElementById("c-" + token);
    if (place) {
      place.tabIndex = -1;
      place.focus({ preventScroll: true });
      place.scrollIntoView({ block: "nearest" });
      history.replaceState(null, "", "#c-" + token);
    } else section().querySelector("h2").scrollIntoView({ block: "nearest" });
  }

  // say tells what went wrong where it did.
  function say(text, before) {
    section().querySelectorAll(".bad").forEach((line) => line.remove());
    if (!text) return;
    const line = document.createElement("p");
    line.className = "bad";
    line.setAttribute("role", "alert");
    line.textContent = text;
    before.before(line);
  }
})();
