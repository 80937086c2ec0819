// Pieces of a page that the server renews: suggestions after a field changes, and long work.
export function start(root) {
  for (const box of root.querySelectorAll("[data-suggest]")) suggest(box);
  for (const box of root.querySelectorAll("[data-poll], [data-next]")) poll(box);
}

async function piece(url, signal) {
  const answer = await fetch(url, { headers: { Accept: "text/html", "X-Piece": "1" }, signal });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.body.childNodes];
}

function suggest(box) {
  const form = box.closest("form");
  const names = box.dataset.fields.split(" ");
  let timer;
  let running;
  let last = "";
  const ask = async () => {
    const url = new URL(box.dataset.suggest, location.href);
    const data = new FormData(form);
    for (const name of names) for (const v of data.getAll(name)) if (v) url.searchParams.append(name, v);
    if (url.href === last || (last === "" && !url.search)) return;
    last = url.href;
    running?.abort();
    running = new AbortController();
    try {
      box.replaceChildren(...(await piece(url, running.signal)));
    } catch (e) {
      if (e.name !== "AbortError") console.error(e); // a suggestion that fails is only missing
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  };
  form.addEventListener("change", soon);
  form.addEventListener("draft", soon);
  if ("typing" in box.dataset) form.addEventListener("input", soon);
  soon(); // what came back with errors, or was typed before this script arrived
}

function poll(box) {
  if (box.dataset.next) {
    const to = new URL(box.dataset.next, location.href);
    if (to.origin === location.origin) location.assign(to);
    return;
  }
  const again = async () => {
    let next;
    try {
      const nodes = await piece(box.dataset.poll);
      next = nodes.find((n) => n.nodeType === 1);
    } catch (e) {
      console.error(e);
    }
    if (!next) return setTimeout(again, 5000);
    box.replaceWith(next);
    if (next.matches("[data-poll], [data-next]")) poll(next);
  };
  setTimeout(again, Number(box.dataset.every || 2) * 1000);
}
