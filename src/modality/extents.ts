// The range of a sound's samples in each column of a waveform.

/** The minimum and maximum of the samples in each column. */
export function extentsOf(
  samples: Int32Array,
  channels: number,
  columns: number,
): (readonly [number, number])[] {
  const frames = Math.floor(samples.length / channels);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * frames) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * frames) / columns));
    let low = 0;
    let high = 0;
    for (let i = from; i < Math.min(to, frames); i++) {
      low = Math.min(low, samples[i * channels]!);
      high = Math.max(high, samples[i * channels]!);
    }
    return [low, high] as const;
  });
}
