import { type ReactNode, useEffect, useRef } from 'react';
import { CloseButton } from '../shell/CloseButton.tsx';
import type { DataFailure } from '../workerProtocol.ts';

/**
 * Why data cannot be used: what and where, what was kept, what to do next.
 * @param asked whether it answers what was just given, and comes into view @param onDismiss takes it away, where that may be
 */
export function Refusal(props: {
  what: ReactNode;
  failure: DataFailure;
  kept: string;
  next: ReactNode;
  asked: boolean;
  onDismiss?: () => void;
}) {
  const { what, failure, kept, next, asked, onDismiss } = props;
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked) notice.current?.scrollIntoView({ block: 'nearest' });
  }, [asked]);
  const { message, row, column } = failure;
  // Most sentences name the place themselves; where one does not, it stands beside it.
  const place = [
    row !== undefined && !message.includes(`${row}`) && `row ${row}`,
    column !== undefined && !message.includes(column) && `column '${column}'`,
  ].filter(Boolean);
  return (
    <div ref={notice} role="alert" className="notice bad">
      <div className="notice-head">
        <p>
          {what} {message}
          {place.length > 0 && ` (${place.join(', ')})`}
        </p>
        {onDismiss && <CloseButton label="Dismiss" onClose={onDismiss} />}
      </div>
      <p>
        <strong>Kept:</strong> {kept}
      </p>
      <p>
        <strong>Next:</strong> {next}
      </p>
    </div>
  );
}
