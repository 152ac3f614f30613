/* The map beside the list: it shows the entries of the list, and nothing else. */
(function () {
  "use strict";
  const place = document.getElementById("map");
  if (!place || !window.L) return;
  const told = place.dataset;
  const map = window.gadelysMap(place);

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
  // The way of the walk that is looked at; its stops are no cases, and lead nowhere.
  const route = JSON.parse(told.route || "[]");
  L.polyline(route.map(function (stop) { return [stop.lat, stop.lon]; }), { className: "route-line", weight: 4, interactive: false }).addTo(map);
  route.forEach(function (stop, nth) {
    const name = told.stop.replace("#", nth + 1) + ": " + stop.name;
    const icon = new Named({ className: "pin pin-stop", html: String(nth + 1), iconSize: [28, 28], name: name });
    L.marker([stop.lat, stop.lon], { icon: icon, keyboard: false, interactive: false, title: name }).addTo(map);
    points.push([stop.lat, stop.lon]);
  });
  map.fitBounds(points.length ? points : [[told.south, told.west], [told.north, told.east]], { padding: [40, 40], maxZoom: 16 });
  map.addLayer(clusters);
})();
