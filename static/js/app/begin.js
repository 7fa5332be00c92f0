/**
 * Runs before the page is drawn: its scripts are loading, so their fallbacks stay hidden. If a script is missing or failed when
 * the page has loaded, the page works as it does without any script: plain, and usable.
 */
const root = document.documentElement;
root.dataset.script = "coming";
addEventListener("load", () => {
  if (root.dataset.script !== "here") delete root.dataset.script;
});
