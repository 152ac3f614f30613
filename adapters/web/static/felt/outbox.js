/* The outbox: what was noted, until the server has said that it is stored.
   One classic script, for the page and for its worker; nothing is ever dropped here
   unless the server has it, or its owner says so. */
(function (scope) {
  "use strict";
  const NAME = "gadelys-felt", STORES = ["fund", "kladde", "sendt"], KEPT = 50;
  const CHANNEL = "BroadcastChannel" in scope ? new BroadcastChannel(NAME) : null;

  function opened() {
    return new Promise(function (resolve, reject) {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = function () {
        for (const store of STORES) asked.result.createObjectStore(store, { keyPath: "id" });
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { reject(asked.error); };
    });
  }

  // Do something in one transaction; it is on the disk when this resolves.
  async function within(stores, work) {
    const db = await opened();
    try {
      return await new Promise(function (resolve, reject) {
        const done = db.transaction(stores, "readwrite", { durability: "strict" });
        let result;
        done.oncomplete = function () { resolve(result); };
        done.onerror = done.onabort = function () { reject(done.error); };
        const asked = work(function (name) { return done.objectStore(name); });
        if (asked) asked.onsuccess = function () { result = asked.result; };
      });
    } finally { db.close(); }
  }

  function tell() { if (CHANNEL) CHANNEL.postMessage("changed"); if (api.onchange) api.onchange(); }
  function all(store) { return within([store], function (at) { return at(store).getAll(); }); }
  function one(store, id) { return within([store], function (at) { return at(store).get(id); }); }
  async function put(store, record) {
    await within([store], function (at) { at(store).put(record); });
    tell();
  }
  async function remove(store, id) {
    await within([store], function (at) { at(store).delete(id); });
    tell();
  }

  // A finding with its photos: one record, so that neither is without the other.
  // The draft is forgotten in the same breath.
  async function save(record) {
    await within(["fund", "kladde"], function (at) {
      at("fund").put(record);
      at("kladde").delete("kladde");
    });
    tell();
  }

  async function sent(record) {
    const line = { id: record.id, number: record.number, text: record.body.text, at: Date.now() };
    await within(["fund", "sendt"], function (at) {
      at("fund").delete(record.id);
      at("sendt").put(line);
    });
    const old = (await all("sendt")).sort(function (a, b) { return b.at - a.at; }).slice(KEPT);
    for (const gone of old) await within(["sendt"], function (at) { at("sendt").delete(gone.id); });
    tell();
  }

  // What an answer means: it is stored, somebody has to act, or try again later.
  function meaning(status) {
    if (status === 200 || status === 201) return "stored";
    if (status === 401) return "login";
    if (status >= 500 || status === 429 || status === 408) return "later";
    return "refused";
  }

  async function ask(path, options) {
    try {
      const answer = await fetch(path, Object.assign({ credentials: "same-origin", cache: "no-store", redirect: "error" }, options));
      let body = {};
      try { body = await answer.json(); } catch (_) { body = {}; }
      // A proxy in between may say 200 to everything: only our own answer counts.
      const kind = meaning(answer.status);
      return { kind: kind === "stored" && body.schema !== options.schema ? "later" : kind, status: answer.status, body: body };
    } catch (_) { return { kind: "offline", status: 0, body: {} }; }
  }

  async function sendOne(record, csrf) {
    const headers = { "X-CSRF-Token": csrf };
    if (!record.number) {
      const told = await ask("/felt/fund/" + record.id, {
        method: "PUT", schema: "field-finding/1", body: JSON.stringify(record.body),
        headers: Object.assign({ "Content-Type": "application/json" }, headers) });
      if (told.kind !== "stored") return told;
      record.number = told.body.number;
      await put("fund", record);
    }
    for (const photo of record.photos.filter(function (one) { return !one.sent; })) {
      const told = await ask("/felt/sager/" + encodeURIComponent(record.number) + "/foto/" + photo.id + "?shows=" + photo.shows, {
        method: "PUT", schema: "field-photo/1", body: photo.bytes,
        headers: Object.assign({ "Content-Type": "image/jpeg" }, headers) });
      if (told.kind !== "stored") return told;
      photo.sent = true;
      await put("fund", record);
    }
    await sent(record);
    return { kind: "stored" };
  }

  async function work() {
    const access = await ask("/felt/adgang", { method: "GET", schema: "field-access/1" });
    if (access.kind !== "stored") return access.kind === "refused" ? "login" : access.kind;
    const mine = (await all("fund")).filter(function (one) { return one.state === "waiting" && one.owner === access.body.who; });
    mine.sort(function (a, b) { return a.savedAt - b.savedAt; });
    for (const record of mine) {
      const told = await sendOne(record, access.body.csrf);
      if (told.kind === "stored") continue;
      if (told.kind !== "refused") return told.kind;
      const now = await one("fund", record.id) || record;
      await put("fund", Object.assign(now, { state: "refused", code: told.body.code || String(told.status), why: told.body.message || "" }));
    }
    return "done";
  }

  // Two windows, or a window and the worker, take turns.
  let running = null;
  function send() {
    if (running) return running;
    const turn = scope.navigator && navigator.locks
      ? navigator.locks.request(NAME, work) : work();
    running = turn.finally(function () { running = null; });
    return running;
  }

  const api = { all: all, one: one, put: put, remove: remove, save: save, send: send, onchange: null };
  if (CHANNEL) CHANNEL.onmessage = function () { if (api.onchange) api.onchange(); };
  scope.Outbox = api;
})(self);
