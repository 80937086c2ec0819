// A counter's field for a pick-up code: filled from the address a phone's camera opened, or from this page's own
// camera where the browser can read QR codes. Typing always works.
export function start(root) {
  const box = root.querySelector("[data-scan]");
  const form = box.closest("form") ?? box.parentElement.querySelector("form");
  const field = form.querySelector("input[name=code]");
  const look = (code) => {
    field.value = code;
    form.requestSubmit();
  };
  const opened = () => {
    const code = location.hash && codeOf(location.hash);
    if (!code) return;
    history.replaceState(null, "", location.pathname); // the code must not stay in the history
    look(code);
  };
  addEventListener("hashchange", opened); // the camera may open the page that is open already
  offer(box.querySelector("[data-scan-start]"), () => watch(box, look));
  opened();
}

// codeOf is what stands behind the # of an address, or the whole of a bare code; "" for anything else.
function codeOf(text) {
  const code = text.includes("#") ? text.slice(text.indexOf("#") + 1) : text;
  return /^[0-9A-Za-z]{8}$/.test(code) ? code : "";
}

async function offer(button, begin) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  button.hidden = false;
  button.addEventListener("click", begin);
}

async function watch(box, look) {
  const say = box.querySelector("[data-scan-say]");
  const video = box.querySelector("video");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    say.textContent = box.dataset.sayCamera;
    return;
  }
  const stop = () => stream.getTracks().forEach((t) => t.stop());
  addEventListener("pagehide", stop, { once: true });
  video.hidden = false;
  video.srcObject = stream;
  await video.play();
  say.textContent = box.dataset.sayAim;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const read = async () => {
    for (const found of await detector.detect(video).catch(() => [])) {
      const code = codeOf(found.rawValue);
      if (code) {
        stop();
        look(code);
        return;
      }
      say.textContent = box.dataset.sayOther;
    }
    if (stream.active) setTimeout(read, 200);
  };
  read();
}
