// What to look at in a scene: what its author points out, below the bars. Tested in test/viewer-look.test.mjs.

import { useMemo } from "preact/hooks";

/** A longer text is closed at first. */
const SHORT = 12;
const TITLE = "What to look at";

export function Look({ text }: { text: string }) {
  const lines = useMemo(() => linesOf(text), [text]);
  return (
    <section class="look" aria-label={TITLE}>
      <details key={text} open={lines.length <= SHORT}>
        <summary>{TITLE}</summary>
        <pre tabIndex={0}>
          <bdi>{lines.join("\n")}</bdi>
        </pre>
      </details>
    </section>
  );
}

/** The lines without the heading that they have in print, and without the blanks that all of them begin with. */
function linesOf(text: string): string[] {
  const all = text.split("\n");
  const lines = all[0]!.trim().toLowerCase() === TITLE.toLowerCase() ? all.slice(1) : all;
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const common = indents.reduce((least, indent) => Math.min(least, indent), Infinity);
  return lines.map((line) => (common === Infinity ? "" : line.slice(common)));
}
