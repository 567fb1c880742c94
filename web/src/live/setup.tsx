// The settings: which page or scene, the path to it, the seed, more flags.
// Tested in test/live.test.mjs.

import { FAILING, PAGES, pageOfSize, sizeOf } from "./choices";
import { NumberField, TextField } from "./fields";
import type { Session, State } from "./session";

/** Of the select: what is neither in the list nor a scene. */
const [OTHER, SIZED, SCENE] = ["other", "sized", "scene:"];

export function Setup({ session, state }: { session: Session; state: State }) {
  const { settings } = state;
  const { what, url } = settings;
  const size = what === "fetch" ? sizeOf(url) : null;
  const typed = (name: "url" | "rtt" | "loss" | "seed" | "flags") => (value: string) =>
    session.change({ [name]: value }, name);
  return (
    <form class="lv-setup" aria-label="Settings" onSubmit={(event) => (event.preventDefault(), session.again())}>
      <Select session={session} state={state} />
      {what === "fetch" && size === null && <TextField name="url" label="URL" value={url} onValue={typed("url")} />}
      {size !== null && (
        <NumberField
          label="Size"
          unit="bytes"
          value={size}
          step={1000}
          max={10_000_000}
          wide
          onValue={(bytes) => session.change({ url: pageOfSize(bytes) }, "size")}
        />
      )}
      {what === "fetch" && (
        <>
          <NumberField label="RTT" unit="ms" value={settings.rtt} step={10} onValue={typed("rtt")} />
          <NumberField label="Loss" unit="%" value={settings.loss} max={100} onValue={typed("loss")} />
        </>
      )}
      <NumberField label="Seed" value={settings.seed} onValue={typed("seed")} />
      <TextField name="flags" label="Flags" hint="-v" value={settings.flags} onValue={typed("flags")} />
      <button type="submit">Run</button>
    </form>
  );
}

function Select({ session, state }: { session: Session; state: State }) {
  const { settings, scenes } = state;
  const listed = [...PAGES, ...FAILING].some(({ url }) => url === settings.url);
  const usual = sizeOf(settings.url) !== null ? SIZED : listed ? settings.url : OTHER;
  const chosen = settings.what === "scene" ? SCENE + settings.scene : usual;
  const choose = (value: string) => {
    if (value.startsWith(SCENE)) session.change({ what: "scene", scene: value.slice(SCENE.length), breakages: [] });
    else if (value === SIZED) session.change({ what: "fetch", url: pageOfSize("10000"), breakages: [] });
    else if (value !== OTHER) session.change({ what: "fetch", url: value, breakages: [] });
    else session.change({ what: "fetch" });
  };
  // A scene from a link is shown before the program has said which there are.
  const unknown = settings.what === "scene" && !scenes.some(({ name }) => name === settings.scene);
  return (
    <label class="lv-field lv-what">
      <span>Show</span>
      <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        <optgroup label="Pages of www.example.test">
          {PAGES.map(({ url, says }) => (
            <option key={url} value={url}>
              {says}
            </option>
          ))}
          <option value={SIZED}>/bytes/N, a page of N bytes</option>
        </optgroup>
        <optgroup label="Servers that go wrong">
          {FAILING.map(({ url, says }) => (
            <option key={url} value={url}>{`${hostOf(url)}: ${says}`}</option>
          ))}
        </optgroup>
        <optgroup label="Scenes: more than one connection">
          {scenes.map(({ name, says }) => (
            <option key={name} value={SCENE + name}>{`${name}: ${says}`}</option>
          ))}
          {unknown && <option value={SCENE + settings.scene}>{settings.scene}</option>}
        </optgroup>
        <optgroup label="Other">
          <option value={OTHER}>another URL</option>
        </optgroup>
      </select>
    </label>
  );
}

function hostOf(url: string): string {
  return url.replace(/^https:\/\/([^./]*)\..*$/, "$1");
}
