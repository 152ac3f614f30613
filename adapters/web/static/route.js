/* The route on the map: what stands in the list, and a point for the next stop. */
(function () {
  "use strict";
  const place = document.getElementById("route-map");
  if (!place || !window.L) return;
  const told = place.dataset;
  const map = window.gadelysMap(place);
  const entries = [...document.querySelectorAll(".stops [data-stop]")];
  const marks = new Map();
  const line = L.polyline([], { className: "route-line", weight: 4, interactive: false }).addTo(map);

  function field(entry, name) { return document.getElementById(name + "." + entry.dataset.stop); }
  function read(entry) {
    const pair = ["lat", "lon"].map(function (name) { return field(entry, name).value.trim().replace(",", "."); });
    return pair.every(function (one) { return one && Number.isFinite(Number(one)); }) ? pair.map(Number) : null;
  }
  function write(entry, at) {
    field(entry, "lat").value = at.lat.toFixed(6).replace(".", told.comma);
    field(entry, "lon").value = at.lng.toFixed(6).replace(".", told.comma);
    show();
  }
  // An icon that says aloud what it is.
  const Named = L.DivIcon.extend({
    createIcon: function (old) {
      const icon = L.DivIcon.prototype.createIcon.call(this, old);
      icon.setAttribute("aria-label", this.options.name);
      return icon;
    },
  });
  function show() {
    const points = [];
    for (const entry of entries) {
      const at = read(entry);
      const known = marks.get(entry);
      if (!at) {
        if (known) known.remove();
        marks.delete(entry);
        continue;
      }
      points.push(at);
      if (known) { known.setLatLng(at); continue; }
      const name = told.stop.replace("#", entry.dataset.stop);
      const icon = new Named({ className: "pin pin-stop", html: entry.dataset.stop, iconSize: [32, 32], name: name });
      const mark = L.marker(at, { icon: icon, draggable: true, keyboard: true, title: name }).addTo(map);
      mark.on("dragend", function () { write(entry, mark.getLatLng()); });
      mark.on("click", function () { field(entry, "name").focus(); });
      marks.set(entry, mark);
    }
    line.setLatLngs(points);
    return points;
  }
  // A route that is full has no new stop, and its last one stays where it is.
  const next = entries.find(function (entry) { return "blank" in entry.dataset; });
  if (next) map.on("click", function (event) {
    write(next, event.latlng);
    field(next, "name").focus();
  });
  for (const entry of entries) for (const name of ["lat", "lon"]) field(entry, name).addEventListener("change", show);
  const points = show();
  map.fitBounds(points.length ? points : [[told.south, told.west], [told.north, told.east]], { padding: [40, 40], maxZoom: 16 });
})();
