import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { ReportData } from '../../engine/train/reportData.ts';
import { Report } from './Report.tsx';
import '../styles/index.css';

const root = document.getElementById('root');
const data = document.getElementById('report')?.textContent;
if (!root || !data) throw new Error('The report has lost the element that holds its data.');

const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => {
  document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
};
follow();
dark.addEventListener('change', follow);

createRoot(root).render(
  <StrictMode>
    <Report data={JSON.parse(data) as ReportData} />
  </StrictMode>,
);
