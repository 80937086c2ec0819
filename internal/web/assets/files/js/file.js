// Lists chosen documents before they are sent, lets them be removed, and adds to them instead of replacing them.
export function start(root) {
  for (const box of root.querySelectorAll("[data-files]")) documents(box);
}

function documents(box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-file-list]");
  const status = box.querySelector("[data-file-say]");
  const most = Number(box.dataset.most) || Infinity;
  const maxBytes = (Number(box.dataset.maxMb) || Infinity) * 1024 * 1024;
  let files = [];
  box.classList.add("ready");

  input.addEventListener("change", () => {
    const remarks = [];
    const chosen = [...input.files];
    if (most === 1 && chosen.length) files = []; // one takes the place of the other
    for (const file of chosen) {
      if (files.some((f) => origin(f) === origin(file))) continue;
      if (file.size > maxBytes) remarks.push(box.dataset.sayLarge + file.name);
      else if (files.length >= most) remarks.push(box.dataset.sayMany);
      else files.push(file);
    }
    status.textContent = [...new Set(remarks)].join(" ");
    show();
  });

  function show() {
    const bag = new DataTransfer();
    for (const f of files) bag.items.add(f);
    input.files = bag.files;
    list.replaceChildren(...files.map(entry));
  }

  function entry(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${file.name} (${size(file.size)})`;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = box.dataset.sayRemove;
    button.setAttribute("aria-label", box.dataset.sayRemove + " " + file.name);
    button.addEventListener("click", () => {
      files = files.filter((other) => other !== file);
      show();
      (list.querySelector("button") || input).focus();
    });
    item.append(name, button);
    return item;
  }
}

const origin = (file) => [file.name, file.size, file.lastModified].join("/");

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.floor(bytes / 1024)} KB`;
  return `${Math.floor(bytes / 1024 / 1024)} MB`;
}
