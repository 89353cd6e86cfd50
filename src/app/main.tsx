import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { compileWhenQuiet } from './compileAhead.ts';
import { lab } from './lab.ts';
import { firstPictureDrawn, quiet } from './quiet.ts';
import { fetchRestOfRecording, playRecording } from './recorded.ts';
import { fetchTheRest } from './shell/Later.tsx';
import { followTheme } from './shell/theme.ts';
import './styles/index.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root');
lab.start(location.search);
followTheme();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void playRecording().finally(firstPictureDrawn);
void quiet().then(() => lab.keep());
compileWhenQuiet();
void quiet().then(fetchRestOfRecording).finally(fetchTheRest);
