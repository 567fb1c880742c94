// Captures and key logs: the input for files, and the line about those that are open.
// Tested in test/live-captures.test.mjs.

import { shortened } from "../viewer";
import { TextField } from "./fields";
import type { Run } from "./run";
import type { Opened, Session } from "./session";

/** The button that opens files. */
export function FileButton({ session, label }: { session: Session; label: string }) {
  return (
    <label class="lv-file">
      <input
        type="file"
        multiple
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = "";
          if (files.length > 0) void session.open(files);
        }}
      />
      <span>{label}</span>
    </label>
  );
}

interface Props {
  session: Session;
  opened: Opened;
  run: Run | null;
}

export function Reading({ session, opened, run }: Props) {
  const { capture, keys, flags } = opened;
  const sealed = run?.source.story.conversations.some(({ protocol }) => protocol.includes("TLS")) ?? false;
  return (
    <div class="lv-setup" role="group" aria-label="The capture">
      <span class="lv-name">
        <bdi>{shortened(capture.name)}</bdi> <span class="lv-unit">{inBytes(capture.size)}</span>
      </span>
      {keys === null ? (
        sealed && <span class="lv-hint">open its key log too, and TLS can be read (SSLKEYLOGFILE)</span>
      ) : (
        <span class="lv-chip">
          <span>
            keys: <bdi>{shortened(keys.name)}</bdi>
          </span>
          <button type="button" aria-label="Without these keys" onClick={() => session.forgetKeys()}>
            ×
          </button>
        </span>
      )}
      <TextField
        name="flags"
        label="Flags"
        hint="--stream 3"
        value={flags}
        onValue={(text) => session.flagsOfReading(text)}
      />
      <button type="button" onClick={() => session.close()}>
        Back to the toy internet
      </button>
    </div>
  );
}

function inBytes(size: number): string {
  if (size < 10_000) return `${size.toLocaleString("en")} bytes`;
  return size < 1_000_000 ? `${Math.round(size / 1000)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
