"""Every attack of tests/support/attacks.py through the page itself: typed, sent over the socket, inserted and read again."""

import json

from playwright.sync_api import Page, Request, expect

from tests.browser.scene import Scene, live, send, until
from tests.chat.text.test_markup_attacks import OUR_CLASSES, TAGS
from tests.support.attacks import ATTACKS

SENT = [attack for kind in ATTACKS.values() for attack in kind]
# Low: nobody looks, and what is in view is painted again with each message.
WINDOW = {"width": 1000, "height": 240}
# Before the page's scripts run: a function that must not be called, and an observer of everything inserted.
CANARY = """
window.__found = [];
window.pwned = () => window.__found.push("ran: " + new Error().stack);
window.alert = window.prompt = window.confirm = window.print = window.pwned;
const tags = TAGS, classes = CLASSES;
function strange(root) {
  const found = [];
  for (const at of root.querySelectorAll("*")) {
    const tag = at.localName, allowed = tags[tag];
    if (!allowed || at.namespaceURI !== "http://www.w3.org/1999/xhtml") { found.push("element: " + tag); continue; }
    for (const { name, value } of at.attributes) {
      if (!allowed.includes(name)) found.push(`${tag} has ${name}=${value}`);
      const others = name === "class" ? value.split(/\\s+/).filter((each) => each && !classes[tag].includes(each)) : [];
      if (others.length) found.push(`${tag} is ${others}`);
      if (name === "href" && !["http:", "https:", "mailto:", "tel:"].includes(at.protocol)) found.push(`leads to ${value}`);
    }
  }
  return found;
}
// Read once more, as a copy or a draft would be: what changes then may become something else. NUL alone is never kept.
const steady = (html) => html.replace(/[\\0\\ufffd]/g, "");
function again(root) {
  const copy = document.createElement("template");
  copy.innerHTML = root.innerHTML;
  const same = steady(copy.innerHTML) === steady(root.innerHTML);
  return same ? strange(copy.content) : ["changes when read again: " + root.innerHTML];
}
function look(text) {
  const bare = text.cloneNode(true);
  const ours = document.getElementById("t-copy")?.innerHTML; // the page's own button on a block of code
  for (const each of bare.querySelectorAll(".code__bar > button")) if (each.outerHTML === ours) each.remove();
  // And the names that it gives to what scrolls.
  for (const each of bare.querySelectorAll("pre[aria-label='Code'][role=group], .table[aria-label='Table'][role=group]")) {
    each.removeAttribute("aria-label");
    each.removeAttribute("role");
  }
  window.__found.push(...strange(bare), ...again(bare));
}
// What came with the page itself is of ours; a message may add none of these anywhere.
const SHAPES = "[onerror],[onload],[onclick],[srcdoc],iframe,object,embed,base,math,foreignObject,[href^='javascript:' i]";
const put = window.__put = (node) => {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  for (const text of node.querySelectorAll(".message__text")) look(text);
  if (node.closest(".message__text")) look(node.closest(".message__text"));
  if (node.matches(SHAPES) || node.querySelector(SHAPES)) window.__found.push("stands in the page: " + node.outerHTML);
};
new MutationObserver((records) => {
  for (const record of records) record.addedNodes.forEach(put);
}).observe(document, { childList: true, subtree: true });
"""


def watched(scene: Scene, name: str, foreign: list[str], path: str | None = None) -> Page:
    """A page with the canary in it; ``foreign`` receives each address of another host that it requests."""
    page = scene.open(name, path, viewport=WINDOW)
    tags = TAGS | {"p": {"dir"}}  # in a bubble that is still pending, code goes from left to right
    allowed = json.dumps({tag: sorted(names) for tag, names in tags.items()})
    classes = json.dumps({tag: sorted(names) for tag, names in OUR_CLASSES.items()})
    page.add_init_script(CANARY.replace("TAGS", allowed, 1).replace("CLASSES", classes, 1))

    def note(request: Request) -> None:
        if not request.url.startswith((scene.server.url, "data:image/", "blob:")):
            foreign.append(request.url)

    page.on("request", note)
    page.on("dialog", lambda dialog: (foreign.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: foreign.append(f"a window: {popup.url}"))
    page.on("framenavigated", lambda frame: foreign.append(frame.url) if frame != page.main_frame else None)
    page.reload()
    return page


def found(page: Page) -> list[str]:
    return list(page.evaluate("() => { window.__put(document.body); return [...new Set(window.__found)]; }"))


def test_no_attack_runs_or_leaves_anything_in_a_page(arrange) -> None:
    scene: Scene = arrange()
    foreign: list[str] = []
    alice = live(watched(scene, "alice", foreign))
    bob = live(watched(scene, "bob", foreign))
    sidebar = live(watched(scene, "bob", foreign, "/rooms/"))
    heard = bob.evaluate_handle("new Set()")
    bob.evaluate(
        """(heard) => new MutationObserver(() => {
            for (const row of document.querySelectorAll("#messages [data-seq]")) heard.add(row.id);
        }).observe(document.getElementById("messages"), { childList: true })""",
        heard,
    )
    for start in range(0, len(SENT), 60):
        alice.evaluate(
            """(bodies) => {
                const field = document.getElementById("body");
                for (const body of bodies) {
                    field.value = body;
                    field.form.requestSubmit();
                }
            }""",
            SENT[start : start + 60],
        )
        expect(alice.locator("[data-state]")).to_have_count(0, timeout=30_000)
    send(alice, "The last one")
    for page in (alice, bob):
        expect(page.get_by_text("The last one").first).to_be_visible()
    until(bob, lambda: bob.evaluate("(heard) => heard.size", heard) >= len(SENT) + 1)
    expect(sidebar.locator(f"#place-{scene.room} .place__last")).to_contain_text("The last one")
    alice.press("#body", "ArrowUp")  # the source is in a field, as it was written
    expect(alice.locator("form[data-edit] textarea")).to_have_value("The last one")
    for page in (alice, bob, sidebar):
        assert found(page) == []
    bob.reload()  # what the server renders into the page
    live(bob)
    assert found(bob) == []
    assert not foreign
    # The checks do find an attack.
    bob.eval_on_selector(".message__text", "text => { text.innerHTML = '<p hx-get=/x>y</p>'; }")
    assert found(bob) == ["p has hx-get=/x"]
