/* Felt: note a finding in three taps, with or without a network.
   Without this file the form posts plainly. */
(function () {
  "use strict";
  const T = JSON.parse(document.getElementById("texts").textContent);
  const form = document.getElementById("finding"), who = form.dataset.who;
  const byId = function (id) { return document.getElementById(id); };
  const LONGEST = 1600, QUALITY = 0.82, EVERY_MS = 60000, OLD_MS = 86400000;
  // A phone whose clock was wrong may say it again.
  const CLOCK_WRONG = ["calendar_ends", "out_of_order", "date_in_past", "date_in_future"];
  let photos = [], state = navigator.onLine ? "done" : "offline", editing = null;

  document.documentElement.classList.add("js");

  function say(text) { byId("told").textContent = text; }
  function filled(text, values) { return text.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; }); }
  function counted(name, n) { return filled(n === 1 ? T[name + "_one"] : T[name], { count: n }); }
  function el(name, text, cls) { const made = document.createElement(name); if (text) made.textContent = text; if (cls) made.className = cls; return made; }
  function button(text, act, cls) { const made = el("button", text, cls || "second"); made.type = "button"; made.addEventListener("click", act); return made; }

  // ---- the form, and its draft ----

  function body() {
    const told = {};
    for (const name of ["category", "text", "place", "walk", "severity"]) {
      const value = (form.elements[name] && form.elements[name].value || "").trim();
      if (value) told[name] = value;
    }
    for (const name of ["lat", "lon"]) {
      const value = form.elements[name].value.trim().replace(",", ".");
      if (value) told[name] = value;
    }
    return told;
  }

  function fill(told) {
    for (const name of ["category", "text", "place", "walk", "severity", "lat", "lon"]) {
      if (told[name] !== undefined) form.elements[name].value = told[name];
      else if (name !== "walk" && name !== "severity") form.elements[name].value = "";
    }
    form.elements.walk.dispatchEvent(new Event("change"));
    unfold();
  }

  let timer = null;
  function keepDraft() {
    clearTimeout(timer);
    timer = setTimeout(function () {
      Outbox.put("kladde", { id: "kladde", body: body(), photos: photos, editing: editing }).then(function () { byId("draft").textContent = T.draft_kept; });
    }, 400);
  }

  async function restore() {
    const draft = await Outbox.one("kladde", "kladde");
    if (draft && !form.dataset.fresh) { fill(draft.body); photos = draft.photos || []; editing = draft.editing || null; if (photos.length || draft.body.text) byId("draft").textContent = T.draft_back; }
    showPhotos();
  }

  // What is chosen must be seen, also among the rarer categories.
  function unfold() {
    const more = byId("more");
    if (more && more.querySelector("input:checked")) more.open = true;
  }

  function clear() {
    const walk = form.elements.walk.value;
    form.reset();
    form.elements.walk.value = walk;
    for (const name of ["lat", "lon", "text", "place"]) form.elements[name].value = "";
    photos = []; editing = null;
    if (byId("more")) byId("more").open = false;
    byId("draft").textContent = ""; byId("accuracy").textContent = "";
    showPhotos();
  }

  // ---- photos: drawn anew here already, so that place and camera stay behind ----

  async function drawn(file) {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const by = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * by));
    canvas.height = Math.max(1, Math.round(image.height * by));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise(function (resolve) { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    return { id: crypto.randomUUID(), shows: "before", bytes: await blob.arrayBuffer(), sent: false };
  }

  async function show(photo, canvas) {
    const image = await createImageBitmap(new Blob([photo.bytes], { type: "image/jpeg" }));
    canvas.width = 120; canvas.height = 90;
    const by = Math.max(120 / image.width, 90 / image.height);
    canvas.getContext("2d").drawImage(image, (120 - image.width * by) / 2, (90 - image.height * by) / 2, image.width * by, image.height * by);
  }

  function showPhotos() {
    const list = byId("chosen");
    list.textContent = "";
    photos.forEach(function (photo, nth) {
      const item = el("li"), canvas = el("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", filled(T.photo_nth, { nth: nth + 1 }));
      item.append(canvas, button(T.photo_drop, function () { photos.splice(nth, 1); showPhotos(); keepDraft(); }));
      list.append(item);
      show(photo, canvas);
    });
    byId("photo-label").textContent = photos.length ? T.photo_more : T.photo;
  }

  byId("photo").addEventListener("change", async function (event) {
    for (const file of event.target.files) {
      try { photos.push(await drawn(file)); } catch (_) { say(T.photo_bad); }
    }
    event.target.value = "";
    showPhotos(); keepDraft();
  });

  // ---- the place ----

  function locate() {
    if (!navigator.geolocation) { byId("accuracy").textContent = T.no_place; return; }
    byId("accuracy").textContent = T.locating;
    navigator.geolocation.getCurrentPosition(function (found) {
      form.elements.lat.value = found.coords.latitude.toFixed(6);
      form.elements.lon.value = found.coords.longitude.toFixed(6);
      byId("accuracy").textContent = filled(T.located, { metres: Math.round(found.coords.accuracy) });
      keepDraft();
    }, function () { byId("accuracy").textContent = T.no_place; },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 });
  }
  byId("locate").addEventListener("click", locate);
  for (const name of ["lat", "lon"]) form.elements[name].addEventListener("input", function () { byId("accuracy").textContent = T.moved; });

  // ---- saving: first on the phone, always ----

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    if (form.inert) return;
    const told = body();
    if (!told.category) return fault("categories", T.category_missing);
    if (!told.text && !photos.length) return fault("text", T.text_missing);
    if (!told.text) told.text = T.see_photo;
    // Until it is stored nothing can be typed that would be cleared with it, or sent twice.
    say(""); form.inert = true;
    try { await store(told); } catch (_) { say(T.not_saved); return; } finally { form.inert = false; }
    clearTimeout(timer);
    clear();
    say(T.saved);
    byId("categories").focus();
    send();
  });

  async function store(told) {
    const before = editing ? await Outbox.one("fund", editing) : null;
    // The same words under the same id may be stored already; other words need another.
    await Outbox.save({ id: crypto.randomUUID(), owner: who, state: "waiting", savedAt: Date.now(), photos: photos,
      body: Object.assign(told, { seen_at: before && !CLOCK_WRONG.includes(before.code) ? before.body.seen_at : new Date().toISOString() }) });
    if (before) await Outbox.remove("fund", before.id);
  }

  function fault(id, text) {
    say(text);
    const where = byId(id);
    where.focus();
    where.scrollIntoView({ block: "center" });
  }

  form.addEventListener("input", keepDraft);

  // ---- the outbox ----

  async function send() {
    if ("serviceWorker" in navigator) navigator.serviceWorker.ready.then(function (it) { if (it.sync) it.sync.register("felt").catch(function () {}); });
    state = "sending"; render();
    try { state = await Outbox.send(); } catch (_) { state = "later"; }
    render();
  }

  // By itself it asks only when something waits: a page left open is not a visit.
  async function sendWaiting() {
    const kept = await Outbox.all("fund");
    if (kept.some(function (one) { return one.state === "waiting"; })) await send();
  }

  function asFile(records) {
    const out = records.map(function (one) {
      return Object.assign({}, one, { photos: one.photos.map(function (photo) {
        let text = ""; const bytes = new Uint8Array(photo.bytes);
        for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192));
        return { id: photo.id, shows: photo.shows, sent: photo.sent, jpeg: btoa(text) };
      }) });
    });
    const link = el("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ schema: "field-outbox/1", findings: out }, null, 1)], { type: "application/json" }));
    link.download = "gadelys-udbakke-" + new Date().toISOString().slice(0, 10) + ".json";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
  }

  function itemOf(record) {
    const item = el("li", "", record.state);
    item.append(el("p", (record.state === "refused" ? "! " : "○ ") + (T.categories[record.body.category] || record.body.category) + ": " + record.body.text, "what"));
    const noted = new Date(record.savedAt).toLocaleString(document.documentElement.lang);
    item.append(el("p", filled(T.noted, { at: noted, photos: record.photos.length }), "when"));
    if (record.owner !== who) item.append(el("p", filled(T.other_owner, { who: record.owner }), "why"));
    if (record.state !== "refused") return item;
    item.append(el("p", record.number ? filled(T.refused_photo, { number: record.number, why: record.why }) : record.why || T.refused, "why"));
    const acts = el("p", "", "acts");
    if (record.number) {
      acts.append(button(T.again, function () { record.state = "waiting"; Outbox.put("fund", record).then(send); }));
      acts.append(button(T.without_photo, function () {
        if (!confirm(T.without_photo_sure)) return;
        record.photos = record.photos.filter(function (one) { return one.sent; }); record.state = "waiting";
        Outbox.put("fund", record).then(send);
      }));
    } else {
      if (record.code === "persons_named") acts.append(button(T.persons_checked, function () { record.body.checked = true; record.state = "waiting"; Outbox.put("fund", record).then(send); }));
      acts.append(button(T.edit, function () {
        const mine = body();
        if ((mine.text || photos.length) && !confirm(T.edit_sure)) return;
        fill(record.body); photos = record.photos; editing = record.id; showPhotos(); keepDraft();
        byId("text").focus();
      }));
      acts.append(button(T.again, function () { record.state = "waiting"; Outbox.put("fund", record).then(send); }));
    }
    item.append(acts);
    return item;
  }

  let drawing = 0;
  async function render() {
    const turn = ++drawing;
    const kept = await Outbox.all("fund"), done = await Outbox.all("sendt");
    if (turn !== drawing) return;
    const waiting = kept.filter(function (one) { return one.state === "waiting"; });
    const refused = kept.filter(function (one) { return one.state === "refused"; });
    const parts = [];
    if (waiting.length) parts.push("○ " + counted("waiting", waiting.length));
    if (refused.length) parts.push("! " + counted("needs_you", refused.length));
    if (!kept.length) parts.push(done.length ? "✔ " + T.all_sent : T.empty);
    byId("count").textContent = parts.join(" · ");
    byId("count").className = refused.length ? "bad" : waiting.length ? "wait" : "fine";
    const old = waiting.some(function (one) { return Date.now() - one.savedAt > OLD_MS; });
    byId("net").textContent = old ? T.old : state === "done" && !waiting.length ? "" : T["net_" + state] || "";
    byId("login").hidden = state !== "login";
    const list = byId("outbox-list");
    list.textContent = "";
    const byTime = function (a, b) { return a.savedAt - b.savedAt; };
    for (const record of refused.sort(byTime).concat(waiting.sort(byTime))) list.append(itemOf(record));
    const sentList = byId("sent-list");
    sentList.textContent = "";
    done.sort(function (a, b) { return b.at - a.at; });
    for (const line of done.slice(0, 20)) {
      const item = el("li"), link = el("a", "✔ " + filled(T.sent_as, { number: line.number }));
      link.href = "/cases/" + encodeURIComponent(line.number);
      item.append(link, document.createTextNode(" " + line.text.slice(0, 80)));
      sentList.append(item);
    }
    byId("sent").hidden = !done.length;
    byId("save-file").hidden = !kept.length;
  }

  byId("send").addEventListener("click", send);
  byId("save-file").addEventListener("click", function () { Outbox.all("fund").then(asFile); });
  Outbox.onchange = render;
  window.addEventListener("online", function () { state = "done"; render(); sendWaiting(); });
  window.addEventListener("offline", function () { state = "offline"; render(); });
  window.addEventListener("pageshow", sendWaiting);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) sendWaiting(); });
  setInterval(sendWaiting, EVERY_MS);

  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/felt/sw.js", { scope: "/felt/" });
  if (navigator.permissions) navigator.permissions.query({ name: "geolocation" }).then(function (it) { if (it.state === "granted" && !form.elements.lat.value) locate(); }).catch(function () {});
  restore().then(render);
})();
