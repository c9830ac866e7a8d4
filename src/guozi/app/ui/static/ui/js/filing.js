// filing.js: the form saves itself. What is typed is kept in this browser until the server has it; amounts show in the reader's unit, and are typed in the filing's.
import { current, format, show as amounts } from "./units.js";

const form = document.getElementById("form"), $ = (id) => document.getElementById(id), EXPONENT = { yuan: 0, wan: 4, yi: 8 };
const values = () => [...form.querySelectorAll("[data-line]")];

// The bar above says which cell, and where its value came from; a finding's chip leads to its cell, which then is lit.
form.addEventListener("focusin", ({ target }) => {
  if (!target.dataset?.line) return;
  const parts = [target.dataset.reason, target.dataset.origin || ("origin" in target.dataset && target.value ? $("fxn").dataset.typed : "")];
  $("fxc").textContent = `${target.dataset.line} ${target.getAttribute("aria-label") ?? target.dataset.name}`;
  $("fxn").textContent = parts.filter(Boolean).join(" · ");
});
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-cell]");
  if (!chip) return;
  event.preventDefault();
  document.querySelectorAll(".gz-find[aria-current]").forEach((el) => el.removeAttribute("aria-current"));
  chip.closest(".gz-find").setAttribute("aria-current", "true");
  reveal(chip.dataset.cell);
});
function reveal(id) { const cell = $(id); cell?.scrollIntoView({ block: "center" }); cell?.focus({ preventScroll: true }); }
if (location.hash.startsWith("#c-")) reveal(location.hash.slice(1));

if (form.dataset.save) edit();

