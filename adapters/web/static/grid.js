/* The plain background of every map: the Danish grid, asked for again whenever the view moves. */
(function () {
  "use strict";
  window.gadelysMap = function (place) {
    const told = place.dataset;
    const DEEPEST = 19;
    const map = L.map(place, { zoomControl: false, maxZoom: DEEPEST, minZoom: 6, attributionControl: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
    L.control.zoom({ zoomInTitle: told.in, zoomOutTitle: told.out }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
    if (told.tiles) L.tileLayer("/map/tiles/{z}/{x}/{y}", { maxZoom: DEEPEST }).addTo(map);
    if (told.attribution) L.control.attribution({ prefix: false }).addAttribution(escaped(told.attribution)).addTo(map);
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
    return map;
  };

  function escaped(text) {
    const span = document.createElement("span");
    span.textContent = text;
    return span.innerHTML;
  }
})();
