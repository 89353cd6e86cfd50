import { lab } from './lab.ts';
import { quiet } from './quiet.ts';
import { bothConfigs, canTrain, type LabState, useLab } from './store.ts';

/** Milliseconds without another change of the settings after which they are taken to be meant. */
const settled = 300;

/**
 * Has what the next runs need compiled while nobody waits for it: on a GPU whenever the settings have changed, once the page
 * has drawn its first picture. The browser's software GPU compiles on the processor, for seconds that would hold up the page;
 * there the run buttons ask for it when the pointer or the focus comes to them.
 */
export function compileWhenQuiet(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = (state: LabState) => {
    if (state.gpu.status !== 'ready' || state.gpu.fallback || !canTrain(state)) return;
    clearTimeout(timer);
    timer = setTimeout(() => lab.compileAhead(bothConfigs(useLab.getState())), settled);
  };
  void quiet().then(() => {
    follow(useLab.getState());
    useLab.subscribe((state, before) => {
      if (state.data.prepared !== before.data.prepared || state.gpu.status !== before.gpu.status)
        follow(state);
    });
  });
}
