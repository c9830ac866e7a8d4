// panorama.js: asks every few seconds whether anything moved (a short answer, none while nothing has), and then takes the new figures in place.
import { current, show } from "./units.js";

const EVERY = 3000, FEWER = 30000;
let wait = EVERY, tag = "";

const pano = () => document.getElementById("pano");
async function refresh() {
  const answer = await fetch(location.href, { headers: { "X-Fragment": "pano" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("pano");
  if (!fresh) return;
  const at = document.activeElement?.closest("#pano a")?.getAttribute("href"), place = at && [...pano().querySelectorAll("a")].indexOf(document.activeElement);
  pano().replaceWith(document.adoptNode(fresh));
  const head = page.getElementById("fresh");
  if (head) document.getElementById("fresh")?.replaceWith(document.adoptNode(head));
  show(current());
  if (at) pano().querySelectorAll("a")[place]?.focus();
  document.getElementById("said").textContent = pano().dataset.said;
}
async function look() {
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(pano().dataset.pulseUrl, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", credentials: "same-origin" });
      if (answer.status === 200 && !answer.redirected) {
        tag = answer.headers.get("ETag") ?? "";
        if ((await answer.json()).pulse !== pano().dataset.pulse) await refresh();
      }
      wait = EVERY;
    } catch { wait = Math.min(wait * 2, FEWER); } // the server is away for a moment: what stands here stays
  }
  setTimeout(look, wait);
}
setTimeout(look, EVERY);
