/* Comfort only: every page works without this file. */
(function () {
  "use strict";

  const first = document.querySelector("[data-focus]");
  if (first) first.focus();

  // A form that has been sent is not sent again by an impatient second click.
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  }
  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Leaving a page with something typed asks first.
  const typed = document.querySelector("form[data-typed]");
  if (typed) {
    let changed = false;
    typed.addEventListener("input", function () { changed = true; });
    typed.addEventListener("submit", function () { changed = false; });
    window.addEventListener("beforeunload", function (event) { if (changed) event.preventDefault(); });
  }

  // Several cases: how many are chosen.
  const several = document.querySelector("form[data-several]");
  const boxes = several ? Array.from(several.querySelectorAll("input[name=case]")) : [];
  const picked = several && several.querySelector("[data-picked]");
  const unpicked = picked && picked.textContent;
  function count() {
    const chosen = boxes.filter(function (box) { return box.checked; }).length;
    for (const box of boxes) box.closest("tr").classList.toggle("chosen", box.checked);
    picked.textContent = chosen ? picked.dataset.picked.replace("#", chosen) : unpicked;
  }
  if (several) {
    several.addEventListener("change", count);
    window.addEventListener("pageshow", count);
  }

  // The list by keyboard: j and k move, x chooses, Enter opens; never while typing.
  const rows = Array.from(document.querySelectorAll("table.work tbody tr"));
  let at = -1;
  function go(step) {
    if (!rows.length) return;
    if (at >= 0) rows[at].classList.remove("at");
    at = Math.max(0, Math.min(rows.length - 1, at + step));
    rows[at].classList.add("at");
    rows[at].querySelector("a").focus();
  }
  function choose() {
    const box = at >= 0 && rows[at].querySelector("input[name=case]");
    if (box) { box.checked = !box.checked; count(); }
  }
  function clear() {
    for (const box of boxes) box.checked = false;
    if (several) count();
  }

  // Go anywhere: the palette is a page that opens over this one.
  let palette = null;
  function ask(word) {
    const query = new URLSearchParams({ q: word.value, here: location.pathname });
    fetch("/palette/found?" + query).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (found) {
      palette.querySelector(".palette-found").innerHTML = found;
    });
  }
  function open() {
    if (!palette) {
      const template = document.getElementById("palette-template");
      if (!template) return;
      document.body.append(template.content.cloneNode(true));
      palette = document.querySelector("dialog.palette");
      const word = palette.querySelector("#palette-word");
      let waiting = 0;
      word.addEventListener("input", function () {
        clearTimeout(waiting);
        waiting = setTimeout(function () { ask(word); }, 150);
      });
      palette.querySelector("form").addEventListener("submit", function (event) {
        const first = palette.querySelector(".palette-found a");
        if (first) { event.preventDefault(); first.click(); }
      });
      palette.addEventListener("keydown", function (event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        const stops = [word].concat(Array.from(palette.querySelectorAll(".palette-found a")));
        const next = stops[stops.indexOf(document.activeElement) + step];
        if (next) { event.preventDefault(); next.focus(); }
      });
    }
    const word = palette.querySelector("#palette-word");
    word.value = "";
    ask(word);
    palette.showModal();
    word.focus();
  }
  const opener = document.querySelector("[data-palette]");
  if (opener) opener.addEventListener("click", function (event) { event.preventDefault(); open(); });

  // The line of time: a slider goes where it is put, arrows walk along the dots.
  const slide = document.querySelector("form[data-slide]");
  if (slide) slide.elements.step.addEventListener("change", function () { slide.requestSubmit(); });
  const dots = Array.from(document.querySelectorAll("[data-dots] a"));
  for (const dot of dots) {
    dot.addEventListener("keydown", function (event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step && dots[dots.indexOf(dot) + step];
      if (next) { event.preventDefault(); next.focus(); }
    });
  }

  document.addEventListener("keydown", function (event) {
    const where = event.target;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && opener) {
      event.preventDefault();
      open();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || document.body.dataset.keys === "off") return;
    if (palette && palette.open) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(where.tagName) && where.type !== "checkbox") return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x") choose();
    else if (event.key === "Escape") clear();
    else if (event.key === "?") location.assign("/settings");
    else if (event.key === "/") {
      const find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); }
    }
  });
})();
