// The live page: settings above, the viewer below, files taken from anywhere on it.
// Tested in test/live.test.mjs.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Engine } from "../engine";
import { Viewer } from "../viewer";
import { actionsOf } from "./actions";
import { Broken } from "./broken";
import { Output } from "./output";
import { FileButton, Reading } from "./reading";
import type { Session, State } from "./session";
import { Setup } from "./setup";
import { Status } from "./status";

/** The two sides of a comparison. */
const NAMES: [string, string] = ["now", "kept"];

export function App({ engine, session }: { engine: Engine; session: Session }) {
  const [state, setState] = useState<State>(session.state);
  useEffect(() => session.listen(() => setState(session.state)), [session]);
  const dropping = useDrop(session);
  const narrow = useNarrow();
  useUndoKey(session);
  const actions = useMemo(() => actionsOf(session), [session, state.settings.breakages, state.run]);
  const { run, kept, opened } = state;
  useEffect(() => {
    document.documentElement.dataset["runs"] = `${state.runs}`;
    requestAnimationFrame(() => setTimeout(() => performance.mark(`run-${state.runs}`)));
  }, [state.runs]);
  const output = <Output engine={engine} session={session} state={state} />;
  const other = kept !== null && kept !== run ? { other: kept.source } : {};
  return (
    <>
      <header class="lv-top">
        <p class="lv-name">Barewire</p>
        <p>
          A network stack to learn from, running in this page.{" "}
          {opened === null
            ? "Its own DNS, TCP, TLS 1.3 and HTTP make every packet below. Nothing leaves the page."
            : "A capture is read by the same code that makes packets. It never leaves the page."}
        </p>
        <FileButton session={session} label={opened === null ? "Open a capture …" : "Open another file …"} />
      </header>
      <section class="lv-panel" aria-label="What is run">
        {opened === null ? (
          <>
            <Setup session={session} state={state} />
            <Broken session={session} state={state} />
          </>
        ) : (
          <Reading session={session} opened={opened} run={run} />
        )}
        {!narrow && output}
        <Status session={session} state={state} />
      </section>
      <main class="lv-main">
        {run !== null && (
          <Viewer
            source={run.source}
            names={NAMES}
            frame={state.frame}
            onFrame={(frame) => (session.chosen = frame)}
            {...(opened === null ? { actions } : {})}
            {...other}
          />
        )}
      </main>
      {narrow && (
        <section class="lv-panel" aria-label="Keep and save">
          {output}
        </section>
      )}
      {dropping && (
        <div class="lv-drop" aria-hidden="true">
          <p>Drop a capture, a key log, or both. They are read in this page and never leave it.</p>
        </div>
      )}
    </>
  );
}

/** Takes files that are dropped anywhere; true while some hang over the page. */
function useDrop(session: Session): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const drag = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      // Without this the browser leaves the page and shows the file.
      event.preventDefault();
      if (files.length > 0) void session.open(files);
    };
    const all = [
      ["dragover", drag],
      ["dragleave", leave],
      ["drop", drop],
    ] as const;
    all.forEach(([name, listener]) => addEventListener(name, listener as EventListener));
    return () => all.forEach(([name, listener]) => removeEventListener(name, listener as EventListener));
  }, [session]);
  return over;
}

/** On a phone the ladder comes before what is saved. */
function useNarrow(): boolean {
  const query = useMemo(() => matchMedia("(max-width: 600px)"), []);
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const change = () => setNarrow(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, [query]);
  return narrow;
}

/** Ctrl+Z takes the last setting back, but not while something is typed: a field has an undo of its own. */
function useUndoKey(session: Session): void {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
      if (typing || event.key !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      session.undo();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [session]);
}
