/* A value of a case is changed where it stands: click, Enter saves, Esc cancels.
   Without this file the same links lead to the same forms on a page of their own. */
(function () {
  "use strict";

  let open = null;

  function page(text) { return new DOMParser().parseFromString(text, "text/html"); }

  function close() {
    if (!open) return;
    open.box.remove();
    open.link.hidden = false;
    open.link.focus();
    open = null;
  }

  // What the server says of the form as it stands: what would follow, or what is wrong.
  let waiting = 0;
  function ask(form, said) {
    clearTimeout(waiting);
    if (empty(form)) { said.replaceChildren(); return; }
    waiting = setTimeout(function () {
      const body = new URLSearchParams(new FormData(form));
      body.set("preview", "1");
      fetch(form.action, { method: "POST", body: body })
        .then(function (answer) { return answer.text(); })
        .then(function (text) {
          const told = page(text).querySelectorAll("main .alert-error, main .follows");
          said.replaceChildren(...told);
        })
        .catch(function () { said.replaceChildren(); });
    }, 300);
  }

  function fields(form) {
    return Array.from(form.querySelectorAll("select, textarea, input:not([type=hidden])"));
  }
  function empty(form) {
    return fields(form).find(function (one) { return !one.value.trim(); });
  }

  function shown(link, form) {
    close();
    const box = document.createElement("div");
    const said = document.createElement("div");
    const keys = document.createElement("p");
    box.className = "inline-edit";
    said.setAttribute("aria-live", "polite");
    keys.className = "form-hint";
    keys.textContent = link.closest("[data-edits]").dataset.edits;
    const preview = form.querySelector("button[name=preview]");
    if (preview) preview.remove();
    for (const told of form.querySelectorAll(".follows")) said.append(told);
    form.querySelector(".buttons").before(said);
    form.append(keys);
    box.append(form);
    link.after(box);
    link.hidden = true;
    open = { box: box, link: link };
    form.addEventListener("input", function () { ask(form, said); });
    form.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { event.preventDefault(); close(); }
      // Enter goes on to what is still empty, and saves when nothing is.
      if (event.key === "Enter" && !event.shiftKey && fields(form).includes(event.target)) {
        event.preventDefault();
        const next = empty(form);
        if (next) next.focus(); else form.requestSubmit();
      }
    });
    form.querySelector(".button-tertiary").addEventListener("click", function (event) {
      event.preventDefault();
      close();
    });
    fields(form)[0].focus();
  }

  for (const link of document.querySelectorAll("a[data-edit]")) {
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      fetch(link.href)
        .then(function (answer) { return answer.text(); })
        .then(function (text) {
          const form = page(text).querySelector("form[action='" + link.pathname + "']");
          if (form) shown(link, document.adoptNode(form)); else location.assign(link.href);
        })
        .catch(function () { location.assign(link.href); });
    });
  }
})();
