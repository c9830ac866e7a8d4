// why.js: walk one number from formula to source. The page arrives complete from the server and every term and part is a link;
// here a link brings only the columns to its right (the same address, taken from its answer), draws the joining lines, and moves by arrows.
// Markup: #flow > svg.gz-links and section.gz-q[data-step=1..4]; a[data-col=0] in step 1, a[data-col=1] in step 2 (aria-current on the chosen one);
// tr.hit in step 3, [data-sel] in step 4; the equation .gz-math with a.gz-term[data-k].
import { current, show } from "./units.js";

const NS = "http://www.w3.org/2000/svg", flow = document.getElementById("flow");
const pick = (selector) => flow.querySelector(selector);
const chosen = (column) => pick(`[data-col="${column}"][aria-current]`);

function draw() {
  const svg = pick(".gz-links");
  svg.replaceChildren();
  if (getComputedStyle(flow).gridTemplateColumns.split(" ").length < 4) return; // narrow: stacked, no lines
  const base = flow.getBoundingClientRect(), box = (el) => el?.getBoundingClientRect();
  const at = [chosen(0), chosen(1), pick("tr.hit"), pick("[data-sel]")].map(box), cards = [...flow.querySelectorAll(".gz-q")].map(box);
  svg.setAttribute("viewBox", `0 0 ${base.width} ${base.height}`);
  const make = (name, attributes) => { const el = document.createElementNS(NS, name); Object.entries(attributes).forEach(([k, v]) => el.setAttribute(k, v)); svg.append(el); };
  for (let i = 0; i < 3; i += 1) {
    const a = at[i], b = at[i + 1];
    if (!a || !b) continue;
    const x0 = a.right - base.left, y0 = a.top + a.height / 2 - base.top, x1 = (i === 1 ? cards[2].left : b.left) - base.left, y1 = b.top + b.height / 2 - base.top, mid = (x0 + x1) / 2;
    make("path", { d: `M${x0} ${y0}C${mid} ${y0} ${mid} ${y1} ${x1} ${y1}` });
    make("circle", { cx: x0, cy: y0, r: 4 });
    make("circle", { cx: x1, cy: y1, r: 4 });
  }
}

let running = null;
async function load(url, focus) {
  running?.abort();
  running = new AbortController();
  flow.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { "X-Fragment": "flow" }, signal: running.signal, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const section of page.querySelectorAll("#flow [data-step]")) pick(`[data-step="${section.dataset.step}"]`)?.replaceWith(document.adoptNode(section));
    const math = page.querySelector(".gz-math");
    if (math) document.querySelector(".gz-math")?.replaceWith(document.adoptNode(math));
    show(current());
    if (focus) pick(`[data-col="${focus.col}"][href="${CSS.escape(focus.href)}"]`)?.focus();
    draw();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url); // the server says on a page of its own what is wrong
    return false;
  } finally { flow.removeAttribute("aria-busy"); }
  return true;
}
async function follow(link) {
  const focus = link.dataset.col ? { col: link.dataset.col, href: link.getAttribute("href") } : null;
  if (await load(link.href, focus)) history.pushState(null, "", link.href);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("#flow a[data-col], .gz-math a.gz-term");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  follow(link);
});
flow.addEventListener("keydown", (event) => {
  const link = event.target.closest("a[data-col]");
  if (!link) return;
  const mine = [...flow.querySelectorAll(`a[data-col="${link.dataset.col}"]`)], i = mine.indexOf(link);
  const to = { ArrowDown: mine[i + 1], ArrowUp: mine[i - 1], ArrowRight: chosen(1), ArrowLeft: chosen(0) }[event.key];
  if (!to) return;
  event.preventDefault();
  to.focus();
  if (to.dataset.col === link.dataset.col) follow(to);
});
addEventListener("popstate", () => load(location.href));
addEventListener("resize", draw);
document.addEventListener("gz:unit", draw);
document.fonts.ready.then(draw);
draw();
