import { Component, type ReactNode } from 'react';
import { problemOf } from '../api/errors';
import type { Translate } from '../model/labels';
import type { Problem } from '../model/state';
import { ProblemNotice } from '../components/Notice';

export interface BoundaryProps {
  readonly trans: Translate;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly problem: Problem | null;
}

/** Keeps a fault in drawing one view from blanking all others: it is told in its place, with another try. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { problem: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { problem: problemOf(error) };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    return problem ? (
      <ProblemNotice
        problem={problem}
        trans={this.props.trans}
        onRetry={() => this.setState({ problem: null })}
      />
    ) : (
      this.props.children
    );
  }
}
