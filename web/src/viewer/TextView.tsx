// The text that the program prints, to read and to copy.

import { useRef, useState } from "preact/hooks";

export function TextView({ text }: { text: string }) {
  const pre = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("copied");
    } catch {
      // Without the right to the clipboard the text is selected, and the reader copies it.
      if (pre.current) getSelection()?.selectAllChildren(pre.current);
      setSaid("selected: copy it with Ctrl+C");
    }
  };
  return (
    <section class="text-view" aria-labelledby="text-title">
      <h2 id="text-title">Text</h2>
      <p class="text-bar">
        <button type="button" onClick={copy}>
          Copy
        </button>{" "}
        <span role="status">{said}</span>
      </p>
      <pre ref={pre} tabIndex={0} aria-labelledby="text-title">
        {text}
      </pre>
    </section>
  );
}
