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
    const slide = compare.querySelector(".slide"), range = slide.querySelector("input");
    const after = compare.querySelector(".after");
    function show() { after.querySelector("img").style.clipPath = "inset(0 0 0 " + range.value + "%)"; }
    compare.classList.add("slides");
    slide.hidden = false;
    range.addEventListener("input", show);
    show();
  }

  // The list by keyboard: j and k move, Enter opens, / searches; never while typing.
  const rows = Array.from(document.querySelectorAll("table.work tbody tr"));
  let at = -1;
  function go(step) {
    if (!rows.length) return;
    if (at >= 0) rows[at].classList.remove("at");
    at = Math.max(0, Math.min(rows.length - 1, at + step));
    rows[at].classList.add("at");
    rows[at].querySelector("a").focus();
  }
  document.addEventListener("keydown", function (event) {
    const where = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(where.tagName)) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "/") {
      const find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); }
    }
  });
})();
