import { startBackfill, previewBackfill } from '../api/backfills';
import { ApiError, problemOf } from '../api/errors';
import { BackfillForm } from '../components/BackfillForm';
import { placeOfBackfillField } from '../model/backfillDraft';
import { isPaused } from '../model/selectors';
import type { DraftProblem } from '../model/triggerDraft';
import type { Backfill } from '../model/wireOrders';
import { backfillsChanged } from '../store/backfills';
import type { ICouture } from '../tokens';
import { openModal } from './modal';

function refusalsOf(error: unknown): readonly DraftProblem[] {
  const { message, hint } = problemOf(error);
  const place = placeOfBackfillField(
    error instanceof ApiError ? (error.wire?.field ?? null) : null
  );
  return [{ place, message: place === '' && hint ? `${message} ${hint}` : message }];
}

/** Asks for a range of dates, shows what would become of each, and starts. Null: the user gave up. */
export function askAndBackfill(couture: ICouture, dagId: string): Promise<Backfill | null> {
  const { session, trans } = couture;
  return openModal<Backfill>(
    trans.__('Backfill %1', dagId),
    close => (
      <BackfillForm
        dagId={dagId}
        isPaused={isPaused(session.store.getState(), dagId)}
        trans={trans}
        onPreview={async body => {
          try {
            return { preview: await previewBackfill(session.api, body) };
          } catch (error) {
            return { problems: refusalsOf(error) };
          }
        }}
        onStart={async (body, token) => {
          try {
            const made = await startBackfill(session.api, body, token);
            backfillsChanged(session);
            close(made);
            return [];
          } catch (error) {
            return refusalsOf(error);
          }
        }}
        onCancel={() => close(null)}
      />
    ),
    'input'
  );
}
