/* Lets the page open without a network. It never touches what is sent. */
"use strict";
importScripts("/static/felt/outbox.js");
const PAGE = "/felt/";
const PATIENCE_MS = 4000;

self.addEventListener("install", function (event) {
  event.waitUntil((async function () {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES);
    await keep(await fetch(PAGE, { credentials: "same-origin", cache: "no-store" }));
  })());
});

self.addEventListener("activate", function (event) {
  event.waitUntil((async function () {
    for (const name of await caches.keys())
      if (name.startsWith("felt-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

// Only a page that somebody was logged in for is kept.
async function keep(answer) {
  if (answer.status === 200 && !answer.redirected && answer.headers.get("x-felt"))
    await (await caches.open(CACHE)).put(PAGE, answer.clone());
  return answer;
}

async function page(request) {
  const kept = await (await caches.open(CACHE)).match(PAGE);
  const fresh = fetch(request).then(keep);
  if (!kept) return fresh;
  const late = new Promise(function (resolve) { setTimeout(resolve, PATIENCE_MS, kept); });
  return Promise.race([fresh.then(function (answer) { return answer.status >= 500 ? kept : answer; }).catch(function () { return kept; }), late]);
}

async function file(request, path) {
  const kept = await (await caches.open(CACHE)).match(path);
  return kept || fetch(request);
}

self.addEventListener("fetch", function (event) {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === PAGE) event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname)) event.respondWith(file(event.request, url.pathname));
});

self.addEventListener("sync", function (event) {
  if (event.tag === "felt") event.waitUntil(self.Outbox.send());
});
