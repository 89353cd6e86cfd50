/** Names of frequent items of MIMIC-IV's `chartevents`, from its table `d_items`; other items are named by their number. */
export const itemNames: ReadonlyMap<string, string> = new Map([
  ['220045', 'Heart Rate'],
  ['220050', 'Arterial Blood Pressure systolic'],
  ['220051', 'Arterial Blood Pressure diastolic'],
  ['220052', 'Arterial Blood Pressure mean'],
  ['220179', 'Non Invasive Blood Pressure systolic'],
  ['220180', 'Non Invasive Blood Pressure diastolic'],
  ['220181', 'Non Invasive Blood Pressure mean'],
  ['220210', 'Respiratory Rate'],
  ['220277', 'O2 saturation pulseoxymetry'],
  ['223761', 'Temperature Fahrenheit'],
  ['223762', 'Temperature Celsius'],
  ['220739', 'GCS - Eye Opening'],
  ['223900', 'GCS - Verbal Response'],
  ['223901', 'GCS - Motor Response'],
]);
