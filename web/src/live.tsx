// The entry of the live page. The first page's story is in the HTML: it is drawn at once, and the program is loaded
// after that. Settings come from the link and go back into it. Tested in test/live.test.mjs.

import { render } from "preact";
import { Engine, loadModule } from "./engine";
import { App } from "./live/app";
import { keepFocus } from "./live/focus";
import { linkTo } from "./live/output";
import { explain, type Problem, type Run, runOf } from "./live/run";
import { Session } from "./live/session";
import { argsOf, FIRST, frameOf, hashOf, sameSettings, type Settings, settingsOf } from "./live/settings";
import { decodeBase64 } from "./story";
import "./viewer/style.css";
import "./live/style.css";

/** The script of the worker: build/bundle.mjs puts it here. */
declare const WORKER_TEXT: string;

const root = document.getElementById("app")!;
try {
  start();
} catch (error) {
  const { title, text } = explain(error);
  root.textContent = `${title} ${text}`;
}

function start(): void {
  let loaded: (module: Promise<WebAssembly.Module>) => void = () => {};
  const engine = new Engine(new Promise<WebAssembly.Module>((resolve) => (loaded = resolve)), WORKER_TEXT);
  const { settings, mistake } = fromLink();
  const usual = mistake === null && sameSettings(settings, FIRST);
  const session = new Session(engine, settings, frameOf(location.hash), usual ? firstRun(engine) : null);
  render(<App engine={engine} session={session} />, root);
  keepFocus(root);
  if (mistake !== null) session.fail(mistake);
  else if (!usual) session.again();

  addEventListener("hashchange", () => {
    const { settings, mistake } = fromLink();
    if (mistake === null) session.load(settings, frameOf(location.hash));
    else session.fail(mistake);
  });
  keepLink(session);

  // What is on the screen is shown before the program is unpacked.
  requestAnimationFrame(() =>
    setTimeout(() => {
      performance.mark("picture");
      document.documentElement.dataset["ready"] = "";
      const module = loadModule();
      loaded(module);
      module
        .then(() => session.findScenes())
        .then(() => (usual ? warm(engine) : null))
        .then(
          () => (document.documentElement.dataset["engine"] = "ready"),
          (error: unknown) => session.fail({ ...explain(error), title: "The program could not be loaded." }),
        );
    }),
  );
}

/** Runs the first page once more, for nothing: code of WebAssembly is compiled when it is first run, and the reader's
 *  first change should not wait for that. */
async function warm(engine: Engine): Promise<void> {
  await engine.run({ args: [...argsOf(FIRST), "--report", "r", "--pcapng", "c"] });
}

/** The settings in the address. */
function fromLink(): { settings: Settings; mistake: Problem | null } {
  try {
    return { settings: settingsOf(location.hash), mistake: null };
  } catch (error) {
    return { settings: FIRST, mistake: { ...explain(error), title: "This link cannot be followed." } };
  }
}

/** The run of the first page, made when this page was built. */
function firstRun(engine: Engine): Run | null {
  const inside = document.getElementById("first")?.textContent;
  if (!inside) return null;
  const { text, report, capture } = JSON.parse(inside) as { text: string; report: string; capture: string };
  return runOf(engine, {
    task: { args: argsOf(FIRST), files: new Map(), seed: 1n, settings: FIRST },
    report,
    stdout: new TextEncoder().encode(text),
    complaint: "",
    code: 0,
    capture: decodeBase64(capture),
    extra: new Map(),
    took: 0,
  });
}

/** The address always holds the settings: a reload and a bookmark bring them back. */
function keepLink(session: Session): void {
  let last = hashOf(session.state.settings);
  session.listen(() => {
    const hash = hashOf(session.state.settings);
    if (hash !== last) history.replaceState(null, "", linkTo(session.state.settings));
    last = hash;
  });
}
