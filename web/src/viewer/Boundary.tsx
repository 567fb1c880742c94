// Catches what goes wrong while the page is drawn, so that it says so and is never blank.

import { Component, type ComponentChildren } from "preact";

interface Props {
  children: ComponentChildren;
  failed?(error: Error): void;
}

export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static override getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error) {
    this.props.failed?.(error);
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <p class="failure" role="alert">
        This story cannot be drawn: <bdi>{error.message}</bdi>
      </p>
    );
  }
}
