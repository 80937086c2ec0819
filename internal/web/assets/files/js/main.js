// Loaded by every page; what only some pages need is fetched when its markup is there.
import { guard } from "./submit.js";
import { drafts } from "./draft.js";

guard();
drafts();

const parts = {
  "[data-photos]": "./photo.js",
  "[data-files]": "./file.js",
  "[data-picker]": "./picker.js",
  "[data-view]": "./mapview.js",
  "[data-chart]": "./chart.js",
  "[data-scan]": "./scan.js",
  "[data-suggest], [data-poll], [data-next]": "./live.js",
};
// data-parts says whether what a page fetches for itself is drawn: "drawing", then "drawn".
const wanted = Object.entries(parts).filter(([selector]) => document.querySelector(selector));
document.documentElement.dataset.parts = "drawing";
Promise.all(wanted.map(([, module]) => import(module).then((m) => m.start(document)).catch((e) => console.error(module, e)))).then(() => {
  document.documentElement.dataset.parts = "drawn";
});

for (const button of document.querySelectorAll("[data-fold]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const fold = button.closest("details");
    fold.open = false;
    fold.querySelector("summary").focus();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// An open menu closes when attention goes elsewhere.
document.addEventListener("click", (e) => {
  for (const menu of document.querySelectorAll(".gz-menu[open]")) {
    if (!menu.contains(e.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".gz-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const area of document.querySelectorAll("textarea[data-count]")) {
  const left = document.createElement("p");
  left.className = "gz-left";
  left.setAttribute("aria-live", "off");
  const show = () => {
    left.textContent = area.dataset.count.replace("{n}", area.maxLength - area.value.length);
  };
  area.after(left);
  area.addEventListener("input", show);
  show();
}

document.querySelector("[data-errors]")?.focus();
