// Finds what a person would point at. Evaluated in the page by find(); returns
// {why} while the step is impossible, otherwise what the step needs to know.
(function (step, what, value) {
  const squeeze = s => (s || "").replace(/\s+/g, " ").trim();
  const shown = e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const css = (selector) => {
    try { return [...document.querySelectorAll(selector)]; } catch { return []; }
  };
  // Text of an element as read, for buttons their value.
  const says = e => squeeze(e.matches("input") ? e.value : e.innerText);
  const names = e => [says(e), squeeze(e.getAttribute("aria-label")), squeeze(e.title)];
  // An element that merely surrounds another match is not what is meant.
  const innermost = list => list.filter(e => !list.some(o => o !== e && e.contains(o)));

  const byText = () => {
    const active = css("a,button,summary,label,input[type=submit],input[type=button],input[type=reset]," +
      "[role=button],[role=tab],[role=link],[role=menuitem],[role=option]").filter(shown);
    for (const found of [
      active.filter(e => names(e).includes(what)),
      active.filter(e => names(e).some(n => n.includes(what))),
      css("body *").filter(e => shown(e) && says(e) === what),
    ]) if (found.length) return innermost(found);
    return [];
  };

  const controls = "input:not([type=hidden]),select,textarea";
  const labelText = label => {
    let s = "";
    const walk = n => n.childNodes.forEach(c => {
      if (c.nodeType === 3) s += c.data;
      else if (c.nodeType === 1 && !c.matches("select,textarea,button")) walk(c);
    });
    walk(label);
    return squeeze(s).replace(/[\s*＊:：]+$/, "");
  };
  const field = (kinds) => {
    const fits = e => e && e.matches(kinds);
    const labels = css("label").filter(l => fits(l.control));
    for (const found of [
      css(what).filter(fits),
      css(kinds).filter(e => e.name === what || e.id === what),
      labels.filter(l => labelText(l) === what).map(l => l.control),
      labels.filter(l => labelText(l).startsWith(what)).map(l => l.control),
      css(kinds).filter(e => [e.getAttribute("aria-label"), e.placeholder].some(n => squeeze(n) === what)),
    ]) if (found.length) return found;
    return [];
  };

  const seen = () => squeeze(document.body ? document.body.innerText : "").slice(0, 400);
  const missing = thing => ({ why: `no ${thing} "${what}"; the page says: ${seen()}` });

  if (step === "click") {
    let found = css(what).filter(shown);
    if (found.length > 1) found = found.slice(0, 1); // a selector means the first
    if (!found.length) found = byText();
    if (!found.length) return missing("visible element");
    if (found.length > 1) return { why: `${found.length} elements say "${what}"; use a CSS selector` };
    const e = found[0];
    if (e.disabled) return { why: `"${what}" is disabled` };
    e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const r = e.getClientRects()[0], x = r.left + r.width / 2, y = r.top + r.height / 2;
    const top = document.elementFromPoint(x, y);
    if (!top || !(e.contains(top) || top.contains(e) || (e.control && e.control === top))) {
      return { why: `"${what}" is covered by ${top ? top.outerHTML.slice(0, 120) : "the edge of the window"}` };
    }
    return { x, y };
  }
  if (step === "fill") {
    const found = field(controls);
    if (!found.length) return missing("field");
    if (found.length > 1) return { why: `${found.length} fields are called "${what}"; use a CSS selector` };
    const e = found[0], type = e.type;
    if (e.disabled || e.readOnly) return { why: `field "${what}" cannot be changed` };
    if (!shown(e)) return { why: `field "${what}" is not visible` };
    if (["checkbox", "radio", "file"].includes(type)) return { why: `field "${what}" is a ${type}: use Click or Upload` };
    const tell = () => ["input", "change"].forEach(n => e.dispatchEvent(new Event(n, { bubbles: true })));
    e.scrollIntoView({ block: "center", behavior: "instant" });
    if (e.matches("select")) {
      const option = [...e.options].find(o => squeeze(o.text) === value || o.value === value);
      if (!option) return { why: `"${what}" has no option "${value}": ${[...e.options].map(o => squeeze(o.text)).join(", ")}` };
      e.value = option.value;
      tell();
      return { done: true };
    }
    e.focus();
    if (["date", "time", "datetime-local", "month", "week", "color", "range"].includes(type)) {
      e.value = value;
      tell();
      return e.value === value ? { done: true } : { why: `"${what}" does not take "${value}"` };
    }
    e.select();
    return { type: true };
  }
  if (step === "file") {
    const found = field("input[type=file]");
    if (!found.length) return missing("file field");
    window.gezhiFileField = found[0];
    return { done: true };
  }
})
