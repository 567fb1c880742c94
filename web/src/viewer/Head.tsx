// The head of the viewer: what this is a story of, and how much of it there is.

import type { Story } from "../story";
import { several, shortened } from "./words";

interface Props {
  story: Story;
  text: boolean;
  onText(): void;
  onHelp(): void;
}

export function Head({ story, text, onText, onHelp }: Props) {
  const { tally } = story;
  // The name of a file may be long, in the title too.
  const name = shortened(story.file);
  const title = name === story.file ? (story.title ?? name) : (story.title ?? name).replaceAll(story.file, name);
  return (
    <header class="viewer-head">
      <h1>
        <bdi>{title === "" ? "a story" : title}</bdi>
      </h1>
      {story.command && (
        <code class="command">
          <bdi>barewire {story.command.join(" ")}</bdi>
        </code>
      )}
      <span class="tally">{several(tally?.frames ?? story.rows.length, "frame")}</span>
      <span class="head-buttons">
        {story.text !== null && (
          <button type="button" aria-pressed={text} onClick={onText}>
            Text <kbd>t</kbd>
          </button>
        )}
        <button type="button" onClick={onHelp}>
          Help <kbd>?</kbd>
        </button>
      </span>
      {tally && (tally.cut !== null || tally.withoutRow.length > 0) && (
        <p class="not-drawn">
          {tally.cut !== null && (
            <>
              <bdi>{tally.cut}</bdi>.{" "}
            </>
          )}
          {tally.withoutRow.slice(0, 5).map((one) => (
            <span key={one.reason}>
              {several(one.frames, "frame")} without a row: <bdi>{one.reason}</bdi>.{" "}
            </span>
          ))}
        </p>
      )}
    </header>
  );
}
