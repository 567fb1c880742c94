// The head of a ladder: the names of the hosts over their lines, with an address where there is room.

import type { Story } from "../story";
import type { Columns } from "./columns";

interface Props {
  story: Story;
  columns: Columns;
  step: number;
}

export function Hosts({ story, columns, step }: Props) {
  const withAddresses = step >= 72;
  return (
    <div class="hosts" style={{ width: `${step * columns.names.length}px` }}>
      {columns.names.map((name, index) => {
        const addresses = story.hosts[columns.hosts[index] ?? -1]?.addresses ?? [];
        return (
          <div
            class={`host${index === columns.rest ? " rest" : ""}`}
            key={index}
            style={{ width: `${step}px` }}
            title={[name, ...addresses].join(" ")}
          >
            <bdi class="name">{name}</bdi>
            {withAddresses && addresses[0] !== undefined && addresses[0] !== name && (
              <bdi class="address">{addresses[0]}</bdi>
            )}
          </div>
        );
      })}
    </div>
  );
}
