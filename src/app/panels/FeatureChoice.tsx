/** Chooses the feature that small plots show; nothing to choose where there is one. */
export function FeatureChoice(props: {
  features: readonly string[];
  chosen: number;
  choose: (feature: number) => void;
}) {
  const { features, chosen, choose } = props;
  if (features.length < 2) return <p className="fine">Feature: {features[0]}</p>;
  return (
    <label className="inline-choice">
      <span className="fine">Feature</span>
      <select value={chosen} onChange={({ target }) => choose(Number(target.value))}>
        {features.map((name, index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
