import { type ReactNode, useRef } from 'react';

/**
 * A button that opens the system's choice of files. The same file may be chosen again.
 * @param label name of the input behind it, for those who cannot see the button's place @param accept as the input takes it
 */
export function FileButton(props: {
  label: string;
  accept: string;
  onFiles: (files: File[]) => void;
  id?: string;
  disabled?: boolean;
  /** Whether several files may be chosen at once. */
  multiple?: boolean;
  title?: string;
  children: ReactNode;
}) {
  const { label, accept, onFiles, id, disabled, multiple, title, children } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        accept={accept}
        multiple={multiple}
        aria-label={label}
        tabIndex={-1}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = '';
        }}
      />
      <button type="button" id={id} title={title} disabled={disabled} onClick={() => input.current?.click()}>
        {children}
      </button>
    </>
  );
}
