// A map to look at: areas lead to their pages, points to their cases.
import { open, colour, escape, follow } from "./leaflet.js";

export function start(root) {
  return Promise.all([...root.querySelectorAll("[data-view]")].map((frame) => view(frame).catch((e) => console.error("map", e))));
}

async function view(frame) {
  const d = frame.dataset;
  const { L, map, areas } = await open(frame.querySelector("[data-map]"), {
    boundaries: d.boundaries,
    tiles: d.tiles,
    credit: d.credit,
    onArea: (feature) => feature.properties?.url && follow(feature.properties.url),
  });
  const points = await read(d);
  const Lamp = lamp(L);
  const dots = L.layerGroup(
    points.map((p) => {
      const dot = new Lamp([p.lat, p.lng], { tone: p.tone, radius: 7, weight: 1.5, color: "#fff", fillColor: colour(p.tone), fillOpacity: 0.95 });
      dot.bindTooltip(escape(p.label));
      if (p.url) dot.on("click", (e) => (L.DomEvent.stopPropagation(e), follow(p.url)));
      return dot;
    }),
  ).addTo(map);
  const bounds = areas?.getLayers().length ? areas.getBounds() : L.featureGroup(dots.getLayers()).getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [8, 8] });
  else map.setView([35, 105], 4);
}

// lamp is a point with the same shape for each tone as the lights in lists have, so that the map
// reads without colours. It draws on the canvas the way Leaflet's own circles do.
function lamp(L) {
  const corners = {
    yellow: [[0, -1.1], [1.1, 0.9], [-1.1, 0.9]],
    red: [[-0.42, -1], [0.42, -1], [1, -0.42], [1, 0.42], [0.42, 1], [-0.42, 1], [-1, 0.42], [-1, -0.42]],
    blue: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  };
  return L.CircleMarker.extend({
    _updatePath() {
      const shape = corners[this.options.tone];
      const canvas = this._renderer;
      if (!shape || !canvas._ctx) return L.CircleMarker.prototype._updatePath.call(this);
      if (!canvas._drawing || this._empty()) return;
      canvas._ctx.beginPath();
      for (const [x, y] of shape) canvas._ctx.lineTo(this._point.x + x * this._radius, this._point.y + y * this._radius);
      canvas._ctx.closePath();
      canvas._fillStroke(canvas._ctx, this);
    },
  });
}

async function read(d) {
  const own = JSON.parse(document.getElementById(d.points)?.textContent || "null") || [];
  if (!d.pointsUrl) return own;
  const answer = await fetch(d.pointsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`points: ${answer.status}`);
  return own.concat((await answer.json()) || []);
}
