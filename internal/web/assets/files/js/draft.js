// What is typed into a form with data-draft is kept on this device, so that an expired session,
// a reload or a dead battery loses nothing. It goes when the server says it has arrived, when its
// owner signs out, and after a day. Files, passwords, hidden and private fields are never kept.
const prefix = "gezhi.draft.";
const day = 24 * 60 * 60 * 1000;

const key = (name) => prefix + (document.body.dataset.drafts || "") + "." + name;

// Storage may be full or forbidden; then there are simply no drafts.
function store(action) {
  try {
    return action(localStorage);
  } catch {
    return null;
  }
}

export function drafts() {
  sweep((draft) => Date.now() - draft.at > day);
  const done = document.body.dataset.draftDone;
  if (done) store((s) => s.removeItem(key(done)));
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
  for (const form of document.querySelectorAll("form[data-drafts-end]")) {
    form.addEventListener("submit", () => sweep(() => true));
  }
}

function sweep(gone) {
  store((s) => {
    for (const k of Object.keys(s)) {
      if (!k.startsWith(prefix)) continue;
      let draft = null;
      try {
        draft = JSON.parse(s.getItem(k));
      } catch {
        // Not ours any more; it goes.
      }
      if (!draft || gone(draft)) s.removeItem(k);
    }
  });
}

const kept = (el) =>
  el.name && !el.closest("[data-private]") && !["file", "password", "hidden", "submit", "button"].includes(el.type);

// fields is the form as a list of [name, value], as it would be sent.
function fields(form) {
  const list = [];
  for (const el of form.elements) {
    if (!kept(el)) continue;
    if ((el.type === "checkbox" || el.type === "radio") && !el.checked) continue;
    if (el.value !== "") list.push([el.name, el.value]);
  }
  return list;
}

// untouched is the form as the server sent it. The values of the moment would not do: after a reload
// the browser puts back what was typed, before or after this script runs.
function untouched(form) {
  const list = [];
  for (const el of form.elements) {
    if (!kept(el)) continue;
    if (el.type === "checkbox" || el.type === "radio") {
      if (el.defaultChecked) list.push([el.name, el.value]);
    } else if (el.options) {
      const chosen = [...el.options].find((o) => o.defaultSelected) || el.options[0];
      if (chosen?.value) list.push([el.name, chosen.value]);
    } else if (el.defaultValue !== "") list.push([el.name, el.defaultValue]);
  }
  return list;
}

function fill(form, list) {
  for (const el of form.elements) {
    if (!kept(el)) continue;
    const values = list.filter(([name]) => name === el.name).map(([, value]) => value);
    if (el.type === "checkbox" || el.type === "radio") el.checked = values.includes(el.value);
    else if (values.length) el.value = values[0];
  }
  form.dispatchEvent(new CustomEvent("draft", { bubbles: true }));
}

function keep(form) {
  const k = key(form.dataset.draft);
  const pristine = JSON.stringify(untouched(form));
  const draft = JSON.parse(store((s) => s.getItem(k)) || "null");
  // A form that came back with errors already holds what was typed.
  const returned = form.querySelector("[aria-invalid], [data-errors]") || document.querySelector("[data-errors]");
  if (draft && !returned && JSON.stringify(draft.fields) !== pristine) {
    fill(form, draft.fields);
    say(form, () => {
      store((s) => s.removeItem(k));
      form.reset();
      form.dispatchEvent(new CustomEvent("draft", { bubbles: true }));
    });
  }
  let timer;
  const save = () => {
    const now = fields(form);
    if (JSON.stringify(now) === pristine) store((s) => s.removeItem(k));
    else store((s) => s.setItem(k, JSON.stringify({ at: Date.now(), fields: now })));
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  });
  form.addEventListener("submit", save);
  addEventListener("pagehide", () => {
    if (timer) save();
  });
}

function say(form, drop) {
  const box = document.createElement("div");
  box.className = "gz-draft";
  box.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = form.dataset.draftWords;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = form.dataset.draftDrop;
  button.addEventListener("click", () => {
    drop();
    box.remove();
  });
  box.append(words, button);
  form.prepend(box);
}
