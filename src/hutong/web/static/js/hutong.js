// All there is of script: how far a file is that is sent, and the question before typed work is left.
// Every page works without it. Words stand in the page (templates/parts/sending.html), in its language.
"use strict";

(() => {
  const POLL = 1000, LOST = 3;
  const typed = new Set();
  let sent = null, over = true, page = Date.now();

  const language = () => document.documentElement.lang;
  const number = (value, digits = 0) =>
    value.toLocaleString(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const mebibytes = (bytes) => `${number(bytes / 1048576, 1)} MB`;

  // Typed work

  function chosen(select) {
    return Math.max(0, [...select.options].findIndex((option) => option.defaultSelected));
  }

  function differs(field) {
    switch (field.type) {
      case "checkbox": case "radio": return field.checked !== field.defaultChecked;
      case "select-one": return field.selectedIndex !== chosen(field);
      case "file": return field.files.length > 0;
      case "hidden": case "submit": case "button": return false;
      default: return "defaultValue" in field && field.value !== field.defaultValue;
    }
  }

  function unsent(form) {
    return form.isConnected && form !== sent && [...form.elements].some(differs);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && form.closest("main") && !form.querySelector("[type=password]")) {
      typed.add(form);
      if (form === sent) sent = null;
    }
  });

  addEventListener("beforeunload", (event) => {
    if ([...typed].some(unsent)) event.preventDefault();
  });

  addEventListener("pageshow", (event) => {
    if (event.persisted) { typed.clear(); sent = null; }
  });

  // A file that is sent

  function say(box, words, facts = {}) {
    const said = (box.dataset[words] || "").replace(/\{(\w+)\}/g, (_, name) => facts[name]);
    if (!said) return;
    box.querySelector("p").textContent = said;
    const heard = box.querySelector("[role=status]"); // each stage once, not each number of it
    if (heard.dataset.stage !== words) { heard.dataset.stage = words; heard.textContent = said; }
  }

  function measure(box, done, all) {
    const bar = box.querySelector("progress");
    if (all) { bar.max = all; bar.value = done; } else { bar.removeAttribute("value"); }
  }

  async function follow(box) {
    over = false;
    for (let failed = 0; failed < LOST;) {
      await new Promise((resolve) => setTimeout(resolve, POLL));
      if (over || !box.isConnected) return;
      try {
        const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
        const told = answer.ok ? await answer.json() : null;
        if (!told) failed += 1;
        else if (told.stage && !over) say(box, told.stage, { rows: number(told.rows) });
      } catch { failed += 1; }
    }
  }

  function show(answer) {
    const found = new DOMParser().parseFromString(answer.responseText, "text/html");
    typed.clear();
    sent = null;
    over = true;
    page = Date.now();
    history.pushState({ page }, "", answer.responseURL || location.href);
    document.documentElement.replaceWith(found.documentElement);
    scrollTo(0, 0);
    (document.querySelector("[autofocus]") || document.getElementById("main") || document.body).focus();
  }

  function send(form, box, button) {
    const data = new FormData(form), request = new XMLHttpRequest();
    if (button && button.name) data.append(button.name, button.value);
    const buttons = [...form.querySelectorAll("button")];
    const held = (so) => buttons.forEach((each) => { each.disabled = so; });
    const lost = () => { held(false); sent = null; over = true; measure(box, 0, 1); say(box, "lost"); };
    request.upload.onprogress = (event) => {
      measure(box, event.loaded, event.lengthComputable ? event.total : 0);
      say(box, "sent", { done: mebibytes(event.loaded), all: mebibytes(event.total) });
    };
    request.upload.onload = () => { measure(box); say(box, "arrived"); };
    request.onerror = request.onabort = lost;
    request.onload = () => {
      const html = (request.getResponseHeader("Content-Type") || "").startsWith("text/html");
      if (html) show(request); else lost();
    };
    request.open("POST", form.getAttribute("action") || location.href);
    request.send(data);
    held(true);
    follow(box);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target, box = form.querySelector(".sending");
    if (event.defaultPrevented) return;
    if (form.method === "post") sent = form;
    if (!box || event.submitter?.name === "cancel") return;
    box.hidden = false;
    const file = form.querySelector("input[type=file]");
    if (!file || !file.files.length) { measure(box); say(box, "arrived"); follow(box); return; }
    event.preventDefault();
    measure(box, 0, file.files[0].size);
    say(box, "sent", { done: mebibytes(0), all: mebibytes(file.files[0].size) });
    send(form, box, event.submitter);
  });

  // An address within the page, as that of the skip link, is the same page; who goes back from what was shown is not there.

  history.replaceState({ page }, "");
  addEventListener("popstate", (event) => {
    if (event.state && event.state.page !== page) location.reload();
    else history.replaceState({ page }, "");
  });
})();
