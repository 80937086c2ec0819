// What the two maps share: loading Leaflet, colours of the page's theme, boundaries.
let loading;

// leaflet loads the library once; it is a classic script that sets window.L.
export function leaflet() {
  loading ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL("../vendor/leaflet/leaflet.js", import.meta.url).href;
    script.onload = () => done(window.L);
    script.onerror = () => fail(new Error("leaflet did not load"));
    document.head.append(script);
  });
  return loading;
}

const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const colour = (tone) => value(`--gz-${tone || "blue"}-dot`) || value("--gz-primary");

// open makes a map in the element with boundaries and, where configured, tiles under them.
export async function open(element, options) {
  const L = await leaflet();
  const map = L.map(element, {
    preferCanvas: true,
    attributionControl: Boolean(options.tiles),
    zoomSnap: 0.25,
    minZoom: 3,
    maxZoom: 19,
  });
  if (options.tiles) L.tileLayer(options.tiles, { attribution: escape(options.credit || "") }).addTo(map);
  map.attributionControl?.setPrefix(false);
  let areas = null;
  if (options.boundaries) {
    const answer = await fetch(options.boundaries, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error(`boundaries: ${answer.status}`);
    areas = draw(L, await answer.json(), options.onArea).addTo(map);
  }
  return { L, map, areas };
}

function draw(L, collection, onArea) {
  const line = value("--gz-primary");
  const style = (f) => ({
    color: line,
    weight: 1,
    opacity: 0.75,
    fillColor: f.properties?.tone ? colour(f.properties.tone) : line,
    fillOpacity: f.properties?.tone ? 0.3 : 0.06,
  });
  return L.geoJSON(collection, {
    style,
    onEachFeature(f, layer) {
      if (f.properties?.name) layer.bindTooltip(escape(f.properties.name), { sticky: true });
      layer.on("mouseover", () => layer.setStyle({ weight: 2.5, fillOpacity: f.properties?.tone ? 0.45 : 0.16 }));
      layer.on("mouseout", () => layer.setStyle(style(f)));
      if (onArea) layer.on("click", (e) => onArea(f, e));
    },
  });
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

// escape is for Leaflet's tooltips and attribution, which take HTML.
export const escape = (s) => String(s).replace(/[&<>"']/g, (c) => entities[c]);

// follow leads to an address of this site.
export function follow(url) {
  const to = new URL(url, location.href);
  if (to.origin === location.origin) location.assign(to);
}
