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

  // Before and after on top of each other; arrow keys move the edge between them.
  for (const compare of document.querySelectorAll("[data-compare]")) {
    const edge = compare.querySelector(".edge"), range = edge.querySelector("input");
    const after = compare.querySelector(".after");
    function show() { after.querySelector("img").style.clipPath = "inset(0 0 0 " + range.value + "%)"; }
    compare.classList.add("slides");
    edge.hidden = false;
    range.addEventListener("input", show);
    show();
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
  // One step for the case at which one stands: its form, or why it cannot be taken.
  const STEPS = { a: "assign", d: "change-deadline", f: "mark-fixed", n: "note" };
  function take(step) {
    if (at >= 0) location.assign(rows[at].querySelector("a").href + "/" + step);
  }
  function clear() {
    for (const box of boxes) box.checked = false;
    if (several) count();
  }

  // Go anywhere: the palette is a page that opens over this one.
  // What it offers is asked for once; words choose among that, a number asks again.
  let palette = null;
  function ask(text) {
    const query = new URLSearchParams({ q: text, here: location.pathname });
    return fetch("/palette/found?" + query).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (found) {
      palette.querySelector(".palette-found").innerHTML = found;
    });
  }
  function narrow(text) {
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of palette.querySelectorAll(".palette-found li")) {
      const said = entry.textContent.toLocaleLowerCase();
      entry.hidden = !words.every(function (word) { return said.includes(word); });
    }
  }
  function look(word) {
    const number = /\d/.test(word.value);
    const asked = palette.dataset.asked || "";
    if (number || asked) {
      palette.dataset.asked = number ? word.value : "";
      ask(number ? word.value : "").then(function () { if (!number) narrow(word.value); });
    } else narrow(word.value);
  }
  function ways() {
    return Array.from(palette.querySelectorAll(".palette-found li:not([hidden]) a"));
  }
  function prepare() {
    const template = document.getElementById("palette-template");
    document.body.append(template.content.cloneNode(true));
    palette = document.querySelector("dialog.palette");
    const word = palette.querySelector("#palette-word");
    let waiting = 0;
    word.addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () { look(word); }, /\d/.test(word.value) ? 350 : 0);
    });
    // Nothing of ours fits: the form goes on to the page, which searches all cases.
    palette.querySelector("form").addEventListener("submit", function (event) {
      const first = ways()[0];
      if (first) { event.preventDefault(); first.click(); }
    });
    palette.addEventListener("keydown", function (event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [word].concat(ways());
      const next = step && stops[stops.indexOf(document.activeElement) + step];
      if (next) { event.preventDefault(); next.focus(); }
    });
  }
  function open() {
    if (!palette) prepare();
    const word = palette.querySelector("#palette-word");
    word.value = "";
    palette.dataset.asked = "";
    ask("").then(function () { narrow(word.value); });
    if (!palette.open) palette.showModal();
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
    else if (several && STEPS[event.key]) take(STEPS[event.key]);
    else if (event.key === "Escape") clear();
    else if (event.key === "?") location.assign("/settings");
    else if (event.key === "/") {
      const find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); }
    }
  });
})();
