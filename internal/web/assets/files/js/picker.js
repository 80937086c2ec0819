// Picks a point: a click, the device's position, the map's centre by keyboard, or typed coordinates.
import { open } from "./leaflet.js";

export function start(root) {
  return Promise.all(
    [...root.querySelectorAll("[data-picker]")].map((box) =>
      picker(box).catch((e) => {
        console.error("map", e);
        box.classList.add("gz-no-map");
        box.querySelector("[data-coordinates]").open = true;
      }),
    ),
  );
}

async function picker(box) {
  const d = box.dataset;
  const frame = box.querySelector("[data-map-frame]");
  const say = (text) => (box.querySelector("[data-picker-say]").textContent = text);
  const [lng, lat] = box.querySelectorAll("[data-coordinates] input");
  box.classList.add("gz-with-map");
  const element = frame.querySelector("[data-map]");
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", d.sayMap);

  const { L, map, areas } = await open(element, { boundaries: d.boundaries, tiles: d.tiles, credit: d.credit });
  let pin = null;

  const typed = () => {
    if (lng.value.trim() === "" || lat.value.trim() === "") return null;
    const at = L.latLng(Number(lat.value), Number(lng.value));
    return Number.isFinite(at.lat) && Number.isFinite(at.lng) ? at : null;
  };
  const mark = (at) => {
    if (!pin) pin = L.marker(at, { icon: drop(L), keyboard: false, interactive: false }).addTo(map);
    pin.setLatLng(at);
  };
  const set = (at) => {
    lng.value = at.lng.toFixed(6);
    lat.value = at.lat.toFixed(6);
    mark(at);
    locate();
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  let asked = 0;
  async function locate() {
    const turn = ++asked;
    if (!d.locate) return;
    const url = new URL(d.locate, location.href);
    url.searchParams.set("lng", lng.value);
    url.searchParams.set("lat", lat.value);
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.json() : null;
      if (turn !== asked) return; // a later point has been chosen
      say(!found ? d.sayUnknown : found.ok ? d.sayIn + found.name : d.sayOutside);
    } catch {
      if (turn === asked) say(d.sayUnknown);
    }
  }

  view(L, map, areas, d.start, typed());
  if (typed()) {
    mark(typed());
    locate();
  }
  map.on("click", (e) => set(e.latlng));
  element.addEventListener("keydown", (e) => {
    if (e.key !== "Enter") return;
    e.preventDefault();
    set(map.getCenter());
  });
  for (const input of [lng, lat]) {
    input.addEventListener("change", () => {
      const at = typed();
      if (!at) return;
      mark(at);
      map.panTo(at);
      locate();
    });
  }
  box.closest("form")?.addEventListener("draft", () => {
    const at = typed();
    if (at) {
      mark(at);
      map.setView(at, Math.max(map.getZoom(), 15));
      locate();
    } else if (pin) {
      pin.remove();
      pin = null;
      say("");
    }
  });
  box.querySelector("[data-geolocate]").addEventListener("click", () => {
    if (!navigator.geolocation) return say(d.sayDenied);
    say(d.sayFinding);
    navigator.geolocation.getCurrentPosition(
      (p) => {
        const at = L.latLng(p.coords.latitude, p.coords.longitude);
        map.setView(at, 17);
        set(at);
      },
      () => say(d.sayDenied),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
  box.querySelector("[data-geolocate]").disabled = false;
}

// view opens the map on the chosen point, the given box, the boundaries, or failing all, the country.
function view(L, map, areas, box, at) {
  if (at) return map.setView(at, 16);
  if (box) {
    const [west, south, east, north] = box.split(",").map(Number);
    return map.fitBounds([[south, west], [north, east]]);
  }
  if (areas && areas.getLayers().length) return map.fitBounds(areas.getBounds(), { padding: [8, 8] });
  map.setView([35, 105], 4);
}

function drop(L) {
  const svg =
    '<svg viewBox="0 0 24 32" width="30" height="40" aria-hidden="true"><path d="M12 1a11 11 0 0 1 11 11c0 7.5-11 19-11 19S1 19.5 1 12A11 11 0 0 1 12 1z" fill="currentColor" stroke="#fff" stroke-width="1.5"/><circle cx="12" cy="12" r="4" fill="#fff"/></svg>';
  return L.divIcon({ className: "gz-pin", html: svg, iconSize: [30, 40], iconAnchor: [15, 39] });
}
