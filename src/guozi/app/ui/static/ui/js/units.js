// units.js: amounts in the reader's unit, exactly as the server writes them (no floating point). Nothing happens on import.
const EXPONENT = { yuan: 0, wan: 4, yi: 8 };
export const UNITS = Object.keys(EXPONENT);

// A plain decimal of yuan ("-1240000.5") in a unit, rounded half away from zero: "−124.00".
export function format(text, unit, places = 2) {
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const shift = part.length + EXPONENT[unit] - places;
  let digits = BigInt(whole + part);
  if (shift > 0) { const unitStep = 10n ** BigInt(shift); digits = (digits * 2n + unitStep) / (unitStep * 2n); } else digits *= 10n ** BigInt(-shift);
  const padded = digits.toString().padStart(places + 1, "0"), at = padded.length - places;
  const shown = padded.slice(0, at).replace(/\B(?=(\d{3})+$)/g, ",") + (places ? `.${padded.slice(at)}` : "");
  return sign && digits ? `\u2212${shown}` : shown;
}
export const current = () => document.documentElement.dataset.unit;

// Rewrites every amount under root; words of units come from the buttons, so that no text is kept here.
export function show(unit, root = document) {
  root.querySelectorAll("data.gz-money").forEach((el) => {
    el.textContent = format(el.value, unit, unit === "yuan" && "tile" in el.dataset ? 0 : Number(el.dataset.d));
  });
  const button = document.querySelector(`.gz-units [data-unit="${unit}"]`);
  if (button) root.querySelectorAll(".gz-unit").forEach((el) => { el.textContent = button.textContent; });
}
