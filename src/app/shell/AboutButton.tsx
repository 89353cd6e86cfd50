import { useState } from 'react';
import { version } from '../../../package.json';
import { Dialog } from './Dialog.tsx';
import styles from './shell.module.css';

/** Says what the page is, on what paper it rests, and under which licences it comes. */
export function AboutButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={styles.tool} onClick={() => setOpen(true)}>
        About
      </button>
      {open && (
        <Dialog title="About" onClose={() => setOpen(false)}>
          <div className={styles.sheet}>
            <p>
              Posterior Lab trains latent diffusion models for time series on this machine, and shows whether
              the decoder still listens to its latent variable. It implements{' '}
              <a href="https://arxiv.org/abs/2405.14021" target="_blank" rel="noreferrer">
                A Study of Posterior Stability in Time-Series Latent Diffusion
              </a>{' '}
              (ICLR 2026): its method, the latent-diffusion baselines of its tables, its measure of dependence
              and its probes.
            </p>
            <p>Nothing is sent anywhere: series, models and runs stay in this browser until you save them.</p>
            <p className="fine">
              Version {version}, MIT licence. Made with{' '}
              <a href="licences.txt" target="_blank" rel="noreferrer">
                these open-source packages
              </a>
              , each under its own.
            </p>
          </div>
        </Dialog>
      )}
    </>
  );
}
