// Shows chosen photos before they are sent, lets them be removed, adds to them instead of replacing
// them, turns HEIC into JPEG where the browser can read it and shrinks very large pictures.
const longest = 4000; // pixels of the longer side

export function start(root) {
  for (const box of root.querySelectorAll("[data-photos]")) photos(box);
}

function photos(box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-photo-list]");
  const status = box.querySelector("[data-photo-say]");
  const most = Number(box.dataset.most) || Infinity;
  const maxBytes = (Number(box.dataset.maxMb) || Infinity) * 1024 * 1024;
  let files = [];
  box.classList.add("ready");

  input.addEventListener("change", async () => {
    status.textContent = box.dataset.sayWork;
    const remarks = [];
    for (const file of input.files) {
      if (files.some((f) => f.origin === origin(file))) continue;
      if (files.length >= most) {
        remarks.push(box.dataset.sayMany);
        break;
      }
      const made = await prepare(file);
      if (made.size > maxBytes) remarks.push(box.dataset.sayLarge + file.name);
      else files.push({ file: made, origin: origin(file) });
    }
    status.textContent = [...new Set(remarks)].join(" ");
    show();
  });

  function show() {
    const bag = new DataTransfer();
    for (const f of files) bag.items.add(f.file);
    input.files = bag.files;
    list.replaceChildren(...files.map((f, i) => entry(f, i)));
  }

  function entry(f, i) {
    const item = document.createElement("li");
    const name = box.dataset.sayPhoto.replace("{n}", i + 1);
    const img = document.createElement("img");
    const url = URL.createObjectURL(f.file);
    img.src = url;
    img.alt = name;
    img.addEventListener("load", () => URL.revokeObjectURL(url));
    img.addEventListener("error", () => {
      const none = document.createElement("span");
      none.className = "gz-photo-none";
      none.textContent = f.file.name;
      img.replaceWith(none);
    });
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", box.dataset.sayRemove + " " + name);
    const cross = document.createElement("span");
    cross.textContent = "×";
    button.append(cross);
    button.addEventListener("click", () => {
      files = files.filter((other) => other !== f);
      show();
      (list.querySelector("button") || input).focus();
    });
    item.append(img, button);
    return item;
  }
}

const origin = (file) => [file.name, file.size, file.lastModified].join("/");

// prepare returns the file itself when nothing need or can be done; the server judges it then.
async function prepare(file) {
  const heic = /heic|heif/i.test(file.type) || /\.hei[cf]$/i.test(file.name);
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return file;
  }
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  if (scale === 1 && !heic) {
    picture.close();
    return file;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  if (!blob) return file;
  const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
  return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
}
