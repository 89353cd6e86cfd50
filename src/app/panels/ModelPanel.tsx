import { methods } from '../../engine/methods/index.ts';
import { bytes } from '../format.ts';
import { lab } from '../lab.ts';
import { advancedGroups } from '../settings/index.ts';
import { isBusy, useLab } from '../store.ts';
import { Field } from './Field.tsx';

/** The method, the sizes that matter most, all other settings, and the memory a run would take. */
export function ModelPanel() {
  const busy = useLab(isBusy);
  const method = useLab(({ config }) => config.method.name);
  return (
    <section aria-label="Model" className="panel">
      <h2>Model</h2>
      <fieldset disabled={busy} className="bare stack">
        <legend className="visually-hidden">Choose the model</legend>
        <div className="cards" role="radiogroup" aria-label="Method">
          {methods.map(({ name, label, summary }) => (
            <label key={name} className="card">
              <input
                type="radio"
                name="method"
                value={name}
                checked={name === method}
                onChange={() => lab.set('method.name', name)}
              />
              <span>
                <strong>{label}</strong>
                <span className="fine">{summary}</span>
              </span>
            </label>
          ))}
        </div>
        <div className="pair">
          <Field name="model.hiddenSize" />
          <Field name="model.latentSize" />
          <Field name="train.batchSize" />
          <Field name="train.steps" />
        </div>
        <details>
          <summary>Advanced</summary>
          <div className="stack">
            <p className="fine">
              Every other setting. A change takes effect on Enter or on leaving the field, and the address
              keeps it.
            </p>
            {advancedGroups(method).map(({ title, keys }) => (
              <fieldset key={title} className="bare">
                <legend>{title}</legend>
                <div className="pair">
                  {keys.map((key) => (
                    <Field key={key} name={key} />
                  ))}
                </div>
              </fieldset>
            ))}
          </div>
        </details>
      </fieldset>
      <MemoryNeeded />
    </section>
  );
}

function MemoryNeeded() {
  const memory = useLab(({ data, run }) => data.prepared?.memory ?? run.memory);
  if (!memory) return null;
  return (
    <details className="memory">
      <summary>
        GPU memory: <strong data-testid="memory">{bytes(memory.bytes)}</strong>
      </summary>
      <p className="fine">{memory.bytes.toLocaleString('en')} bytes, all allocated before the first step.</p>
      <table>
        <tbody>
          {memory.parts.map((part) => (
            <tr key={part.label}>
              <th scope="row">{part.label}</th>
              <td>{bytes(part.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