function edit() {
  const key = `gz-draft-${form.dataset.filing}`, own = form.dataset.unit, saved = $("saved"), bar = $("bar"), panel = $("findings"), unit = $("unit");
  const inputs = new Map(values().filter((el) => el.tagName === "INPUT").map((el) => [el.id, el])), stored = new Map([...inputs].map(([id, el]) => [id, el.value]));
  let revision = Number(form.dataset.revision), timer = 0, busy = false, wait = 1000, newUnit = null, halted = false;
  const kept = () => { try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; } };
  const keep = (data) => { try { if (data.cells && Object.keys(data.cells).length + Object.keys(data.why ?? {}).length) localStorage.setItem(key, JSON.stringify(data)); else localStorage.removeItem(key); } catch { /* a full or forbidden store: the page itself still holds it */ } };
  let dirty = {}, why = {};
  const note = () => keep({ revision, cells: dirty, why });
  const tell = (text, bad = false) => { saved.lastElementChild.textContent = text; saved.classList.toggle("is-bad", bad); };
  const words = (name, extra = {}) => saved.dataset[name].replace(/\{(\w+)\}/g, (_, part) => extra[part] ?? "");

  const pretty = (el) => { el.dataset.raw = el.value; el.value = /^-?\d+(\.\d+)?$/.test(el.value) ? el.value.replace(/^-/, "\u2212").replace(/^(\D?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ",")) : el.value; };
  const show = () => {
    const same = current() === own;
    inputs.forEach((el, id) => {
      if (!("money" in el.dataset)) return;
      const raw = dirty[id] ?? stored.get(id);
      el.readOnly = !same;
      if (same) { el.value = raw; if (document.activeElement !== el) pretty(el); return; }
      if (!/^-?\d+(\.\d+)?$/.test(raw)) return;
      const [whole, part = ""] = raw.replace("-", "").split("."), shift = EXPONENT[own];
      const yuan = (whole + (part + "0".repeat(shift)).slice(0, shift)) + (part.length > shift ? `.${part.slice(shift)}` : "");
      el.value = format((raw.startsWith("-") ? "-" : "") + yuan, current());
    });
    if (!same) $("fxn").textContent = $("fxn").dataset.locked.replace("{unit}", unit?.selectedOptions[0]?.textContent ?? "");
  };
  document.addEventListener("gz:unit", show);

  form.addEventListener("focusin", ({ target }) => { if (inputs.has(target.id) && !target.readOnly) { target.value = dirty[target.id] ?? stored.get(target.id); target.select(); } });
  form.addEventListener("focusout", ({ target }) => { if (inputs.has(target.id) && !target.readOnly) { pretty(target); later(0); } });
  form.addEventListener("input", ({ target }) => {
    if (!inputs.has(target.id)) return;
    if (target.value === stored.get(target.id)) delete dirty[target.id]; else dirty[target.id] = target.value;
    note(); tell(words("typing")); later(900);
  });
  panel.addEventListener("input", ({ target }) => { if (target.dataset.why) { why[target.dataset.why] = target.value; note(); tell(words("typing")); later(1500); } });
  panel.addEventListener("change", () => later(0));
  unit?.addEventListener("change", () => { newUnit = unit.value; later(0); });
  // Enter and the arrows up and down walk through the column; Tab goes along the row.
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (!step || !inputs.has(event.target.id) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = event.target.closest("td").cellIndex;
    for (let row = event.target.closest("tr"); (row = step > 0 ? row.nextElementSibling : row.previousElementSibling);) { const next = row.cells[at]?.querySelector("input"); if (next) { next.focus(); break; } }
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  function later(ms) { clearTimeout(timer); timer = setTimeout(send, ms); }
  async function send() {
    clearTimeout(timer);
    if (busy) return later(300);
    const cells = { ...dirty }, reasons = { ...why }, to = newUnit;
    if (halted || (!Object.keys(cells).length && !Object.keys(reasons).length && !to)) return;
    busy = true; tell(words("saving"));
    const body = { revision, cells: {}, explanations: reasons, ...(to ? { unit: to } : {}) };
    for (const [id, text] of Object.entries(cells)) { const [item, column] = inputs.get(id).name.split("."); (body.cells[item] ??= {})[column] = text; }
    let answer, data = null;
    try {
      answer = await fetch(form.dataset.save, { method: "PATCH", headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value }, body: JSON.stringify(body) });
      data = await answer.json();
    } catch { answer ??= { ok: false, status: 0 }; }
    busy = false;
    if (answer.ok && data) { wait = 1000; newUnit = null; return taken(data, cells, reasons); }
    if (answer.status === 409 || answer.status === 403 || answer.status === 401) { halted = true; tell(answer.status === 409 ? words("conflict") : words("refused", { why: data?.title ?? "" }), true); offer(answer.status); return; }
    if (answer.status >= 400 && answer.status < 500) { newUnit = null; tell(words("refused", { why: (data?.errors ?? []).map((one) => one.detail).join(" ") || data?.title || "" }), true); return; }
    tell(words("offline"), true); wait = Math.min(wait * 2, 30000); later(wait);
  }
  function taken(data, cells, reasons) {
    revision = data.revision;
    document.querySelectorAll("input[name=revision]").forEach((el) => { el.value = revision; });
    for (const [id, text] of Object.entries(cells)) {
      const el = inputs.get(id), wrong = data.wrong[id];
      el.classList.toggle("is-wrong", Boolean(wrong)); el.toggleAttribute("aria-invalid", Boolean(wrong));
      if (wrong) { el.title = wrong; el.dataset.reason = wrong; continue; }
      el.removeAttribute("title"); el.dataset.reason = ""; el.dataset.origin = "";
      const got = data.cells[id];
      stored.set(id, got?.text ?? text);
      if (dirty[id] === text) { delete dirty[id]; if (document.activeElement !== el) { el.value = stored.get(id); pretty(el); } }
      if (got) { el.placeholder = got.placeholder; const change = el.closest("td").nextElementSibling?.nextElementSibling; if (change) change.innerHTML = got.delta; }
    }
    for (const [code, text] of Object.entries(reasons)) if (why[code] === text) delete why[code];
    note();
    if (data.reload) { location.reload(); return; }
    inputs.forEach((el, id) => { const kind = data.marks[id]; el.closest("td").className = `r k-cur${kind ? ` has has-${kind}` : ""}`; });
    const focus = document.activeElement?.dataset?.why, typing = focus ? document.activeElement.value : "", at = panel.querySelector(".gz-finds")?.scrollTop ?? 0;
    panel.innerHTML = data.panel; bar.innerHTML = data.bar; document.querySelector(".gz-forms").outerHTML = data.tabs;
    const list = panel.querySelector(".gz-finds"); if (list) list.scrollTop = at;
    if (focus) { const box = panel.querySelector(`[data-why="${CSS.escape(focus)}"]`); if (box) { box.value = typing; box.focus(); } }
    const button = document.querySelector("#submit [data-submit]"); if (button) button.disabled = Boolean(data.stopped);
    amounts(current(), panel); amounts(current(), bar); show();
    const unread = Object.keys(data.wrong).length;
    tell(unread ? words("wrong", { time: data.saved, count: unread }) : words("saved", { time: data.saved }), unread > 0);
    if (Object.keys(dirty).some((id) => !data.wrong[id])) later(600);
  }
  // A form that was changed elsewhere: what was typed stays here; after loading anew the two stand side by side.
  function offer(status) {
    note();
    if (status === 409) setTimeout(() => location.reload(), 1500);
  }
  function restore() {
    const old = kept(), cells = Object.fromEntries(Object.entries(old.cells ?? {}).filter(([id, text]) => inputs.has(id) && stored.get(id) !== text));
    why = old.why ?? {};
    for (const [code, text] of Object.entries(why)) { const box = panel.querySelector(`[data-why="${CSS.escape(code)}"]`); if (box) box.value = text; }
    if (!Object.keys(cells).length) { keep({ cells: {}, why }); if (Object.keys(why).length) later(0); return; }
    const put = () => { dirty = cells; Object.entries(cells).forEach(([id, text]) => { inputs.get(id).value = text; }); $("conflict").hidden = true; note(); later(0); };
    if (old.revision === revision) { put(); return; }
    const list = $("conflict-list");
    for (const [id, text] of Object.entries(cells)) { const li = document.createElement("li"); li.textContent = `${inputs.get(id).getAttribute("aria-label")}: ${text || "\u2014"} \u2260 ${stored.get(id) || "\u2014"}`; list.append(li); }
    $("conflict").hidden = false;
    $("keep-mine").addEventListener("click", put);
    $("keep-theirs").addEventListener("click", () => { $("conflict").hidden = true; keep({ cells: {} }); });
  }
  // Submit sends what is typed first; a draft that is not saved yet is never submitted.
  document.getElementById("submit")?.addEventListener("submit", (event) => {
    if (!Object.keys(dirty).length && !Object.keys(why).length && !busy) return;
    event.preventDefault();
    send().then(() => { if (!Object.keys(dirty).length && !Object.keys(why).length) event.target.submit(); });
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("beforeunload", note);
  restore(); show();
}
