import styles from './dialog.module.css';

/** The cross by which something that has opened is closed again. @param label its accessible name */
export function CloseButton(props: {
  label?: string;
  title?: string;
  disabled?: boolean;
  onClose: () => void;
}) {
  const { label = 'Close', title, disabled, onClose } = props;
  return (
    <button
      type="button"
      className={styles.close}
      aria-label={label}
      title={title}
      disabled={disabled}
      onClick={onClose}
    >
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d="M2 2 10 10M10 2 2 10" />
      </svg>
    </button>
  );
}
