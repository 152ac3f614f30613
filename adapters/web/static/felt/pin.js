/* Where it is, chosen by a stop of the route or by moving a drawn map under a pin.
   It asks nobody for anything: what it draws came with the page. */
(function () {
  "use strict";
  const T = JSON.parse(document.getElementById("texts").textContent);
  const form = document.getElementById("finding");
  const byId = function (id) { return document.getElementById(id); };
  const RINGS_M = [10, 25, 50, 100], CLOSE = 18, FAR = 13, A_STEP_M = 0.5;
  let map = null, drawn = null, byStop = "", quiet = false;

  function stops() { return T.routes[form.elements.walk.value] || []; }
  function point() {
    const pair = ["lat", "lon"].map(function (name) { return form.elements[name].value.trim().replace(",", "."); });
    return pair.every(function (one) { return one && Number.isFinite(Number(one)); }) ? pair.map(Number) : null;
  }
  function put(lat, lon) {
    form.elements.lat.value = lat.toFixed(6);
    form.elements.lon.value = lon.toFixed(6);
    form.elements.lat.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function named(nth, name) { return T.stop_nth.replace("{nth}", nth).replace("{name}", name); }

  // ---- the stop ----

  function offer() {
    const choice = byId("stop"), found = stops();
    const none = choice.options[0];
    choice.textContent = "";
    choice.append(none);
    found.forEach(function (stop, nth) { choice.append(new Option(named(nth + 1, stop.name), nth)); });
    byId("stop-box").hidden = !found.length;
    show();
  }
  byId("stop").addEventListener("change", function (event) {
    const stop = stops()[event.target.value];
    if (!stop) return;
    const words = named(Number(event.target.value) + 1, stop.name), at = point();
    const place = form.elements.place;
    if (!place.value.trim() || place.value === byStop) place.value = words;
    // What was measured or typed stays; what came of another stop does not.
    if (!at || byStop) { put(stop.lat, stop.lon); byId("accuracy").textContent = ""; }
    byStop = words;
    show();
  });
  for (const name of ["lat", "lon"]) form.elements[name].addEventListener("input", function (event) { if (event.isTrusted) byStop = ""; });
  form.elements.walk.addEventListener("change", offer);
  form.addEventListener("reset", function () { byStop = ""; });

  // ---- the pin ----

  function loaded() {
    if (window.L) return Promise.resolve();
    return new Promise(function (resolve, reject) {
      const style = document.createElement("link"), script = document.createElement("script");
      style.rel = "stylesheet"; style.href = "/static/vendor/leaflet/dist/leaflet.css";
      script.src = "/static/vendor/leaflet/dist/leaflet.js";
      script.addEventListener("load", resolve); script.addEventListener("error", reject);
      document.head.append(style, script);
    });
  }
  function start() { return point() || (stops().length ? [stops()[0].lat, stops()[0].lon] : null) || T.middle; }
  function label(at, text, cls) { return L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: cls, html: text, iconSize: null }) }); }

  function show() {
    if (!map || byId("pin-box").hidden) return;
    const at = start();
    drawn.clearLayers();
    for (const metres of RINGS_M) {
      L.circle(at, { radius: metres, interactive: false, className: "ring", fill: false, weight: 1 }).addTo(drawn);
      label([at[0] + metres / 111320, at[1]], metres + " m", "ring-name").addTo(drawn);
    }
    const found = stops().map(function (stop) { return [stop.lat, stop.lon]; });
    L.polyline(found, { interactive: false, className: "way", weight: 3 }).addTo(drawn);
    found.forEach(function (one, nth) { label(one, String(nth + 1), "stop-mark").addTo(drawn); });
    for (const one of byId("pin-map").querySelectorAll(".leaflet-marker-icon")) one.setAttribute("aria-hidden", "true");
    quietly(function () { map.setView(at, point() || stops().length ? CLOSE : FAR, { animate: false }); });
  }
  // Only what a hand does moves the pin: opening the map, or a closer look, does not.
  function quietly(act) { quiet = true; act(); quiet = false; }
  function moved() {
    const at = map.getCenter();
    if (quiet || map.distance(at, start()) < A_STEP_M) return;
    byStop = "";
    put(at.lat, at.lng);
  }

  byId("move-pin").addEventListener("click", function () {
    const open = byId("pin-box").hidden;
    byId("move-pin").setAttribute("aria-expanded", String(open));
    byId("pin-box").hidden = !open;
    if (!open) return;
    loaded().then(function () {
      if (!map) {
        map = L.map("pin-map", { zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false, maxZoom: 20, minZoom: 8, scrollWheelZoom: "center", doubleClickZoom: "center", touchZoom: "center" });
        L.control.zoom({ zoomInTitle: T.zoom_in, zoomOutTitle: T.zoom_out }).addTo(map);
        L.control.scale({ imperial: false }).addTo(map);
        drawn = L.layerGroup().addTo(map);
        show();
        map.on("moveend", moved);
        map.on("click", function (event) { map.panTo(event.latlng, { animate: false }); });
      } else { quietly(function () { map.invalidateSize({ animate: false }); }); show(); }
      byId("pin-map").focus();
    }).catch(function () { byId("accuracy").textContent = T.no_pin; });
  });

  byId("locate").addEventListener("click", function () { byStop = ""; });
  offer();
})();
