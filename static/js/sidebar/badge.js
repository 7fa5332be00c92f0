/** Unread messages outside of the title: the count on the app's icon, and a dot on the tab's. */
const icon = document.querySelector("link[rel='icon'][data-unread]");
const plain = icon?.getAttribute("href");

export function badge(unread) {
  if (unread) navigator.setAppBadge?.(unread).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
  const href = unread ? icon?.dataset.unread : plain;
  if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
}
