import { create } from 'zustand';

/** Whether the sheet of keyboard shortcuts is open. */
export const useSheet = create<{ open: boolean }>()(() => ({ open: false }));

export function toggleSheet(): void {
  useSheet.setState(({ open }) => ({ open: !open }));
}

export function closeSheet(): void {
  useSheet.setState({ open: false });
}
