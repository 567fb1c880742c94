// What of a scrolled pane is in sight, how wide a pane is, and how large a character and a line are. Lists draw only
// what is in sight: ten thousand rows are slow to lay out, forty are not.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface View {
  top: number;
  height: number;
  width: number;
}

const NOTHING: View = { top: 0, height: 600, width: 0 };

/** Pixels of a pane that are printed: a thousand lines. */
const PRINTED = 20_000;

/** The part of a scrolled element that is in sight, in pixels; for print all of it, where that is wanted. */
export function useView(ref: RefObject<HTMLElement | null>, printed = false): View {
  const [view, setView] = useState(NOTHING);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    // The layout for print has other sizes; they are not what is in sight.
    let printing = false;
    const look = () =>
      setView((old) => {
        const { scrollTop: top, clientHeight: height, clientWidth: width } = element;
        const same = old.top === top && old.height === height && old.width === width;
        return same || printing ? old : { top, height, width };
      });
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    const print = () => {
      printing = true;
      setView((old) => ({ ...old, top: 0, height: PRINTED }));
    };
    const printedNow = () => {
      printing = false;
      look();
    };
    if (printed) addEventListener("beforeprint", print);
    addEventListener("afterprint", printedNow);
    return () => {
      element.removeEventListener("scroll", look);
      removeEventListener("beforeprint", print);
      removeEventListener("afterprint", printedNow);
      observer.disconnect();
    };
  }, [ref, printed]);
  return view;
}

/** Scrolls a pane so far that a stretch of it is in sight. */
export function reveal(element: HTMLElement, top: number, height: number): void {
  const margin = Math.min(height, element.clientHeight / 4);
  if (top < element.scrollTop) element.scrollTop = Math.max(0, top - margin);
  else if (top + height > element.scrollTop + element.clientHeight) {
    element.scrollTop = top + height + margin - element.clientHeight;
  }
}

/** The size of a character of the monospaced font, and of a line of it. */
export interface Metrics {
  ch: number;
  line: number;
}

/** Measures a probe of ten characters, now and when the size of text changes. */
export function useMetrics(): [RefObject<HTMLSpanElement | null>, Metrics] {
  const probe = useRef<HTMLSpanElement>(null);
  const [metrics, setMetrics] = useState<Metrics>({ ch: 7.5, line: 20 });
  useEffect(() => {
    const element = probe.current;
    if (!element) return;
    const measure = () => {
      const { width, height } = element.getBoundingClientRect();
      if (width > 0 && height > 0) setMetrics({ ch: width / 10, line: height });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [probe, metrics];
}
