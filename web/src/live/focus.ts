// The focus does not fall back to the top of the page when the element that has it is replaced: by a run, a comparison,
// a chip that goes away. Tested in test/live-keyboard.test.mjs.

/** What can take the focus. */
const TAKES = "button:enabled, input, select, [tabindex='0']";

/** Watches `root` for as long as the page lives. */
export function keepFocus(root: HTMLElement): void {
  let [last, around]: [Element | null, Element[]] = [null, []];
  root.addEventListener("focusin", ({ target }) => {
    last = target as Element;
    around = [];
    for (let at = last.parentElement; at !== null && root.contains(at); at = at.parentElement) around.push(at);
  });
  // The focus that a click into the empty takes away is not brought back.
  root.addEventListener("pointerdown", () => (last = null));
  new MutationObserver(() => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return;
    const next = nextTo(last, around);
    next?.focus({ preventScroll: true });
  }).observe(root, { childList: true, subtree: true });
}

/** The nearest element of the same role; where it had none, the nearest that takes the focus. */
function nextTo(lost: Element, around: Element[]): HTMLElement | null {
  const role = lost.getAttribute("role");
  const wanted = role === null ? TAKES : `[role=${role}][tabindex='0']`;
  for (const ancestor of around) {
    const found = ancestor.isConnected ? ancestor.querySelector<HTMLElement>(wanted) : null;
    if (found !== null) return found;
  }
  return null;
}
