// Small parts of forms: a labelled field, a button that says for a moment what it did.
// Tested in test/live.test.mjs.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { LONGEST } from "./settings";

interface NumberProps {
  label: string;
  unit?: string;
  value: string;
  step?: number;
  min?: number;
  max?: number;
  wide?: boolean;
  onValue(value: string): void;
}

/** Characters of a number at the most: more than the largest seed has. */
const DIGITS = 30;

/** What an input for numbers takes: it drops all else, with a warning. */
const isNumber = (value: string) =>
  /^(-?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?)?$/i.test(value) && Number.isFinite(Number(value));

/** A number with its label before it and its unit after it. */
export function NumberField({ label, unit, value, step = 1, min = 0, max, wide = false, onValue }: NumberProps) {
  return (
    <label class="lv-field">
      <span>{label}</span>
      <input
        type={isNumber(value) ? "number" : "text"}
        inputMode="decimal"
        list={undefined}
        class={wide ? "lv-number lv-wide" : "lv-number"}
        value={value}
        step={step}
        min={min}
        max={max}
        onInput={(event) => onValue(event.currentTarget.value.slice(0, DIGITS))}
      />
      {unit && <span class="lv-unit">{unit}</span>}
    </label>
  );
}

interface TextProps {
  label: string;
  value: string;
  hint?: string;
  name: string;
  onValue(value: string): void;
}

/** A line of text that no browser corrects or remembers. */
export function TextField({ label, value, hint, name, onValue }: TextProps) {
  return (
    <label class={`lv-field lv-text lv-${name}`}>
      <span>{label}</span>
      <input
        type="text"
        value={value}
        maxLength={LONGEST}
        placeholder={hint}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  );
}

/** Milliseconds for which a button says what it did. */
const MOMENT = 1500;

/** A button; what `act` returns is its label for a moment. */
export function Doing({ act, children }: { act(): Promise<string> | string; children: ComponentChildren }) {
  const [said, setSaid] = useState<string | null>(null);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const click = async () => {
    setSaid(await act());
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(null), MOMENT) as unknown as number;
  };
  return (
    <button type="button" onClick={() => void click()}>
      {said ?? children}
    </button>
  );
}
