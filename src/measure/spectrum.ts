// Spectra of sounds: short-time power spectra and distances between them.

/** Power at `size`/2 + 1 frequencies, from 0 to half the sample rate, in each frame. */
interface Spectrogram {
  readonly frames: readonly Float64Array[];
  readonly size: number;
}

/** Hann-windowed frames of `size` samples, a power of two, every `hop` samples. */
export function spectrogram(samples: ArrayLike<number>, size = 512, hop = size / 2): Spectrogram {
  const frames: Float64Array[] = [];
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  for (let start = 0; start + size <= samples.length; start += hop) {
    for (let i = 0; i < size; i++) {
      real[i] = samples[start + i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
    }
    imaginary.fill(0);
    transform(real, imaginary);
    frames.push(
      Float64Array.from({ length: size / 2 + 1 }, (_, f) => real[f]! ** 2 + imaginary[f]! ** 2),
    );
  }
  return { frames, size };
}

/** The discrete Fourier transform in place (Cooley & Tukey 1965), radix 2. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  for (let half = 1; half < n; half *= 2) {
    for (let k = 0; k < half; k++) {
      const c = Math.cos((Math.PI * k) / half);
      const s = -Math.sin((Math.PI * k) / half);
      for (let a = k; a < n; a += 2 * half) {
        const b = a + half;
        const re = c * real[b]! - s * imaginary[b]!;
        const im = c * imaginary[b]! + s * real[b]!;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a] = real[a]! + re;
        imaginary[a] = imaginary[a]! + im;
      }
    }
  }
}

/** The mean power of each frequency, in dB relative to 1. */
function longTermSpectrum({ frames, size }: Spectrogram): Float64Array {
  const mean = new Float64Array(size / 2 + 1);
  for (const frame of frames) {
    for (let f = 0; f < mean.length; f++) mean[f] = mean[f]! + frame[f]! / frames.length;
  }
  return mean.map((power) => 10 * Math.log10(power + 1));
}

/** Root mean square difference of two long-term spectra, in dB. */
export function logSpectralDistance(a: Spectrogram, b: Spectrogram): number {
  const x = longTermSpectrum(a);
  const y = longTermSpectrum(b);
  return Math.sqrt(x.reduce((sum, value, f) => sum + (value - y[f]!) ** 2, 0) / x.length);
}

/** Standard deviation of the frames' energies, in dB; speech with syllables and pauses has much. */
export function energyModulation({ frames }: Spectrogram): number {
  const levels = frames.map((frame) => 10 * Math.log10(frame.reduce((sum, p) => sum + p, 1)));
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / levels.length);
}

const BANDS = 16;

/**
 * Distance of the frames of `drawn` from the nearest frame of `given`, in dB: the mean over frames
 * of the root mean square over 16 bands, without loudness. A sound that replays envelopes of the
 * given sound scores well below the true continuation, which the long-term spectrum cannot detect.
 */
export function noveltyDistance(drawn: Spectrogram, given: Spectrogram): number {
  const known = given.frames.map(bandLevels);
  const distances = drawn.frames.map((frame) => {
    const levels = bandLevels(frame);
    let least = Infinity;
    for (const other of known) {
      let sum = 0;
      for (let band = 0; band < BANDS; band++) sum += (levels[band]! - other[band]!) ** 2;
      least = Math.min(least, sum);
    }
    return Math.sqrt(least / BANDS);
  });
  return distances.reduce((sum, d) => sum + d, 0) / distances.length;
}

/** Band levels in dB minus their mean. */
function bandLevels(frame: Float64Array): Float64Array {
  const width = Math.floor(frame.length / BANDS);
  const levels = Float64Array.from({ length: BANDS }, (_, band) => {
    let power = 1;
    for (let f = band * width; f < (band + 1) * width; f++) power += frame[f]!;
    return 10 * Math.log10(power);
  });
  const mean = levels.reduce((sum, level) => sum + level, 0) / BANDS;
  return levels.map((level) => level - mean);
}
