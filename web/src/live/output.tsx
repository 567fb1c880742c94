// What a reader takes away from a run: the command line that does the same, a link, files.
// Tested in test/live-save.test.mjs.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Engine } from "../engine";
import { shortened } from "../viewer";
import { Doing } from "./fields";
import { explain, htmlOf, type Run } from "./run";
import { copy, download, stem } from "./save";
import type { Session, State } from "./session";
import { hashOf, type Settings } from "./settings";
import { commandLine } from "./shell";

interface Props {
  engine: Engine;
  session: Session;
  state: State;
}

export function Output({ engine, session, state }: Props) {
  const [link, setLink] = useState<string | null>(null);
  const { run, opened, settings } = state;
  // A link that was shown is that of other settings by now.
  useEffect(() => setLink(null), [settings, opened]);
  return (
    <>
      <div class="lv-row">
        <Command session={session} />
        <div class="lv-row" role="group" aria-label="Save">
          <span class="lv-head">Save</span>
          <Files engine={engine} session={session} run={run} />
        </div>
        {opened === null && (
          <Doing
            act={async () => {
              const text = linkTo(settings, session.chosen);
              setLink(text);
              return (await copy(text)) ? "Copied" : "Copy it below";
            }}
          >
            Link
          </Doing>
        )}
        <button type="button" disabled={run === null} onClick={() => session.keep()}>
          Keep this run to compare
        </button>
      </div>
      {link !== null && <LinkField link={link} onClose={() => setLink(null)} />}
    </>
  );
}

/** This page, with these settings in it. */
export function linkTo(settings: Settings, frame: number | null = null): string {
  const hash = hashOf(settings, frame);
  return location.href.replace(/#.*$/, "") + (hash === "" ? "" : `#${hash}`);
}

/** The command line that does the same. A mistake in the settings is said by the run. */
function Command({ session }: { session: Session }) {
  let line: string;
  try {
    line = commandLine(session.task().args);
  } catch {
    return <p class="lv-mistake">no command line: there is a mistake in the settings</p>;
  }
  return (
    <div class="lv-row lv-command">
      <span class="lv-prompt" aria-hidden="true">
        $
      </span>
      <code aria-label="Command line" tabIndex={0}>
        <bdi>{line}</bdi>
      </code>
      <Doing act={async () => ((await copy(line)) ? "Copied" : "Not allowed")}>Copy</Doing>
    </div>
  );
}

function Files({ engine, session, run }: { engine: Engine; session: Session; run: Run | null }) {
  if (run === null) return <span class="lv-hint">nothing yet</span>;
  const name = stem(run.task.args);
  const html = async () => {
    try {
      download(`${name}.html`, await htmlOf(engine, run.task), "text/html");
      return "Saved";
    } catch (error) {
      session.fail(explain(error));
      return "Not saved";
    }
  };
  const save = (end: string, bytes: Uint8Array<ArrayBuffer>, type: string) => () => {
    download(`${name}.${end}`, bytes, type);
    return "Saved";
  };
  return (
    <>
      {run.capture !== null && <Doing act={save("pcapng", run.capture, "application/octet-stream")}>pcapng</Doing>}
      <Doing act={html}>HTML</Doing>
      <Doing act={save("txt", run.stdout, "text/plain")}>Text</Doing>
      {[...run.extra].map(([file, bytes]) => (
        <Doing key={file} act={() => (download(file, bytes, "application/octet-stream"), "Saved")}>
          <bdi>{shortened(file)}</bdi>
        </Doing>
      ))}
    </>
  );
}

function LinkField({ link, onClose }: { link: string; onClose(): void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), [link]);
  return (
    <label class="lv-row lv-link">
      <span>Link to these settings</span>
      <input ref={field} readOnly value={link} onKeyDown={(event) => event.key === "Escape" && onClose()} />
      <button type="button" onClick={onClose}>
        Close
      </button>
    </label>
  );
}
