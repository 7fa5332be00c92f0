/**
 * Runs before the page is drawn: its scripts are coming, so what stands there for want of them is not shown. If they are
 * not here by the end, be it that one is missing or went wrong, the page is what it is without any: plain, and usable.
 */
const root = document.documentElement;
root.dataset.script = "coming";
addEventListener("load", () => {
  if (root.dataset.script !== "here") delete root.dataset.script;
});
