// The bar over the ladder: layer filters, find, losses, the text view, help.

import type { RefObject } from "preact";
import { FILTERS, layerClass } from "../story";
import { count as written } from "./words";

interface FilterProps {
  on: number;
  onToggle(bit: number): void;
}

export function Filters({ on, onToggle }: FilterProps) {
  return (
    <div class="filters" role="group" aria-label="layers">
      {FILTERS.map((filter, bit) => (
        <button
          type="button"
          key={filter.name}
          class={`filter ${layerClass(filter.layers[0])}`}
          aria-pressed={(on & (1 << bit)) !== 0}
          onClick={() => onToggle(1 << bit)}
        >
          <kbd>{filter.key}</kbd>
          {filter.name}
        </button>
      ))}
    </div>
  );
}

interface FindProps {
  input: RefObject<HTMLInputElement | null>;
  query: string;
  onQuery(query: string): void;
  /** How many packets match, and which of them is chosen, from 1; 0: none. */
  count: number;
  at: number;
  onNext(by: 1 | -1): void;
  onLeave(): void;
}

export function Find({ input, query, onQuery, count, at, onNext, onLeave }: FindProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") onNext(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      if (query !== "") onQuery("");
      onLeave();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="find" role="search">
      <input
        ref={input}
        type="search"
        placeholder="find ( / )"
        aria-label="find in the ladder"
        value={query}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span class="found-count" role="status">
        {query.trim() === "" ? "" : foundText(count, at)}
      </span>
      {count > 0 && (
        <>
          <button type="button" aria-label="match before" onClick={() => onNext(-1)}>
            ↑
          </button>
          <button type="button" aria-label="next match" onClick={() => onNext(1)}>
            ↓
          </button>
        </>
      )}
    </div>
  );
}

function foundText(count: number, at: number): string {
  if (count === 0) return "no match";
  if (at > 0) return `${written(at)} of ${written(count)}`;
  return count === 1 ? "1 match" : `${written(count)} matches`;
}
