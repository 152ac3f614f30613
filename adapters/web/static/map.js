/* The map beside the list: it shows the entries of the list, and nothing else. */
(function () {
  "use strict";
  const place = document.getElementById("map");
  if (!place || !window.L) return;
  const told = place.dataset;
  const DEEPEST = 19;
  const map = L.map(place, { zoomControl: false, maxZoom: DEEPEST, minZoom: 6, attributionControl: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
  L.control.zoom({ zoomInTitle: told.in, zoomOutTitle: told.out }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
  if (told.tiles) L.tileLayer("/map/tiles/{z}/{x}/{y}", { maxZoom: DEEPEST }).addTo(map);
  if (told.attribution) L.control.attribution({ prefix: false }).addAttribution(escaped(told.attribution)).addTo(map);

  function escaped(text) {
    const span = document.createElement("span");
    span.textContent = text;
    return span.innerHTML;
  }

  // An icon that says aloud what it is.
  const Named = L.DivIcon.extend({
    createIcon: function (old) {
      const icon = L.DivIcon.prototype.createIcon.call(this, old);
      icon.setAttribute("aria-label", this.options.name);
      return icon;
    },
  });
  const clusters = L.markerClusterGroup({
    maxClusterRadius: 44, showCoverageOnHover: false, animate: false, spiderfyOnMaxZoom: true,
    iconCreateFunction: function (cluster) {
      const late = cluster.getAllChildMarkers().filter(function (one) { return one.options.late; }).length;
      const count = cluster.getChildCount();
      return new Named({ className: "pin pin-cluster" + (late ? " pin-late" : ""), html: String(count), iconSize: [40, 40], name: told.cluster.replace("#", count).replace("*", late) });
    },
  });
  const lit = new Map();
  const points = [];
  for (const entry of document.querySelectorAll("[data-spots] li[data-lat]")) {
    const said = entry.dataset;
    const at = [Number(said.lat), Number(said.lon)];
    const icon = new Named({ className: "pin pin-" + said.state, html: said.symbol, iconSize: [32, 32], name: said.name });
    const marker = L.marker(at, { icon: icon, keyboard: true, title: said.name, late: said.state === "late" });
    const link = entry.querySelector("a");
    marker.on("click keypress", function (event) {
      if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
      link.focus();
      entry.scrollIntoView({ block: "nearest" });
    });
    function light(on) {
      const shown = clusters.getVisibleParent(marker);
      const element = shown && shown.getElement();
      if (element) element.classList.toggle("lit", on);
      entry.classList.toggle("lit", on);
    }
    for (const name of ["mouseenter", "focusin"]) entry.addEventListener(name, function () { light(true); });
    for (const name of ["mouseleave", "focusout"]) entry.addEventListener(name, function () { light(false); });
    lit.set(marker, entry);
    points.push(at);
    clusters.addLayer(marker);
  }
  map.fitBounds(points.length ? points : [[told.south, told.west], [told.north, told.east]], { padding: [40, 40], maxZoom: 16 });
  map.addLayer(clusters);

  // The plain background: the Danish grid, asked for again whenever the view moves.
  const grid = L.layerGroup().addTo(map);
  let newest = 0;
  function draw() {
    const box = map.getBounds();
    const mine = (newest += 1);
    const query = new URLSearchParams({ south: box.getSouth(), west: box.getWest(), north: box.getNorth(), east: box.getEast() });
    fetch("/map/grid?" + query).then(function (answer) { return answer.ok ? answer.json() : null; }).then(function (found) {
      if (!found || mine !== newest) return;
      grid.clearLayers();
      for (const line of found.lines) L.polyline(line, { interactive: false, className: "grid-line", weight: 1 }).addTo(grid);
      for (const one of roomy(found.labels)) L.marker(one.at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "grid-name", html: escaped(one.name), iconSize: null }), zIndexOffset: -1000 }).addTo(grid);
      for (const element of place.querySelectorAll(".grid-name")) element.setAttribute("aria-hidden", "true");
      place.dataset.drawn = found.step;
    });
  }
  // Names of cells only where there is room for them.
  function roomy(labels) {
    const taken = [];
    return labels.filter(function (one) {
      const at = map.latLngToContainerPoint(one.at);
      const free = taken.every(function (other) { return Math.abs(at.x - other.x) > 120 || Math.abs(at.y - other.y) > 24; });
      if (free) taken.push(at);
      return free;
    });
  }
  map.on("moveend", draw);
  draw();
})();
