// A row of tabs: Left and Right move.

import { isFree } from "./keys";

interface Props {
  label: string;
  names: string[];
  chosen: number;
  onChoose(index: number): void;
}

export function Tabs({ label, names, chosen, onChoose }: Props) {
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const last = names.length - 1;
    const to = {
      ArrowRight: chosen === last ? 0 : chosen + 1,
      ArrowLeft: chosen === 0 ? last : chosen - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined || !isFree(event)) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(to);
    (event.currentTarget.children[to] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {names.map((name, index) => (
        <button
          type="button"
          role="tab"
          key={index}
          aria-selected={index === chosen}
          tabIndex={index === chosen ? 0 : -1}
          onClick={() => onChoose(index)}
        >
          <bdi>{name}</bdi>
        </button>
      ))}
    </div>
  );
}
