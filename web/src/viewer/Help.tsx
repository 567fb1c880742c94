// The help: which keys there are, whether they are on, and what the marks of the ladder mean.

import { useEffect, useRef } from "preact/hooks";
import type { PacketAction } from "./actions";
import { keyName, KEYS } from "./keys";

interface Props {
  open: boolean;
  onClose(): void;
  keysOn: boolean;
  onKeys(on: boolean): void;
  more: PacketAction[];
}

const PANES: [keys: string, says: string][] = [
  ["Tab", "the next pane"],
  ["← →", "in the fields: close and open; in bytes and bits: move"],
  ["Enter", "in the fields: open or close; in find: the next match"],
  ["*", "in the fields: open all beside this one"],
  ["Esc", "leave find, or this help"],
];

const MARKS: [mark: string, says: string][] = [
  ["▒", "encrypted on the wire; named because the keys are there"],
  ["╳", "lost at this place"],
  ["?", "not seen again; in a state: if the packet arrives"],
  ["○", "on a line: this host passed the packet on"],
  ["!", "a loss, or something that went wrong"],
  ["⋮", "a time in which nothing happened"],
  ["[ ]", "computed, not in the bytes"],
];

export function Help({ open, onClose, keysOn, onKeys, more }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      {open && (
        <>
          <header>
            <h2 id="help-title">Keys and marks</h2>
            <button type="button" onClick={onClose}>
              Close <kbd>Esc</kbd>
            </button>
          </header>
          <label class="keys-on">
            <input type="checkbox" checked={keysOn} onChange={(event) => onKeys(event.currentTarget.checked)} />
            Single keys are on. Arrows in a pane, Tab and Enter work without them.
          </label>
          <div class="columns">
            <dl class="keys">
              {KEYS.map(({ keys, says }) => (
                <Key key={says} keys={keys.map(keyName)} says={says} />
              ))}
              {more.map(({ key, label }) => key && <Key key={label} keys={[key]} says={label} />)}
            </dl>
            <dl class="keys">
              {PANES.map(([keys, says]) => (
                <Key key={says} keys={[keys]} says={says} />
              ))}
              {MARKS.map(([mark, says]) => (
                <div key={says}>
                  <dt>
                    <span class="mark">{mark}</span>
                  </dt>
                  <dd>{says}</dd>
                </div>
              ))}
            </dl>
          </div>
        </>
      )}
    </dialog>
  );
}

function Key({ keys, says }: { keys: string[]; says: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{says}</dd>
    </div>
  );
}
